// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/key_tree_rewrap.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "crypto/keys/key_tree_wrap.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::keys {
namespace {

using Nodes = std::map<NodeAddress, Bytes>;

class MapNodes final : public NodeReader {
 public:
  StatusOr<Bytes> ReadNode(const NodeAddress& address) const override {
    const auto found = all.find(address);
    if (found == all.end()) return NotFound("no such node");
    return found->second;
  }
  Nodes all;
};

// A tree and what its leaves hold.
class Tree {
 public:
  explicit Tree(std::uint64_t seed) : random(seed) {
    CreatedTree created = CreateTree(random);
    root = std::move(created.root);
    nodes.all[created.root_node.address] = created.root_node.bytes;
  }
  void Add(std::uint32_t leaf) {
    if (leaves.contains(leaf)) return;
    const std::vector<std::uint32_t> one = {leaf};
    AddedLeaves added = AddLeaves(root, one, nodes, random).value();
    for (const WrittenNode& node : added.written) nodes.all[node.address] = node.bytes;
    leaves[leaf] = ToBytes(added.keys.front().ExposeSecret());
  }
  void Destroy(std::uint32_t leaf) {
    if (leaves.erase(leaf) == 0) return;
    DestroyedLeaves destroyed = DestroyLeaves(root, {leaf}, nodes, random).value();
    for (const WrittenNode& node : destroyed.written) nodes.all[node.address] = node.bytes;
    for (const NodeAddress& address : destroyed.obsolete) nodes.all.erase(address);
    root = std::move(destroyed.root);
  }
  void Rotate() {
    RotatedRoot rotated = RotateRoot(root, nodes, random).value();
    nodes.all[rotated.written.address] = rotated.written.bytes;
    nodes.all.erase(rotated.obsolete);
    root = std::move(rotated.root);
    since = root.generation;
  }
  // False when nothing was left.
  bool RewrapOnce() {
    const auto place = FindOldChildren(root.generation, {}, since, nodes).value();
    if (!place) return false;
    const RewrappedNodes step = RewrapUnder(root, *place, since, nodes, random).value();
    EXPECT_FALSE(step.written.empty());
    for (const WrittenNode& node : step.written) nodes.all[node.address] = node.bytes;
    for (const NodeAddress& address : step.obsolete) EXPECT_EQ(nodes.all.erase(address), 1u);
    return true;
  }
  std::uint64_t CountOld() const { return CountOldNodes(root.generation, since, nodes).value(); }
  bool EverythingOpens() const { return OpensWith(root, nodes) == leaves.size(); }
  std::size_t OpensWith(const TreeRoot& with, const MapNodes& from) const {
    std::size_t count = 0;
    for (const auto& [leaf, key] : leaves) {
      const StatusOr<SecretBytes> read = ReadLeaf(with, leaf, from);
      if (read.ok() && ToBytes(read->ExposeSecret()) == key) ++count;
    }
    return count;
  }

  SeededRandom random;
  MapNodes nodes;
  TreeRoot root;
  std::uint64_t since = 0;
  std::map<std::uint32_t, Bytes> leaves;
};

void Fill(Tree& tree) {
  for (std::uint32_t leaf = 0; leaf < 300; ++leaf) tree.Add(leaf);
  for (const std::uint32_t leaf : {5000u, 300'000u, kTreeLeavesCount - 1}) tree.Add(leaf);
}

TEST(KeyTreeRewrap, EveryStepLeavesEveryLeafOpenWithTheSameKey) {
  Tree tree(1);
  Fill(tree);
  tree.Rotate();
  EXPECT_TRUE(tree.EverythingOpens());
  const std::uint64_t old_nodes = tree.CountOld();
  EXPECT_EQ(old_nodes, tree.nodes.all.size() - 1) << "all but the root";
  std::uint64_t left = old_nodes;
  int steps = 0;
  while (tree.RewrapOnce()) {
    ++steps;
    ASSERT_TRUE(tree.EverythingOpens()) << steps;
    ASSERT_LT(tree.CountOld(), left);
    left = tree.CountOld();
  }
  EXPECT_EQ(left, 0u);
  EXPECT_EQ(tree.nodes.all.size(), old_nodes + 1) << "nothing is left over";
  for (const auto& [address, bytes] : tree.nodes.all) EXPECT_EQ(address.generation, tree.since);
}

TEST(KeyTreeRewrap, TheOldRootOpensNothingOfTheNewTreeAndTheNewRootNothingOfTheOld) {
  Tree tree(1);
  Fill(tree);
  const MapNodes old_nodes{tree.nodes};
  const TreeRoot old_root = tree.root.Clone();
  tree.Rotate();
  while (tree.RewrapOnce()) {
  }
  EXPECT_EQ(tree.OpensWith(old_root, tree.nodes), 0u);
  EXPECT_EQ(tree.OpensWith(tree.root, old_nodes), 0u);
  EXPECT_EQ(tree.OpensWith({old_root.key.Clone(), tree.root.generation}, tree.nodes), 0u);
  EXPECT_EQ(tree.OpensWith(old_root, old_nodes), tree.leaves.size())
      << "an image with its own root";
}

// Whoever got hold of an inner node's key opens nothing below it after the rewrap.
TEST(KeyTreeRewrap, EveryNodeHasAnotherKeyAfterwards) {
  Tree tree(1);
  Fill(tree);
  const Node before = DecodeNode(tree.nodes.all.at({0, 0, 1}), {0, 0, 1}).value();
  const SecretBytes stolen = UnwrapChildKey(tree.root.key, before, 0).value();
  tree.Rotate();
  while (tree.RewrapOnce()) {
  }
  const NodeAddress address{1, 0, tree.since};
  const Node after = DecodeNode(tree.nodes.all.at(address), address).value();
  EXPECT_THAT(UnwrapChildKey(stolen, after, 0), StatusIs(StatusCode::kDataLoss));
}

TEST(KeyTreeRewrap, DamageIsSaidAndWritesNothing) {
  Tree tree(1);
  Fill(tree);
  tree.Rotate();
  const NodeAddress leaf_parent{3, 0, 1};
  Bytes& bytes = tree.nodes.all.at(leaf_parent);
  bytes.back() = static_cast<std::uint8_t>(bytes.back() ^ 1);
  bool was_said = false;
  for (int i = 0; i < 10 && !was_said; ++i) {
    const auto place = FindOldChildren(tree.root.generation, {}, tree.since, tree.nodes).value();
    ASSERT_TRUE(place.has_value());
    const auto step = RewrapUnder(tree.root, *place, tree.since, tree.nodes, tree.random);
    was_said = step.status().code() == StatusCode::kDataLoss;
    if (!was_said) {
      ASSERT_TRUE(tree.RewrapOnce());
    }
  }
  EXPECT_TRUE(was_said);
}

// Rotations, rewraps, registrations and destructions in any order: after every one of them all that
// is alive opens, and a rewrap that ran to its end leaves nothing old.
RC_GTEST_PROP(KeyTreeRewrap, GoesTogetherWithEverythingElse, (std::uint64_t seed)) {
  Tree tree(seed);
  SeededRandom choice(seed + 1);
  for (int i = 0; i < 60; ++i) {
    const auto leaf = static_cast<std::uint32_t>(choice.Below(3) * 4096 + choice.Below(200));
    switch (choice.Below(5)) {
      case 0:
        if (tree.CountOld() == 0) tree.Rotate();
        break;
      case 1:
        tree.Destroy(leaf);
        break;
      case 2:
        tree.RewrapOnce();
        break;
      default:
        tree.Add(leaf);
    }
    RC_ASSERT(tree.EverythingOpens());
  }
  while (tree.RewrapOnce()) RC_ASSERT(tree.EverythingOpens());
  RC_ASSERT(tree.CountOld() == 0);
}

}  // namespace
}  // namespace noren::keys
