// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/market.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/matching/cards/classes.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/market_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using std::chrono::microseconds;

TEST(Market, AnswersAsTheOracleWhateverHappens) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    TestService service(seed);
    RandomMarket market(service, seed);
    for (int round = 0; round < 4; ++round) {
      market.Steps(40);
      market.ExpectExact();
      while (service.context().market.Maintain(microseconds(1000))) {
      }
      market.ExpectExact();
    }
    market.DestroyPerson();
    market.ExpectExact();
    // What follows the feed, and what is read at a start, are the same.
    Market fresh(service.market_parts());
    ASSERT_OK(fresh.Load());
    market.ExpectExact(fresh);
  }
}

TEST(Market, FindsTheEndOfAFeedOfAnyLength) {
  TestService service;
  for (int people = 0; people < 12; ++people) {
    Market market(service.market_parts());
    ASSERT_OK(market.Load());
    EXPECT_EQ(market.people_count(), static_cast<std::size_t>(people));
    (void)service.Register(people);
    ASSERT_OK(market.CatchUp());
    EXPECT_EQ(market.people_count(), static_cast<std::size_t>(people) + 1);
  }
}

TEST(Market, ShowsAnAcknowledgedChangeToTheNextQuery) {
  TestService service;
  const model::PostingId posting = service.RegisterPosting();
  const std::string portal = service.portal().principal.name;
  for (int number = 0; number < 80; ++number) {
    (void)service.Register(number);
    const auto ranking = service.context().market.RankSeekers(posting, portal, 100);
    ASSERT_OK(ranking);
    EXPECT_EQ(ranking->best.size(), static_cast<std::size_t>(number) + 1);
    EXPECT_EQ(ranking->considered, static_cast<std::size_t>(number) + 1);
  }
}

TEST(Market, RanksWhileChangesAndMaintenanceGoOn) {
  TestService service;
  RandomMarket market(service, 5);
  market.Steps(60);
  for (int i = 0; i < 5; ++i) market.AddPosting();
  Market& live = service.context().market;
  std::vector<model::PostingId> postings;
  for (int company = 0; company < 3; ++company) {
    for (const MarketPosting& one : live.PostingsOf("company-" + std::to_string(company)))
      postings.push_back(one.posting);
  }
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> asked{0};
  std::thread reader([&] {
    for (std::size_t i = 0; !stop; ++i) {
      const auto ranking =
          live.RankSeekers(postings[i % postings.size()], "portal-" + std::to_string(i % 3), 20);
      ASSERT_OK(ranking);
      EXPECT_TRUE(std::ranges::is_sorted(ranking->best, std::greater(),
                                         [](const RankedPerson& one) { return one.score.score; }));
      for (const RankedPerson& one : ranking->best) EXPECT_FALSE(one.handle.is_none());
      ++asked;
    }
  });
  std::thread tending([&] {
    while (!stop) (void)live.Maintain(microseconds(200));
  });
  market.Steps(150);
  stop = true;
  reader.join();
  tending.join();
  EXPECT_GT(asked, 10U);
  market.ExpectExact();
}

TEST(Market, CountsClassesAsLookingAtEveryMemberDoes) {
  TestService service;
  RandomMarket market(service, 7);
  for (int i = 0; i < 90; ++i) market.AddPerson();
  for (int i = 0; i < 5; ++i) market.AddPosting();
  for (int i = 0; i < 150; ++i) market.ShowPerson();
  Market& live = service.context().market;
  matching::ClassRules rules;
  rules.k = 3;
  for (int round = 0; round < 3; ++round) {
    auto classes = matching::BuildClasses(live.DiscoverableRows(kEverybody), rules);
    ASSERT_OK(classes);
    ASSERT_GT(classes->classes.size(), 2U);
    const auto table = std::make_shared<const matching::ClassTable>(std::move(*classes));
    for (int changes = 0; changes < 4; ++changes) {
      for (const MarketPosting& posting :
           live.PostingsOf("company-" + std::to_string(changes % 3))) {
        std::vector<matching::ClassCount> truth;
        live.Now()->WithLiveRows(kEverybody, [&](const Market::RowLookup& lookup) {
          truth = matching::CountMembers(posting.row, *table, lookup);
        });
        EXPECT_EQ(live.CountClasses(posting.row, kEverybody, table), truth);
      }
      for (int i = 0; i < 12; ++i) market.OneIn(2) ? market.ShowPerson() : market.ChangePerson();
      market.AddPerson();
      if (changes == 2) market.DestroyPerson();
    }
  }
}

TEST(Market, TakesANewDayOverIntoThePostings) {
  TestService service;
  const model::PostingId posting = service.RegisterPosting();
  std::int32_t today = 20'000;
  MarketParts parts = service.market_parts();
  parts.today = [&today] { return today; };
  Market market(parts);
  ASSERT_OK(market.Load());
  EXPECT_EQ(market.FindPosting(posting)->row.as_of_day, 20'000);
  today = 20'001;
  while (market.Maintain(microseconds(1000))) {
  }
  EXPECT_EQ(market.FindPosting(posting)->row.as_of_day, 20'001);
}

}  // namespace
}  // namespace noren::operations
