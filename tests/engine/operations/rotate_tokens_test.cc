// The keys of tokens change while the service runs: nobody sees it in an answer, and when it is
// over nobody computes the tokens of before.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rotate_tokens.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/person_acts.h"
#include "tests/engine/operations/market_fixture.h"
#include "tests/engine/operations/rotation_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::TokenPurpose;

TEST(RotateTokens, EveryAnswerIsTheSameBeforeDuringAndAfter) {
  TokenScene scene;
  const std::string before = scene.Answers();
  EXPECT_NE(before.find("card-"), std::string::npos);
  for (std::uint32_t version = 2; version <= 4; ++version) {
    ASSERT_THAT(Rotate(scene.service), IsOkAndHolds(version));
    EXPECT_EQ(scene.Answers(), before);
    int steps = 0;
    for (bool done = false; !done; ++steps) {
      const auto step = Step(scene.service);
      ASSERT_OK(step);
      done = *step;
      EXPECT_EQ(scene.Answers(), before) << "version " << version << ", step " << steps;
    }
    EXPECT_GE(steps, 4);
    EXPECT_EQ(scene.context().market.version(), version);
    ASSERT_OK(scene.service.Restart());
    EXPECT_EQ(scene.Answers(), before);
  }
  EXPECT_OK(scene.service.VerifyExportedLog());
}

TEST(RotateTokens, NoTokenIsTheOneOfBefore) {
  TokenScene scene;
  const MarketView before = scene.context().market.Now();
  ASSERT_OK(Rotate(scene.service));
  ASSERT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  const MarketView after = scene.context().market.Now();
  for (const model::DictionaryEntry& entry :
       scene.context().dictionary.Entries(model::CodeKind::kSkill)) {
    const auto code = model::SkillCode::Parse(entry.code);
    ASSERT_OK(code);
    EXPECT_NE(before->tokens().OfSkill(*code), after->tokens().OfSkill(*code));
    EXPECT_EQ(before->tokens().Translated(before->tokens().OfSkill(*code), after->tokens()),
              after->tokens().OfSkill(*code));
  }
}

// The slow obvious ranking over rows of the stored profiles agrees at every step, while people and
// postings come, change and go.
TEST(RotateTokens, AnswersAsTheOracleAtEveryStepWhateverChanges) {
  for (const std::uint64_t seed : {1U, 2U}) {
    TestService service(seed);
    RandomMarket market(service, seed);
    market.Steps(80);
    for (int round = 0; round < 3; ++round) {
      ASSERT_OK(Rotate(service));
      for (bool done = false; !done;) {
        const auto step = Step(service);
        ASSERT_OK(step);
        done = *step;
        market.ExpectExact();
        market.Steps(6);
        market.ExpectExact();
      }
      market.DestroyPerson();
      market.ExpectExact();
    }
    ASSERT_OK(service.Restart());
    market.ExpectExact();
  }
}

TEST(RotateTokens, WhoWithdrewWhileTheMarketWasMovedStaysHidden) {
  TokenScene scene;
  ASSERT_OK(Rotate(scene.service));
  const std::string statement = scene.service.Prepare(*scene.people[3], "withdraw");
  ASSERT_OK(scene.context().market.MoveToNewest(0).status()) << "begun, nothing read yet";
  ASSERT_OK(Withdraw(scene.context(), scene.service.portal(), scene.service.NextKey(),
                     {statement, {}, ""})
                .status());
  const std::size_t shown = scene.context().market.DiscoverableRows(kEverybody).size();
  EXPECT_EQ(shown, scene.people.size() - 1);
  ASSERT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  EXPECT_EQ(scene.context().market.DiscoverableRows(kEverybody).size(), shown);
  ASSERT_OK(scene.service.Restart());
  EXPECT_EQ(scene.context().market.DiscoverableRows(kEverybody).size(), shown);
}

TEST(RotateTokens, CardsOfBeforeAreInvitedByAfterwards) {
  TokenScene scene;
  const auto cards = ListCards(scene.context(), scene.service.company(), scene.posting, 0, 100);
  ASSERT_OK(cards);
  ASSERT_FALSE(cards->cards.empty());
  ASSERT_OK(Rotate(scene.service));
  ASSERT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  EXPECT_OK(InviteCandidates(scene.context(), scene.service.company(),
                             scene.service.Decided({scene.service.NextKey(),
                                                    scene.posting,
                                                    cards->cards.front().card,
                                                    2,
                                                    {model::ItemKind::kResume},
                                                    model::Purpose::kApplicationScreening}))
                .status());
}

TEST(RotateTokens, OutstandingReferencesOfCandidatesStay) {
  TokenScene scene;
  scene.service.InviteAll(scene.posting);
  const TestApplication application = scene.service.Grant(*scene.people[0], scene.posting);
  const auto collect = [&](const std::string& order) {
    return CollectRelease(scene.context(), scene.service.company(),
                          {scene.service.NextKey(), application.candidate, order, "interview"});
  };
  const auto first = collect("order-1");
  ASSERT_OK(first);
  ASSERT_OK(Rotate(scene.service));
  ASSERT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  const auto again = collect("order-1");
  ASSERT_OK(again);
  EXPECT_EQ(again->record.manifest, first->record.manifest);
  const auto applicants = ListApplicants(scene.context(), scene.service.company(), scene.posting);
  ASSERT_OK(applicants);
  EXPECT_EQ(applicants->size(), 1u);
}

TEST(RotateTokens, OneOlderVersionAtATime) {
  TokenScene scene;
  for (const VersionedKey key : {VersionedKey::kMatchToken, VersionedKey::kStatistics}) {
    ASSERT_OK(Rotate(scene.service, key));
    for (bool done = false; !done;) {
      EXPECT_EQ(CodeOf(Rotate(scene.service, key).status()), ErrorCode::kLimitReached);
      const auto step = Step(scene.service, key);
      ASSERT_OK(step);
      done = *step;
    }
    EXPECT_OK(Rotate(scene.service, key));
  }
}

TEST(RotateTokens, StatusSaysHowFarItIs) {
  TokenScene scene;
  KeyStatus status = StatusOf(scene.service);
  EXPECT_EQ(status.current, 1u);
  EXPECT_EQ(status.left, 0);
  ASSERT_OK(Rotate(scene.service));
  status = StatusOf(scene.service);
  EXPECT_EQ(status.current, 2u);
  EXPECT_EQ(status.oldest, 1u);
  EXPECT_GE(status.left, 12);
  ASSERT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  status = StatusOf(scene.service);
  EXPECT_EQ(status.oldest, 2u);
  EXPECT_EQ(status.left, 0);
}

TEST(RotateTokens, NoCallFailsMeanwhile) {
  TokenScene scene;
  policy::Policy policy = scene.context().policy;
  policy.cards.card_reads_per_day = 1'000'000;
  scene.service.set_policy(&policy);
  ASSERT_OK(scene.service.Restart());
  std::atomic<bool> stop{false};
  std::atomic<int> calls{0};
  const auto count = [&](const Status& status) {
    ++calls;
    EXPECT_OK(status);
  };
  std::thread company([&] {
    while (!stop) {
      count(ListCards(scene.context(), scene.service.company(), scene.posting, 0, 5).status());
    }
  });
  std::thread portal([&] {
    for (int number = 100; !stop; ++number) {
      count(RankCandidates(scene.context(), scene.service.portal(), scene.posting, 5).status());
      const auto person = scene.service.Register(number);
      const auto found = RankPostings(scene.context(), scene.service.portal(), person->handle, 5);
      count(found.status());
    }
  });
  for (int round = 0; round < 6; ++round) {
    EXPECT_OK(Rotate(scene.service));
    EXPECT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  }
  stop = true;
  company.join();
  portal.join();
  EXPECT_GT(calls, 20);
}

TEST(TokenTable, KeepsItsNumbersUnderOtherTokens) {
  TokenScene scene;
  const MarketView first = scene.context().market.Now();
  matching::ClassRules rules;
  rules.k = 3;
  const auto table = matching::BuildClasses(first->DiscoverableRows(kEverybody), rules);
  ASSERT_OK(table);
  ASSERT_FALSE(table->classes.empty());
  for (std::uint32_t version = 2; version < 12; ++version) {
    const CodeTokens other(
        {version, std::make_shared<SecretBytes>(SecretBytes::Random(scene.service.random(), 32))},
        scene.context().dictionary);
    const auto moved = Translated(*table, first->tokens(), other);
    ASSERT_TRUE(moved.has_value());
    const auto read = DecodeTokenTable(EncodeTokenTable(*moved));
    ASSERT_OK(read);
    EXPECT_EQ(*read, *moved);
    const auto back = Translated(read->table, other, first->tokens());
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->table, *table);
  }
  const auto bare = DecodeTokenTable(matching::EncodeClassTable(*table));
  ASSERT_OK(bare);
  EXPECT_EQ(bare->version, 1u);
  EXPECT_EQ(bare->table, *table);
}

}  // namespace
}  // namespace noren::operations
