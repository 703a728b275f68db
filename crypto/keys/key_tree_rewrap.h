// New keys for the nodes of a key tree: the root's first, then everything below it step by step.
// People's data keys, the leaves, stay what they are.
// Source:   docs/formats/key_tree.md, "New node keys"
// Threads:  const use concurrently; changes of one tree are externally serialised
// Secrets:  node keys
// Why safe: a step is one atomic write: the children under fresh keys, their parent naming them,
//           the old ones gone. Before and after it every leaf opens
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "crypto/keys/key_tree.h"

namespace noren::keys {

// The root node under a new root key, one generation on. Order as for DestroyedLeaves: `written`
// durable, `root` durable in the anchor, `obsolete` deleted.
struct RotatedRoot {
  TreeRoot root;
  WrittenNode written;
  NodeAddress obsolete;
};
//   errors   kDataLoss: the root node is missing, malformed or does not open
StatusOr<RotatedRoot> RotateRoot(const TreeRoot& root, const NodeReader& nodes, Random& random);

// A node by its place, whatever its generation.
struct NodePlace {
  std::uint8_t level = 0;
  std::uint32_t index = 0;
  auto operator<=>(const NodePlace&) const = default;
};

// The first node from `from` on, by level and index, one of whose child nodes is of a generation
// before `since`. Opens no key.
StatusOr<std::optional<NodePlace>> FindOldChildren(std::uint64_t root_generation, NodePlace from,
                                                   std::uint64_t since, const NodeReader& nodes);

// How many nodes below the root are of a generation before `since`. Opens no key.
StatusOr<std::uint64_t> CountOldNodes(std::uint64_t root_generation, std::uint64_t since,
                                      const NodeReader& nodes);

// What is written, in one atomic batch with the deletion of `obsolete`.
struct RewrappedNodes {
  std::vector<WrittenNode> written;
  std::vector<NodeAddress> obsolete;
};
// The old children of `parent`, a node above the last level, under fresh keys. They take the
// root's generation, which is not before `since`.
//   errors   kDataLoss: a node is missing, malformed or does not open with this root
StatusOr<RewrappedNodes> RewrapUnder(const TreeRoot& root, NodePlace parent, std::uint64_t since,
                                     const NodeReader& nodes, Random& random);

}  // namespace noren::keys
