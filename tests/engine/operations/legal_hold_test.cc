// Legal holds: what they keep, for how long, who reads it, and who cannot.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/agefile/header.h"
#include "crypto/agefile/payload.h"
#include "engine/audit/operation.h"
#include "engine/operations/legal_hold_acts.h"
#include "engine/operations/maintenance.h"
#include "engine/operations/rank.h"
#include "tests/engine/operations/destruction_fixture.h"
#include "tests/support/folders.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::ItemKind;
using ::testing::ElementsAre;

// The held item as the officer with this identity reads it.
StatusOr<Bytes> ReadHeld(DestructionScene& scene, const model::HoldId& hold,
                         const model::ItemId& item, const agefile::Identity& identity) {
  const Call officer = scene.service.officer();
  NOREN_ASSIGN_OR_RETURN(
      const OpenedHeld opened,
      OpenHeldItem(scene.context(), officer,
                   {hold, item, identity.recipient().ToString(), "asked by the court"}));
  NOREN_ASSIGN_OR_RETURN(const SecretBytes file_key, agefile::OpenHeader(opened.header, identity));
  agefile::PayloadDecryptor decryptor(file_key);
  Bytes plaintext;
  for (std::uint64_t offset = 0; offset < opened.payload_size_bytes;) {
    NOREN_ASSIGN_OR_RETURN(const Bytes sealed,
                           ReadHeldPayload(scene.context(), officer, hold, item, offset));
    offset += sealed.size();
    NOREN_ASSIGN_OR_RETURN(const Bytes part, decryptor.Update(sealed));
    plaintext.insert(plaintext.end(), part.begin(), part.end());
  }
  NOREN_ASSIGN_OR_RETURN(const Bytes rest, decryptor.Finish());
  plaintext.insert(plaintext.end(), rest.begin(), rest.end());
  return plaintext;
}

TEST(LegalHold, KeepsTheMinimumWhenThePersonIsDestroyed) {
  DestructionScene scene;
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  const auto receipt = scene.Destroy(scene.People({0}));
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals, (personal_data::DestructionTotals{1, 2, 1, 1}));
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNotFound);
  ASSERT_OK(scene.service.Restart());  // sweeps what nothing refers to
  const auto identity = agefile::Identity::Generate(scene.service.random());
  const auto name = ReadHeld(scene, hold->hold, scene.names[0], identity);
  ASSERT_OK(name);
  EXPECT_EQ(*name, SomeBytes(100, 20));
  EXPECT_EQ(CodeOf(ReadHeld(scene, hold->hold, scene.resumes[0], identity).status()),
            ErrorCode::kNotFound);
}

TEST(LegalHold, KeepsItAlsoWhenThePersonAskedToBeErased) {
  DestructionScene scene;
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  const auto request = scene.service.AskForErasure(*scene.people[0]);
  const auto destroyed = DestroyPerson(scene.context(), scene.service.officer(),
                                       {scene.service.NextKey(), request, "asked by the person"});
  ASSERT_OK(destroyed);
  const auto key = personal_data::ReceiptVerifyingKey(scene.service.keys());
  ASSERT_OK(key);
  const auto receipt =
      personal_data::VerifyReceipt(destroyed->receipt.text, destroyed->receipt.signature, *key);
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->kept_under_hold, 1u);
  const auto identity = agefile::Identity::Generate(scene.service.random());
  EXPECT_OK(ReadHeld(scene, hold->hold, scene.names[0], identity));
}

TEST(LegalHold, KeepsItWhenTheItemOrTheFileIsDestroyed) {
  DestructionScene scene;
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  ASSERT_OK(scene.Destroy(scene.File("contacts")));
  ASSERT_OK(scene.service.Restart());
  const auto identity = agefile::Identity::Generate(scene.service.random());
  EXPECT_OK(ReadHeld(scene, hold->hold, scene.names[0], identity));
}

TEST(LegalHold, TakesOnlyWhatThePolicyAllowsForAsLongAsItAllows) {
  DestructionScene scene;
  EXPECT_EQ(CodeOf(scene.Hold(0, 30, {ItemKind::kName, ItemKind::kResume}).status()),
            ErrorCode::kPolicyForbids);
  EXPECT_EQ(CodeOf(scene.Hold(0, 30, {}).status()), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(scene.Hold(0, 0).status()), ErrorCode::kOutOfRange);
  EXPECT_EQ(CodeOf(scene.Hold(0, 1828).status()), ErrorCode::kOutOfRange);
  const auto placed = PlaceHold(scene.context(), scene.service.officer(),
                                {scene.service.NextKey(),
                                 "first-portal",
                                 scene.people[0]->handle,
                                 {ItemKind::kName},
                                 {scene.service.clock().Now().value + 60},
                                 "Act 11, article 7",
                                 ""});
  EXPECT_EQ(CodeOf(placed.status()), ErrorCode::kReasonRequired);
  EXPECT_EQ(scene.CountKeys("hold/"), 0u);
}

TEST(LegalHold, OfAnUnknownPersonIsNotFound) {
  DestructionScene scene;
  scene.people[0]->handle = model::SeekerHandle::Generate(scene.service.random());
  EXPECT_EQ(CodeOf(scene.Hold(0).status()), ErrorCode::kNotFound);
}

TEST(LegalHold, IsReadWithAReasonAndAnAccessRecordOnly) {
  DestructionScene scene;
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  const auto identity = agefile::Identity::Generate(scene.service.random());
  const std::string recipient = identity.recipient().ToString();
  const Call officer = scene.service.officer();
  EXPECT_EQ(
      CodeOf(OpenHeldItem(scene.context(), officer, {hold->hold, scene.names[0], recipient, ""})
                 .status()),
      ErrorCode::kReasonRequired);
  EXPECT_EQ(CodeOf(OpenHeldItem(scene.context(), officer,
                                {hold->hold, scene.names[0], "age1nobody", "asked"})
                       .status()),
            ErrorCode::kBadRequest);
  EXPECT_EQ(
      CodeOf(ReadHeldPayload(scene.context(), officer, hold->hold, scene.names[0], 0).status()),
      ErrorCode::kReasonRequired);
  ASSERT_OK(ReadHeld(scene, hold->hold, scene.names[0], identity));
  // Another officer has not stated a reason, and an hour later neither has this one.
  EXPECT_EQ(CodeOf(ReadHeldPayload(scene.context(), scene.service.officer("other"), hold->hold,
                                   scene.names[0], 0)
                       .status()),
            ErrorCode::kReasonRequired);
  scene.service.clock().AdvanceSeconds(3601);
  EXPECT_EQ(
      CodeOf(ReadHeldPayload(scene.context(), officer, hold->hold, scene.names[0], 0).status()),
      ErrorCode::kReasonRequired);
  EXPECT_EQ(scene.CountEntries(audit::Operation::kReadHeld), 1u);
  const auto holds = ListHolds(scene.context(), officer);
  ASSERT_OK(holds);
  ASSERT_EQ(holds->size(), 1u);
  ASSERT_EQ(holds->front().accesses.size(), 1u);
  EXPECT_EQ(holds->front().accesses[0].officer, "privacy");
  EXPECT_EQ(holds->front().accesses[0].reason, "asked by the court");
}

TEST(LegalHold, IsForOfficersAlone) {
  DestructionScene scene;
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  for (const Call& call : {scene.service.portal(), scene.service.company()}) {
    EXPECT_EQ(CodeOf(ListHolds(scene.context(), call).status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(
        CodeOf(
            OpenHeldItem(scene.context(), call, {hold->hold, scene.names[0], "", "why"}).status()),
        ErrorCode::kNotAllowed);
    EXPECT_EQ(
        CodeOf(ReadHeldPayload(scene.context(), call, hold->hold, scene.names[0], 0).status()),
        ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(ReleaseHold(scene.context(), call, scene.service.NextKey(), hold->hold, "why")
                         .status()),
              ErrorCode::kNotAllowed);
  }
}

// What is held of a destroyed person is in no ranking, on no card and in no release.
TEST(LegalHold, IsOfNoUseForRankingAndRelease) {
  DestructionScene scene;
  ASSERT_OK(scene.Hold(0));
  ASSERT_OK(scene.Destroy(scene.People({0})));
  const auto ranked =
      RankCandidates(scene.context(), scene.service.portal(), scene.first.posting, 100);
  ASSERT_OK(ranked);
  for (const auto& row : ranked->best) EXPECT_NE(row.handle, scene.people[0]->handle);
  EXPECT_EQ(CodeOf(scene.Collect(scene.first).status()), ErrorCode::kNotFound);
}

// Who may know of held copies: destruction, retention and maintenance, and nobody who ranks or
// releases.
TEST(LegalHold, IsKnownToTheFilesOfThisListOnly) {
  namespace fs = std::filesystem;
  std::vector<std::string> includes;
  for (const char* const folder : {"engine", "server"}) {
    const fs::path root = fs::path(SourceFolder()) / folder;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const std::string name = entry.path().filename().string();
      if (!name.ends_with(".cc") && !name.ends_with(".h")) continue;
      std::stringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      if (text.str().find("legal_hold") == std::string::npos) continue;
      if (!name.starts_with("legal_hold")) includes.push_back(name);
    }
  }
  std::sort(includes.begin(), includes.end());
  const std::vector<std::string> allowed = {
      "destroy_person.cc",     "destruction_count.cc",   "destruction_run.cc",
      "destruction_select.cc", "destruction_service.cc", "destruction_service.h",
      "kept_leaves.cc",        "maintenance.cc",         "reapply.cc",
      "retention.cc",          "wire_destruction.cc",    "wire_destruction.h"};
  EXPECT_TRUE(std::includes(allowed.begin(), allowed.end(), includes.begin(), includes.end()))
      << ::testing::PrintToString(includes);
}

TEST(LegalHold, IsDueAtItsEndDateAndDestroyedByPlan) {
  DestructionScene scene;
  const auto hold = scene.Hold(0, 30);
  ASSERT_OK(hold);
  DestructionRule named;
  named.level = DestructionLevel::kHeld;
  named.by = SelectBy::kHolds;
  named.holds = {hold->hold};
  EXPECT_EQ(CodeOf(scene.Plan(named).status()), ErrorCode::kOnHold);
  scene.service.clock().AdvanceSeconds(30 * 86400 - 1);
  EXPECT_EQ(CodeOf(scene.Plan(named).status()), ErrorCode::kOnHold);
  scene.service.clock().AdvanceSeconds(1);
  const auto listed = ListHolds(scene.context(), scene.service.officer());
  ASSERT_OK(listed);
  EXPECT_TRUE(listed->front().due);
  const auto receipt = scene.Destroy(scene.DueHolds());
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals, (personal_data::DestructionTotals{0, 0, 0, 1}));
  EXPECT_EQ(scene.CountKeys("hold/"), 0u);
  EXPECT_EQ(scene.CountKeys("hold-of/"), 0u);
  EXPECT_EQ(scene.ItemsOf(0), 2u);  // the person is still there, with everything
}

TEST(LegalHold, IsNotDueByAClockThatNobodyChecked) {
  DestructionScene scene;
  const auto hold = scene.Hold(0, 1);
  ASSERT_OK(hold);
  scene.service.set_clock_confirmed(false);
  scene.service.clock().AdvanceSeconds(90 * 86400);
  ASSERT_OK(scene.service.Restart());
  const auto listed = ListHolds(scene.context(), scene.service.officer());
  ASSERT_OK(listed);
  EXPECT_FALSE(listed->front().due);
  DestructionRule named;
  named.level = DestructionLevel::kHeld;
  named.by = SelectBy::kHolds;
  named.holds = {hold->hold};
  EXPECT_EQ(CodeOf(scene.Plan(named).status()), ErrorCode::kOnHold);
}

TEST(LegalHold, IsDueWhenItIsReleasedAndOnlyOnce) {
  DestructionScene scene;
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  const auto release = [&] {
    return ReleaseHold(scene.context(), scene.service.officer(), scene.service.NextKey(),
                       hold->hold, "the case is closed");
  };
  ASSERT_OK(release());
  EXPECT_EQ(CodeOf(release().status()), ErrorCode::kStateConflict);
  ASSERT_OK(scene.Destroy(scene.DueHolds()));
  EXPECT_EQ(CodeOf(release().status()), ErrorCode::kNotFound);
}

// A backup from before the hold, the destruction or its end: each is applied again.
TEST(LegalHold, IsPlacedAgainByARestoreFromBeforeIt) {
  DestructionScene scene;
  const auto backup = CopyOf(scene.service.data());
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  const auto summary = scene.RestoreBackup(*backup);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->holds, 1u);
  const auto identity = agefile::Identity::Generate(scene.service.random());
  const auto name = ReadHeld(scene, hold->hold, scene.names[0], identity);
  ASSERT_OK(name);
  EXPECT_EQ(*name, SomeBytes(100, 20));
  const auto receipt = scene.Destroy(scene.People({0}));
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals.held_people, 1u);
}

// The data disk is lost, and the key tree beside the backup knows nothing of the hold's leaf;
// whoever registers next gets its number.
TEST(LegalHold, IsPlacedAgainUnderALeafOfItsOwnWhenTheDiskIsLost) {
  DestructionScene scene;
  const auto backup = CopyOf(scene.service.data());
  const auto tree = CopyOf(scene.service.tree());
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  const auto lose_the_disk = [&] {
    scene.service.Stop();
    scene.service.ReplaceTree(*tree);
    return scene.RestoreBackup(*backup);
  };
  const auto expect_held = [&] {
    const auto identity = agefile::Identity::Generate(scene.service.random());
    EXPECT_OK(ReadHeld(scene, hold->hold, scene.names[0], identity));
  };
  ASSERT_OK(lose_the_disk());
  expect_held();
  const auto next = scene.service.Register(50);
  ASSERT_OK(scene.RestoreBackup(*backup));  // again; the tree has somebody else's leaf by now
  expect_held();
  ASSERT_OK(scene.Destroy(scene.People({0})));
  expect_held();
  ASSERT_OK(ReleaseHold(scene.context(), scene.service.officer(), scene.service.NextKey(),
                        hold->hold, "the case is closed"));
  ASSERT_OK(scene.Destroy(scene.DueHolds()));
  ASSERT_OK(scene.RestoreBackup(*backup));
  EXPECT_TRUE(ListHolds(scene.context(), scene.service.officer())->empty());
  EXPECT_EQ(scene.StateOf(1), ErrorCode::kNone);
}

TEST(LegalHold, SurvivesTheRestoreThatDestroysThePersonAgain) {
  DestructionScene scene;
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  const auto backup = CopyOf(scene.service.data());
  ASSERT_OK(scene.Destroy(scene.People({0})));
  ASSERT_OK(scene.RestoreBackup(*backup));
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNotFound);
  const auto identity = agefile::Identity::Generate(scene.service.random());
  EXPECT_OK(ReadHeld(scene, hold->hold, scene.names[0], identity));
}

TEST(LegalHold, AReleaseComesBackWithARestore) {
  DestructionScene scene;
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  const auto backup = CopyOf(scene.service.data());
  ASSERT_OK(ReleaseHold(scene.context(), scene.service.officer(), scene.service.NextKey(),
                        hold->hold, "the case is closed"));
  ASSERT_OK(scene.RestoreBackup(*backup));
  const auto listed = ListHolds(scene.context(), scene.service.officer());
  ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_TRUE(listed->front().due);
}

// Restored from before it, the hold is under another leaf, and the leaf of the newer backup goes
// with the next destruction; then that backup is restored.
TEST(LegalHold, IsThereWhicheverBackupIsRestoredNext) {
  for (const bool released : {false, true}) {
    SCOPED_TRACE(released);
    DestructionScene scene;
    const auto before = CopyOf(scene.service.data());
    const auto hold = scene.Hold(0);
    ASSERT_OK(hold);
    const auto after = CopyOf(scene.service.data());
    if (released) {
      ASSERT_OK(ReleaseHold(scene.context(), scene.service.officer(), scene.service.NextKey(),
                            hold->hold, "the case is closed"));
    }
    ASSERT_OK(scene.RestoreBackup(*before));
    ASSERT_OK(scene.Destroy(scene.People({3})));
    for (const auto* backup : {after.get(), before.get(), after.get()}) {
      ASSERT_OK(scene.RestoreBackup(*backup));
      const auto listed = ListHolds(scene.context(), scene.service.officer());
      ASSERT_OK(listed);
      ASSERT_EQ(listed->size(), 1u);
      EXPECT_EQ(listed->front().due, released);
      EXPECT_EQ(listed->front().items.size(), 1u);
    }
  }
}

TEST(LegalHold, ACopyThatWasDestroyedStaysSoAfterARestore) {
  DestructionScene scene;
  const auto backup = CopyOf(scene.service.data());
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  ASSERT_OK(ReleaseHold(scene.context(), scene.service.officer(), scene.service.NextKey(),
                        hold->hold, "the case is closed"));
  ASSERT_OK(scene.Destroy(scene.DueHolds()));
  ASSERT_OK(scene.RestoreBackup(*backup));
  const auto listed = ListHolds(scene.context(), scene.service.officer());
  ASSERT_OK(listed);
  EXPECT_TRUE(listed->empty());
}

// A restore places it again and destroys it again; the next one finds both in the journal.
TEST(LegalHold, ACopyThatWasDestroyedStaysSoWhicheverBackupIsRestoredNext) {
  DestructionScene scene;
  const auto before = CopyOf(scene.service.data());
  const auto hold = scene.Hold(0);
  ASSERT_OK(hold);
  const auto after = CopyOf(scene.service.data());
  ASSERT_OK(scene.RestoreBackup(*before));
  scene.service.clock().AdvanceSeconds(31 * 86400);
  ASSERT_OK(scene.Destroy(scene.DueHolds()));
  for (const auto* backup : {after.get(), before.get(), before.get(), after.get()}) {
    ASSERT_OK(scene.RestoreBackup(*backup));
    EXPECT_EQ(scene.CountKeys("hold/"), 0u);
  }
}

TEST(LegalHold, ActReadsBackWhole) {
  SeededRandom random(5);
  HoldAct act;
  act.hold = model::HoldId::Generate(random);
  act.address = {personal_data::HoldAddress::State::kActive,
                 7,
                 model::PersonId::Generate(random),
                 UnixSeconds{100},
                 UnixSeconds{200},
                 "Act 11, article 7"};
  act.kinds = {ItemKind::kName, ItemKind::kAddress};
  act.reason = "the court asked";
  act.handle_commitment.fill(3);
  const storage::NarrowingAct made = MakeHoldAct(act);
  const auto read = HoldActOf(made);
  ASSERT_OK(read);
  EXPECT_EQ(*read, act);
  for (std::size_t size = 0; size < made.payload.size(); ++size) {
    storage::NarrowingAct cut = made;
    cut.payload.resize(size);
    EXPECT_EQ(CodeOf(HoldActOf(cut).status()), ErrorCode::kDataCorrupt) << size;
  }
}

}  // namespace
}  // namespace noren::operations
