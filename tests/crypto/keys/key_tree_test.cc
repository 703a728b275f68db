// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/key_tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "crypto/keys/key_tree_wrap.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::keys {
namespace {

class MapNodes final : public NodeReader {
 public:
  void Apply(const std::vector<WrittenNode>& written) {
    for (const WrittenNode& node : written) nodes_[node.address] = node.bytes;
  }
  void Delete(const std::vector<NodeAddress>& addresses) {
    for (const NodeAddress& address : addresses) EXPECT_EQ(nodes_.erase(address), 1u);
  }
  Bytes& operator[](const NodeAddress& address) { return nodes_.at(address); }
  std::map<NodeAddress, Bytes>& all() { return nodes_; }
  std::size_t size_bytes() const {
    std::size_t total = 0;
    for (const auto& [address, bytes] : nodes_) total += bytes.size();
    return total;
  }

  StatusOr<Bytes> ReadNode(const NodeAddress& address) const override {
    const auto found = nodes_.find(address);
    if (found == nodes_.end()) return NotFound("no such node");
    return found->second;
  }

 private:
  std::map<NodeAddress, Bytes> nodes_;
};

// A tree with its nodes, kept as its owner keeps it.
class StoredTree {
 public:
  explicit StoredTree(std::uint64_t seed = 1) : random(seed) {
    CreatedTree created = CreateTree(random);
    root = std::move(created.root);
    nodes.Apply({std::move(created.root_node)});
  }
  Bytes Add(std::uint32_t leaf) {
    const std::vector<std::uint32_t> leaves = {leaf};
    AddedLeaves added = AddLeaves(root, leaves, nodes, random).value();
    nodes.Apply(added.written);
    return ToBytes(added.keys.front().ExposeSecret());
  }
  void Destroy(const std::set<std::uint32_t>& leaves) {
    DestroyedLeaves destroyed = DestroyLeaves(root, leaves, nodes, random).value();
    nodes.Apply(destroyed.written);
    nodes.Delete(destroyed.obsolete);
    root = std::move(destroyed.root);
  }
  StatusOr<Bytes> Read(std::uint32_t leaf) const {
    NOREN_ASSIGN_OR_RETURN(const SecretBytes key, ReadLeaf(root, leaf, nodes));
    return ToBytes(key.ExposeSecret());
  }

  SeededRandom random;
  MapNodes nodes;
  TreeRoot root;
};

TEST(KeyTree, AnEmptyTreeHasNoLeaf) {
  const StoredTree tree;
  EXPECT_THAT(tree.Read(0), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(tree.Read(kTreeLeavesCount - 1), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(ListLeaves(tree.root.generation, 0, 10, tree.nodes),
              IsOkAndHolds(std::vector<std::uint32_t>()));
}

TEST(KeyTree, AddedLeavesAreReadAndAreDifferent) {
  StoredTree tree;
  std::map<std::uint32_t, Bytes> keys;
  for (const std::uint32_t leaf :
       {0u, 1u, 63u, 64u, 4095u, 4096u, 262143u, 262144u, kTreeLeavesCount - 1}) {
    keys[leaf] = tree.Add(leaf);
    EXPECT_EQ(keys[leaf].size(), kTreeKeySizeBytes);
  }
  std::set<Bytes> different;
  for (const auto& [leaf, key] : keys) {
    EXPECT_THAT(tree.Read(leaf), IsOkAndHolds(key)) << leaf;
    different.insert(key);
  }
  EXPECT_EQ(different.size(), keys.size());
  EXPECT_THAT(tree.Read(2), StatusIs(StatusCode::kNotFound));
}

TEST(KeyTree, ManyLeavesAtOnceComeBackInTheOrderAskedFor) {
  StoredTree tree;
  const std::vector<std::uint32_t> leaves = {500'000, 3, 64, 2, 16'000'000, 65};
  ASSERT_OK_AND_ASSIGN(const AddedLeaves added,
                       AddLeaves(tree.root, leaves, tree.nodes, tree.random));
  tree.nodes.Apply(added.written);
  ASSERT_EQ(added.keys.size(), leaves.size());
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    EXPECT_THAT(tree.Read(leaves[i]), IsOkAndHolds(ToBytes(added.keys[i].ExposeSecret())));
  }
}

TEST(KeyTree, AddingRefusesTakenDoubledAndImpossibleLeavesAndReturnsNothing) {
  StoredTree tree;
  tree.Add(7);
  const auto add = [&](std::vector<std::uint32_t> leaves) {
    return AddLeaves(tree.root, leaves, tree.nodes, tree.random).status();
  };
  EXPECT_THAT(add({7}), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(add({8, 7}), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(add({9, 9}), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(add({kTreeLeavesCount}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_OK(add({}));
  EXPECT_THAT(ReadLeaf(tree.root, kTreeLeavesCount, tree.nodes),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(tree.Read(8), StatusIs(StatusCode::kNotFound));
}

TEST(KeyTree, DestroyingChangesRootAndPathAndNamesTheOldNodes) {
  StoredTree tree;
  const Bytes near = tree.Add(1);
  const Bytes far = tree.Add(1'000'000);
  tree.Add(2);
  ASSERT_OK_AND_ASSIGN(const DestroyedLeaves destroyed,
                       DestroyLeaves(tree.root, {2, 5}, tree.nodes, tree.random));
  EXPECT_EQ(destroyed.root.generation, tree.root.generation + 1);
  EXPECT_FALSE(destroyed.root.key == tree.root.key);
  EXPECT_EQ(destroyed.written.size(), 4u);
  EXPECT_EQ(destroyed.absent, std::vector<std::uint32_t>{5});
  std::vector<NodeAddress> obsolete = destroyed.obsolete;
  std::sort(obsolete.begin(), obsolete.end());
  EXPECT_EQ(obsolete, (std::vector<NodeAddress>{{0, 0, 1}, {1, 0, 1}, {2, 0, 1}, {3, 0, 1}}));

  tree.nodes.Apply(destroyed.written);
  EXPECT_OK(tree.Read(2)) << "the old root still reads: the destruction happens with the anchor";
  tree.nodes.Delete(destroyed.obsolete);
  tree.root = destroyed.root.Clone();
  EXPECT_THAT(tree.Read(2), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(tree.Read(1), IsOkAndHolds(near));
  EXPECT_THAT(tree.Read(1'000'000), IsOkAndHolds(far));
}

TEST(KeyTree, DestroyingNothingIsNotFound) {
  StoredTree tree;
  tree.Add(1);
  const auto destroy = [&](const std::set<std::uint32_t>& leaves) {
    return DestroyLeaves(tree.root, leaves, tree.nodes, tree.random).status();
  };
  EXPECT_THAT(destroy({}), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(destroy({2, 70, 1'000'000}), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(destroy({1, kTreeLeavesCount}), StatusIs(StatusCode::kInvalidArgument));
}

TEST(KeyTree, ASubtreeThatBecomesEmptyGoesWithItsNodes) {
  StoredTree tree;
  tree.Add(1'000'000);
  tree.Destroy({1'000'000});
  EXPECT_EQ(tree.nodes.all().size(), 1u);
  EXPECT_EQ(tree.nodes.all().begin()->first, (NodeAddress{0, 0, 2}));
}

TEST(KeyTree, ALeafAddedWhereOneWasDestroyedHasANewKey) {
  StoredTree tree;
  tree.Add(6);
  const Bytes first = tree.Add(5);
  tree.Destroy({5});
  const Bytes second = tree.Add(5);
  EXPECT_NE(first, second);
  EXPECT_THAT(tree.Read(5), IsOkAndHolds(second));
}

// A destruction that was computed but whose root never came into force is computed again.
TEST(KeyTree, AnAbandonedDestructionLeavesNoTrace) {
  StoredTree tree;
  const Bytes kept = tree.Add(1);
  tree.Add(2);
  tree.Add(70);
  ASSERT_OK_AND_ASSIGN(const DestroyedLeaves abandoned,
                       DestroyLeaves(tree.root, {2, 70}, tree.nodes, tree.random));
  tree.nodes.Apply(abandoned.written);
  const Bytes late = tree.Add(3);
  tree.Destroy({2});
  EXPECT_THAT(tree.Read(1), IsOkAndHolds(kept));
  EXPECT_THAT(tree.Read(3), IsOkAndHolds(late));
  EXPECT_OK(tree.Read(70));
  EXPECT_THAT(tree.Read(2), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(ReadLeaf(abandoned.root, 1, tree.nodes), StatusIs(StatusCode::kDataLoss));
}

TEST(KeyTree, AnyBitFlippedInANodeNeverGivesAWrongKey) {
  StoredTree tree;
  const Bytes key = tree.Add(9);
  for (const auto& [address, original] : std::map(tree.nodes.all())) {
    for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
      Bytes& stored = tree.nodes[address];
      stored = original;
      stored[bit / 8] = static_cast<std::uint8_t>(stored[bit / 8] ^ (1u << (bit % 8)));
      const Status refused = tree.Read(9).status();
      EXPECT_THAT(refused.code(), testing::AnyOf(StatusCode::kDataLoss, StatusCode::kNotFound))
          << bit;
    }
    tree.nodes[address] = original;
  }
  EXPECT_THAT(tree.Read(9), IsOkAndHolds(key));
}

// What is wrapped for one place does not open in another, though the parent's key is the same.
TEST(KeyTree, EntriesCannotBeMovedToAnotherSlot) {
  StoredTree tree;
  tree.Add(1);
  tree.Add(2);
  const NodeAddress address = {3, 0, 1};
  Node node = DecodeNode(tree.nodes[address], address).value();
  std::swap(node.children[1], node.children[2]);
  tree.nodes[address] = EncodeNode(node);
  EXPECT_THAT(tree.Read(1), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(tree.Read(2), StatusIs(StatusCode::kDataLoss));
}

TEST(KeyTreeWrap, AWrappedKeyOpensInItsNodeOnly) {
  SeededRandom random(1);
  const SecretBytes node_key = SecretBytes::Random(random, kTreeKeySizeBytes);
  const SecretBytes child_key = SecretBytes::Random(random, kTreeKeySizeBytes);
  Node node;
  node.address = {2, 100, 7};
  WrapChildKey(node_key, node, {.slot = 5, .generation = 3}, child_key, random);
  ASSERT_OK_AND_ASSIGN(const SecretBytes unwrapped, UnwrapChildKey(node_key, node, 5));
  EXPECT_TRUE(unwrapped == child_key);
  for (const NodeAddress& other :
       {NodeAddress{3, 100, 7}, NodeAddress{2, 101, 7}, NodeAddress{2, 100, 8}}) {
    Node moved = node;
    moved.address = other;
    EXPECT_THAT(UnwrapChildKey(node_key, moved, 5), StatusIs(StatusCode::kDataLoss));
  }
  node.children[5]->generation = 4;
  EXPECT_THAT(UnwrapChildKey(node_key, node, 5), StatusIs(StatusCode::kDataLoss));
}

TEST(KeyTree, AMissingNodeIsDataLossNotAMissingLeaf) {
  StoredTree tree;
  tree.Add(1);
  for (const NodeAddress& address :
       {NodeAddress{3, 0, 1}, NodeAddress{1, 0, 1}, NodeAddress{0, 0, 1}}) {
    const Bytes bytes = tree.nodes[address];
    tree.nodes.all().erase(address);
    const std::vector<std::uint32_t> leaves = {2};
    EXPECT_THAT(tree.Read(1), StatusIs(StatusCode::kDataLoss));
    EXPECT_THAT(AddLeaves(tree.root, leaves, tree.nodes, tree.random),
                StatusIs(StatusCode::kDataLoss));
    EXPECT_THAT(DestroyLeaves(tree.root, {1}, tree.nodes, tree.random),
                StatusIs(StatusCode::kDataLoss));
    EXPECT_THAT(ListLeaves(1, 0, 10, tree.nodes), StatusIs(StatusCode::kDataLoss));
    tree.nodes.all()[address] = bytes;
  }
}

TEST(KeyTree, ListsLeavesFromAnywhereInPages) {
  StoredTree tree;
  const std::vector<std::uint32_t> leaves = {0, 1, 63, 64, 5000, 300'000, kTreeLeavesCount - 1};
  for (const std::uint32_t leaf : leaves) tree.Add(leaf);
  for (const std::uint32_t first :
       {0u, 1u, 2u, 63u, 64u, 65u, 5001u, 300'001u, kTreeLeavesCount - 1}) {
    for (const std::size_t max_count :
         {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
      std::vector<std::uint32_t> expected(std::lower_bound(leaves.begin(), leaves.end(), first),
                                          leaves.end());
      if (expected.size() > max_count) expected.resize(max_count);
      EXPECT_THAT(ListLeaves(tree.root.generation, first, max_count, tree.nodes),
                  IsOkAndHolds(expected))
          << first << " " << max_count;
    }
  }
}

// Random additions and destructions against a map. After each destruction an adversary keeps every
// node that ever existed and learns the new root: no destroyed leaf may open.
RC_GTEST_PROP(KeyTree, BehavesLikeAMapAndDestroyedLeavesStayDestroyed, (std::uint64_t seed)) {
  StoredTree tree(seed);
  std::map<std::uint32_t, Bytes> oracle;
  std::set<std::uint32_t> destroyed_leaves;
  MapNodes every_node_ever = tree.nodes;
  // Few subtrees, so that paths are shared.
  const auto some_leaf = [&] {
    return static_cast<std::uint32_t>(tree.random.Below(3) * 4096 + tree.random.Below(2) * 64 +
                                      tree.random.Below(5));
  };
  for (int step = 0; step < 40; ++step) {
    if (tree.random.Below(3) != 0) {
      const std::uint32_t leaf = some_leaf();
      if (oracle.contains(leaf)) continue;
      oracle[leaf] = tree.Add(leaf);
      destroyed_leaves.erase(leaf);
    } else {
      std::set<std::uint32_t> chosen;
      for (std::uint64_t i = tree.random.Below(4); i > 0; --i) chosen.insert(some_leaf());
      const bool any = std::any_of(chosen.begin(), chosen.end(),
                                   [&](auto leaf) { return oracle.contains(leaf); });
      if (!any) continue;
      tree.Destroy(chosen);
      for (const std::uint32_t leaf : chosen) {
        if (oracle.erase(leaf) > 0) destroyed_leaves.insert(leaf);
      }
    }
    for (const auto& [address, bytes] : tree.nodes.all()) every_node_ever.all()[address] = bytes;
    for (const auto& [leaf, key] : oracle) RC_ASSERT(tree.Read(leaf).value() == key);
    for (const std::uint32_t leaf : destroyed_leaves) {
      RC_ASSERT(ReadLeaf(tree.root, leaf, tree.nodes).status().code() == StatusCode::kNotFound);
    }
    const auto listed = ListLeaves(tree.root.generation, 0, 1000, tree.nodes).value();
    RC_ASSERT(listed.size() == oracle.size());
    // Only the nodes of living paths remain.
    std::set<std::pair<std::uint8_t, std::uint32_t>> living = {{0, 0}};
    for (const auto& [leaf, key] : oracle) {
      for (std::uint8_t level = 1; level < kTreeDepth; ++level)
        living.emplace(level, leaf >> (6 * (4 - level)));
    }
    RC_ASSERT(tree.nodes.all().size() == living.size());
  }
  // The new root key opens no root node but its own, and the old nodes below are wrapped under keys
  // it does not lead to.
  for (const auto& [address, bytes] : every_node_ever.all()) {
    if (address.level != 0 || address.generation == tree.root.generation) continue;
    const TreeRoot forged = {tree.root.key.Clone(), address.generation};
    for (const std::uint32_t leaf : destroyed_leaves) {
      RC_ASSERT(!ReadLeaf(forged, leaf, every_node_ever).ok());
    }
  }
}

// Stronger than following addresses: every key that the new root leads to is tried on every wrapped
// key of every node that ever existed, under every context that was used, until nothing new opens.
// The destroyed leaf's key is not found.
TEST(KeyTree, NoKeyReachableFromTheNewRootUnwrapsADestroyedLeafFromOldNodes) {
  StoredTree tree;
  tree.Add(1);
  const Bytes doomed = tree.Add(2);
  tree.Add(65);
  const MapNodes before = tree.nodes;
  tree.Destroy({2});
  MapNodes everything = before;
  for (const auto& [address, bytes] : tree.nodes.all()) everything.all()[address] = bytes;

  std::vector<Bytes> known = {ToBytes(tree.root.key.ExposeSecret())};
  std::set<Bytes> seen(known.begin(), known.end());
  for (std::size_t k = 0; k < known.size(); ++k) {
    for (const auto& [address, bytes] : everything.all()) {
      const Node node = DecodeNode(bytes, address).value();
      for (std::uint32_t slot = 0; slot < kTreeFanOut; ++slot) {
        if (!node.children[slot].has_value()) continue;
        const auto key = UnwrapChildKey(SecretBytes::CopyOf(known[k]), node, slot);
        if (key.ok() && seen.insert(ToBytes(key->ExposeSecret())).second)
          known.push_back(ToBytes(key->ExposeSecret()));
      }
    }
  }
  EXPECT_EQ(known.size(), 1 + 3 + 2 + 1u)
      << "root, three nodes on the path, two leaves, the other leaf node";
  EXPECT_FALSE(seen.contains(doomed));
}

TEST(KeyTree, OneOfAMillionCostsFourNodes) {
  StoredTree tree;
  std::vector<std::uint32_t> leaves(10'000);
  for (std::uint32_t i = 0; i < leaves.size(); ++i) leaves[i] = i;
  ASSERT_OK_AND_ASSIGN(const AddedLeaves added,
                       AddLeaves(tree.root, leaves, tree.nodes, tree.random));
  tree.nodes.Apply(added.written);
  ASSERT_OK_AND_ASSIGN(const DestroyedLeaves one,
                       DestroyLeaves(tree.root, {777}, tree.nodes, tree.random));
  std::size_t size_bytes = 0;
  for (const WrittenNode& node : one.written) size_bytes += node.bytes.size();
  EXPECT_EQ(one.written.size(), 4u);
  EXPECT_LE(size_bytes, 4 * (22 + 64 * 80));
}

}  // namespace
}  // namespace noren::keys
