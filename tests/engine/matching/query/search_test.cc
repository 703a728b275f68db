// Every answer of the fast rankings is compared with the oracles over the same rows, on every path
// and with every set of kernels of the machine.
// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/search.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <string>
#include <thread>

#include "datasets/generate/w1/w1_rows.h"
#include "tests/engine/matching/market.h"
#include "tests/engine/matching/query/random_queries.h"

namespace noren::matching {
namespace {

using Rows = std::map<std::uint64_t, SeekerRow>;

constexpr SearchPath kPaths[] = {SearchPath::kChoose, SearchPath::kPairs, SearchPath::kBlocks,
                                 SearchPath::kEveryBlock};
constexpr KernelSet kSets[] = {KernelSet::kBest, KernelSet::kScalar, KernelSet::kPortable,
                               KernelSet::kAvx2, KernelSet::kAvx512};

std::vector<SeekerRow> RowsOf(const Rows& rows) {
  std::vector<SeekerRow> list;
  for (const auto& [id, row] : rows) list.push_back(row);
  return list;
}

StatusOr<SeekerRanking> Search(SeekerSearch& search, const PointsQuery& query, std::size_t k,
                               const TieRule& ties, const SearchOptions& options) {
  return search.RankByPoints(query, k, ties, options);
}
StatusOr<SeekerRanking> Search(SeekerSearch& search, const PostingRow& query, std::size_t k,
                               const TieRule& ties, const SearchOptions& options) {
  return search.RankSeekers(query, k, ties, options);
}
SeekerRanking Oracle(const PointsQuery& query, std::span<const SeekerRow> rows, std::size_t k,
                     const TieRule& ties) {
  return RankByPoints(query, rows, k, ties);
}
SeekerRanking Oracle(const PostingRow& query, std::span<const SeekerRow> rows, std::size_t k,
                     const TieRule& ties) {
  return RankSeekers(query, rows, k, ties);
}

// On one path with one set of kernels; counted when `eligible` says so.
template <typename Query>
void ExpectAnswer(SeekerSearch& search, const Query& query, const SeekerRanking& expected,
                  std::size_t k, const TieRule& ties, const SearchOptions& options) {
  const auto answer = Search(search, query, k, ties, options);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->best, expected.best);
  if (options.eligible == Eligible::kAll || search.stats().eligible_is_all) {
    ASSERT_EQ(answer->eligible_count, expected.eligible_count);
  }
  ASSERT_LE(answer->eligible_count, expected.eligible_count);
}

template <typename Query>
void ExpectEveryWay(SeekerSearch& search, const Query& query, std::span<const SeekerRow> rows,
                    std::size_t k, const TieRule& ties) {
  const SeekerRanking expected = Oracle(query, rows, k, ties);
  for (const SearchPath path : kPaths) {
    for (const KernelSet set : kSets) {
      if (KernelsFor(set) == nullptr) continue;
      SCOPED_TRACE(std::string(KernelSetName(set)) + ", path " +
                   std::to_string(static_cast<int>(path)));
      ExpectAnswer(search, query, expected, k, ties, {.path = path, .kernels = set});
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  ExpectAnswer(search, query, expected, k, ties, {.eligible = Eligible::kAll});
}

std::size_t SomeK(RandomRows& random, std::size_t people) {
  const std::size_t choices[] = {0, 1, 2, 10, 100, people, people + 7};
  return std::min(choices[random.Below(std::size(choices))], kMaxRanked);
}

struct Setting {
  std::uint64_t seed = 0;
  std::size_t people = 0;
  bool odd = false;  // some rows and queries that no column holds
};

// A market that changes between queries.
template <typename MakeQuery>
void ExpectOracleUnderUpdates(const Setting& setting, MakeQuery make_query) {
  RandomRows random(setting.seed);
  Rows rows;
  const auto make_row = [&](std::uint64_t id) {
    rows[id] = random.Seeker(id);
    if (setting.odd && random.OneIn(15)) MakeOdd(random, rows[id]);
  };
  for (std::uint64_t id = 1; id <= setting.people; ++id) make_row(id);
  SeekerIndex index;
  index.Build(RowsOf(rows));
  SeekerSearch search(index);
  for (int round = 0; round < 12; ++round) {
    const MixedTies ties(random.Below(9),
                         random.OneIn(3) ? MixedTies::Spread::kCoarse : MixedTies::Spread::kFull);
    const std::vector<SeekerRow> list = RowsOf(rows);
    for (int i = 0; i < 5; ++i) {
      SCOPED_TRACE("seed " + std::to_string(setting.seed) + ", round " + std::to_string(round) +
                   ", query " + std::to_string(i));
      ExpectEveryWay(search, make_query(random), list, SomeK(random, list.size()), ties);
      if (testing::Test::HasFatalFailure()) return;
    }
    for (int change = 0; change < 60; ++change) {
      const std::uint64_t id = 1 + random.Below(setting.people + 40);
      if (random.OneIn(3)) {
        EXPECT_EQ(index.Erase({id}), rows.erase(id) != 0);
      } else {
        make_row(id);
        index.Upsert(rows[id]);
      }
      if (random.OneIn(2)) index.MaintainStep();
    }
  }
}

TEST(RankByPoints, IsTheOraclesAnswerWhilePeopleComeChangeAndGo) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed)
    ExpectOracleUnderUpdates({.seed = seed, .people = 100 * seed}, RandomPointsQuery);
}

TEST(RankByPoints, IsTheOraclesAnswerForRowsThatFitNoColumn) {
  for (std::uint64_t seed = 11; seed <= 14; ++seed)
    ExpectOracleUnderUpdates({.seed = seed, .people = 300, .odd = true}, RandomPointsQuery);
}

// People who all wish for the same come one by one, so that a move begins; a reader keeps it from
// ending, and everybody stands in two lanes meanwhile.
TEST(SeekerSearchInAMove, FindsAndCountsEverybodyOnce) {
  RandomRows random(17);
  const OccupationPath wish = random.Occupation();
  Rows rows;
  SeekerIndex index;
  for (std::uint64_t id = 1; id <= 2 * kLanes; ++id) {
    rows[id] = random.Seeker(id);
    rows[id].occupations = {wish};
    index.Upsert(rows[id]);
  }
  const SeekerIndex::View reader = index.Read();
  for (int i = 0; i < 50; ++i) index.MaintainStep();
  std::size_t left = 0;
  index.Read().ForEachLeftBehind([&](std::uint32_t, std::uint64_t lanes) {
    left += static_cast<std::size_t>(std::popcount(lanes));
  });
  ASSERT_EQ(left, kLanes);
  const std::vector<SeekerRow> list = RowsOf(rows);
  SeekerSearch search(index);
  for (int i = 0; i < 60; ++i) {
    SCOPED_TRACE("query " + std::to_string(i));
    PointsQuery query = RandomPointsQuery(random);
    if (i % 2 == 0) query.occupations_any = {wish.levels[wish.depth() - 1]};
    if (i % 3 == 0) {
      PointsQuery wide;
      wide.occupations_any = query.occupations_any;
      query = wide;
    }
    const MixedTies ties(random.Below(9));
    ExpectEveryWay(search, query, list, SomeK(random, list.size()), ties);
    ExpectEveryWay(search, RandomPostingRow(random), list, SomeK(random, list.size()), ties);
    if (HasFatalFailure()) return;
  }
}

TEST(RankSeekers, IsTheOraclesAnswerWhilePeopleComeChangeAndGo) {
  for (std::uint64_t seed = 21; seed <= 26; ++seed)
    ExpectOracleUnderUpdates({.seed = seed, .people = 100 * (seed - 20)}, RandomPostingRow);
}

TEST(RankSeekers, IsTheOraclesAnswerForRowsThatFitNoColumn) {
  for (std::uint64_t seed = 31; seed <= 34; ++seed)
    ExpectOracleUnderUpdates({.seed = seed, .people = 300, .odd = true}, RandomPostingRow);
}

TEST(RankSeekers, IsTheOraclesAnswerForAMarketOfValidModels) {
  const Market market = RandomMarket(5, 1500, 60);
  SeekerIndex index;
  index.Build(market.seekers);
  SeekerSearch search(index);
  const MixedTies ties(3);
  for (const PostingRow& posting : market.openings) {
    ExpectEveryWay(search, posting, market.seekers, 20, ties);
    if (HasFatalFailure()) return;
  }
}

// Somebody who came after the others and fits no column is in a block of their own.
TEST(RankSeekers, FindsAWideRowThatIsAloneInItsBlock) {
  OccupationPath wish;
  wish.levels = {Token{0x20001}, Token{0x20002}, Token{}, Token{}};
  OccupationPath other;
  other.levels = {Token{0x20001}, Token{0x20003}, Token{}, Token{}};
  Rows rows;
  for (std::uint64_t id = 1; id <= 64; ++id) {
    rows[id].id = {id};
    rows[id].occupations = {other};
    rows[id].weights[Feature::kWage] = 5;
    rows[id].wage_floor = {1, model::Currency::kKrw};
  }
  SeekerIndex index;
  index.Build(RowsOf(rows));
  SeekerRow& wide = rows[65];
  wide.id = {65};
  wide.occupations = {wish};
  wide.weights[Feature::kOccupation] = 5;
  wide.experience_months = 100'000;
  index.Upsert(wide);
  PostingRow posting;
  posting.occupations = {wish};
  posting.wage = model::WageOffer{2, 2, model::Currency::kKrw};
  posting.weights[Feature::kOccupation] = 5;
  posting.weights[Feature::kWage] = 5;
  SeekerSearch search(index);
  ExpectEveryWay(search, posting, RowsOf(rows), 1, MixedTies());
}

TEST(RankByPoints, AnEmptyIndexHasNobody) {
  const SeekerIndex index;
  RandomRows random(1);
  const auto answer = RankByPoints(index, RandomPointsQuery(random), 5, MixedTies(), {});
  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(answer->best.empty());
  EXPECT_EQ(answer->eligible_count, 0U);
}

TEST(RankByPoints, ATokenThatIsNoneMeansWhatItMeansToTheOracle) {
  RandomRows random(41);
  Rows rows;
  for (std::uint64_t id = 1; id <= 300; ++id) rows[id] = random.Seeker(id);
  const std::vector<SeekerRow> list = RowsOf(rows);
  SeekerIndex index;
  index.Build(list);
  SeekerSearch search(index);
  PointsQuery query;
  query.occupations = {{Token(), 3}};
  query.regions_any = {Token()};
  ExpectEveryWay(search, query, list, 50, MixedTies());
}

TEST(RankByPoints, LevelsBeyondTheScaleCountInFull) {
  RandomRows random(44);
  Rows rows;
  for (std::uint64_t id = 1; id <= 2000; ++id) {
    rows[id] = random.Seeker(id);
    if (!random.OneIn(10)) continue;
    rows[id].skills = {{RandomRows::SkillToken(random.Below(5)),
                        static_cast<std::uint8_t>(6 + random.Below(250))}};
  }
  const std::vector<SeekerRow> list = RowsOf(rows);
  SeekerIndex index;
  index.Build(list);
  SeekerSearch search(index);
  for (const unsigned points : {1U, 127U, 128U, 255U}) {
    PointsQuery query;
    for (std::uint64_t n = 0; n < 3; ++n)
      query.skills.push_back({RandomRows::SkillToken(n), static_cast<std::uint8_t>(points)});
    ExpectEveryWay(search, query, list, 30, MixedTies());
  }
}

TEST(RankByPoints, PointsThatDoNotFitAWordAreStillExact) {
  RandomRows random(42);
  Rows rows;
  for (std::uint64_t id = 1; id <= 400; ++id) rows[id] = random.Seeker(id);
  const std::vector<SeekerRow> list = RowsOf(rows);
  SeekerIndex index;
  index.Build(list);
  SeekerSearch search(index);
  PointsQuery query;
  for (std::uint64_t n = 0; n < 90; ++n) query.skills.push_back({RandomRows::SkillToken(n), 255});
  ExpectEveryWay(search, query, list, 30, MixedTies());
  // The same token again and again: more than a byte of points for one skill.
  query.skills.assign(9, {RandomRows::SkillToken(3), 200});
  ExpectEveryWay(search, query, list, 30, MixedTies());
}

TEST(RankByPoints, IsTheOraclesAnswerOnTwentyThousandPeopleOfW1) {
  const w1::Model model;
  const w1::PlainTokens tokens;
  const std::vector<SeekerRow> rows = w1::W1SeekerRows(w1::MakeSeekers(model, 20'000), tokens);
  const std::vector<w1::Posting> postings = w1::MakePostings(model, 40);
  SeekerIndex index;
  index.Build(rows);
  SeekerSearch search(index);
  const w1::SmallerIdWins ties;
  for (const w1::Posting& posting : postings) {
    for (const PointsQuery& query : {W1aQuery(posting, tokens), W1bQuery(posting, tokens)}) {
      const SeekerRanking expected = RankByPoints(query, rows, 100, ties);
      for (const SearchPath path : kPaths) {
        ExpectAnswer(search, query, expected, 100, ties, {.path = path});
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(RankByPoints, ABatchGivesTheAnswersOfItsQueriesInTheirOrder) {
  RandomRows random(43);
  Rows rows;
  for (std::uint64_t id = 1; id <= 500; ++id) rows[id] = random.Seeker(id);
  SeekerIndex index;
  index.Build(RowsOf(rows));
  std::vector<PointsQuery> queries(300);
  for (PointsQuery& query : queries) query = RandomPointsQuery(random);
  const MixedTies ties;
  const auto answers = RankByPointsBatch(index, queries, 20, ties, {.threads = 2});
  ASSERT_TRUE(answers.ok());
  ASSERT_EQ(answers->size(), queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    EXPECT_EQ((*answers)[i].best, RankByPoints(index, queries[i], 20, ties, {})->best) << i;
  }
}

class SearchLimits : public testing::Test {
 protected:
  SearchLimits() {
    RandomRows random(51);
    std::vector<SeekerRow> rows;
    for (std::uint64_t id = 1; id <= 10'000; ++id) rows.push_back(random.Seeker(id));
    index_.Build(rows);
    query_.skills = {{RandomRows::SkillToken(1), 3}};
  }
  SeekerIndex index_;
  PointsQuery query_;
  MixedTies ties_;
};

TEST_F(SearchLimits, RefusesMoreThanAThousand) {
  EXPECT_EQ(RankByPoints(index_, query_, kMaxRanked + 1, ties_, {}).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(SearchLimits, ReportsAPassedDeadline) {
  const SearchOptions options{.deadline = std::chrono::steady_clock::now()};
  EXPECT_EQ(RankByPoints(index_, query_, 10, ties_, options).status().code(),
            StatusCode::kDeadlineExceeded);
  EXPECT_EQ(RankSeekers(index_, PostingRow(), 10, ties_, options).status().code(),
            StatusCode::kDeadlineExceeded);
  const std::vector<PointsQuery> queries(3, query_);
  EXPECT_EQ(RankByPointsBatch(index_, queries, 10, ties_, {.search = options}).status().code(),
            StatusCode::kDeadlineExceeded);
}

// Sets the flag in the middle of a query: the tie rule is asked while one runs.
class StoppingTies final : public TieRule {
 public:
  explicit StoppingTies(std::atomic<bool>& stop) : stop_(stop) {}
  std::uint64_t Of(PostingRowId, SeekerRowId seeker) const override {
    stop_.store(true);
    return seeker.value;
  }

 private:
  std::atomic<bool>& stop_;
};

TEST_F(SearchLimits, StopsBeforeAndInTheMiddleOfAQuery) {
  std::atomic<bool> stop = true;
  const SearchOptions options{.path = SearchPath::kEveryBlock, .stop = &stop};
  EXPECT_EQ(RankByPoints(index_, query_, 10, ties_, options).status().code(),
            StatusCode::kCancelled);
  stop = false;
  // Enough rows of equal score that ties are settled before the end.
  RandomRows random(52);
  SeekerIndex index;
  std::vector<SeekerRow> rows(30'000);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].id = {i + 1};
  index.Build(rows);
  EXPECT_EQ(RankByPoints(index, PointsQuery(), 10, StoppingTies(stop), options).status().code(),
            StatusCode::kCancelled);
}

// Readers search while a writer changes everything: answers are whole, ordered, without doubles.
TEST(RankByPoints, AnswersStayWholeUnderAWriter) {
  RandomRows random(61);
  std::vector<SeekerRow> rows;
  for (std::uint64_t id = 1; id <= 3000; ++id) rows.push_back(random.Seeker(id));
  SeekerIndex index;
  index.Build(rows);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    RandomRows changes(62);
    while (!done.load()) {
      const std::uint64_t id = 1 + changes.Below(3000);
      index.Upsert(changes.Seeker(id));
      index.MaintainStep();
    }
  });
  SeekerSearch search(index);
  const MixedTies ties;
  for (int i = 0; i < 400; ++i) {
    const PointsQuery query = RandomPointsQuery(random);
    const auto answer = search.RankByPoints(query, 50, ties, {.path = kPaths[i % 4]});
    ASSERT_TRUE(answer.ok());
    std::map<std::uint64_t, int> seen;
    for (std::size_t r = 0; r < answer->best.size(); ++r) {
      const Ranked<SeekerRowId>& one = answer->best[r];
      EXPECT_EQ(++seen[one.id.value], 1);
      EXPECT_EQ(one.tie, ties.Of(query.id, one.id));
      if (r == 0) continue;
      EXPECT_GE(answer->best[r - 1].score, one.score);
    }
  }
  done = true;
  writer.join();
}

}  // namespace
}  // namespace noren::matching
