// What the search leaves out by bounds, it may leave out: for every person who qualifies, the
// filter passes the lane, and neither the lane's nor the block's bound is below the score.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "engine/matching/conditions.h"
#include "engine/matching/query/block_search.h"
#include "engine/matching/query/compile_posting.h"
#include "tests/engine/matching/query/random_queries.h"

namespace noren::matching {
namespace {

bool Qualifies(const PointsQuery& query, const SeekerRow& row) {
  return MeetsConditions(query, row);
}
bool Qualifies(const PostingRow& posting, const SeekerRow& row) {
  return MeetsConditions(posting, row);
}
std::int32_t ScoreOf(const PointsQuery& query, const SeekerRow& row) {
  return ScorePoints(query, row);
}
std::int32_t ScoreOf(const PostingRow& posting, const SeekerRow& row) {
  return ScorePair(posting, row).score;
}

// How tight the bounds are, so that a bound that lets everything through is seen too.
struct Tightness {
  std::uint64_t qualified = 0;
  std::uint64_t passed = 0;  // by the filter
  std::uint64_t lane_units = 0;
  std::uint64_t score_units = 0;
};

class BoundsCheck {
 public:
  explicit BoundsCheck(const SeekerIndex& index) : view_(index.Read()) {}

  template <typename Query>
  void Run(const Query& query, Tightness& tightness) {
    Compile(query, view_, view_.only_currency(), compiled_);
    if (compiled_.by_rows) return;
    bounds_.Compute(view_, compiled_, kernels_);
    for (std::uint32_t b = 0; b < view_.block_count(); ++b) {
      RunBlock(query, b, tightness);
      if (testing::Test::HasFatalFailure()) return;
    }
  }

 private:
  template <typename Query>
  void RunBlock(const Query& query, std::uint32_t b, Tightness& tightness) {
    const Block& block = view_.block(b);
    const std::uint64_t passed = kernels_.filter(block, compiled_.lanes);
    LaneSums sums;
    ColumnUnits(kernels_, compiled_, block, 0, sums);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if ((block.live() >> lane & 1) == 0) continue;
      const SeekerRow row = view_.RowAt(static_cast<Slot>(b * kLanes + lane));
      tightness.passed += passed >> lane & 1;
      if (!Qualifies(query, row)) continue;
      ++tightness.qualified;
      ASSERT_FALSE(compiled_.impossible);
      ASSERT_TRUE(passed >> lane & 1);
      const std::uint32_t need = Needed(ScoreOf(query, row));
      const std::uint32_t plus_one = bounds_.plus_one()[b];
      ASSERT_TRUE(plus_one == kMostUnits || plus_one > need) << plus_one << " " << need;
      if ((block.wide() >> lane & 1) != 0) continue;
      ASSERT_TRUE(kernels_.skills(block, compiled_.skills, sums, need) >> lane & 1) << need;
      const std::uint32_t rest = need - std::min(need, bounds_.skill_units(b));
      ASSERT_GE(sums.of[lane], rest);
      AddTightness(block, sums, lane, need, tightness);
    }
  }

  std::uint32_t Needed(std::int32_t score) const {
    const std::int32_t units = (score + compiled_.unit - 1) / compiled_.unit;
    return std::min(static_cast<std::uint32_t>(units), kMostUnits);
  }
  // The lane's bound itself, found by halving.
  void AddTightness(const Block& block, const LaneSums& sums, std::size_t lane, std::uint32_t need,
                    Tightness& tightness) {
    std::uint32_t low = need;
    std::uint32_t high = kMostUnits;
    while (low < high) {
      const std::uint32_t middle = (low + high + 1) / 2;
      const bool reached = kernels_.skills(block, compiled_.skills, sums, middle) >> lane & 1;
      (reached ? low : high) = reached ? middle : middle - 1;
    }
    tightness.lane_units += low;
    tightness.score_units += need;
  }

  const QueryKernels& kernels_ = *KernelsFor(KernelSet::kBest);
  const SeekerIndex::View view_;
  CompiledQuery compiled_;
  BlockBounds bounds_;
};

template <typename MakeQuery>
Tightness CheckMarket(std::uint64_t seed, MakeQuery make_query) {
  RandomRows random(seed);
  std::vector<SeekerRow> rows;
  for (std::uint64_t id = 1; id <= 600; ++id) {
    rows.push_back(random.Seeker(id));
    if (random.OneIn(20)) MakeOdd(random, rows.back());
  }
  SeekerIndex index;
  index.Build(rows);
  for (int change = 0; change < 150; ++change) index.Upsert(random.Seeker(1 + random.Below(700)));
  BoundsCheck check(index);
  Tightness tightness;
  for (int i = 0; i < 120 && !testing::Test::HasFatalFailure(); ++i)
    check.Run(make_query(random), tightness);
  return tightness;
}

TEST(SearchBounds, OfPointsAreNeverBelowTheScoreAndSeldomAboveIt) {
  const Tightness tightness = CheckMarket(71, RandomPointsQuery);
  EXPECT_GT(tightness.qualified, 1000U);
  EXPECT_LT(tightness.passed, tightness.qualified * 2);
  EXPECT_LT(tightness.lane_units * 10, tightness.score_units * 13);
}

TEST(SearchBounds, OfTwoSidedScoresAreNeverBelowTheScore) {
  const Tightness tightness = CheckMarket(72, RandomPostingRow);
  EXPECT_GT(tightness.qualified, 1000U);
  EXPECT_LT(tightness.lane_units * 10, tightness.score_units * 25);
}

// A row that is kept whole is alone in its block, whose columns then know of no weights.
TEST(SearchBounds, OfABlockHoldWhatAWideRowWeighs) {
  SeekerRow row;
  row.id = {1};
  row.experience_months = 100'000;  // beyond the columns
  OccupationPath wish;
  wish.levels[0] = {0x20001};
  row.occupations = {wish};
  row.weights[Feature::kOccupation] = 5;
  SeekerIndex index;
  index.Upsert(row);
  ASSERT_NE(index.Read().block(0).wide(), 0U);
  PostingRow posting;
  RegionPath place;
  place.levels[0] = {0x30001};
  posting.occupations = {wish};
  posting.regions = {place};
  posting.weights[Feature::kOccupation] = 5;
  ASSERT_EQ(ScorePair(posting, row).score, kMaxScore);
  Tightness tightness;
  BoundsCheck(index).Run(posting, tightness);
  EXPECT_EQ(tightness.qualified, 1U);
}

}  // namespace
}  // namespace noren::matching
