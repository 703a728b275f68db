// While a correction is open, and once processing is suspended, nothing of the person is used or
// provided: not by racing it, not through a restart, not through an older backup, not through a
// power failure.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "engine/operations/list_cards.h"
#include "tests/engine/operations/rights_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;

// M-48: received on the first day, a release tried on the second, done on the third.
TEST(RightsFreeze, ACorrectionStopsUseAndProvisionFromReceiptUntilItIsDone) {
  RightsScene scene("mapo");
  EXPECT_TRUE(scene.IsRanked(0));
  const auto received = scene.Receive(Right::kCorrect);
  ASSERT_OK(received);
  EXPECT_EQ(received->state, RightState::kWaiting);
  EXPECT_EQ(scene.CollectWord(), "E_PENDING_CORRECTION");
  EXPECT_FALSE(scene.IsRanked(0));
  EXPECT_TRUE(scene.IsRanked(2));
  const auto own =
      RankPostings(scene.context(), scene.service.portal(), scene.people[0]->handle, 5);
  EXPECT_EQ(RightsScene::Word(own.status()), "E_PENDING_CORRECTION");
  const auto explained =
      ExplainCandidate(scene.context(), scene.service.company(), scene.first.candidate);
  EXPECT_EQ(RightsScene::Word(explained.status()), "E_PENDING_CORRECTION");
  ASSERT_OK(scene.Identify(received->request));
  ASSERT_OK(scene.Decide(received->request));
  EXPECT_EQ(scene.CollectWord(), "E_PENDING_CORRECTION") << "decided is not done";
  EXPECT_EQ(CodeOf(scene.Settle(received->request, true, false)), ErrorCode::kStateConflict)
      << "nothing was changed";
  scene.Correct(0);
  ASSERT_OK(scene.Settle(received->request, true, true));
  EXPECT_EQ(scene.Show(received->request).head.state, RightState::kClosed);
  EXPECT_EQ(scene.CollectWord(), "");
  EXPECT_TRUE(scene.IsRanked(0));
}

TEST(RightsFreeze, AnotherPersonIsNotConcerned) {
  RightsScene scene("mapo");
  ASSERT_OK(scene.Receive(Right::kDelete, 1));
  EXPECT_EQ(scene.CollectWord(), "");
}

TEST(RightsFreeze, ARefusedCorrectionEndsIt) {
  RightsScene scene;
  const model::RequestId request = scene.Ready(Right::kDelete, 0, {scene.resumes[0]});
  EXPECT_EQ(scene.CollectWord(), "E_PENDING_CORRECTION");
  ASSERT_OK(scene.Decide(request, RightOutcome::kRefused, "RL_DELETE_MANDATED",
                         {{"statute", "Act 9"}, {"item", "resume"}}));
  EXPECT_EQ(scene.CollectWord(), "");
  EXPECT_EQ(scene.CountKeys("freeze/"), 0u);
}

TEST(RightsFreeze, TwoRequestsAreTwoFreezes) {
  RightsScene scene("mapo");
  const auto first = scene.Receive(Right::kCorrect);
  const auto second = scene.Receive(Right::kDelete);
  ASSERT_OK(first);
  ASSERT_OK(second);
  SettleRightRequest withdraw;
  withdraw.idempotency_key = scene.service.NextKey();
  withdraw.request = first->request;
  withdraw.withdrawn = true;
  ASSERT_OK(SettleRight(scene.context(), scene.service.officer(), withdraw));
  EXPECT_EQ(scene.CollectWord(), "E_PENDING_CORRECTION");
  withdraw.idempotency_key = scene.service.NextKey();
  withdraw.request = second->request;
  ASSERT_OK(SettleRight(scene.context(), scene.service.officer(), withdraw));
  EXPECT_EQ(scene.CollectWord(), "");
}

// M-37, G-63
TEST(RightsFreeze, AnAcceptedSuspensionStandsUntilThePersonEndsIt) {
  RightsScene scene;
  const model::RequestId request = scene.Ready(Right::kSuspend);
  EXPECT_EQ(scene.CollectWord(), "") << "gojobs blocks on correction and deletion only";
  ASSERT_OK(scene.Decide(request));
  EXPECT_EQ(scene.CollectWord(), "E_SUSPENDED");
  EXPECT_FALSE(scene.IsRanked(0));
  ASSERT_OK(scene.Settle(request, false, true));
  EXPECT_EQ(scene.Show(request).head.state, RightState::kClosed);
  EXPECT_EQ(scene.CollectWord(), "E_SUSPENDED") << "answered is not ended";
  ASSERT_OK(scene.service.Restart());
  EXPECT_EQ(scene.CollectWord(), "E_SUSPENDED");
  EXPECT_FALSE(scene.IsRanked(0));
  ASSERT_OK(scene.Resume(request));
  EXPECT_EQ(scene.CollectWord(), "");
  EXPECT_TRUE(scene.IsRanked(0));
  EXPECT_EQ(CodeOf(scene.Resume(request)), ErrorCode::kStateConflict);
}

// K-73: provision stops, and what the person does with the service goes on.
TEST(RightsFreeze, AStopOfProvisionLeavesThePersonRanked) {
  RightsScene scene("openup-it");
  const auto received = scene.Receive(Right::kStopProvision);
  ASSERT_OK(received);
  EXPECT_EQ(scene.CollectWord(), "");
  IdentifyRightRequest known = scene.Known(received->request);
  known.facts = {"氏名", "住所", "電話番号"};
  known.papers = {{"パスポート", "", true, false, false, {}}};
  ASSERT_OK(IdentifyRequester(scene.context(), scene.service.officer(), known));
  ASSERT_OK(scene.Decide(received->request));
  EXPECT_EQ(scene.CollectWord(), "E_SUSPENDED");
  EXPECT_TRUE(scene.IsRanked(0));
}

TEST(RightsFreeze, AFrozenPersonIsOnNoCardAndIsNotInvited) {
  RightsScene scene("mapo");
  ASSERT_OK(scene.Receive(Right::kCorrect, 2));
  const std::size_t before = scene.service.outbox().messages().size();
  const model::PostingId posting = scene.service.RegisterPosting();
  scene.service.InviteAll(posting);
  std::size_t invited = 0;
  for (const auto& message : scene.service.outbox().messages()) {
    invited += message.kind == personal_data::MessageKind::kInvitation ? 1 : 0;
    EXPECT_FALSE(invited > before && message.contact == scene.people[2]->contact);
  }
  EXPECT_GT(scene.service.outbox().messages().size(), before);
}

// An older backup knows of no freeze; the journal does, and of the request as well.
TEST(RightsFreeze, AnOlderBackupDoesNotEndIt) {
  RightsScene scene("mapo");
  const auto backup = CopyOf(scene.service.data());
  const auto received = scene.Receive(Right::kCorrect);
  ASSERT_OK(received);
  const auto summary = scene.RestoreBackup(*backup);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->freezes, 1u);
  EXPECT_EQ(scene.CollectWord(), "E_PENDING_CORRECTION");
  EXPECT_FALSE(scene.IsRanked(0));
  const ListedRight listed = scene.Show(received->request);
  EXPECT_EQ(listed.head.carried_by, "journal");
  EXPECT_EQ(listed.head.state, RightState::kWaiting) << "who asks is checked again";
  EXPECT_TRUE(listed.frozen);
}

TEST(RightsFreeze, ABackupFromWithinItIsFollowedByItsEnd) {
  RightsScene scene;
  const model::RequestId request = scene.Ready(Right::kSuspend);
  ASSERT_OK(scene.Decide(request));
  const auto backup = CopyOf(scene.service.data());
  ASSERT_OK(scene.Resume(request));
  ASSERT_OK(scene.RestoreBackup(*backup));
  EXPECT_EQ(scene.CollectWord(), "") << "the person ended it, and that is in the journal";
}

TEST(RightsFreeze, ASuspensionComesBackWithTheJournal) {
  RightsScene scene;
  const model::RequestId request = scene.Ready(Right::kSuspend);
  const auto backup = CopyOf(scene.service.data());
  ASSERT_OK(scene.Decide(request));
  ASSERT_OK(scene.RestoreBackup(*backup));
  EXPECT_EQ(scene.CollectWord(), "E_SUSPENDED");
  ASSERT_OK(scene.Resume(request));
  EXPECT_EQ(scene.CollectWord(), "");
}

TEST(RightsFreeze, ADestroyedPersonsFreezeGoesToo) {
  RightsScene scene("mapo");
  ASSERT_OK(scene.Receive(Right::kDelete));
  ASSERT_OK(scene.Destroy(scene.People({0})));
  EXPECT_EQ(scene.CountKeys("freeze/"), 0u);
  EXPECT_EQ(scene.CountKeys("rights-text/"), 0u);
  EXPECT_EQ(scene.CountKeys("rights/"), 1u) << "the register keeps kind and dates";
}

// Whoever changes the record of freezes cannot make it say something else, and a record that does
// not open stops everything.
TEST(RightsFreeze, ADamagedRecordStopsUseAndProvision) {
  RightsScene scene("mapo");
  ASSERT_OK(scene.Receive(Right::kCorrect));
  for (const storage::KeyValue& item : ContentOf(scene.service.data())) {
    if (!item.key.starts_with("freeze/")) continue;
    Bytes changed = item.value;
    changed.back() = static_cast<std::uint8_t>(changed.back() ^ 1);
    const storage::Batch batch{kEmbeddedPartition, {}, {{item.key, changed}}, {}};
    ASSERT_EQ(scene.service.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  }
  EXPECT_EQ(scene.CollectWord(), "DATA_CORRUPT");
  ASSERT_OK(scene.service.Restart());
  EXPECT_FALSE(scene.IsRanked(0));
}

// M-12: who leaves is gone for everybody at that moment, though the key goes later.
TEST(RightsFreeze, WhoAskedForErasureIsNeitherRankedNorReleasedUntilDestroyed) {
  RightsScene scene("mapo");
  const auto backup = CopyOf(scene.service.data());
  scene.service.AskForErasure(*scene.people[0]);
  const auto expect_gone = [&scene] {
    EXPECT_EQ(scene.CollectWord(), "E_EXPIRED");
    EXPECT_FALSE(scene.IsRanked(0));
    EXPECT_TRUE(scene.IsRanked(2));
  };
  expect_gone();
  scene.service.AskForErasure(*scene.people[0]);  // once more changes nothing
  expect_gone();
  ASSERT_OK(scene.RestoreBackup(*backup));
  expect_gone();
}

// However many requests are open, an erasure finds its place among what freezes.
TEST(RightsFreeze, AnErasureIsAskedForBesideAsManyOpenRequestsAsThereMayBe) {
  RightsScene scene("mapo");
  std::size_t open = 0;
  Status full = OkStatus();
  for (; full.ok() && open <= kMaxFreezes; ++open) {
    full = scene.Receive(Right::kCorrect).status();
  }
  EXPECT_EQ(CodeOf(full), ErrorCode::kLimitReached);
  scene.service.AskForErasure(*scene.people[0]);
  EXPECT_EQ(scene.CollectWord(), "E_EXPIRED");
}

class RightsPower : public ::testing::TestWithParam<CrashPoint::LastWrite> {};

// Received, decided and ended, with the power failing at every write of each: afterwards the freeze
// stands or does not, as the record of the request says, and the log is whole.
TEST_P(RightsPower, AFreezeIsThereWheneverItsRequestSaysSo) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    RightsScene scene("mapo", 4);
    scene.service.power().CrashAt(step, GetParam());
    const auto received = scene.Receive(Right::kCorrect);
    const bool crashed = scene.service.power().is_down();
    ASSERT_OK(scene.service.Restart());
    const bool stored = scene.CountKeys("rights/") == 1;
    EXPECT_EQ(scene.CountKeys("freeze/") == 1, stored);
    EXPECT_TRUE(stored || !received.ok());
    EXPECT_EQ(scene.CollectWord(), stored ? "E_PENDING_CORRECTION" : "");
    EXPECT_EQ(scene.IsRanked(0), !stored);
    EXPECT_OK(scene.service.CheckLog());
    EXPECT_OK(scene.service.VerifyExportedLog());
    if (!crashed) {
      EXPECT_GT(step, 1u);
      return;
    }
  }
}

TEST_P(RightsPower, WhoseErasureIsAskedForIsFrozenAtThatWrite) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    RightsScene scene("mapo", 4);
    const PersonAct act =
        scene.service.Prove(*scene.people[0], scene.service.Prepare(*scene.people[0], "erase"));
    scene.service.power().CrashAt(step, GetParam());
    const auto asked =
        RequestErasure(scene.context(), scene.service.portal(), scene.service.NextKey(), act);
    const bool crashed = scene.service.power().is_down();
    ASSERT_OK(scene.service.Restart());
    const bool stored = scene.CountKeys("erasure-request/") == 1;
    EXPECT_EQ(scene.CountKeys("freeze/") == 1, stored);
    EXPECT_TRUE(stored || !asked.ok());
    EXPECT_EQ(scene.CollectWord(), stored ? "E_EXPIRED" : "");
    EXPECT_EQ(scene.IsRanked(0), !stored);
    EXPECT_OK(scene.service.CheckLog());
    if (!crashed) return;
  }
}

TEST_P(RightsPower, ASuspensionIsThereWheneverItsDecisionIs) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    RightsScene scene("gojobs", 4);
    const model::RequestId request = scene.Ready(Right::kSuspend);
    scene.service.power().CrashAt(step, GetParam());
    const auto decided = scene.Decide(request);
    const bool crashed = scene.service.power().is_down();
    ASSERT_OK(scene.service.Restart());
    const bool accepted = scene.Show(request).head.decision.outcome == RightOutcome::kAccepted;
    EXPECT_TRUE(accepted || !decided.ok());
    EXPECT_EQ(scene.CollectWord(), accepted ? "E_SUSPENDED" : "");
    EXPECT_TRUE(accepted || scene.Decide(request).ok());
    EXPECT_EQ(scene.CollectWord(), "E_SUSPENDED");
    EXPECT_OK(scene.service.CheckLog());
    if (!crashed) return;
  }
}

INSTANTIATE_TEST_SUITE_P(LastWrite, RightsPower,
                         ::testing::Values(CrashPoint::LastWrite::kLost,
                                           CrashPoint::LastWrite::kWritten),
                         [](const auto& one) {
                           return one.param == CrashPoint::LastWrite::kLost ? "Lost" : "Written";
                         });

}  // namespace
}  // namespace noren::operations
