// Records of consents put back, taken away or exchanged by somebody who writes the database: each
// is found, nothing is released, and other people are served.
// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/log_writer.h"
#include "engine/audit/operation.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/person_acts.h"
#include "tests/engine/operations/consent_map_fixture.h"

namespace noren::operations {
namespace {

TEST_F(ConsentMap, HoldsEveryConsentAndItsRootIsInTheLastEntry) {
  EXPECT_OK(CheckAllConsents(service_.context()));
  const audit::LogState state = service_.pipeline().log_state();
  EXPECT_NE(state.consent_root, Hash256{});
  EXPECT_EQ(service_.Entries().back().consent_root, state.consent_root);
  EXPECT_OK(service_.VerifyExportedLog());
}

TEST_F(ConsentMap, MovesItsRootWithEveryTransitionAndWithNothingElse) {
  const auto root = [&] { return service_.pipeline().log_state().consent_root; };
  const Hash256 granted = root();
  ASSERT_OK(Collect(1));
  service_.Register(77);
  EXPECT_EQ(root(), granted);
  ASSERT_OK(service_.WithdrawConsent(applications_[0]));
  const Hash256 withdrawn = root();
  EXPECT_NE(withdrawn, granted);
  ASSERT_OK(service_.WithdrawConsent(applications_[0]));  // said again
  EXPECT_EQ(root(), withdrawn);
}

// Attacks. The record alone, of whatever earlier moment.

TEST_F(ConsentMap, AnOldVersionRecordAloneIsRefused) {
  TakeImageAndWithdraw();
  PutBack({VersionKey(0)});
  ExpectRefused(0);
  ExpectOthersUndisturbed();
}

TEST_F(ConsentMap, AnOldVersionRecordWithItsContentIsRefused) {
  TakeImageAndWithdraw();
  PutBack({VersionKey(0), ContentKey(0)});
  ExpectRefused(0);
  ExpectOthersUndisturbed();
}

// The person still sees who saw what, and that something is wrong with this one.
TEST_F(ConsentMap, AnOldRecordDoesNotTakeThePersonsOwnView) {
  TakeImageAndWithdraw();
  PutBack({VersionKey(0), ContentKey(0)});
  const auto record =
      ReadOwnRecord(service_.context(), service_.portal(),
                    service_.Prove(*people_[0], service_.Prepare(*people_[0], "read")));
  ASSERT_OK(record);
  ASSERT_EQ(record->invitations.size(), 1u);
  EXPECT_FALSE(record->invitations[0].state.has_value());
  EXPECT_FALSE(record->disclosures.empty());
  EXPECT_TRUE(service_.pipeline().damaged());
}

// Among many others, so that the node is not everybody's.
TEST_F(ConsentMap, AnOldRecordWithItsNodeIsRefused) {
  const auto is_everybodys = [&] { return NodeKey(0).size() == keyspaces::kConsentMap.size() + 1; };
  for (int i = 0; i < 12 || (i < 100 && is_everybodys()); ++i)
    service_.InviteAll(service_.RegisterPosting());
  TakeImageAndWithdraw();
  const std::string node = NodeKey(0);
  ASSERT_GT(node.size(), keyspaces::kConsentMap.size() + 1) << "not the root";
  PutBack({VersionKey(0), ContentKey(0), node});
  ExpectRefused(0);
  std::size_t undisturbed = 0;
  for (std::size_t who = 1; who < kPeople; ++who) {
    const bool above = IsOnPath(node, who);
    EXPECT_EQ(Collect(who).ok(), !above) << who;
    undisturbed += above ? 0 : 1;
  }
  EXPECT_GT(undisturbed, 0u);
}

// Every node of the map with it: then nobody's consent can be shown, and nobody's is acted upon.
TEST_F(ConsentMap, AnOldRecordWithAllNodesOfItsTimeIsRefused) {
  TakeImageAndWithdraw();
  const Hash256 root = service_.pipeline().log_state().consent_root;
  PutBack({VersionKey(0), ContentKey(0)});
  PutBackAllUnder(keyspaces::kConsentMap);
  ExpectRefused(0);
  EXPECT_EQ(CodeOf(Collect(1).status()), ErrorCode::kDataCorrupt);
  EXPECT_EQ(CodeOf(service_.WithdrawConsent(applications_[1])), ErrorCode::kDataCorrupt);
  EXPECT_EQ(service_.pipeline().log_state().consent_root, root) << "nothing old in a new root";
  // What is not about a consent goes on.
  EXPECT_OK(service_.context().pipeline.Commit([&] {
    Change change;
    change.entry.operation = audit::Operation::kPutItem;
    change.entry.principal = kServiceItself;
    return change;
  }()));
}

TEST_F(ConsentMap, TheWholeOldStoreDoesNotExtendTheAnchor) {
  TakeImageAndWithdraw();
  storage::MemoryStore older;
  for (const auto& [key, value] : old_) {
    storage::Batch batch;
    batch.mutations = {{key, value}};
    ASSERT_EQ(older.Commit(batch).outcome, storage::Outcome::kCommitted);
  }
  service_.Stop();
  service_.ReplaceData(older);
  EXPECT_THAT(service_.Start(), StatusIs(StatusCode::kDataLoss));
}

// Everything of then but the log, which would not extend the anchor.
TEST_F(ConsentMap, AllOldDataUnderThePresentLogIsRefused) {
  TakeImageAndWithdraw();
  for (const std::string_view prefix :
       {std::string_view("consent"), std::string_view("candidate/"), std::string_view("release"),
        std::string_view("withdrawal/"), std::string_view("item/")}) {
    PutBackAllUnder(prefix);
  }
  ExpectRefused(0);
  service_.Stop();
  PutBackAllUnder(person_keyspaces::kState);
  EXPECT_THAT(service_.Start(), StatusIs(StatusCode::kDataLoss)) << "the sealed end of the log";
}

// Entries carry no key: whoever writes the database can add one that is chained as it should be.
TEST_F(ConsentMap, AnEntryAddedBehindTheAnchorWithTheOldRootIsRefused) {
  TakeImageAndWithdraw();
  audit::LogState log = service_.pipeline().log_state();
  service_.Stop();
  for (const auto& [key, value] : old_) {
    if (key.starts_with("consent")) Write(key, value);
  }
  const auto old_state = audit::DecodeLogState(old_.at(audit::StateKey()));
  ASSERT_OK(old_state);
  audit::AuditEntry forged;
  forged.operation = audit::Operation::kGrantConsent;
  forged.consent_root = old_state->consent_root;
  const auto staged = audit::StageAppend(log, std::vector<audit::AuditEntry>{forged});
  ASSERT_OK(staged);
  storage::Batch batch;
  batch.mutations = staged->mutations;
  ASSERT_EQ(service_.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  EXPECT_OK(service_.CheckLog()) << "as a log it is whole, and it extends the anchor";
  EXPECT_THAT(service_.Start(), StatusIs(StatusCode::kDataLoss));
}

TEST_F(ConsentMap, AStateRecordWithTheOldRootIsRefused) {
  TakeImageAndWithdraw();
  audit::LogState log = service_.pipeline().log_state();
  service_.Stop();
  log.consent_root = audit::DecodeLogState(old_.at(audit::StateKey()))->consent_root;
  Write(audit::StateKey(), audit::Encode(log));
  EXPECT_THAT(service_.Start(), StatusIs(StatusCode::kDataLoss));
}

TEST_F(ConsentMap, ADeletedRecordIsNotTakenForNoConsent) {
  TakeImageAndWithdraw();
  Write(VersionKey(0), std::nullopt);
  ExpectRefused(0);
  Write(ContentKey(0), std::nullopt);
  ExpectRefused(0);
  ExpectOthersUndisturbed();
}

TEST_F(ConsentMap, ADeletedContentIsNotTakenForNoConsent) {
  TakeImageAndWithdraw();
  Write(ContentKey(0), std::nullopt);
  ExpectRefused(0);
  ExpectOthersUndisturbed();
}

TEST_F(ConsentMap, TwoPeoplesRecordsExchangedAreRefused) {
  TakeImageAndWithdraw();
  const Image now = ImageOf(service_.data());
  Write(VersionKey(0), now.at(VersionKey(1)));
  Write(VersionKey(1), now.at(VersionKey(0)));
  ExpectRefused(0);
  ExpectRefused(1);
  ExpectOthersUndisturbed(2);
}

// Of a person who was destroyed, under a key of the store's that is still there.
TEST_F(ConsentMap, ARecordOfADestroyedPersonPutBackIsRefused) {
  TakeImageAndWithdraw();
  const model::PersonId person = IdOf(1);
  const model::ConsentId consent = applications_[1].consent;
  const std::string version = VersionKey(1), content = ContentKey(1);
  const auto request = service_.AskForErasure(*people_[1]);
  ASSERT_OK(DestroyPerson(service_.context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  const auto gone = ReadConsent(service_.context(), person, consent);
  ASSERT_OK(gone);
  EXPECT_FALSE(gone->version.has_value());
  EXPECT_OK(CheckAllConsents(service_.context()));
  PutBack({version, content});
  EXPECT_EQ(CodeOf(ReadConsent(service_.context(), person, consent).status()),
            ErrorCode::kDataCorrupt);
}

TEST_F(ConsentMap, AnOldRecordDoesNotKeepAPersonFromBeingDestroyed) {
  TakeImageAndWithdraw();
  PutBack({VersionKey(0), ContentKey(0)});
  ExpectRefused(0);
  EXPECT_OK(DestroyPerson(
      service_.context(), service_.officer(),
      {service_.NextKey(), service_.AskForErasure(*people_[0]), "asked by the person"}));
  EXPECT_OK(CheckAllConsents(service_.context()));
  ExpectOthersUndisturbed();
}

// With its node too, the entry cannot be taken out: the request waits, and nobody else does.
TEST_F(ConsentMap, ADestructionThatAnOldNodeStopsDoesNotStopTheService) {
  TakeImageAndWithdraw();
  const std::string node = NodeKey(0);
  const Bytes present = ImageOf(service_.data()).at(node);
  PutBack({VersionKey(0), ContentKey(0), node});
  const DestroyRequest request{service_.NextKey(), service_.AskForErasure(*people_[0]),
                               "asked by the person"};
  EXPECT_EQ(CodeOf(DestroyPerson(service_.context(), service_.officer(), request).status()),
            ErrorCode::kDataCorrupt);
  ASSERT_OK(service_.Restart());  // with the request half done
  ExpectRefused(0);
  Write(node, present);
  EXPECT_OK(DestroyPerson(service_.context(), service_.officer(), request));
  EXPECT_OK(CheckAllConsents(service_.context()));
  ExpectOthersUndisturbed();
}

TEST_F(ConsentMap, AnOldRecordIsStillRefusedAfterARestart) {
  TakeImageAndWithdraw();
  PutBack({VersionKey(0), ContentKey(0)});
  ASSERT_OK(service_.Restart());
  EXPECT_FALSE(service_.pipeline().damaged()) << "found when it is read";
  ExpectRefused(0);
  ExpectOthersUndisturbed();
}

// What the withdrawal marked to be encrypted anew belongs to the consent that cannot be shown.
TEST_F(ConsentMap, AMarkOfADamagedConsentDoesNotKeepTheServiceFromStarting) {
  TakeImageAndWithdraw();
  PutBack({VersionKey(0), ContentKey(0)});
  PutBackAllUnder(keyspaces::kReencrypt);
  Write(keyspaces::ReencryptKey(IdOf(0), release_.items.front().item),
        ToBytes(release_.items.front().item.bytes()));
  ASSERT_OK(service_.Restart());
  EXPECT_TRUE(service_.pipeline().damaged());
  ExpectOthersUndisturbed();
}

TEST_F(ConsentMap, NoOtherOperationWritesAConsent) {
  for (const auto decision : {audit::Decision::kAllowed, audit::Decision::kRefused}) {
    Change change;
    change.entry.operation = decision == audit::Decision::kAllowed
                                 ? audit::Operation::kPutItem
                                 : audit::Operation::kGrantConsent;
    change.entry.decision = decision;
    change.entry.outcome =
        decision == audit::Decision::kAllowed ? ErrorCode::kNone : ErrorCode::kConsentMissing;
    change.entry.principal = kServiceItself;
    change.staged.Delete(VersionKey(0));
    EXPECT_EQ(CodeOf(service_.pipeline().Commit(std::move(change)).status()), ErrorCode::kInternal);
  }
  EXPECT_OK(Collect(0));
}

}  // namespace
}  // namespace noren::operations
