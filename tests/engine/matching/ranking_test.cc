// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <ranges>
#include <tuple>

#include "engine/matching/explain.h"
#include "tests/engine/matching/market.h"
#include "tests/engine/matching/naive.h"

namespace noren::matching {
namespace {

template <typename T>
void Shuffle(SeededRandom& random, std::vector<T>& list) {
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random.Below(i)]);
}

// All eligible people by the naive rules, fully sorted.
std::vector<Ranked<SeekerRowId>> NaiveSeekers(const Market& market, std::size_t posting,
                                              const TieRule& ties) {
  std::vector<Ranked<SeekerRowId>> all;
  for (std::size_t i = 0; i < market.profiles.size(); ++i) {
    if (!naive::Qualifies(market.postings[posting], market.profiles[i])) continue;
    all.push_back({market.seekers[i].id,
                   static_cast<std::int32_t>(
                       naive::Score(market.postings[posting], market.profiles[i], market.around)),
                   ties.Of(market.openings[posting].id, market.seekers[i].id)});
  }
  std::ranges::sort(all, [](const auto& a, const auto& b) {
    return std::tuple(-a.score, a.tie, a.id) < std::tuple(-b.score, b.tie, b.id);
  });
  return all;
}

std::vector<Ranked<PostingRowId>> NaivePostings(const Market& market, std::size_t seeker,
                                                const TieRule& ties) {
  std::vector<Ranked<PostingRowId>> all;
  for (std::size_t i = 0; i < market.postings.size(); ++i) {
    if (!naive::Qualifies(market.postings[i], market.profiles[seeker])) continue;
    all.push_back({market.openings[i].id,
                   static_cast<std::int32_t>(
                       naive::Score(market.postings[i], market.profiles[seeker], market.around)),
                   ties.Of(market.openings[i].id, market.seekers[seeker].id)});
  }
  std::ranges::sort(all, [](const auto& a, const auto& b) {
    return std::tuple(-a.score, a.tie, a.id) < std::tuple(-b.score, b.tie, b.id);
  });
  return all;
}

TEST(RankSeekers, IsTheHeadOfTheNaiveSortForEveryK) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Market market = RandomMarket(seed, 40, 2);
    const MixedTies ties(seed);
    const auto all = NaiveSeekers(market, 0, ties);
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
      const SeekerRanking ranking = RankSeekers(market.openings[0], market.seekers, k, ties);
      RC_ASSERT(ranking.eligible_count == all.size());
      RC_ASSERT(ranking.best.size() == std::min(k, all.size()));
      RC_ASSERT(std::ranges::equal(ranking.best, all | std::views::take(k)));
    }
  }));
}

TEST(RankPostings, IsTheHeadOfTheNaiveSortForEveryK) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Market market = RandomMarket(seed, 2, 40);
    const MixedTies ties(seed);
    const auto all = NaivePostings(market, 0, ties);
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
      const PostingRanking ranking = RankPostings(market.seekers[0], market.openings, k, ties);
      RC_ASSERT(ranking.eligible_count == all.size());
      RC_ASSERT(std::ranges::equal(ranking.best, all | std::views::take(k)));
    }
  }));
}

TEST(RankSeekers, DoesNotDependOnTheOrderOfRows) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Market market = RandomMarket(seed, 30, 1);
    // Few profiles, so that most scores are shared, and a coarse tie rule, so that ids have to
    // decide, too.
    for (SeekerRow& row : market.seekers) {
      const SeekerRowId id = row.id;
      row = market.seekers[id.value % 3];
      row.id = id;
    }
    const MixedTies ties(seed, MixedTies::Spread::kCoarse);
    const SeekerRanking before = RankSeekers(market.openings[0], market.seekers, 7, ties);
    SeededRandom random(seed);
    Shuffle(random, market.seekers);
    RC_ASSERT(RankSeekers(market.openings[0], market.seekers, 7, ties).best == before.best);
  }));
}

TEST(RankPostings, DoesNotDependOnTheOrderOfRows) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Market market = RandomMarket(seed, 1, 30);
    const MixedTies ties(seed, MixedTies::Spread::kCoarse);
    const PostingRanking before = RankPostings(market.seekers[0], market.openings, 7, ties);
    SeededRandom random(seed);
    Shuffle(random, market.openings);
    RC_ASSERT(RankPostings(market.seekers[0], market.openings, 7, ties).best == before.best);
  }));
}

TEST(Ranking, BothWaysGiveAPairTheSameScoreAndTie) {
  const Market market = RandomMarket(11, 40, 40);
  const MixedTies ties;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::pair<std::int32_t, std::uint64_t>> people;
  std::size_t pairs = 0;
  for (const PostingRow& posting : market.openings) {
    for (const auto& ranked : RankSeekers(posting, market.seekers, 1000, ties).best) {
      people[{posting.id.value, ranked.id.value}] = {ranked.score, ranked.tie};
    }
  }
  for (const SeekerRow& seeker : market.seekers) {
    for (const auto& ranked : RankPostings(seeker, market.openings, 1000, ties).best) {
      ++pairs;
      const auto found = people.find({ranked.id.value, seeker.id.value});
      ASSERT_NE(found, people.end());
      EXPECT_EQ(found->second, std::pair(ranked.score, ranked.tie));
    }
  }
  EXPECT_EQ(pairs, people.size());
  EXPECT_GT(pairs, 50u);
}

// Goal: among equals nobody is always first. 20 equal people, 2000 postings: each should come first
// about 100 times. A pass shows no person outside 60..140; with a fair rule (sd 9.7) a false alarm
// is below 1 in 1,000 (fixed seed anyway).
TEST(TieRule, GivesEqualPeopleTheFirstPlaceEquallyOften) {
  std::vector<SeekerRow> equals;
  for (std::uint64_t id = 1; id <= 20; ++id) equals.push_back(Row(id, BareProfile()));
  const MixedTies ties(99);
  std::map<SeekerRowId, int> firsts;
  for (std::uint64_t id = 1; id <= 2000; ++id) {
    ++firsts[RankSeekers(Row(id, BarePosting()), equals, 1, ties).best.at(0).id];
  }
  ASSERT_EQ(firsts.size(), 20u);
  for (const auto& [id, count] : firsts) {
    EXPECT_GT(count, 60) << id.value;
    EXPECT_LT(count, 140) << id.value;
  }
}

TEST(RankSeekers, NobodyAndNothingGiveAnEmptyRanking) {
  const MixedTies ties;
  const SeekerRanking none = RankSeekers(Row(1, BarePosting()), {}, 10, ties);
  EXPECT_TRUE(none.best.empty());
  EXPECT_EQ(none.eligible_count, 0u);
  EXPECT_TRUE(RankPostings(Row(1, BareProfile()), {}, 10, ties).best.empty());
}

}  // namespace
}  // namespace noren::matching
