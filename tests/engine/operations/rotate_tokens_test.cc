// The keys of tokens change while the service runs: nobody sees it in an answer, and when it is over
// nobody computes the tokens of before.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rotate_tokens.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/backup.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/rank.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/market_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::TokenPurpose;
using storage::CrashPoint;

StatusOr<std::uint32_t> Rotate(TestService& service,
                               VersionedKey key = VersionedKey::kMatchToken) {
  NOREN_ASSIGN_OR_RETURN(
      const RotationAnswer answer,
      RotateKey(service.context(), service.officer(), service.NextKey(), key));
  return answer.version;
}

// One portion; true when it is done.
StatusOr<bool> Step(TestService& service, VersionedKey key = VersionedKey::kMatchToken) {
  RewrapPlace place;
  NOREN_ASSIGN_OR_RETURN(const RewrapAnswer step,
                         RewrapKeys(service.context(), service.officer(), key, place));
  return step.done;
}

StatusOr<bool> Rewrap(TestService& service, VersionedKey key = VersionedKey::kMatchToken) {
  for (int i = 0; i < 1000; ++i) {
    NOREN_ASSIGN_OR_RETURN(const bool done, Step(service, key));
    if (done) return true;
  }
  return false;
}

KeyStatus StatusOf(TestService& service, VersionedKey key = VersionedKey::kMatchToken) {
  const auto all = ReadKeyStatus(service.context(), service.officer(), /*count_left=*/true);
  EXPECT_OK(all);
  return all.ok() ? all->at(static_cast<std::size_t>(key)) : KeyStatus{};
}

TokenKeysOfPurpose Recorded(TestService& service, TokenPurpose purpose = TokenPurpose::kMatch) {
  const auto stored = ReadTokenKeys(service.data(), service.keys());
  EXPECT_OK(stored);
  return stored.ok() ? stored->record.at(purpose) : TokenKeysOfPurpose{};
}

// Everything that tokens decide and somebody sees: rankings in both directions with their
// explanations, and a company's cards with their names.
struct Scene {
  explicit Scene(std::uint64_t seed = 1) : service(seed) {
    for (int i = 0; i < 12; ++i) {
      people.push_back(service.Register(i));
      service.PutItem(*people.back(), model::ItemKind::kResume,
                      SomeBytes(static_cast<std::uint64_t>(i), 300));
      service.BecomeDiscoverable(*people.back());
    }
    service.AddKey();
    posting = service.RegisterPosting();
  }
  ServiceContext& context() { return service.context(); }

  std::string Answers() {
    std::string text;
    const auto ranked = RankCandidates(context(), service.portal(), posting, 100);
    EXPECT_OK(ranked);
    if (ranked.ok()) {
      text += std::to_string(ranked->considered) + "\n";
      for (const RankedPerson& one : ranked->best) {
        text += one.handle.ToString() + " " + std::to_string(one.score.score) + "\n";
      }
    }
    for (const auto& person : people) {
      const auto explained = ExplainPair(context(), service.portal(), posting, person->handle);
      EXPECT_OK(explained);
      if (explained.ok()) {
        for (const auto& condition : explained->conditions) text += condition.detail + ";";
        text += explained->smallest_change + "\n";
      }
      const auto openings = RankPostings(context(), service.portal(), person->handle, 10);
      EXPECT_OK(openings);
      if (openings.ok()) {
        for (const RankedOpening& one : openings->best) {
          text += one.posting.ToString() + " " + std::to_string(one.score.score) + "\n";
        }
      }
    }
    return text + Cards();
  }
  std::string Cards() {
    std::string text;
    const auto cards = ListCards(context(), service.company(), posting, 0, 100);
    EXPECT_OK(cards);
    if (!cards.ok()) return text;
    text += cards->epoch + "\n";
    for (const CardView& card : cards->cards) {
      text += card.card + " " + card.band + " " + card.qualifying;
      for (const auto& [name, value] : card.class_row) text.append(" ").append(name + "=" + value);
      text += "\n";
    }
    return text;
  }

  TestService service;
  std::vector<std::unique_ptr<TestPerson>> people;
  model::PostingId posting;
};

TEST(RotateTokens, EveryAnswerIsTheSameBeforeDuringAndAfter) {
  Scene scene;
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
  Scene scene;
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
  Scene scene;
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
  Scene scene;
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
  Scene scene;
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
  Scene scene;
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

TEST(RotateTokens, TwoOfficersAtOnceRotateOnce) {
  for (int round = 0; round < 5; ++round) {
    Scene scene;
    std::atomic<int> rotated{0};
    const auto both = [&](const auto& act) {
      std::thread one(act), other(act);
      one.join();
      other.join();
    };
    both([&] {
      const auto version = Rotate(scene.service);
      if (version.ok()) ++rotated;
      EXPECT_TRUE(version.ok() || CodeOf(version.status()) == ErrorCode::kLimitReached);
    });
    EXPECT_EQ(rotated, 1);
    both([&] { EXPECT_THAT(Rewrap(scene.service), IsOkAndHolds(true)); });
    EXPECT_EQ(Recorded(scene.service).live.size(), 1u);
    EXPECT_EQ(scene.context().market.version(), 2u);
    ASSERT_OK(scene.service.Restart());
    EXPECT_EQ(scene.context().market.people_count(), 12u);
  }
}

TEST(RotateTokens, StatusSaysHowFarItIs) {
  Scene scene;
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

// A key that lies in a leaf is destroyed with it: the tree, the root and the record of before do not
// give it back.
TEST(RotateTokens, TheOldKeyIsNowhereAfterwards) {
  Scene scene;
  ASSERT_OK(Rotate(scene.service));
  ASSERT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  const std::uint64_t token = scene.context().pseudonyms.MatchToken("skill", "SK-cpp");
  const auto leaf = Recorded(scene.service).live.front().leaf;
  ASSERT_TRUE(leaf.has_value());
  const auto data_before = CopyOf(scene.service.data());
  const auto tree_before = CopyOf(scene.service.tree());
  ASSERT_OK(Rotate(scene.service));
  ASSERT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  EXPECT_EQ(CodeOf(scene.service.keyring().Open(*leaf).status()), ErrorCode::kNotFound);

  // Old images of data and tree, the root key, and the anchor as it is now.
  const auto anchored = scene.service.anchor().Load();
  ASSERT_OK(anchored);
  const auto stolen = personal_data::Keyring::Load(
      *tree_before, scene.service.random(),
      {anchored->key_tree_root_key.Clone(), anchored->key_tree_generation});
  if (stolen.ok()) {
    EXPECT_FALSE((*stolen)->Open(*leaf).ok());
  }
  const auto keys = personal_data::PurposeKeys::Derive(scene.service.root_key());
  ASSERT_OK(keys);
  const personal_data::Pseudonyms pseudonyms(*keys);
  ASSERT_OK(LoadTokenKeys({*data_before, scene.service.keyring(), *keys, pseudonyms,
                           scene.service.random()}));
  EXPECT_NE(pseudonyms.MatchToken("skill", "SK-cpp"), token);
}

class RotateTokensCrash
    : public ::testing::TestWithParam<std::tuple<VersionedKey, CrashPoint::LastWrite>> {};

// The power fails at every single write of a rotation and all its steps in turn. Versions 2 and 3,
// so that a leaf is destroyed, too.
TEST_P(RotateTokensCrash, StoppedAtAnyWriteAnswersAreTheSameAndItIsFinishedLater) {
  const auto [key, last] = GetParam();
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    Scene scene;
    const std::string before = scene.Answers();
    ASSERT_OK(Rotate(scene.service, key));
    ASSERT_THAT(Rewrap(scene.service, key), IsOkAndHolds(true));
    scene.service.power().CrashAt(step, last);
    if (Rotate(scene.service, key).ok()) (void)Rewrap(scene.service, key);
    const bool crashed = scene.service.power().is_down();
    ASSERT_OK(scene.service.Restart());
    EXPECT_EQ(scene.Answers(), before);
    ASSERT_OK(scene.service.CheckLog());
    if (StatusOf(scene.service, key).current == 2) {
      ASSERT_OK(Rotate(scene.service, key));
    }
    ASSERT_THAT(Rewrap(scene.service, key), IsOkAndHolds(true));
    EXPECT_EQ(StatusOf(scene.service, key).left, 0);
    EXPECT_EQ(StatusOf(scene.service, key).oldest, 3u);
    EXPECT_EQ(scene.Answers(), before);
    ASSERT_OK(scene.service.Restart());
    EXPECT_EQ(scene.Answers(), before);
    if (HasFailure()) return;
    if (!crashed) {
      EXPECT_GT(step, 8u) << "it has more writes than that";
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    EveryKey, RotateTokensCrash,
    ::testing::Combine(::testing::Values(VersionedKey::kMatchToken, VersionedKey::kStatistics),
                       ::testing::Values(CrashPoint::LastWrite::kLost,
                                         CrashPoint::LastWrite::kWritten)));

// Put the data of `backup` in place and let a restore end it.
Status RestoreFrom(TestService& service, const storage::MemoryStore& backup) {
  service.Stop();
  service.ReplaceData(backup);
  HeldAnchor held(service.anchor());
  service.set_held_anchor(&held);
  NOREN_RETURN_IF_ERROR(service.Start());
  NOREN_ASSIGN_OR_RETURN(const storage::AnchorRecord anchored, service.anchor().Load());
  NOREN_RETURN_IF_ERROR(
      ReapplyAfterRestore(service.context(), anchored, service.journal()).status());
  NOREN_RETURN_IF_ERROR(held.Release());
  service.set_held_anchor(nullptr);
  return service.Restart();
}

// Backups of every moment of two rotations, restored after both are over: their keys are gone.
TEST(RotateTokens, ABackupOfAnyMomentServesAfterItsKeyIsDestroyed) {
  Scene plan;
  std::string before = plan.Answers();
  std::vector<std::unique_ptr<storage::MemoryStore>> backups;
  backups.push_back(CopyOf(plan.service.data()));
  for (int round = 0; round < 2; ++round) {
    ASSERT_OK(Rotate(plan.service));
    for (bool done = false; !done;) {
      backups.push_back(CopyOf(plan.service.data()));
      const auto step = Step(plan.service);
      ASSERT_OK(step);
      done = *step;
    }
  }
  ASSERT_GE(backups.size(), 8u);
  // Cards are of an epoch, and a table whose key is lost ends its epoch.
  const auto without_cards = [](const std::string& answers) {
    return answers.substr(0, answers.find(".1\n"));
  };
  before = without_cards(before);
  for (std::size_t i = backups.size(); i-- > 0;) {
    SCOPED_TRACE("backup " + std::to_string(i));
    ASSERT_OK(RestoreFrom(plan.service, *backups[i]));
    const std::string after = plan.Answers();
    EXPECT_EQ(after.substr(0, before.size()), before);
    EXPECT_NE(after.find("card-"), std::string::npos) << "cards are made anew";
    const std::uint32_t version = StatusOf(plan.service).current;
    ASSERT_THAT(Rewrap(plan.service), IsOkAndHolds(true)) << "a rotation goes on";
    ASSERT_THAT(Rotate(plan.service), IsOkAndHolds(version + 1));
    ASSERT_THAT(Rewrap(plan.service), IsOkAndHolds(true));
    EXPECT_EQ(plan.Answers().substr(0, before.size()), before);
    if (HasFailure()) return;
  }
}

// The record of versions taken away, or put back, by whoever writes the database.
TEST(RotateTokens, ARecordThatWasPutBackChangesNoAnswer) {
  Scene scene;
  const std::string key = TokenKeysKey();
  ASSERT_OK(Rotate(scene.service));
  ASSERT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  const std::string before = scene.Answers();
  const auto old = scene.service.data().Read(kEmbeddedPartition, {key});
  ASSERT_OK(old);
  ASSERT_OK(Rotate(scene.service));
  ASSERT_THAT(Rewrap(scene.service), IsOkAndHolds(true));
  for (const std::optional<Bytes>& value : {old->front(), std::optional<Bytes>()}) {
    scene.service.Stop();
    storage::Batch batch;
    batch.mutations.push_back({key, value});
    ASSERT_EQ(scene.service.data().Commit(batch).outcome, storage::Outcome::kCommitted);
    ASSERT_OK(scene.service.Restart());
    EXPECT_EQ(scene.Answers().substr(0, 200), before.substr(0, 200));
    const auto again = ListCards(scene.context(), scene.service.company(), scene.posting, 0, 10);
    EXPECT_OK(again);
  }
}

TEST(RotateTokens, NoCallFailsMeanwhile) {
  Scene scene;
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
      const auto found =
          RankPostings(scene.context(), scene.service.portal(), person->handle, 5);
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
  Scene scene;
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
