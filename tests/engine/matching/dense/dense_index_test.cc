// The dense index against the oracle: dimensions, filters, ties, k, lengths and instruction sets.
// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "tests/engine/matching/dense/vectors.h"

namespace noren::matching {
namespace {

using ::testing::IsEmpty;

class DenseIndexTest : public ::testing::TestWithParam<InstructionSet> {
 protected:
  DenseOptions Options(std::size_t k) const {
    DenseOptions options;
    options.k = k;
    options.instruction_set = GetParam();
    return options;
  }
};

TEST_P(DenseIndexTest, AnswersAsTheOracleAtEveryDimension) {
  SeededRandom random(11);
  for (std::size_t dimension : {1, 3, 16, 63, 64, 65, 100, 128, 130, 192, 255, 256}) {
    const std::size_t count = 700;
    const std::vector<float> vectors = RandomVectors(count, dimension, Lengths::kWild, random);
    const std::vector<DenseRow> rows = RowsInOrder(vectors, dimension);
    DenseIndex index(dimension);
    ASSERT_TRUE(index.UpsertMany(rows).ok());
    const std::vector<float> y = RandomVectors(1, dimension, Lengths::kWild, random);
    const DenseQuery query{5, y, std::nullopt};
    const auto answer = index.Search(query, Options(20), MixedRowTies());
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->ranking, RankByInnerProduct(query, rows, 20, MixedRowTies())) << dimension;
    EXPECT_TRUE(answer->is_complete);
  }
}

TEST_P(DenseIndexTest, BatchesWithAndWithoutFiltersAnswerAsTheOracle) {
  SeededRandom random(13);
  constexpr std::size_t kDimension = 96, kCount = 9000;
  const std::vector<float> vectors = RandomVectors(kCount, kDimension, Lengths::kUnit, random);
  const std::vector<DenseRow> rows = RowsInOrder(vectors, kDimension);
  DenseIndex index(kDimension);
  ASSERT_TRUE(index.UpsertMany(rows).ok());
  const std::vector<float> ys = RandomVectors(45, kDimension, Lengths::kUnit, random);
  std::vector<std::vector<std::uint64_t>> filters;
  for (const std::uint64_t one_in : {1, 2, 10, 1000}) {
    filters.push_back(RandomFilter(kCount, one_in, random));
  }
  std::vector<DenseQuery> queries;
  for (std::size_t q = 0; q < 45; ++q) {
    queries.push_back({q, {&ys[q * kDimension], kDimension}, std::nullopt});
    if (q % 5 != 0) queries.back().filter = filters[q % 4];
  }
  const auto answers = index.SearchBatch(queries, Options(50), MixedRowTies());
  ASSERT_TRUE(answers.ok());
  ASSERT_EQ(answers->size(), queries.size());
  for (std::size_t q = 0; q < queries.size(); ++q) {
    EXPECT_EQ((*answers)[q].ranking, RankByInnerProduct(queries[q], rows, 50, MixedRowTies()));
  }
}

// All of one cluster in one page, the rest far away: what the sample sees tells little about it.
TEST_P(DenseIndexTest, AnswersExactlyWhenTheSampleMisleads) {
  SeededRandom random(17);
  constexpr std::size_t kDimension = 64, kCount = 20 * kPageRows;
  std::vector<float> vectors = RandomVectors(kCount, kDimension, Lengths::kUnit, random);
  const std::vector<float> y = RandomVectors(1, kDimension, Lengths::kUnit, random);
  // The first block of some pages, which the sample reads, and nothing else is near the query.
  for (const std::size_t page : {3, 9}) {
    for (std::size_t r = 0; r < 20; ++r) {
      float* row = &vectors[(page * kPageRows + r) * kDimension];
      for (std::size_t d = 0; d < kDimension; ++d) row[d] = row[d] * 0.1f + y[d];
    }
  }
  const std::vector<DenseRow> rows = RowsInOrder(vectors, kDimension);
  DenseIndex index(kDimension);
  ASSERT_TRUE(index.UpsertMany(rows).ok());
  const DenseQuery query{1, y, std::nullopt};
  for (const std::size_t k : {1, 39, 40, 41, 100, 1000}) {
    const auto answer = index.Search(query, Options(k), MixedRowTies());
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->ranking, RankByInnerProduct(query, rows, k, MixedRowTies())) << k;
    const std::vector<DenseQuery> four(4, query);
    const auto answers = index.SearchBatch(four, Options(k), MixedRowTies());
    ASSERT_TRUE(answers.ok());
    for (const DenseAnswer& each : *answers) EXPECT_EQ(each.ranking, answer->ranking) << k;
  }
}

TEST_P(DenseIndexTest, DecidesEqualScoresByTieThenId) {
  constexpr std::size_t kDimension = 64, kCount = 3000;
  std::vector<float> vectors(kCount * kDimension, 0.125f);  // all alike
  const std::vector<DenseRow> rows = RowsInOrder(vectors, kDimension);
  DenseIndex index(kDimension);
  ASSERT_TRUE(index.UpsertMany(rows).ok());
  const std::vector<float> y(kDimension, 1.0f);
  const DenseQuery query{9, y, std::nullopt};
  for (const std::uint64_t values : {0, 1, 3}) {
    const MixedRowTies ties(values);
    const auto answer = index.Search(query, Options(100), ties);
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->ranking, RankByInnerProduct(query, rows, 100, ties));
    const auto answers = index.SearchBatch(std::vector<DenseQuery>(5, query), Options(100), ties);
    ASSERT_TRUE(answers.ok());
    EXPECT_EQ((*answers)[4].ranking, answer->ranking);
  }
}

TEST_P(DenseIndexTest, AnswersAsTheOracleOnRandomIndexes) {
  const InstructionSet set = GetParam();
  EXPECT_TRUE(rc::check("random dimension, rows at random slots, filter, k and lengths", [set] {
    SeededRandom random(*rc::gen::inRange<std::uint64_t>(0, 1u << 30));
    const std::size_t dimension = 1 + random.Below(256);
    const std::size_t range = 1 + random.Below(4000);
    std::set<std::uint32_t> chosen;
    const std::size_t wanted = random.Below(range + 1);
    for (std::size_t i = 0; i < wanted; ++i) {
      chosen.insert(static_cast<std::uint32_t>(random.Below(range)));
    }
    const std::vector<std::uint32_t> slots(chosen.begin(), chosen.end());
    const Lengths lengths = random.Below(2) == 0 ? Lengths::kUnit : Lengths::kWild;
    const auto vectors = RandomVectors(slots.size(), dimension, lengths, random);
    const std::vector<DenseRow> rows = RowsAt(slots, vectors, dimension);
    DenseIndex index(dimension);
    RC_ASSERT(index.UpsertMany(rows).ok());
    RC_ASSERT(index.rows_count() == rows.size());
    const std::size_t queries_count = 1 + random.Below(6);
    const auto ys = RandomVectors(queries_count, dimension, lengths, random);
    const auto filter = RandomFilter(range - random.Below(range), 1 + random.Below(8), random);
    std::vector<DenseQuery> queries;
    for (std::size_t q = 0; q < queries_count; ++q) {
      queries.push_back({q, {&ys[q * dimension], dimension}, std::nullopt});
      if (random.Below(2) == 0) queries.back().filter = filter;
    }
    DenseOptions options;
    options.k = random.Below(120);
    options.instruction_set = set;
    const MixedRowTies ties(random.Below(3));
    const auto answers = index.SearchBatch(queries, options, ties);
    RC_ASSERT(answers.ok());
    for (std::size_t q = 0; q < queries.size(); ++q) {
      const DenseRanking expected = RankByInnerProduct(queries[q], rows, options.k, ties);
      RC_ASSERT((*answers)[q].ranking == expected);
      RC_ASSERT(index.Search(queries[q], options, ties)->ranking == expected);
    }
  }));
}

INSTANTIATE_TEST_SUITE_P(Sets, DenseIndexTest,
                         ::testing::ValuesIn(AvailableInstructionSets().begin(),
                                             AvailableInstructionSets().end()),
                         [](const auto& tested) { return NameOf(tested.param); });

class SmallDenseIndex : public ::testing::Test {
 protected:
  std::vector<float> zero_ = std::vector<float>(8, 0.0f), one_ = std::vector<float>(8, 1.0f);
  MixedRowTies ties_;
  DenseIndex index_{8};
};

TEST_F(SmallDenseIndex, IsEmptyAtFirst) {
  const auto answer = index_.Search({1, one_, std::nullopt}, {}, ties_);
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->ranking.best, IsEmpty());
  EXPECT_EQ(answer->ranking.eligible_count, 0u);
  EXPECT_FALSE(index_.ScoreAt(0, one_).has_value());
  EXPECT_FALSE(index_.Erase(0));
}

TEST_F(SmallDenseIndex, RefusesVectorsItCannotHoldAndChangesNothing) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float bad : {inf, -inf, nan, 8193.0f, -8193.0f}) {
    std::vector<float> vector = one_;
    vector[7] = bad;
    const std::vector<DenseRow> rows = {{0, 1, one_}, {1, 2, vector}};
    EXPECT_EQ(index_.UpsertMany(rows).code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(index_.Search({1, vector, std::nullopt}, {}, ties_).status().code(),
              StatusCode::kInvalidArgument);
    EXPECT_EQ(index_.SearchBatch(std::vector<DenseQuery>{{1, vector, std::nullopt}}, {}, ties_)
                  .status()
                  .code(),
              StatusCode::kInvalidArgument);
  }
  for (const std::size_t dimension : {0, 7, 9}) {
    const std::vector<float> vector(dimension, 1.0f);
    EXPECT_EQ(index_.Upsert({0, 1, vector}).code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(index_.Search({1, vector, std::nullopt}, {}, ties_).status().code(),
              StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(index_.Upsert({DenseIndex::kMaxSlots, 1, one_}).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(index_.rows_count(), 0u);
}

TEST_F(SmallDenseIndex, ScoresOneRowExactly) {
  const std::vector<float> vector = {1, 2, 3, 4, 5, 6, 7, 8};
  ASSERT_TRUE(index_.Upsert({70000, 1, vector}).ok());
  EXPECT_EQ(index_.ScoreAt(70000, one_), 36.0);
  EXPECT_FALSE(index_.ScoreAt(70001, one_).has_value());
}

TEST_F(SmallDenseIndex, RanksZeroVectorsAndZeroQueries) {
  const std::vector<DenseRow> rows = {{0, 10, zero_}, {1, 11, one_}};
  ASSERT_TRUE(index_.UpsertMany(rows).ok());
  for (const std::vector<float>& y : {zero_, one_}) {
    const DenseQuery query{1, y, std::nullopt};
    EXPECT_EQ(index_.Search(query, {}, ties_)->ranking,
              RankByInnerProduct(query, rows, 100, ties_));
  }
}

TEST_F(SmallDenseIndex, SaysWhenDeadlineOrStopEndedTheSearch) {
  ASSERT_TRUE(index_.Upsert({0, 10, one_}).ok());
  DenseOptions late;
  late.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const std::vector<DenseQuery> queries(4, {1, one_, std::nullopt});
  EXPECT_FALSE(index_.Search(queries[0], late, ties_)->is_complete);
  EXPECT_FALSE((*index_.SearchBatch(queries, late, ties_))[3].is_complete);
  std::stop_source source;
  source.request_stop();
  DenseOptions stopped;
  stopped.stop = source.get_token();
  EXPECT_FALSE(index_.Search(queries[0], stopped, ties_)->is_complete);
  DenseOptions in_time;
  in_time.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  EXPECT_TRUE(index_.Search(queries[0], in_time, ties_)->is_complete);
}

}  // namespace
}  // namespace noren::matching
