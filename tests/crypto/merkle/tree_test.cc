// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

#include "crypto/merkle/proof.h"
#include "tests/support/recursive_merkle_tree.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::merkle {
namespace {

// A log of `size` different leaves with its nodes stored.
struct StoredLog {
  explicit StoredLog(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      leaves.push_back(HashLeaf(AsBytes(std::to_string(i))));
      nodes.Store(frontier.Append(leaves.back()));
    }
  }
  Hash256 RootOf(std::size_t size) const { return RecursiveRoot(LeafHashes(leaves).first(size)); }
  TreeHead HeadOf(std::size_t size) const { return {size, RootOf(size)}; }

  std::vector<Hash256> leaves;
  MapNodes nodes;
  Frontier frontier;
};

TEST(MerkleTree, AgreesWithTheRootsOfTheReferenceImplementation) {
  Frontier frontier;
  EXPECT_EQ(HexEncode(frontier.Root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const auto& v : ReadOwnVectors("rfc6962_roots.json")) {
    frontier.Append(HashLeaf(HexField(v, "leaf")));
    EXPECT_EQ(ToBytes(frontier.Root()), HexField(v, "root"));
  }
  EXPECT_EQ(frontier.size(), 8u);
}

TEST(MerkleTree, FrontierAndStoredNodesGiveTheRecursiveRootAtEverySize) {
  const StoredLog log(130);
  Frontier frontier;
  for (std::size_t size = 0; size <= log.leaves.size(); ++size) {
    EXPECT_EQ(frontier.Root(), log.RootOf(size)) << size;
    EXPECT_THAT(RootAt(size, log.nodes), IsOkAndHolds(log.RootOf(size))) << size;
    ASSERT_OK_AND_ASSIGN(const Frontier read, Frontier::FromNodes(size, log.nodes));
    EXPECT_EQ(read.hashes(), frontier.hashes());
    ASSERT_OK_AND_ASSIGN(const Frontier made, Frontier::FromHashes(size, frontier.hashes()));
    EXPECT_EQ(made.Root(), frontier.Root());
    if (size < log.leaves.size()) frontier.Append(log.leaves[size]);
  }
}

// Every node is given out once, when it is complete, and is the root of its leaves.
TEST(MerkleTree, AppendGivesOutExactlyTheCompleteSubtrees) {
  const StoredLog log(64);
  EXPECT_EQ(log.nodes.size(), 127u);
  for (std::uint32_t level = 0; level <= 6; ++level) {
    const std::size_t width = std::size_t{1} << level;
    for (std::size_t index = 0; index < 64 / width; ++index) {
      const Hash256 expected = RecursiveRoot(LeafHashes(log.leaves).subspan(index * width, width));
      EXPECT_THAT(log.nodes.ReadNode({level, index}), IsOkAndHolds(expected));
    }
  }
}

TEST(MerkleTree, FrontierAddressesAreTheBitsOfTheSize) {
  EXPECT_TRUE(FrontierAddresses(0).empty());
  EXPECT_EQ(FrontierAddresses(1), (std::vector<NodeAddress>{{0, 0}}));
  EXPECT_EQ(FrontierAddresses(13), (std::vector<NodeAddress>{{3, 0}, {2, 2}, {0, 12}}));
  for (const std::uint64_t size : {std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    EXPECT_EQ(FrontierAddresses(size).size(), static_cast<std::size_t>(std::popcount(size)));
  }
}

TEST(MerkleTree, AFrontierOfTheWrongNumberOfHashesIsRefused) {
  EXPECT_THAT(Frontier::FromHashes(3, std::vector<Hash256>(1)),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(Frontier::FromHashes(0, std::vector<Hash256>(1)),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(Frontier::FromHashes(4, {}), StatusIs(StatusCode::kInvalidArgument));
}

TEST(MerkleTree, AMissingNodeIsTheReadersError) {
  StoredLog log(7);
  log.nodes.Erase({1, 2});
  EXPECT_THAT(RootAt(7, log.nodes), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(BuildInclusionProof({0, 7}, log.nodes), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(BuildConsistencyProof(4, 7, log.nodes), StatusIs(StatusCode::kNotFound));
  EXPECT_OK(RootAt(4, log.nodes));
}

TEST(MerkleProof, EveryInclusionProofIsTheRecursiveOneAndVerifies) {
  const StoredLog log(70);
  for (std::size_t size = 1; size <= log.leaves.size(); ++size) {
    const TreeHead head = log.HeadOf(size);
    for (std::size_t index = 0; index < size; ++index) {
      ASSERT_OK_AND_ASSIGN(const Proof proof, BuildInclusionProof({index, size}, log.nodes));
      ASSERT_EQ(proof, RecursivePath(index, LeafHashes(log.leaves).first(size)))
          << index << "/" << size;
      ASSERT_OK(VerifyInclusion(log.leaves[index], index, head, proof)) << index << "/" << size;
    }
  }
}

TEST(MerkleProof, EveryConsistencyProofIsTheRecursiveOneAndVerifies) {
  const StoredLog log(70);
  for (std::size_t size = 0; size <= log.leaves.size(); ++size) {
    const TreeHead newer = log.HeadOf(size);
    for (std::size_t old_size = 0; old_size <= size; ++old_size) {
      ASSERT_OK_AND_ASSIGN(const Proof proof, BuildConsistencyProof(old_size, size, log.nodes));
      if (old_size > 0) {
        ASSERT_EQ(proof, RecursiveSubproof(old_size, LeafHashes(log.leaves).first(size), true));
      }
      ASSERT_OK(VerifyConsistency(log.HeadOf(old_size), newer, proof)) << old_size << "/" << size;
    }
  }
}

TEST(MerkleProof, PositionsBeyondTheTreeAreInvalid) {
  const StoredLog log(5);
  EXPECT_THAT(BuildInclusionProof({5, 5}, log.nodes), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(BuildInclusionProof({0, 0}, log.nodes), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(BuildConsistencyProof(6, 5, log.nodes), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(VerifyInclusion(log.leaves[0], 5, log.HeadOf(5), {}),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(VerifyInclusion(log.leaves[0], 0, log.HeadOf(0), {}),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(VerifyConsistency(log.HeadOf(5), log.HeadOf(4), {}),
              StatusIs(StatusCode::kInvalidArgument));
}

// One change to a proof: a bit flipped, an entry gone, doubled, swapped or added.
Proof Mutated(Proof proof, std::uint64_t choice) {
  const std::size_t at = proof.empty() ? 0 : (choice >> 8) % proof.size();
  switch (proof.empty() ? 0 : choice % 5) {
    case 0:
      proof.insert(proof.begin() + static_cast<std::ptrdiff_t>(at), HashLeaf(AsBytes("added")));
      break;
    case 1:
      proof[at][(choice >> 16) % 32] ^= static_cast<std::uint8_t>(1u << ((choice >> 24) % 8));
      break;
    case 2:
      proof.erase(proof.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 3:
      proof.push_back(proof[at]);
      break;
    default:
      std::reverse(proof.begin(), proof.end());
  }
  return proof;
}

RC_GTEST_PROP(MerkleProof, AnyMutationOfAnInclusionProofFails, (std::uint64_t choice)) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 60);
  const auto index = *rc::gen::inRange<std::size_t>(0, size);
  const StoredLog log(size);
  const TreeHead head = log.HeadOf(size);
  const Proof proof = BuildInclusionProof({index, size}, log.nodes).value();
  const Proof mutated = Mutated(proof, choice);
  RC_PRE(mutated != proof);
  const Hash256& leaf = log.leaves[index];
  RC_ASSERT(VerifyInclusion(leaf, index, head, mutated).code() == StatusCode::kDataLoss);
  // The same proof for another leaf, another index, another size or another root.
  RC_ASSERT(VerifyInclusion(HashLeaf(AsBytes("x")), index, head, proof).code() ==
            StatusCode::kDataLoss);
  for (std::size_t other = 0; other < size; ++other) {
    if (other != index) RC_ASSERT(!VerifyInclusion(leaf, other, head, proof).ok());
  }
  RC_ASSERT(!VerifyInclusion(leaf, index, {size, HashLeaf(AsBytes("x"))}, proof).ok());
}

RC_GTEST_PROP(MerkleProof, AnyMutationOfAConsistencyProofFails, (std::uint64_t choice)) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 60);
  const auto old_size = *rc::gen::inRange<std::size_t>(1, size + 1);
  const StoredLog log(size);
  const TreeHead older = log.HeadOf(old_size);
  const TreeHead newer = log.HeadOf(size);
  const Proof proof = BuildConsistencyProof(old_size, size, log.nodes).value();
  const Proof mutated = Mutated(proof, choice);
  RC_PRE(mutated != proof);
  RC_ASSERT(VerifyConsistency(older, newer, mutated).code() == StatusCode::kDataLoss);
  const Hash256 other_root = HashLeaf(AsBytes("x"));
  RC_ASSERT(!VerifyConsistency({old_size, other_root}, newer, proof).ok());
  RC_ASSERT(!VerifyConsistency(older, {size, other_root}, proof).ok());
}

TEST(MerkleProof, TheEmptyTreeIsExtendedByEveryTreeButMustBeTheEmptyTree) {
  const StoredLog log(3);
  const TreeHead empty = {0, EmptyRoot()};
  EXPECT_OK(VerifyConsistency(empty, empty, {}));
  EXPECT_OK(VerifyConsistency(empty, log.HeadOf(3), {}));
  EXPECT_THAT(VerifyConsistency({0, log.RootOf(3)}, log.HeadOf(3), {}),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(VerifyConsistency(empty, {0, log.RootOf(3)}, {}), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(VerifyConsistency(empty, log.HeadOf(3), std::vector<Hash256>(1)),
              StatusIs(StatusCode::kDataLoss));
}

TEST(MerkleProof, TheSameTreeNeedsAnEmptyProofAndTheSameRoot) {
  const StoredLog log(3);
  EXPECT_OK(VerifyConsistency(log.HeadOf(3), log.HeadOf(3), {}));
  EXPECT_THAT(VerifyConsistency(log.HeadOf(3), {3, log.RootOf(2)}, {}),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(VerifyConsistency(log.HeadOf(3), log.HeadOf(3), std::vector<Hash256>(1)),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(VerifyConsistency(log.HeadOf(3), {4, log.RootOf(3)}, {}),
              StatusIs(StatusCode::kDataLoss));
}

// A longer path to a root that was made for it: the claimed size says how long a path is.
TEST(MerkleProof, AProofThatIsTooLongIsRefusedThoughItLeadsToTheRoot) {
  const Hash256 a = HashLeaf(AsBytes("a"));
  const Hash256 b = HashLeaf(AsBytes("b"));
  const Hash256 c = HashLeaf(AsBytes("c"));
  const Hash256 d = HashLeaf(AsBytes("d"));
  const Hash256 above = HashLeaf(AsBytes("above"));
  EXPECT_THAT(VerifyInclusion(a, 0, {1, HashNode(above, a)}, Proof{above}),
              StatusIs(StatusCode::kDataLoss));

  const Hash256 ab = HashNode(a, b);
  const Hash256 three = HashNode(ab, c);
  const Hash256 four = HashNode(ab, HashNode(c, d));
  EXPECT_OK(VerifyConsistency({3, three}, {4, four}, Proof{c, d, ab}));
  EXPECT_THAT(VerifyConsistency({3, HashNode(above, three)}, {4, HashNode(above, four)},
                                Proof{c, d, ab, above}),
              StatusIs(StatusCode::kDataLoss));
}

// Sizes near the end of the numbers must not wrap.
TEST(MerkleProof, EnormousSizesAreRefusedNotMisread) {
  const std::uint64_t huge = ~std::uint64_t{0};
  const Proof proof(64);
  EXPECT_THAT(VerifyInclusion(Hash256{}, huge - 1, {huge, Hash256{}}, proof),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(VerifyInclusion(Hash256{}, 0, {huge, Hash256{}}, proof),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(VerifyConsistency({huge - 1, Hash256{}}, {huge, Hash256{}}, proof),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(VerifyConsistency({1, Hash256{}}, {huge, Hash256{}}, Proof(200)),
              StatusIs(StatusCode::kDataLoss));
}

}  // namespace
}  // namespace noren::merkle
