// Attacks on a rotation of token keys: the power fails at any write, a backup of before comes back,
// two officers rotate at once, an old key is looked for in everything that is left.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <tuple>

#include "engine/model/errors.h"
#include "tests/engine/operations/rotation_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;

TEST(RotateTokensAttack, TwoOfficersAtOnceRotateOnce) {
  for (int round = 0; round < 5; ++round) {
    TokenScene scene;
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

// A key that lies in a leaf is destroyed with it: the tree, the root and the record of before do
// not give it back.
TEST(RotateTokensAttack, TheOldKeyIsNowhereAfterwards) {
  TokenScene scene;
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
  ASSERT_OK(LoadTokenKeys(
      {*data_before, scene.service.keyring(), *keys, pseudonyms, scene.service.random()}));
  EXPECT_NE(pseudonyms.MatchToken("skill", "SK-cpp"), token);
}

// Three keys at once, which share the record of versions and the root of the tree.
TEST(RotateTokensAttack, EveryKeyRotatesBesideTheOthers) {
  TokenScene scene(6);
  const std::string before = scene.Answers();
  for (std::uint32_t version = 2; version <= 3; ++version) {
    std::vector<std::thread> officers;
    for (const VersionedKey key :
         {VersionedKey::kMatchToken, VersionedKey::kStatistics, VersionedKey::kEmployerToken}) {
      officers.emplace_back([&scene, key, version] {
        EXPECT_THAT(Rotate(scene.service, key), IsOkAndHolds(version));
        EXPECT_THAT(Rewrap(scene.service, key), IsOkAndHolds(true));
      });
    }
    for (std::thread& officer : officers) officer.join();
    EXPECT_EQ(scene.Answers(), before);
  }
  ASSERT_OK(scene.service.Restart());
  EXPECT_EQ(scene.Answers(), before);
}

class RotateTokensCrash
    : public ::testing::TestWithParam<std::tuple<VersionedKey, CrashPoint::LastWrite>> {};

// The power fails at every single write of a rotation and all its steps in turn. Versions 2 and 3,
// so that a leaf is destroyed, too.
TEST_P(RotateTokensCrash, StoppedAtAnyWriteAnswersAreTheSameAndItIsFinishedLater) {
  const auto [key, last] = GetParam();
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    TokenScene scene(6);
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

INSTANTIATE_TEST_SUITE_P(EveryKey, RotateTokensCrash,
                         ::testing::Combine(::testing::Values(VersionedKey::kMatchToken,
                                                              VersionedKey::kStatistics),
                                            ::testing::Values(CrashPoint::LastWrite::kLost,
                                                              CrashPoint::LastWrite::kWritten)));

// Backups of every moment of two rotations, restored after both are over: their keys are gone.
TEST(RotateTokensAttack, ABackupOfAnyMomentServesAfterItsKeyIsDestroyed) {
  TokenScene plan;
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
TEST(RotateTokensAttack, ARecordThatWasPutBackChangesNoAnswer) {
  TokenScene scene;
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

}  // namespace
}  // namespace noren::operations
