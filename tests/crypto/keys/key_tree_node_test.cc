// The byte layout of a node of the key tree.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crypto/keys/key_tree.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::keys {
namespace {

TEST(NodeAddress, EncodesInOrderAndRefusesWhatCannotBe) {
  const std::vector<NodeAddress> ascending = {
      {0, 0, 1}, {0, 0, 256}, {1, 2, 1}, {3, 1, 9}, {3, 256, 1}};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    EXPECT_THAT(NodeAddress::Decode(ascending[i].Encode()), IsOkAndHolds(ascending[i]));
    if (i == 0) continue;
    EXPECT_LT(ascending[i - 1].Encode(), ascending[i].Encode());
  }
  for (const NodeAddress& impossible : {NodeAddress{4, 0, 1}, NodeAddress{0, 1, 1},
                                        NodeAddress{1, 64, 1}, NodeAddress{3, 1u << 18, 1}}) {
    EXPECT_THAT(NodeAddress::Decode(impossible.Encode()), StatusIs(StatusCode::kDataLoss));
  }
  EXPECT_THAT(NodeAddress::Decode(Bytes(12)), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(NodeAddress::Decode(Bytes(14)), StatusIs(StatusCode::kDataLoss));
}

Node GoldenNode() {
  Node node;
  node.address = {3, 0x00012345, 7};
  for (const std::uint32_t slot : {0u, 5u, 63u}) {
    ChildEntry& child = node.children[slot].emplace();
    child.generation = slot + 1;
    child.wrapped_key.fill(static_cast<std::uint8_t>(0xa0 + slot % 16));
  }
  return node;
}

Bytes GoldenBytes() {
  const Bytes text = ReadFileBytes(SourceFolder() + "/tests/golden/key_tree_node_v1.hex");
  return FromHex(std::string(AsText(text).substr(0, text.size() - 1)));
}

TEST(KeyTreeNode, IsTheGoldenFileBothWays) {
  EXPECT_EQ(EncodeNode(GoldenNode()), GoldenBytes());
  EXPECT_THAT(DecodeNode(GoldenBytes(), GoldenNode().address), IsOkAndHolds(GoldenNode()));
}

TEST(KeyTreeNode, RefusesOtherAddressesVersionsAndLengths) {
  const Bytes good = GoldenBytes();
  const NodeAddress address = GoldenNode().address;
  EXPECT_THAT(DecodeNode(good, {3, 0x00012345, 8}), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(DecodeNode(good, {3, 0x00012346, 7}), StatusIs(StatusCode::kDataLoss));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_THAT(DecodeNode(ByteSpan(good).first(size), address), StatusIs(StatusCode::kDataLoss))
        << size;
  }
  Bytes changed = good;
  changed.push_back(0);
  EXPECT_THAT(DecodeNode(changed, address), StatusIs(StatusCode::kDataLoss));
  changed = good;
  changed[0] = 2;
  EXPECT_THAT(DecodeNode(changed, address), StatusIs(StatusCode::kDataLoss));
}

}  // namespace
}  // namespace noren::keys
