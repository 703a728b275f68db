// Nodes of the key tree together with their keys: the steps from the root down that every change
// and every reading takes.
// Threads:  concurrently
// Secrets:  node keys
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/keys/key_tree.h"

namespace noren::keys {

inline constexpr std::uint8_t kLeafParentLevel = kTreeDepth - 1;

constexpr std::uint32_t SlotOf(std::uint32_t leaf, std::uint8_t level) {
  return (leaf >> (6 * (kLeafParentLevel - level))) & (kTreeFanOut - 1);
}

// A node together with the key that its entries are wrapped under.
struct OpenNode {
  Node node;
  SecretBytes key;
};

NodeAddress ChildAddress(const Node& parent, std::uint32_t slot, std::uint64_t generation);

// A node that its parent names must be there: absence is damage, not an answer about a leaf.
//   errors   kDataLoss: missing or malformed; errors of the reader
StatusOr<Node> ReadNodeAt(const NodeAddress& address, const NodeReader& nodes);

StatusOr<OpenNode> OpenRoot(const TreeRoot& root, const NodeReader& nodes);
// The child in `slot`, which must be there.
StatusOr<OpenNode> OpenChildNode(const OpenNode& parent, std::uint32_t slot,
                                 const NodeReader& nodes);

}  // namespace noren::keys
