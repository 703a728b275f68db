// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/inner_product.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "tests/engine/matching/dense/vectors.h"

namespace noren::matching {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

TEST(InnerProduct, AddsSixteenLanesInTheStatedOrder) {
  // 2^53 + 1 rounds to 2^53: which of the ones survive tells the order.
  std::vector<float> x(32, 0.0f), ones(32, 1.0f);
  x[0] = 0x1p53f;
  x[16] = 1;  // same lane, lost
  x[1] = 1;   // lanes 1 and 9 become 2 before they meet lane 0
  x[9] = 1;
  EXPECT_EQ(InnerProduct(x, ones), 0x1p53 + 2);
  x[9] = 0;
  x[8] = 1;  // meets lane 0 alone
  EXPECT_EQ(InnerProduct(x, ones), 0x1p53);
}

TEST(InnerProduct, IsNeverNegativeZero) {
  const std::vector<float> x = {-1.0f, 0.0f}, y = {0.0f, -3.0f};
  EXPECT_FALSE(std::signbit(InnerProduct(x, y)));
}

TEST(InnerProduct, IsExactWhereDoubleIs) {
  const std::vector<float> x = {1.5f, -2.25f, 0x1.fffffep0f}, y = {4.0f, 8.0f, 0x1.fffffep0f};
  EXPECT_EQ(InnerProduct(x, y), 6.0 - 18.0 + 0x1.fffffcp1 + 0x1p-46);
}

class RankByInnerProductTest : public ::testing::Test {
 protected:
  RankByInnerProductTest() {
    const std::vector<float> values = {3, 5, 5, -1, 4};
    vectors_.assign(values.begin(), values.end());
    rows_ = RowsInOrder(vectors_, 1);
    query_.vector = one_;
  }
  std::vector<float> vectors_, one_ = {1};
  std::vector<DenseRow> rows_;
  DenseQuery query_;
};

TEST_F(RankByInnerProductTest, OrdersByScoreThenTieThenId) {
  class FirstSlotLast final : public RowTies {
   public:
    std::uint64_t Of(std::uint64_t, std::uint64_t row_id) const override { return 10000 - row_id; }
  };
  const DenseRanking by_tie = RankByInnerProduct(query_, rows_, 3, FirstSlotLast());
  EXPECT_THAT(by_tie.best, ElementsAre(Field(&DenseRanked::slot, 2), Field(&DenseRanked::slot, 1),
                                       Field(&DenseRanked::slot, 4)));
  const DenseRanking by_id = RankByInnerProduct(query_, rows_, 2, MixedRowTies(1));
  EXPECT_THAT(by_id.best, ElementsAre(Field(&DenseRanked::slot, 1), Field(&DenseRanked::slot, 2)));
}

TEST_F(RankByInnerProductTest, CountsWhatTheFilterLetsThroughAndNothingBeyondItsEnd) {
  const std::vector<std::uint64_t> words = {0b01001};
  query_.filter = words;
  const DenseRanking ranking = RankByInnerProduct(query_, rows_, 10, MixedRowTies());
  EXPECT_EQ(ranking.eligible_count, 2u);
  EXPECT_THAT(ranking.best,
              ElementsAre(Field(&DenseRanked::slot, 0), Field(&DenseRanked::slot, 3)));
  query_.filter = std::span<const std::uint64_t>();
  EXPECT_THAT(RankByInnerProduct(query_, rows_, 10, MixedRowTies()).best, IsEmpty());
}

TEST(RowTies, AreTheSameNumberWhicheverWayTheRankingGoes) {
  class Ties final : public TieRule {
   public:
    std::uint64_t Of(PostingRowId posting, SeekerRowId seeker) const override {
      return posting.value * 1000 + seeker.value;
    }
  };
  const Ties ties;
  EXPECT_EQ(SeekerRowTies(ties).Of(3, 14), 3014u);
  EXPECT_EQ(PostingRowTies(ties).Of(14, 3), 3014u);
}

}  // namespace
}  // namespace noren::matching
