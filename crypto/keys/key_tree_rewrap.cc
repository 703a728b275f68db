// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/key_tree_rewrap.h"

#include <functional>
#include <utility>

#include "crypto/base/check.h"
#include "crypto/keys/key_tree_open.h"
#include "crypto/keys/key_tree_wrap.h"

namespace noren::keys {
namespace {

bool HasOldChild(const Node& node, std::uint64_t since) {
  for (const std::optional<ChildEntry>& child : node.children) {
    if (child.has_value() && child->generation < since) return true;
  }
  return false;
}

// Whether the visit is over.
using Visit = std::function<bool(const Node& node)>;

// The nodes of `level` from `first` on, in order; true when the visitor ended it.
StatusOr<bool> VisitLevel(const Node& node, std::uint8_t level, std::uint32_t first,
                          const NodeReader& nodes, const Visit& visit) {
  if (node.address.level == level) return visit(node);
  const std::uint32_t below = level - node.address.level - 1u;
  for (std::uint32_t slot = 0; slot < kTreeFanOut; ++slot) {
    const std::uint32_t child_index = node.address.index * kTreeFanOut + slot;
    const bool is_before = ((child_index + 1) << (6 * below)) <= first;
    if (is_before || !node.children[slot].has_value()) continue;
    const std::uint64_t generation = node.children[slot]->generation;
    NOREN_ASSIGN_OR_RETURN(const Node child,
                           ReadNodeAt(ChildAddress(node, slot, generation), nodes));
    NOREN_ASSIGN_OR_RETURN(const bool is_over, VisitLevel(child, level, first, nodes, visit));
    if (is_over) return true;
  }
  return false;
}

StatusOr<OpenNode> OpenAt(const TreeRoot& root, NodePlace place, const NodeReader& nodes) {
  NOREN_ASSIGN_OR_RETURN(OpenNode current, OpenRoot(root, nodes));
  for (std::uint8_t level = 0; level < place.level; ++level) {
    const std::uint32_t slot = (place.index >> (6 * (place.level - level - 1))) & (kTreeFanOut - 1);
    if (!current.node.children[slot].has_value()) return DataLoss("key tree: no such node");
    NOREN_ASSIGN_OR_RETURN(current, OpenChildNode(current, slot, nodes));
  }
  return current;
}

// The same node under a fresh key, with `generation`.
StatusOr<OpenNode> Refresh(const OpenNode& old, std::uint64_t generation, Random& random) {
  OpenNode fresh;
  fresh.node.address = old.node.address;
  fresh.node.address.generation = generation;
  fresh.key = SecretBytes::Random(random, kTreeKeySizeBytes);
  NOREN_RETURN_IF_ERROR(RewrapChildren(old.key, old.node, fresh.key, fresh.node, random));
  return fresh;
}

}  // namespace

StatusOr<RotatedRoot> RotateRoot(const TreeRoot& root, const NodeReader& nodes, Random& random) {
  NOREN_ASSIGN_OR_RETURN(const OpenNode old, OpenRoot(root, nodes));
  NOREN_ASSIGN_OR_RETURN(OpenNode fresh, Refresh(old, root.generation + 1, random));
  RotatedRoot rotated;
  rotated.written = {fresh.node.address, EncodeNode(fresh.node)};
  rotated.root = {std::move(fresh.key), root.generation + 1};
  rotated.obsolete = old.node.address;
  return rotated;
}

StatusOr<std::optional<NodePlace>> FindOldChildren(std::uint64_t root_generation, NodePlace from,
                                                   std::uint64_t since, const NodeReader& nodes) {
  NOREN_ASSIGN_OR_RETURN(const Node root, ReadNodeAt({0, 0, root_generation}, nodes));
  std::optional<NodePlace> found;
  for (std::uint8_t level = from.level; level < kLeafParentLevel && !found; ++level) {
    const std::uint32_t first = level == from.level ? from.index : 0;
    const Visit visit = [&](const Node& node) {
      if (HasOldChild(node, since)) found = {node.address.level, node.address.index};
      return found.has_value();
    };
    NOREN_RETURN_IF_ERROR(VisitLevel(root, level, first, nodes, visit).status());
  }
  return found;
}

StatusOr<std::uint64_t> CountOldNodes(std::uint64_t root_generation, std::uint64_t since,
                                      const NodeReader& nodes) {
  NOREN_ASSIGN_OR_RETURN(const Node root, ReadNodeAt({0, 0, root_generation}, nodes));
  std::uint64_t count = 0;
  const Visit visit = [&](const Node& node) {
    for (const std::optional<ChildEntry>& child : node.children) {
      if (child.has_value() && child->generation < since) ++count;
    }
    return false;
  };
  for (std::uint8_t level = 0; level < kLeafParentLevel; ++level) {
    NOREN_RETURN_IF_ERROR(VisitLevel(root, level, 0, nodes, visit).status());
  }
  return count;
}

StatusOr<RewrappedNodes> RewrapUnder(const TreeRoot& root, NodePlace parent, std::uint64_t since,
                                     const NodeReader& nodes, Random& random) {
  NOREN_CHECK(parent.level < kLeafParentLevel, "leaves are not nodes");
  NOREN_CHECK(root.generation >= since, "new nodes are not old at once");
  NOREN_ASSIGN_OR_RETURN(OpenNode above, OpenAt(root, parent, nodes));
  RewrappedNodes rewrapped;
  for (std::uint32_t slot = 0; slot < kTreeFanOut; ++slot) {
    const std::optional<ChildEntry>& child = above.node.children[slot];
    if (!child.has_value() || child->generation >= since) continue;
    NOREN_ASSIGN_OR_RETURN(const OpenNode old, OpenChildNode(above, slot, nodes));
    NOREN_ASSIGN_OR_RETURN(const OpenNode fresh, Refresh(old, root.generation, random));
    WrapChildKey(above.key, above.node, {slot, root.generation}, fresh.key, random);
    rewrapped.written.push_back({fresh.node.address, EncodeNode(fresh.node)});
    rewrapped.obsolete.push_back(old.node.address);
  }
  if (!rewrapped.written.empty()) {
    rewrapped.written.push_back({above.node.address, EncodeNode(above.node)});
  }
  return rewrapped;
}

}  // namespace noren::keys
