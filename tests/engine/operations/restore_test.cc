// Restoring an older backup: what was withdrawn stays withdrawn, who was erased stays gone, and the
// log says what is lost.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/backup.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/kept_leaves.h"
#include "engine/operations/maintenance.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/register_seeker.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

// Two granted applications and four people; then a backup; then a withdrawal, a destruction and a
// registration.
class Restore : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 4; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/true));
      service_.PutItem(*people_.back(), model::ItemKind::kResume,
                       SomeBytes(static_cast<std::uint64_t>(i), 500));
      service_.BecomeDiscoverable(*people_.back());
    }
    service_.AddKey();
    const auto posting = service_.RegisterPosting();
    service_.InviteAll(posting);
    withdrawn_ = service_.Grant(*people_[0], posting);
    kept_ = service_.Grant(*people_[1], posting);
    const auto request = service_.AskForErasure(*people_[2]);
    held_back_ = service_.Prove(
        *people_[3], service_.Prepare(*people_[3], "discoverable", {{"companies_class", "all"}}));
    backup_ = CopyOf(service_.data());
    backup_sequence_ = service_.pipeline().log_state().sequence;
    EXPECT_OK(service_.WithdrawConsent(withdrawn_));
    EXPECT_OK(Withdraw(service_.context(), service_.portal(), service_.NextKey(),
                       {service_.Prepare(*people_[3], "withdraw"), {}, ""}));
    EXPECT_OK(DestroyPerson(service_.context(), service_.officer(),
                            {service_.NextKey(), request, "asked by the person"}));
    late_ = service_.Register(9);
    acknowledged_ = service_.pipeline().log_state().sequence;
  }

  // As the restore command does it: the data of the backup in place, applied again, then anchored.
  StatusOr<RestoreSummary> Reapply(HeldAnchor& held) {
    service_.set_held_anchor(&held);
    NOREN_RETURN_IF_ERROR(service_.Start());
    NOREN_ASSIGN_OR_RETURN(const storage::AnchorRecord anchored, service_.anchor().Load());
    return ReapplyAfterRestore(service_.context(), anchored, service_.journal());
  }
  StatusOr<RestoreSummary> RestoreBackup() { return RestoreFrom(*backup_); }
  StatusOr<RestoreSummary> RestoreFrom(const storage::MemoryStore& backup) {
    service_.Stop();
    service_.ReplaceData(backup);
    HeldAnchor held(service_.anchor());
    NOREN_ASSIGN_OR_RETURN(const RestoreSummary summary, Reapply(held));
    NOREN_RETURN_IF_ERROR(held.Release());
    service_.set_held_anchor(nullptr);
    NOREN_RETURN_IF_ERROR(service_.Restart());
    return summary;
  }
  StatusOr<CollectedRelease> Collect(const TestApplication& application) {
    return CollectRelease(service_.context(), service_.company(),
                          {service_.NextKey(), application.candidate, "o", "first interview"});
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  TestApplication withdrawn_, kept_;
  PersonAct held_back_;  // shows people_[3]; stated before the withdrawal
  std::unique_ptr<TestPerson> late_;
  std::unique_ptr<storage::MemoryStore> backup_;
  std::uint64_t backup_sequence_ = 0;
  std::uint64_t acknowledged_ = 0;
};

TEST_F(Restore, ABackupAloneStaysSealed) {
  service_.Stop();
  service_.ReplaceData(*backup_);
  EXPECT_THAT(service_.Start(), StatusIs(StatusCode::kDataLoss));
}

TEST_F(Restore, WhatWasWithdrawnStaysWithdrawn) {
  ASSERT_OK(RestoreBackup());
  EXPECT_EQ(CodeOf(Collect(withdrawn_).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_OK(Collect(kept_));
  const auto hidden = GetSeeker(service_.context(), service_.portal(), people_[3]->handle);
  ASSERT_OK(hidden);
  EXPECT_FALSE(hidden->discoverable);
}

TEST_F(Restore, AnActStatedBeforeAWithdrawalStaysTooOld) {
  ASSERT_OK(RestoreBackup());
  EXPECT_EQ(
      CodeOf(SetDiscoverable(service_.context(), service_.portal(), service_.NextKey(), held_back_)
                 .status()),
      ErrorCode::kActStale);
}

TEST_F(Restore, WhoWasErasedStaysGone) {
  ASSERT_OK(RestoreBackup());
  EXPECT_EQ(CodeOf(GetSeeker(service_.context(), service_.portal(), people_[2]->handle).status()),
            ErrorCode::kNotFound);
  const auto requests = ListErasureRequests(service_.context(), service_.officer());
  ASSERT_OK(requests);
  ASSERT_EQ(requests->size(), 1u);
  EXPECT_EQ(requests->front().state, ErasureRequest::State::kDone);
}

TEST_F(Restore, SaysWhatItFoundAndDid) {
  const auto summary = RestoreBackup();
  ASSERT_OK(summary);
  EXPECT_EQ(summary->backup_sequence, backup_sequence_);
  EXPECT_EQ(summary->lost_first, backup_sequence_ + 1);
  EXPECT_EQ(summary->lost_last, acknowledged_);
  EXPECT_EQ(summary->withdrawals, 2u);
  EXPECT_EQ(summary->erasures, 1u);
}

TEST_F(Restore, TheLogContinuesWithAnEntryThatDeclaresTheLoss) {
  ASSERT_OK(RestoreBackup());
  EXPECT_OK(service_.CheckLog());
  EXPECT_OK(service_.VerifyExportedLog());
  const auto entries = service_.Entries();
  const auto lost = std::find_if(entries.begin(), entries.end(),
                                 [](const auto& e) { return e.lost.has_value(); });
  ASSERT_NE(lost, entries.end());
  EXPECT_EQ(lost->lost->first_sequence, backup_sequence_ + 1);
  EXPECT_EQ(lost->lost->last_sequence, acknowledged_);
  EXPECT_EQ(lost->sequence, acknowledged_ + 1);
}

TEST_F(Restore, WhoRegisteredAfterTheBackupRegistersAgain) {
  ASSERT_OK(RestoreBackup());
  EXPECT_EQ(CodeOf(GetSeeker(service_.context(), service_.portal(), late_->handle).status()),
            ErrorCode::kNotFound);
  const auto again = service_.Register(9);
  EXPECT_OK(GetSeeker(service_.context(), service_.portal(), again->handle));
}

TEST_F(Restore, ACrashBeforeTheAnchorIsReleasedStaysSealed) {
  service_.Stop();
  service_.ReplaceData(*backup_);
  HeldAnchor held(service_.anchor());
  ASSERT_OK(Reapply(held));
  service_.Stop();  // no Release
  service_.set_held_anchor(nullptr);
  EXPECT_THAT(service_.Start(), StatusIs(StatusCode::kDataLoss));
  EXPECT_OK(RestoreBackup());
  EXPECT_EQ(CodeOf(Collect(withdrawn_).status()), ErrorCode::kConsentWithdrawn);
}

// Run again over what an interrupted run left, the log already reaches beyond the anchor: nothing
// may be taken for applied.
TEST_F(Restore, AHalfRestoredStoreIsNotTakenForTheBackup) {
  service_.Stop();
  service_.ReplaceData(*backup_);
  {
    service_.power().CrashAt(
        1, storage::CrashPoint::LastWrite::kLost);  // after the entry that declares the loss
    HeldAnchor held(service_.anchor());
    EXPECT_FALSE(Reapply(held).ok());
    service_.Stop();
    service_.power().PowerOn();
    service_.faults().Restart();
  }
  HeldAnchor held(service_.anchor());
  EXPECT_EQ(CodeOf(Reapply(held).status()), ErrorCode::kSealed);
  ASSERT_OK(RestoreBackup());
  EXPECT_EQ(CodeOf(Collect(withdrawn_).status()), ErrorCode::kConsentWithdrawn);
}

// Its record may come back whole from a backup: the key must not go because the record is damaged.
TEST_F(Restore, AStartBesideADamagedRecordDeletesNoKey) {
  const auto person = LoadPersonByHandle(service_.context(), "first-portal", people_[0]->handle);
  ASSERT_OK(person);
  const std::string key = personal_data::keyspaces::PersonKey(person->person);
  const auto put = [&](const Bytes& value) {
    storage::Batch batch;
    batch.mutations.push_back({key, value});
    ASSERT_EQ(service_.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  };
  Bytes damaged = person->stored;
  damaged.back() ^= 1;
  damaged[damaged.size() / 2] ^= 1;
  put(damaged);
  (void)service_.Restart();
  put(person->stored);
  ASSERT_OK(service_.Restart());
  EXPECT_OK(GetSeeker(service_.context(), service_.portal(), people_[0]->handle));
}

// The wrong backup was restored first: the log of that restore is shorter than this backup's.
TEST_F(Restore, ANewerBackupIsRestoredAfterAnOlderOne) {
  const auto newer = CopyOf(service_.data());
  const std::uint64_t newer_sequence = acknowledged_;
  ASSERT_OK(RestoreBackup());
  ASSERT_LT(service_.pipeline().log_state().tree_size, newer_sequence);
  EXPECT_OK(Collect(kept_));
  const std::uint64_t lost_last = service_.pipeline().log_state().sequence;
  backup_ = CopyOf(*newer);
  const auto summary = RestoreBackup();
  ASSERT_OK(summary);
  EXPECT_EQ(summary->lost_first, newer_sequence + 1);
  EXPECT_EQ(summary->lost_last, lost_last);
  EXPECT_EQ(CodeOf(Collect(withdrawn_).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_EQ(CodeOf(GetSeeker(service_.context(), service_.portal(), people_[2]->handle).status()),
            ErrorCode::kNotFound);
  EXPECT_OK(GetSeeker(service_.context(), service_.portal(), late_->handle));
  EXPECT_OK(service_.CheckLog());
  EXPECT_OK(service_.VerifyExportedLog());
}

TEST_F(Restore, SurvivesASecondRestoreOfTheSameBackup) {
  ASSERT_OK(RestoreBackup());
  const auto summary = RestoreBackup();
  ASSERT_OK(summary);
  EXPECT_EQ(CodeOf(Collect(withdrawn_).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_EQ(CodeOf(GetSeeker(service_.context(), service_.portal(), people_[2]->handle).status()),
            ErrorCode::kNotFound);
  EXPECT_OK(service_.VerifyExportedLog());
}

ErrorCode StateOf(TestService& service, const TestPerson& person) {
  return CodeOf(GetSeeker(service.context(), service.portal(), person.handle).status());
}

// Two backups, restored in the wrong order: nothing that the newer one has is gone.
TEST_F(Restore, ANewerBackupAfterAnOlderOneHasEverybody) {
  for (int i = 20; i < 26; ++i) people_.push_back(service_.Register(i));
  const auto newer = CopyOf(service_.data());
  const std::uint64_t newer_sequence = service_.pipeline().log_state().sequence;
  ASSERT_OK(service_.WithdrawConsent(kept_));
  ASSERT_OK(RestoreBackup());
  ASSERT_OK(service_.Restart());
  const auto between = service_.Register(10);
  const std::uint64_t known = service_.pipeline().log_state().sequence;
  ASSERT_LE(service_.pipeline().log_state().tree_size, newer_sequence);
  const auto summary = RestoreFrom(*newer);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->lost_first, newer_sequence + 1);
  EXPECT_EQ(summary->lost_last, known);
  EXPECT_EQ(StateOf(service_, *late_), ErrorCode::kNone);
  EXPECT_EQ(StateOf(service_, *people_.back()), ErrorCode::kNone);
  EXPECT_EQ(StateOf(service_, *between), ErrorCode::kNotFound);
  EXPECT_EQ(StateOf(service_, *people_[2]), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(Collect(withdrawn_).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_EQ(CodeOf(Collect(kept_).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_OK(service_.CheckLog());
  EXPECT_OK(service_.VerifyExportedLog());
  // And a restart sweeps nobody either.
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(StateOf(service_, *late_), ErrorCode::kNone);
}

// Who was lost registers anew, under a new id, and is erased: the record of then must not come back
// with a newer backup.
TEST_F(Restore, ADestructionTakesTheKeysOfTheLostWithIt) {
  const auto newer = CopyOf(service_.data());
  ASSERT_OK(RestoreBackup());
  const auto again = service_.Register(9);
  const auto request = service_.AskForErasure(*again);
  ASSERT_OK(DestroyPerson(service_.context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  ASSERT_OK(RestoreFrom(*newer));
  EXPECT_EQ(StateOf(service_, *late_), ErrorCode::kNotFound);
  EXPECT_EQ(StateOf(service_, *people_[1]), ErrorCode::kNone);
  const auto content = ContentOf(service_.data());
  const auto records = std::ranges::count_if(
      content, [](const storage::KeyValue& item) { return item.key.starts_with("person/"); });
  EXPECT_EQ(records, 3) << "nothing is left that nobody opens";
  // Nor does it keep anybody from registering once more.
  EXPECT_EQ(StateOf(service_, *service_.Register(9)), ErrorCode::kNone);
}

// As with people: an item that the older backup did not have, of somebody who is there all along.
TEST_F(Restore, ADestructionTakesTheKeysOfLostItemsWithIt) {
  const model::ItemId lost =
      service_.PutItem(*people_[1], model::ItemKind::kCoverLetter, SomeBytes(77, 300));
  const auto newer = CopyOf(service_.data());
  ASSERT_OK(RestoreBackup());
  const auto request = service_.AskForErasure(*people_[0]);
  ASSERT_OK(DestroyPerson(service_.context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  ASSERT_OK(RestoreFrom(*newer));
  const auto seeker = GetSeeker(service_.context(), service_.portal(), people_[1]->handle);
  ASSERT_OK(seeker);
  EXPECT_EQ(std::ranges::count(seeker->items, lost), 0);
  EXPECT_EQ(seeker->items.size(), 1u) << "the one that the older backup had, too";
  const auto content = ContentOf(service_.data());
  const auto records = std::ranges::count_if(
      content, [](const storage::KeyValue& item) { return item.key.starts_with("item/"); });
  EXPECT_EQ(records, 2) << "of people_[1] and people_[3]: nothing is left that nobody opens";
}

TEST_F(Restore, KeysOfTheLostAreKeptUntilADestructionAndNoLonger) {
  const auto leaves = [this] { return service_.keyring().ListLeaves(std::nullopt, 100)->size(); };
  // Less one, of the erased person's item, which every start takes out.
  const std::size_t before = leaves() - 1;
  ASSERT_OK(RestoreBackup());
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(leaves(), before) << "the late one's is kept";
  const auto request = service_.AskForErasure(*people_[0]);
  ASSERT_OK(DestroyPerson(service_.context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  EXPECT_EQ(leaves(), before - 2);
  EXPECT_THAT(ReadKeptLeaves(service_.context()), IsOkAndHolds(::testing::IsEmpty()));
}

TEST_F(Restore, WhoAskedToBeErasedStillAsks) {
  const auto asked = service_.AskForErasure(*people_[1]);
  const auto summary = RestoreBackup();
  ASSERT_OK(summary);
  EXPECT_EQ(summary->erasure_requests, 1u);
  const auto requests = ListErasureRequests(service_.context(), service_.officer());
  ASSERT_OK(requests);
  const auto open = std::find_if(requests->begin(), requests->end(),
                                 [&](const ErasureRequest& one) { return one.request == asked; });
  ASSERT_NE(open, requests->end());
  EXPECT_EQ(open->state, ErasureRequest::State::kOpen);
  ASSERT_OK(DestroyPerson(service_.context(), service_.officer(),
                          {service_.NextKey(), asked, "asked by the person"}));
  EXPECT_EQ(StateOf(service_, *people_[1]), ErrorCode::kNotFound);
}

// Asked and carried out since the backup: both acts are applied in their order.
TEST_F(Restore, ARequestThatWasCarriedOutIsNotOpenedAgain) {
  const auto asked = service_.AskForErasure(*people_[1]);
  ASSERT_OK(DestroyPerson(service_.context(), service_.officer(),
                          {service_.NextKey(), asked, "asked by the person"}));
  ASSERT_OK(RestoreBackup());
  EXPECT_EQ(StateOf(service_, *people_[1]), ErrorCode::kNotFound);
  const auto requests = ListErasureRequests(service_.context(), service_.officer());
  ASSERT_OK(requests);
  for (const ErasureRequest& one : *requests) EXPECT_EQ(one.state, ErasureRequest::State::kDone);
}

// A record that does not open says nothing about its leaf and its blobs: nobody's are swept.
TEST_F(Restore, ADamagedPersonRecordHasNothingSwept) {
  const std::string key = personal_data::keyspaces::PersonKey(
      LoadPersonByHandle(service_.context(), "first-portal", people_[1]->handle)->person);
  const auto leaves = [this] { return service_.keyring().ListLeaves(std::nullopt, 100)->size(); };
  const std::size_t before = leaves();
  const Bytes whole = service_.data().Read(kEmbeddedPartition, {key}).value()[0].value();
  Bytes damaged = whole;
  damaged.back() ^= 1;
  const auto write = [&](const Bytes& value) {
    storage::Batch batch;
    batch.mutations.push_back({key, value});
    ASSERT_EQ(service_.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  };
  write(damaged);
  service_.clock().AdvanceSeconds(86400);
  EXPECT_OK(SweepAtStart(service_.context()));
  EXPECT_EQ(leaves(), before);
  write(whole);
  EXPECT_OK(Collect(kept_));
}

}  // namespace
}  // namespace noren::operations
