// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/linear_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <Eigen/Dense>

namespace noren::statistics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(DeterminedUnknowns, FindsWhatFollowsFromSeveralSumsTogether) {
  EXPECT_THAT(DeterminedUnknowns({}, 3), IsEmpty());
  EXPECT_THAT(DeterminedUnknowns({{{0, 1}}}, 2), ElementsAre(0));
  EXPECT_THAT(DeterminedUnknowns({{{0, 1}, {1, 1}}}, 2), IsEmpty());
  // a + b and a - b give both; neither alone gives any.
  EXPECT_THAT(DeterminedUnknowns({{{0, 1}, {1, 1}}, {{0, 1}, {1, -1}}}, 3), ElementsAre(0, 1));
  // a + b + c, a + b: c.
  EXPECT_THAT(DeterminedUnknowns({{{0, 1}, {1, 1}, {2, 1}}, {{0, 1}, {1, 1}}}, 3), ElementsAre(2));
  // The square: rows and columns leave one degree of freedom, so nothing follows.
  EXPECT_THAT(DeterminedUnknowns(
                  {{{0, 1}, {1, 1}}, {{2, 1}, {3, 1}}, {{0, 1}, {2, 1}}, {{1, 1}, {3, 1}}}, 4),
              IsEmpty());
}

// The same question to Eigen: is the unit vector in the space of the rows?
RC_GTEST_PROP(DeterminedUnknowns, AreThoseThatADenseDecompositionFinds, ()) {
  const auto unknowns = static_cast<std::size_t>(*rc::gen::inRange(1, 8));
  const int count = *rc::gen::inRange(1, 7);
  std::vector<SparseRow> rows;
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(count, static_cast<Eigen::Index>(unknowns));
  for (int i = 0; i < count; ++i) {
    SparseRow& row = rows.emplace_back();
    for (std::size_t j = 0; j < unknowns; ++j) {
      const int sign = *rc::gen::inRange(-1, 2);
      if (sign == 0) continue;
      row.emplace_back(j, sign);
      matrix(i, static_cast<Eigen::Index>(j)) = sign;
    }
  }
  const auto rank = Eigen::FullPivLU<Eigen::MatrixXd>(matrix).rank();
  std::vector<std::size_t> expected;
  for (std::size_t j = 0; j < unknowns; ++j) {
    Eigen::MatrixXd more(count + 1, matrix.cols());
    more << matrix, Eigen::RowVectorXd::Unit(matrix.cols(), static_cast<Eigen::Index>(j));
    if (Eigen::FullPivLU<Eigen::MatrixXd>(more).rank() == rank) expected.push_back(j);
  }
  RC_ASSERT(DeterminedUnknowns(rows, unknowns) == expected);
}

}  // namespace
}  // namespace noren::statistics
