// Wraps the keys of a node's children under the node's key.
// Source:   docs/formats/key_tree.md, "Wrapped keys"
// Threads:  concurrently
// Secrets:  both keys, in SecretBytes
// Why safe: a wrapped key is bound to the node, the slot and the child's generation, so that it
//           opens nowhere else
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/keys/key_tree.h"

namespace noren::keys {

struct ChildPlace {
  std::uint32_t slot = 0;
  std::uint64_t generation = 0;  // of the child
};

// Puts the wrapped `child_key` into the node.
void WrapChildKey(const SecretBytes& node_key, Node& node, ChildPlace place,
                  const SecretBytes& child_key, Random& random);

// The key of the child in `slot`, which must be there.
//   errors   kDataLoss: it does not open with this node key
StatusOr<SecretBytes> UnwrapChildKey(const SecretBytes& node_key, const Node& node,
                                     std::uint32_t slot);

// Gives `fresh` the children of `old`, each key opened under `old_key` and wrapped under
// `fresh_key`; their generations stay. One key at a time is in the clear, in the arena.
//   errors   kDataLoss: one does not open
Status RewrapChildren(const SecretBytes& old_key, const Node& old, const SecretBytes& fresh_key,
                      Node& fresh, Random& random);

}  // namespace noren::keys
