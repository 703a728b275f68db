// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/ppmi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/engine/matching/relatedness/trades.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// 100 people; 20 have token 1, 40 token 2, 80 token 3; 16 have 1 and 2, 10 have 1 and 3.
Cooccurrence Example() { return {100, {{1}, {2}, {3}}, {20, 40, 80}, {2, 2, 2}, {1, 2}, {16, 10}}; }

TEST(Ppmi, IsTheLogarithmOfTheRatioToChance) {
  // Without smoothing: ln(0.16 / (0.2 * 0.4)) = ln 2; the other pair is rarer than chance.
  ASSERT_OK_AND_ASSIGN(const SparseSymmetricMatrix matrix, PpmiOf(Example(), 1.0));
  EXPECT_EQ(matrix.size, 3);
  EXPECT_THAT(matrix.row_begins, ElementsAre(0, 1, 2, 2));
  EXPECT_THAT(matrix.columns, ElementsAre(1, 0));
  const double rounded = std::round(std::log(2.0) * kPpmiUnits) / kPpmiUnits;
  EXPECT_THAT(matrix.values, ElementsAre(rounded, rounded));
}

TEST(Ppmi, SmoothingMakesRareContextsLessSurprising) {
  // Q = people^0.75 scaled to the sum 1.4: by hand for the pair (1, 2).
  const double scale = 1.4 / (std::pow(20, 0.75) + std::pow(40, 0.75) + std::pow(80, 0.75));
  const double chance = std::sqrt(0.2 * 0.4 * std::pow(20, 0.75) * std::pow(40, 0.75)) * scale;
  ASSERT_OK_AND_ASSIGN(const SparseSymmetricMatrix matrix, PpmiOf(Example(), 0.75));
  ASSERT_EQ(matrix.values.size(), 2u);
  EXPECT_NEAR(matrix.values[0], std::log(0.16 / chance), 1 / kPpmiUnits);
  EXPECT_LT(matrix.values[0], std::log(2.0));
}

TEST(Ppmi, IsSymmetricSortedPositiveAndInWholeUnits) {
  ASSERT_OK_AND_ASSIGN(const Cooccurrence counted,
                       CountCooccurrence(BasketsOf(People(400, 4, 3)), {.min_people = 2}, {}));
  ASSERT_OK_AND_ASSIGN(const SparseSymmetricMatrix matrix, PpmiOf(counted, 0.75));
  ASSERT_GT(matrix.values.size(), 100u);
  const auto at = [&matrix](std::int32_t row, std::int32_t column) {
    const auto begin = matrix.columns.begin() + matrix.row_begins[static_cast<std::size_t>(row)];
    const auto end = matrix.columns.begin() + matrix.row_begins[static_cast<std::size_t>(row) + 1];
    EXPECT_TRUE(std::is_sorted(begin, end));
    const auto found = std::find(begin, end, column);
    return found == end ? 0.0
                        : matrix.values[static_cast<std::size_t>(found - matrix.columns.begin())];
  };
  for (std::int32_t i = 0; i < matrix.size; ++i) {
    EXPECT_EQ(at(i, i), 0.0);
    for (std::int32_t j = 0; j < i; ++j) EXPECT_EQ(at(i, j), at(j, i));
  }
  for (const double value : matrix.values) {
    EXPECT_GT(value, 0.0);
    EXPECT_EQ(value * kPpmiUnits, std::round(value * kPpmiUnits));
  }
}

TEST(Ppmi, OfNothingIsEmpty) {
  ASSERT_OK_AND_ASSIGN(const SparseSymmetricMatrix matrix, PpmiOf(Cooccurrence{}, 0.75));
  EXPECT_EQ(matrix.size, 0);
  EXPECT_THAT(matrix.row_begins, ElementsAre(0));
  EXPECT_THAT(matrix.values, IsEmpty());
}

}  // namespace
}  // namespace noren::matching
