// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/opening_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "tests/engine/matching/market.h"
#include "tests/engine/matching/openings/random_openings.h"

namespace noren::matching {
namespace {

const OpeningQuery kCounting{.k = 10, .count = EligibleCount::kExact};

// The index and the rows it should hold, changed together.
class CheckedIndex {
 public:
  explicit CheckedIndex(const std::vector<PostingRow>& rows) : index_(rows) {
    for (const PostingRow& row : rows) rows_[row.id.value] = row;
  }
  void Upsert(const PostingRow& row) {
    index_.Upsert(row);
    rows_[row.id.value] = row;
  }
  bool Erase(std::uint64_t id) { return index_.Erase(PostingRowId{id}) == (rows_.erase(id) == 1); }

  PostingRanking Oracle(const SeekerRow& seeker, std::size_t k, const TieRule& ties) const {
    std::vector<PostingRow> rows;
    for (const auto& [id, row] : rows_) rows.push_back(row);
    return RankPostings(seeker, rows, k, ties);
  }
  bool Agrees(const SeekerRow& seeker, std::size_t k, const TieRule& ties) const {
    OpeningQuery query{.k = k, .count = EligibleCount::kExact};
    const PostingRanking expected = Oracle(seeker, k, ties);
    const OpeningAnswer counted = index_.Rank(seeker, query, ties);
    query.count = EligibleCount::kNotAsked;
    const OpeningAnswer answer = index_.Rank(seeker, query, ties);
    return answer.is_complete && counted.is_complete && answer.ranking.best == expected.best &&
           counted.ranking.best == expected.best && answer.ranking.eligible_count == 0 &&
           counted.ranking.eligible_count == expected.eligible_count;
  }
  const OpeningIndex& index() const { return index_; }

 private:
  OpeningIndex index_;
  std::map<std::uint64_t, PostingRow> rows_;
};

void ChangeSomething(SeededRandom& random, const RowPool& pool, CheckedIndex& index) {
  const std::uint64_t id = 1 + random.Below(30);
  if (random.Below(3) == 0) {
    ASSERT_TRUE(index.Erase(id));
  } else {
    index.Upsert(pool.AnyOpening(random, id));
  }
}

// Goal: ids, order, scores, ties and count of the oracle, whatever happened before. 10,000 small
// markets, each with changes between the questions; half of them with two tie numbers only, so that
// ids have to decide.
TEST(OpeningIndex, AnswersAsTheOracleInTenThousandMarketsWithChanges) {
  const RowPool pool(1, 600, 300);
  SeededRandom random(2);
  for (int market = 0; market < 10'000; ++market) {
    std::vector<PostingRow> rows;
    const std::uint64_t count = random.Below(20);
    for (std::uint64_t id = 1; id <= count; ++id) rows.push_back(pool.AnyOpening(random, id));
    CheckedIndex index(rows);
    const MixedTies ties(random.Below(1'000),
                         market % 2 == 0 ? MixedTies::Spread::kFull : MixedTies::Spread::kCoarse);
    for (int step = 0; step < 3; ++step) {
      ASSERT_TRUE(index.Agrees(pool.AnySeeker(random), random.Below(12), ties)) << market;
      ChangeSomething(random, pool, index);
    }
    ASSERT_TRUE(index.Agrees(pool.AnySeeker(random), random.Below(12), ties)) << market;
  }
}

TEST(OpeningIndex, AnswersAsTheOracleOnMarketsThatNobodyChose) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    std::vector<PostingRow> rows;
    for (std::uint64_t id = 1; id <= 25; ++id) rows.push_back(RandomOpening(random, id));
    CheckedIndex index(rows);
    const MixedTies ties(seed);
    for (std::uint64_t id = 20; id <= 30; ++id) index.Upsert(RandomOpening(random, id));
    const SeekerRow seeker = RandomSeeker(random, 77);
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
      RC_ASSERT(index.Agrees(seeker, k, ties));
    }
  }));
}

// Goal: the same over many blocks and groups, for every k up to the limit, before and after a third
// of the postings changed.
TEST(OpeningIndex, AnswersAsTheOracleOverManyBlocks) {
  const RowPool pool(8, 800, 60);
  SeededRandom random(9);
  std::vector<PostingRow> rows;
  for (std::uint64_t id = 1; id <= 9'000; ++id) rows.push_back(pool.AnyOpening(random, id));
  CheckedIndex index(rows);
  const MixedTies ties(3);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < 10; ++i) {
      const SeekerRow& seeker = pool.seekers[i + 10 * static_cast<std::size_t>(round)];
      const std::size_t k = std::array<std::size_t, 5>{1, 10, 100, 1'000, 20'000}[i % 5];
      ASSERT_TRUE(index.Agrees(seeker, k, ties)) << i << " " << k;
    }
    for (int change = 0; change < 3'000 && round == 0; ++change) {
      const std::uint64_t id = 1 + random.Below(9'500);
      if (random.Below(2) == 0) {
        ASSERT_TRUE(index.Erase(id));
      } else {
        index.Upsert(pool.AnyOpening(random, id));
      }
    }
  }
}

// Goal: among equals the tie rule decides, and nobody is left out for an equal bound.
TEST(OpeningIndex, EqualPostingsAreOrderedByTheTieRule) {
  std::vector<PostingRow> rows;
  for (std::uint64_t id = 1; id <= 500; ++id) rows.push_back(Row(id * 977, BarePosting()));
  const CheckedIndex index(rows);
  for (std::uint64_t key = 1; key <= 20; ++key) {
    for (const auto spread : {MixedTies::Spread::kFull, MixedTies::Spread::kCoarse}) {
      ASSERT_TRUE(index.Agrees(Row(key, BareProfile()), 40, MixedTies(key, spread)));
    }
  }
}

TEST(OpeningIndex, WithoutPostingsAnswersNothing) {
  const OpeningIndex index;
  const OpeningAnswer answer = index.Rank(Row(1, BareProfile()), kCounting, MixedTies());
  EXPECT_TRUE(answer.is_complete);
  EXPECT_TRUE(answer.ranking.best.empty());
  EXPECT_EQ(answer.ranking.eligible_count, 0u);
  EXPECT_EQ(index.size(), 0u);
  EXPECT_EQ(index.version(), 0u);
}

TEST(OpeningIndex, AChangeIsSeenByTheNextQuery) {
  OpeningIndex index;
  const SeekerRow seeker = Row(1, BareProfile());
  const MixedTies ties;
  const auto ids = [&] {
    std::vector<std::uint64_t> list;
    for (const auto& ranked : index.Rank(seeker, kCounting, ties).ranking.best) {
      list.push_back(ranked.id.value);
    }
    return list;
  };
  index.Upsert(Row(5, BarePosting()));
  EXPECT_THAT(ids(), ::testing::ElementsAre(5u));
  model::Posting elsewhere = BarePosting();
  elsewhere.regions = {Region("JP-14101")};
  index.Upsert(Row(5, elsewhere));
  EXPECT_THAT(ids(), ::testing::IsEmpty());
  index.Upsert(Row(5, BarePosting()));
  index.Upsert(Row(6, BarePosting()));
  EXPECT_THAT(ids(), ::testing::UnorderedElementsAre(5u, 6u));
  EXPECT_TRUE(index.Erase(PostingRowId{5}));
  EXPECT_FALSE(index.Erase(PostingRowId{5}));
  EXPECT_THAT(ids(), ::testing::ElementsAre(6u));
  EXPECT_EQ(index.version(), 5u);
  EXPECT_EQ(index.size(), 1u);
}

TEST(OpeningIndex, ABatchAnswersEveryPersonInTheirOrder) {
  const RowPool pool(8, 800, 60);
  const OpeningIndex index(pool.openings);
  const MixedTies ties;
  const std::vector<OpeningAnswer> answers = index.RankBatch(pool.seekers, kCounting, ties);
  ASSERT_EQ(answers.size(), pool.seekers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_TRUE(answers[i].is_complete);
    EXPECT_EQ(answers[i].ranking.best,
              RankPostings(pool.seekers[i], pool.openings, kCounting.k, ties).best);
  }
}

TEST(OpeningIndex, SaysWhenItWasStopped) {
  const RowPool pool(8, 800, 60);
  const OpeningIndex index(pool.openings);
  const MixedTies ties;
  std::stop_source source;
  source.request_stop();
  OpeningQuery stopped{.k = 10, .stop = source.get_token()};
  EXPECT_FALSE(index.Rank(pool.seekers[0], stopped, ties).is_complete);
  OpeningQuery late{.k = 10, .deadline = std::chrono::steady_clock::time_point::min()};
  EXPECT_FALSE(index.Rank(pool.seekers[0], late, ties).is_complete);
  OpeningQuery in_time{.k = 10, .deadline = std::chrono::steady_clock::time_point::max()};
  EXPECT_TRUE(index.Rank(pool.seekers[0], in_time, ties).is_complete);
  for (const OpeningAnswer& answer : index.RankBatch(pool.seekers, stopped, ties)) {
    EXPECT_FALSE(answer.is_complete);
    EXPECT_TRUE(answer.ranking.best.empty());
  }
}

// Asks to stop when the n-th posting is offered.
class StoppingTies final : public TieRule {
 public:
  StoppingTies(std::stop_source source, std::size_t after)
      : source_(std::move(source)), left_(after) {}
  std::uint64_t Of(PostingRowId posting, SeekerRowId seeker) const override {
    if (--left_ == 0) source_.request_stop();
    return MixedTies().Of(posting, seeker);
  }

 private:
  mutable std::stop_source source_;
  mutable std::size_t left_;
};

// Goal: what a stopped query says is true as far as it goes: rows that are eligible, each with its
// score, in order.
TEST(OpeningIndex, WhatAStoppedQueryFoundIsRight) {
  std::vector<PostingRow> rows;
  for (std::uint64_t id = 1; id <= 2'000; ++id) rows.push_back(Row(id, BarePosting()));
  const OpeningIndex index(rows);
  const SeekerRow seeker = Row(1, BareProfile());
  std::stop_source source;
  const OpeningQuery query{.k = 1'000, .stop = source.get_token()};
  const OpeningAnswer answer = index.Rank(seeker, query, StoppingTies(source, 100));
  EXPECT_FALSE(answer.is_complete);
  EXPECT_GE(answer.ranking.best.size(), 100u);
  EXPECT_LT(answer.ranking.best.size(), 1'000u);
  const std::int32_t score = ScorePair(rows[0], seeker).score;
  std::uint64_t last_tie = 0;
  for (const auto& ranked : answer.ranking.best) {
    EXPECT_EQ(ranked.score, score);
    EXPECT_GE(ranked.tie, last_tie);
    last_tie = ranked.tie;
  }
}

// Goal: it is an index. Of 20,000 postings a selective question opens few blocks and verifies
// little more than it answers.
TEST(OpeningIndex, VerifiesLittleMoreThanItAnswers) {
  SeededRandom random(4);
  std::vector<PostingRow> rows;
  for (std::uint64_t id = 1; id <= 20'000; ++id) rows.push_back(Row(id, RandomPosting(random)));
  const OpeningIndex index(rows);
  const MixedTies ties;
  model::Profile profile = BareProfile();
  profile.skills = {{Skill("SK-cpp"), 5}, {Skill("SK-sql"), 3}};
  profile.experience_months = 100;
  profile.education = model::Education::kMaster;
  profile.available_from = model::CivilDay{99};
  const SeekerRow seeker = Row(1, profile);
  const OpeningAnswer answer = index.Rank(seeker, {.k = 10}, ties);
  EXPECT_EQ(answer.ranking.best, RankPostings(seeker, rows, 10, ties).best);
  EXPECT_LT(answer.work.verified_count, 200u);
  EXPECT_LT(answer.work.blocks_count, index.blocks_count());
}

}  // namespace
}  // namespace noren::matching
