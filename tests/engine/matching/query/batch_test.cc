// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "datasets/generate/w1/w1_rows.h"
#include "engine/matching/best_k.h"
#include "engine/matching/query/batch_search.h"
#include "engine/matching/query/search.h"
#include "tests/engine/matching/market.h"
#include "tests/engine/matching/query/random_queries.h"

namespace noren::matching {
namespace {

constexpr KernelSet kSets[] = {KernelSet::kScalar, KernelSet::kPortable, KernelSet::kAvx2,
                               KernelSet::kAvx512};

std::vector<SeekerRanking> Answers(const SeekerIndex& index,
                                   const std::vector<PointsQuery>& queries, std::size_t k,
                                   const TieRule& ties, const BatchOptions& options = {}) {
  auto answers = RankByPointsBatch(index, queries, k, ties, options);
  EXPECT_TRUE(answers.ok()) << answers.status();
  if (!answers.ok()) return std::vector<SeekerRanking>(queries.size());
  EXPECT_EQ(answers->size(), queries.size());
  return *std::move(answers);
}

class BatchOnW1 : public testing::Test {
 protected:
  BatchOnW1() : rows_(w1::W1SeekerRows(w1::MakeSeekers(model_, 20'000), tokens_)) {
    index_.Build(rows_);
    for (const w1::Posting& posting : w1::MakePostings(model_, 120)) {
      queries_.push_back(W1bQuery(posting, tokens_));
      if (queries_.size() % 5 == 0) queries_.push_back(W1aQuery(posting, tokens_));
    }
  }
  w1::Model model_;
  w1::PlainTokens tokens_;
  std::vector<SeekerRow> rows_;
  SeekerIndex index_;
  std::vector<PointsQuery> queries_;
  w1::SmallerIdWins ties_;
};

TEST_F(BatchOnW1, GivesTheOraclesAnswersWithEveryKernelSetAndNumberOfThreads) {
  std::vector<SeekerRanking> expected;
  for (const PointsQuery& query : queries_)
    expected.push_back(RankByPoints(query, rows_, 100, ties_));
  for (const KernelSet set : kSets) {
    if (KernelsFor(set) == nullptr) continue;
    for (const unsigned threads : {1U, 3U}) {
      const auto answers =
          Answers(index_, queries_, 100, ties_, {.search = {.kernels = set}, .threads = threads});
      for (std::size_t i = 0; i < queries_.size(); ++i)
        ASSERT_EQ(answers[i].best, expected[i].best) << i << " " << KernelSetName(set);
    }
  }
}

TEST_F(BatchOnW1, GivesNobodyOneOrAThousandAsEachQueryAloneDoes) {
  for (const std::size_t k : {0U, 1U, 1000U}) {
    const auto answers = Answers(index_, queries_, k, ties_, {.threads = 1});
    SeekerSearch search(index_);
    for (std::size_t i = 0; i < queries_.size(); ++i)
      ASSERT_EQ(answers[i].best, search.RankByPoints(queries_[i], k, ties_)->best) << i << " " << k;
  }
}

TEST_F(BatchOnW1, CountsAllWhoQualifyWhenAsked) {
  const BatchOptions options{.search = {.eligible = Eligible::kAll}, .threads = 1};
  const std::vector<PointsQuery> some(queries_.begin(), queries_.begin() + 4);
  const auto answers = Answers(index_, some, 10, ties_, options);
  for (std::size_t i = 0; i < some.size(); ++i) {
    EXPECT_EQ(answers[i].eligible_count, RankByPoints(some[i], rows_, 10, ties_).eligible_count);
  }
}

// Among them one that nobody meets, one that no program can hold, and two that are equal.
TEST(Batch, GivesEveryQueryTheAnswerThatItGetsAlone) {
  RandomRows random(71);
  std::vector<SeekerRow> list;
  for (std::uint64_t id = 1; id <= 2000; ++id) list.push_back(random.Seeker(id));
  SeekerIndex index;
  index.Build(list);
  std::vector<PointsQuery> queries(400);
  for (PointsQuery& query : queries) {
    query = RandomPointsQuery(random);
    if (random.Below(2) == 0) query.occupations_any.clear();
  }
  queries[7].skills_all = {Token{0xDEAD}};                        // nobody has it
  queries[8].skills.assign(9, {RandomRows::SkillToken(3), 200});  // more than a byte of points
  queries[9] = queries[10] = PointsQuery();                       // everybody is equal
  const MixedTies ties;
  const auto answers = Answers(index, queries, 25, ties, {.threads = 1});
  for (std::size_t i = 0; i < queries.size(); ++i)
    ASSERT_EQ(answers[i].best, RankByPoints(queries[i], list, 25, ties).best) << i;
}

TEST(Batch, OfNothingIsEmptyAndOfAnEmptyIndexToo) {
  const SeekerIndex index;
  EXPECT_TRUE(Answers(index, {}, 10, MixedTies()).empty());
  const auto answers = Answers(index, std::vector<PointsQuery>(3), 10, MixedTies());
  for (const SeekerRanking& answer : answers) EXPECT_TRUE(answer.best.empty());
}

TEST(Batch, StopsAndRefusesAsASingleQueryDoes) {
  const SeekerIndex index;
  const std::vector<PointsQuery> queries(3);
  std::atomic<bool> stop = true;
  EXPECT_EQ(RankByPointsBatch(index, queries, 10, MixedTies(), {.search = {.stop = &stop}})
                .status()
                .code(),
            StatusCode::kCancelled);
  EXPECT_EQ(RankByPointsBatch(index, queries, kMaxRanked + 1, MixedTies(), {}).status().code(),
            StatusCode::kInvalidArgument);
}

// A batch looks at one view for long: people are moved, changed and paid in other currencies.
TEST(Batch, AnswersStayWholeUnderAWriter) {
  RandomRows random(72);
  std::vector<SeekerRow> rows;
  for (std::uint64_t id = 1; id <= 3000; ++id) rows.push_back(random.Seeker(id));
  SeekerIndex index;
  index.Build(rows);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    RandomRows changes(73);
    while (!done.load()) {
      index.Upsert(changes.Seeker(1 + changes.Below(3000)));
      index.MaintainStep();
    }
  });
  std::vector<PointsQuery> queries(60);
  for (int round = 0; round < 12; ++round) {
    for (PointsQuery& query : queries) {
      query = RandomPointsQuery(random);
      query.occupations_any.clear();
    }
    for (const SeekerRanking& answer : Answers(index, queries, 50, MixedTies(), {.threads = 1})) {
      std::set<std::uint64_t> seen;
      for (const auto& one : answer.best) EXPECT_TRUE(seen.insert(one.id.value).second);
      EXPECT_TRUE(std::ranges::is_sorted(answer.best, RanksBefore<SeekerRowId>));
    }
  }
  done = true;
  writer.join();
}

}  // namespace
}  // namespace noren::matching
