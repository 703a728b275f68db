// Destruction by plan beside damaged records, after a restore that lost people, and under person
// custody.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "crypto/agefile/header.h"
#include "engine/operations/held_items.h"
#include "engine/operations/kept_leaves.h"
#include "engine/operations/stored_items.h"
#include "engine/operations/withdrawals.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/destruction_fixture.h"
#include "tests/engine/operations/person_client.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using ::testing::IsEmpty;

// Changes one byte of a stored value for as long as this lives.
class Damage {
 public:
  Damage(TestService& service, std::string key) : service_(service), key_(std::move(key)) {
    whole_ = service_.data().Read(kEmbeddedPartition, {key_}).value()[0].value();
    Bytes damaged = whole_;
    damaged.back() ^= 1;
    Write(damaged);
  }
  void Repair() { Write(whole_); }

 private:
  void Write(const Bytes& value) {
    storage::Batch batch;
    batch.mutations.push_back({key_, value});
    EXPECT_EQ(service_.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  }
  TestService& service_;
  std::string key_;
  Bytes whole_;
};

model::PersonId PersonIn(DestructionScene& scene, std::size_t i) {
  return LoadPersonByHandle(scene.context(), "first-portal", scene.people[i]->handle)->person;
}
std::string FirstKeyUnder(DestructionScene& scene, const std::string& prefix) {
  const auto stored = ScanAll(scene.context(), prefix);
  EXPECT_OK(stored);
  return stored.ok() && !stored->empty() ? stored->front().key : "";
}

// Damaged before the plan begins, and after.
TEST(DestructionDamage, WhoseRecordDoesNotOpenIsDestroyedAndTheCompanyIsTold) {
  for (const bool begun : {false, true}) {
    SCOPED_TRACE(begun);
    DestructionScene scene;
    ASSERT_OK(scene.Collect(scene.first));
    const auto plan = scene.Approved(scene.People({0}));
    ASSERT_OK(plan);
    const auto person = PersonIn(scene, 0);
    const auto leaf = LeafOf(scene, 0);
    if (begun) {
      ASSERT_OK(scene.Execute(*plan, 0));
    }
    const Damage damage(scene.service, personal_data::keyspaces::PersonKey(person));
    const auto done = scene.Execute(*plan);
    ASSERT_OK(done);
    EXPECT_TRUE(done->receipt.has_value());
    EXPECT_EQ(CodeOf(scene.context().keyring.Open(leaf).status()), ErrorCode::kNotFound);
    EXPECT_EQ(scene.StateOf(0), ErrorCode::kNotFound);
    EXPECT_EQ(scene.CountKeys(personal_data::keyspaces::ConsentPrefix(person)), 0u);
    EXPECT_EQ(scene.CountKeys(
                  personal_data::keyspaces::CandidateKey("hangang-care", scene.first.candidate)),
              0u);
    const auto told = ListWithdrawals(scene.context(), scene.service.company());
    ASSERT_OK(told);
    ASSERT_EQ(told->size(), 1u);
    EXPECT_EQ(told->front().candidate, scene.first.candidate);
    EXPECT_TRUE(told->front().destroy_copies);
    EXPECT_OK(scene.service.VerifyExportedLog());
  }
}

// Which companies to tell cannot be known: the plan waits for the repair, and only the plan.
TEST(DestructionDamage, ADamagedInvitationStopsThePlanAndNothingElse) {
  DestructionScene scene;
  const auto plan = scene.Approved(scene.People({0}));
  ASSERT_OK(plan);
  ASSERT_OK(scene.Execute(*plan, 0));
  Damage damage(
      scene.service,
      FirstKeyUnder(scene, personal_data::keyspaces::InvitationPrefix(PersonIn(scene, 0))));
  EXPECT_EQ(CodeOf(scene.Execute(*plan).status()), ErrorCode::kDataCorrupt);
  ASSERT_OK(scene.service.Restart());
  EXPECT_TRUE(RunningPlan(scene.context())->has_value());
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNone);
  EXPECT_OK(scene.Collect(scene.second));
  EXPECT_EQ(CodeOf(scene.Hold(1).status()), ErrorCode::kRetryLater);
  damage.Repair();
  ASSERT_OK(scene.service.Restart());
  EXPECT_FALSE(RunningPlan(scene.context())->has_value());
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNotFound);
  EXPECT_OK(scene.Hold(1));
}

TEST(DestructionDamage, ADamagedConsentKeepsNoItemAndTheCompanyIsTold) {
  DestructionScene scene;
  ASSERT_OK(scene.Collect(scene.first));
  const auto plan = scene.Approved(scene.Resumes({0}));
  ASSERT_OK(plan);
  const auto invitations = LoadInvitations(
      scene.context(),
      *LoadPersonByHandle(scene.context(), "first-portal", scene.people[0]->handle));
  ASSERT_OK(invitations);
  ASSERT_EQ(invitations->size(), 1u);
  const Damage damage(scene.service, personal_data::keyspaces::ConsentKey(
                                         PersonIn(scene, 0), invitations->front().consent));
  const auto done = scene.Execute(*plan);
  ASSERT_OK(done);
  EXPECT_TRUE(done->receipt.has_value());
  EXPECT_EQ(
      scene.CountKeys(personal_data::keyspaces::ItemKey(PersonIn(scene, 0), scene.resumes[0])), 0u);
  const auto told = ListWithdrawals(scene.context(), scene.service.company());
  ASSERT_OK(told);
  ASSERT_EQ(told->size(), 1u);
  EXPECT_TRUE(told->front().destroy_copies);
}

TEST(DestructionIdle, WhoAnsweredAnInvitationIsNotIdle) {
  DestructionScene scene;
  scene.service.clock().AdvanceSeconds(86400 * 400);
  scene.service.AddKey();
  const auto posting = scene.service.RegisterPosting();
  scene.service.InviteAll(posting);
  scene.service.Grant(*scene.people[3], posting);
  DestructionRule rule;
  rule.by = SelectBy::kIdleSince;
  rule.older_than = {scene.service.clock().Now().value - 86400};
  const auto receipt = scene.Destroy(rule);
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals.people, 5u);
  EXPECT_EQ(scene.StateOf(3), ErrorCode::kNone);
}

// Registered after the backup that was restored: in no record, and yet in the key tree.
TEST(DestructionRestore, APlanOfPeopleTakesTheKeysOfTheLostAlong) {
  DestructionScene scene;
  const auto backup = CopyOf(scene.service.data());
  scene.people.push_back(scene.service.Register(50));
  const auto lost = LeafOf(scene, 6);
  ASSERT_OK(scene.RestoreBackup(*backup));
  ASSERT_OK(scene.context().keyring.Open(lost));
  ASSERT_OK(scene.Destroy(scene.Resumes({1})));
  ASSERT_OK(scene.context().keyring.Open(lost)) << "a newer backup may have the person";
  const auto receipt = scene.Destroy(scene.People({0}));
  ASSERT_OK(receipt);
  EXPECT_EQ(CodeOf(scene.context().keyring.Open(lost).status()), ErrorCode::kNotFound);
  EXPECT_THAT(ReadKeptLeaves(scene.context()), IsOkAndHolds(IsEmpty()));
  ASSERT_OK(scene.RestoreBackup(*backup));
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNotFound);
  EXPECT_EQ(scene.StateOf(1), ErrorCode::kNone);
}

class DestructionPersonCustody : public ::testing::Test {
 protected:
  DestructionScene scene_{3};
  PersonClient client_{scene_.service, 40};
  model::ItemId item_ = client_.PutItem(model::ItemKind::kName, ToBytes("an invented name"));
  NamedPerson named_{"first-portal", client_.person().handle};
};

TEST_F(DestructionPersonCustody, AnItemIsDestroyedByItsLeaf) {
  const auto person = LoadPersonByHandle(scene_.context(), "first-portal", named_.handle);
  ASSERT_OK(person);
  const auto item = LoadItem(scene_.context(), *person, item_);
  ASSERT_OK(item);
  DestructionRule rule;
  rule.level = DestructionLevel::kItems;
  rule.by = SelectBy::kItems;
  rule.items = {{named_, item_}};
  ASSERT_OK(scene_.Destroy(rule));
  EXPECT_EQ(CodeOf(scene_.context().keyring.Open(item->place.leaf).status()), ErrorCode::kNotFound);
  EXPECT_EQ(
      CodeOf(
          ReadOwnItem(scene_.context(), scene_.service.portal(), named_.handle, item_, 0).status()),
      ErrorCode::kNotFound);
}

TEST_F(DestructionPersonCustody, AReplacedItemStaysUnderItsLeafAndGoesWithIt) {
  const auto place = [&] {
    const auto person = LoadPersonByHandle(scene_.context(), "first-portal", named_.handle);
    return LoadItem(scene_.context(), *person, item_)->place;
  };
  const auto before = place();
  EXPECT_EQ(before.file, "contacts");
  ASSERT_OK(client_.ReplaceItem(model::ItemKind::kName, item_,
                                client_.MakeFile(ToBytes("another invented name"))));
  EXPECT_EQ(place(), before);
  EXPECT_THAT(client_.OpenOwn(item_), IsOkAndHolds(ToBytes("another invented name")));
}

TEST_F(DestructionPersonCustody, AClosedFileTakesNoReplacement) {
  ASSERT_OK(scene_.Approved(scene_.File("contacts")));
  const auto replaced = client_.ReplaceItem(model::ItemKind::kName, item_,
                                            client_.MakeFile(ToBytes("another invented name")));
  EXPECT_EQ(CodeOf(replaced.status()), ErrorCode::kPolicyForbids);
  EXPECT_THAT(client_.OpenOwn(item_), IsOkAndHolds(ToBytes("an invented name")));
}

// What is kept is the ciphertext: the officer gets it with the person's own header, which no key of
// the officer opens.
TEST_F(DestructionPersonCustody, AHoldKeepsWhatOnlyThePersonOpens) {
  const auto officer = agefile::Identity::Generate(scene_.service.random());
  const auto hold = PlaceHold(scene_.context(), scene_.service.officer(),
                              {scene_.service.NextKey(),
                               "first-portal",
                               named_.handle,
                               {model::ItemKind::kName},
                               UnixSeconds{scene_.service.clock().Now().value + 86400},
                               "Act 11, article 7",
                               "the court"});
  ASSERT_OK(hold);
  DestructionRule rule;
  rule.people = {named_};
  const auto receipt = scene_.Destroy(rule);
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals, (personal_data::DestructionTotals{1, 1, 1, 1}));
  ASSERT_OK(scene_.service.Restart());
  const auto opened =
      OpenHeldItem(scene_.context(), scene_.service.officer(),
                   {hold->hold, item_, officer.recipient().ToString(), "asked by the court"});
  ASSERT_OK(opened);
  EXPECT_EQ(opened->custody, model::Custody::kPerson);
  EXPECT_FALSE(agefile::OpenHeader(opened->header, officer).ok());
  EXPECT_OK(agefile::OpenHeader(opened->header, client_.identity()));
  const auto payload =
      ReadHeldPayload(scene_.context(), scene_.service.officer(), hold->hold, item_, 0);
  ASSERT_OK(payload);
  EXPECT_EQ(payload->size(), opened->payload_size_bytes);
}

}  // namespace
}  // namespace noren::operations
