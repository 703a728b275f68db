// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/key_tree.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "crypto/base/check.h"
#include "crypto/keys/key_tree_open.h"
#include "crypto/keys/key_tree_wrap.h"

namespace noren::keys {
namespace {

StatusOr<SecretBytes> UnwrapChild(const OpenNode& parent, std::uint32_t slot) {
  return UnwrapChildKey(parent.key, parent.node, slot);
}

void WrapChild(OpenNode& parent, ChildPlace place, const SecretBytes& child_key, Random& random) {
  WrapChildKey(parent.key, parent.node, place, child_key, random);
}

SecretBytes NewKey(Random& random) { return SecretBytes::Random(random, kTreeKeySizeBytes); }

// The end of the leading run of leaves that are under the same slot.
std::size_t RunLength(std::span<const std::uint32_t> leaves, std::uint8_t level) {
  const std::uint32_t slot = SlotOf(leaves.front(), level);
  return static_cast<std::size_t>(
      std::find_if(leaves.begin(), leaves.end(),
                   [&](std::uint32_t leaf) { return SlotOf(leaf, level) != slot; }) -
      leaves.begin());
}

// Adds leaves top-down. New entries take the root's generation: it is above that of whatever was
// destroyed in their place.
class LeafAdder {
 public:
  LeafAdder(std::uint64_t generation, const NodeReader& nodes, Random& random)
      : generation_(generation), nodes_(nodes), random_(random) {}

  // `leaves` ascending, all under `parent`.
  Status AddUnder(OpenNode parent, std::span<const std::uint32_t> leaves) {
    const std::uint8_t level = parent.node.address.level;
    bool changed = false;
    while (!leaves.empty()) {
      const std::size_t run = RunLength(leaves, level);
      const std::uint32_t slot = SlotOf(leaves.front(), level);
      const bool is_new = !parent.node.children[slot].has_value();
      changed = changed || is_new;
      if (level == kLeafParentLevel) {
        if (!is_new || run > 1) return AlreadyExists("key tree: the leaf exists");
        keys_.push_back(NewKey(random_));
        WrapChild(parent, {slot, generation_}, keys_.back(), random_);
      } else {
        NOREN_ASSIGN_OR_RETURN(
            OpenNode child, is_new ? MakeChild(parent, slot) : OpenChildNode(parent, slot, nodes_));
        NOREN_RETURN_IF_ERROR(AddUnder(std::move(child), leaves.first(run)));
      }
      leaves = leaves.subspan(run);
    }
    if (changed) written_.push_back({parent.node.address, EncodeNode(parent.node)});
    return OkStatus();
  }

  // In ascending order of the leaves.
  std::vector<SecretBytes> TakeKeys() { return std::move(keys_); }
  std::vector<WrittenNode> TakeWritten() { return std::move(written_); }

 private:
  StatusOr<OpenNode> MakeChild(OpenNode& parent, std::uint32_t slot) {
    OpenNode child;
    child.node.address = ChildAddress(parent.node, slot, generation_);
    child.key = NewKey(random_);
    WrapChild(parent, {slot, generation_}, child.key, random_);
    return child;
  }

  const std::uint64_t generation_;
  const NodeReader& nodes_;
  Random& random_;
  std::vector<SecretBytes> keys_;
  std::vector<WrittenNode> written_;
};

// Copies the paths of destroyed leaves under fresh keys.
class LeafDestroyer {
 public:
  LeafDestroyer(std::uint64_t generation, const NodeReader& nodes, Random& random)
      : generation_(generation), nodes_(nodes), random_(random) {}

  // The copy of `node` without the leaves, under a new key; nothing when none of them was under it.
  // The copy is not yet among the written: an empty one is dropped by the parent.
  StatusOr<std::optional<OpenNode>> CopyWithout(const OpenNode& old,
                                                std::span<const std::uint32_t> leaves) {
    const std::uint8_t level = old.node.address.level;
    std::array<Fate, kTreeFanOut> fates;
    bool changed = false;
    while (!leaves.empty()) {
      const std::size_t run = RunLength(leaves, level);
      const std::uint32_t slot = SlotOf(leaves.front(), level);
      NOREN_ASSIGN_OR_RETURN(fates[slot], DecideFate(old, slot, leaves.first(run)));
      changed = changed || fates[slot].kind != FateKind::kKept;
      leaves = leaves.subspan(run);
    }
    if (!changed) return std::optional<OpenNode>();
    NOREN_ASSIGN_OR_RETURN(OpenNode copy, Copy(old, fates));
    obsolete_.push_back(old.node.address);
    return std::optional<OpenNode>(std::move(copy));
  }

  void Write(const Node& node) { written_.push_back({node.address, EncodeNode(node)}); }

  std::vector<WrittenNode> TakeWritten() { return std::move(written_); }
  std::vector<NodeAddress> TakeObsolete() { return std::move(obsolete_); }
  std::vector<std::uint32_t> TakeAbsent() { return std::move(absent_); }

 private:
  enum class FateKind { kKept, kDropped, kReplaced };
  struct Fate {
    FateKind kind = FateKind::kKept;
    SecretBytes new_key;  // of the replaced
  };

  StatusOr<Fate> DecideFate(const OpenNode& old, std::uint32_t slot,
                            std::span<const std::uint32_t> leaves) {
    if (!old.node.children[slot].has_value()) {
      absent_.insert(absent_.end(), leaves.begin(), leaves.end());
      return Fate{};
    }
    if (old.node.address.level == kLeafParentLevel) return Fate{FateKind::kDropped, {}};
    NOREN_ASSIGN_OR_RETURN(const OpenNode child, OpenChildNode(old, slot, nodes_));
    NOREN_ASSIGN_OR_RETURN(std::optional<OpenNode> copy, CopyWithout(child, leaves));
    if (!copy.has_value()) return Fate{};
    if (copy->node.empty()) return Fate{FateKind::kDropped, {}};
    Write(copy->node);
    return Fate{FateKind::kReplaced, std::move(copy->key)};
  }

  StatusOr<OpenNode> Copy(const OpenNode& old, const std::array<Fate, kTreeFanOut>& fates) {
    OpenNode copy;
    copy.node.address = old.node.address;
    copy.node.address.generation = generation_;
    copy.key = NewKey(random_);
    for (std::uint32_t slot = 0; slot < kTreeFanOut; ++slot) {
      const Fate& fate = fates[slot];
      if (!old.node.children[slot].has_value() || fate.kind == FateKind::kDropped) continue;
      if (fate.kind == FateKind::kReplaced) {
        WrapChild(copy, {slot, generation_}, fate.new_key, random_);
        continue;
      }
      NOREN_ASSIGN_OR_RETURN(const SecretBytes kept, UnwrapChild(old, slot));
      WrapChild(copy, {slot, old.node.children[slot]->generation}, kept, random_);
    }
    return copy;
  }

  const std::uint64_t generation_;
  const NodeReader& nodes_;
  Random& random_;
  std::vector<WrittenNode> written_;
  std::vector<NodeAddress> obsolete_;
  std::vector<std::uint32_t> absent_;
};

// Walks the structure only; keys stay wrapped.
Status ListUnder(const Node& node, std::uint32_t first, std::size_t max_count,
                 const NodeReader& nodes, std::vector<std::uint32_t>& found) {
  const std::uint32_t shift = 6u * (kLeafParentLevel - node.address.level);
  for (std::uint32_t slot = 0; slot < kTreeFanOut && found.size() < max_count; ++slot) {
    const std::uint32_t child_index = node.address.index * kTreeFanOut + slot;
    const bool before_first = ((child_index + 1) << shift) <= first;
    if (before_first || !node.children[slot].has_value()) continue;
    if (shift == 0) {
      found.push_back(child_index);
      continue;
    }
    const std::uint64_t generation = node.children[slot]->generation;
    NOREN_ASSIGN_OR_RETURN(const Node child,
                           ReadNodeAt(ChildAddress(node, slot, generation), nodes));
    NOREN_RETURN_IF_ERROR(ListUnder(child, first, max_count, nodes, found));
  }
  return OkStatus();
}

Status BeyondTheTree() { return InvalidArgument("key tree: leaf index beyond the tree"); }

}  // namespace

CreatedTree CreateTree(Random& random) {
  Node node;
  node.address = {0, 0, 1};
  return {{NewKey(random), 1}, {node.address, EncodeNode(node)}};
}

StatusOr<AddedLeaves> AddLeaves(const TreeRoot& root, std::span<const std::uint32_t> leaf_indexes,
                                const NodeReader& nodes, Random& random) {
  if (leaf_indexes.empty()) return AddedLeaves();
  std::vector<std::size_t> order(leaf_indexes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return leaf_indexes[a] < leaf_indexes[b]; });
  std::vector<std::uint32_t> ascending;
  for (const std::size_t position : order) ascending.push_back(leaf_indexes[position]);
  if (ascending.back() >= kTreeLeavesCount) return BeyondTheTree();

  NOREN_ASSIGN_OR_RETURN(OpenNode root_node, OpenRoot(root, nodes));
  LeafAdder adder(root.generation, nodes, random);
  NOREN_RETURN_IF_ERROR(adder.AddUnder(std::move(root_node), ascending));

  AddedLeaves added;
  added.written = adder.TakeWritten();
  added.keys.resize(leaf_indexes.size());
  std::vector<SecretBytes> keys = adder.TakeKeys();
  for (std::size_t i = 0; i < order.size(); ++i) added.keys[order[i]] = std::move(keys[i]);
  return added;
}

StatusOr<SecretBytes> ReadLeaf(const TreeRoot& root, std::uint32_t leaf_index,
                               const NodeReader& nodes) {
  if (leaf_index >= kTreeLeavesCount) return BeyondTheTree();
  NOREN_ASSIGN_OR_RETURN(OpenNode current, OpenRoot(root, nodes));
  for (std::uint8_t level = 0;; ++level) {
    const std::uint32_t slot = SlotOf(leaf_index, level);
    if (!current.node.children[slot].has_value()) return NotFound("key tree: no such leaf");
    if (level == kLeafParentLevel) return UnwrapChild(current, slot);
    NOREN_ASSIGN_OR_RETURN(current, OpenChildNode(current, slot, nodes));
  }
}

StatusOr<DestroyedLeaves> DestroyLeaves(const TreeRoot& root,
                                        const std::set<std::uint32_t>& leaf_indexes,
                                        const NodeReader& nodes, Random& random) {
  if (leaf_indexes.empty()) return NotFound("key tree: no leaf to destroy");
  if (*leaf_indexes.rbegin() >= kTreeLeavesCount) return BeyondTheTree();
  const std::vector<std::uint32_t> ascending(leaf_indexes.begin(), leaf_indexes.end());
  NOREN_ASSIGN_OR_RETURN(const OpenNode old_root, OpenRoot(root, nodes));
  const std::uint64_t generation = root.generation + 1;
  LeafDestroyer destroyer(generation, nodes, random);
  NOREN_ASSIGN_OR_RETURN(std::optional<OpenNode> new_root,
                         destroyer.CopyWithout(old_root, ascending));
  if (!new_root.has_value()) return NotFound("key tree: none of the leaves exists");
  destroyer.Write(new_root->node);

  DestroyedLeaves destroyed;
  destroyed.root = {std::move(new_root->key), generation};
  destroyed.written = destroyer.TakeWritten();
  destroyed.obsolete = destroyer.TakeObsolete();
  destroyed.absent = destroyer.TakeAbsent();
  return destroyed;
}

StatusOr<std::vector<std::uint32_t>> ListLeaves(std::uint64_t root_generation, std::uint32_t first,
                                                std::size_t max_count, const NodeReader& nodes) {
  NOREN_ASSIGN_OR_RETURN(const Node root, ReadNodeAt({0, 0, root_generation}, nodes));
  std::vector<std::uint32_t> found;
  NOREN_RETURN_IF_ERROR(ListUnder(root, first, max_count, nodes, found));
  return found;
}

}  // namespace noren::keys
