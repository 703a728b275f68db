// The key of blocked employers' tokens changes: who is blocked stays blocked, at every step, after
// a power failure at any write, and after a restore of a backup whose key is gone.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/block_employer.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/employer_tokens.h"
#include "engine/operations/register_company.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/rotation_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::TokenPurpose;
using storage::CrashPoint;

constexpr VersionedKey kKey = VersionedKey::kEmployerToken;
// Invented numbers with the check digits that their registers ask for.
constexpr const char* kEmployer = "kr-business:123-45-67891";
constexpr const char* kAffiliate = "jp-corporation:7000012050002";
constexpr const char* kStranger = "kr-corporation:1101110000001";

class EmployerRotation : public ::testing::Test {
 protected:
  void SetUp() override { Begin(); }
  // Person 0 blocks the employer, person 1 the affiliate, person 2 both, person 3 nobody.
  void Begin() {
    service_ = std::make_unique<TestService>();
    people_.clear();
    for (int i = 0; i < 4; ++i) {
      people_.push_back(service_->Register(i, /*with_key=*/true));
      service_->PutItem(*people_.back(), model::ItemKind::kResume, ToBytes("invented"));
      service_->BecomeDiscoverable(*people_.back());
    }
    ASSERT_OK(RegisterCompany(context(), service_->officer(), service_->NextKey(),
                              {"hangang-care",
                               "Hangang Care (invented)",
                               "1, River Road",
                               "Park Haneul",
                               kEmployer,
                               {},
                               {}}));
    ASSERT_OK(Block(0, kEmployer));
    ASSERT_OK(Block(1, kAffiliate));
    ASSERT_OK(Block(2, std::string(kEmployer) + "," + kAffiliate));
  }
  ServiceContext& context() { return service_->context(); }
  Status Block(std::size_t who, const std::string& employers) {
    const std::string statement =
        service_->Prepare(*people_[who], "block", {{"employers", employers}});
    return BlockEmployers(context(), service_->portal(), service_->NextKey(), {statement, {}, ""})
        .status();
  }
  Status Unblock(std::size_t who, const std::string& employers) {
    const std::string statement =
        service_->Prepare(*people_[who], "unblock", {{"employers", employers}});
    return UnblockEmployers(context(), service_->portal(), service_->NextKey(),
                            service_->Prove(*people_[who], statement))
        .status();
  }
  LoadedPerson Load(std::size_t who) {
    auto person =
        LoadPersonByHandle(context(), service_->portal().principal.name, people_[who]->handle);
    EXPECT_OK(person);
    return person.ok() ? std::move(*person) : LoadedPerson{};
  }
  bool IsBlockedBy(std::size_t who, const std::string& number) {
    CompanyRecord company;
    company.number = model::ParseCorporateNumber(number).value();
    return IsBlocked(context(), Load(who).record, company);
  }
  void ExpectBlocks() {
    const bool want[4][3] = {
        {true, false, false}, {false, true, false}, {true, true, false}, {false, false, false}};
    const char* const numbers[3] = {kEmployer, kAffiliate, kStranger};
    for (std::size_t who = 0; who < 4; ++who) {
      for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(IsBlockedBy(who, numbers[i]), want[who][i]) << who << " " << numbers[i];
      }
    }
  }
  void ExpectOthersAreAsked() {
    service_->AddKey();
    service_->InviteAll(service_->RegisterPosting());
    const bool asked[4] = {false, true, false, true};
    for (std::size_t who = 0; who < 4; ++who) {
      const auto invitations = LoadInvitations(context(), Load(who));
      ASSERT_OK(invitations);
      EXPECT_EQ(!invitations->empty(), asked[who]) << who;
    }
  }
  std::vector<Hash256> Tokens(std::size_t who) {
    std::vector<Hash256> tokens;
    for (const auto& one : Load(who).record.blocked_employers) tokens.push_back(one.token);
    return tokens;
  }

  std::unique_ptr<TestService> service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
};

TEST_F(EmployerRotation, WhoIsBlockedStaysBlockedAtEveryStep) {
  ExpectBlocks();
  for (std::uint32_t version = 2; version <= 4; ++version) {
    const auto before = Tokens(2);
    ASSERT_THAT(Rotate(*service_, kKey), IsOkAndHolds(version));
    ExpectBlocks();
    for (bool done = false; !done;) {
      const auto step = Step(*service_, kKey);
      ASSERT_OK(step);
      done = *step;
      ExpectBlocks();
    }
    EXPECT_NE(Tokens(2), before);
    EXPECT_EQ(Tokens(2).size(), 2u);
    ASSERT_OK(service_->Restart());
    ExpectBlocks();
  }
  ExpectOthersAreAsked();
  EXPECT_OK(service_->VerifyExportedLog());
}

TEST_F(EmployerRotation, BlockingAndUnblockingGoOnUnderBothKeys) {
  ASSERT_OK(Rotate(*service_, kKey));
  ASSERT_OK(Block(3, kEmployer));
  ASSERT_OK(Block(0, kEmployer));
  EXPECT_EQ(Tokens(0).size(), 1u) << "blocked under the older key already";
  ASSERT_OK(Unblock(2, kAffiliate));
  EXPECT_TRUE(IsBlockedBy(3, kEmployer));
  EXPECT_FALSE(IsBlockedBy(2, kAffiliate));
  ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
  EXPECT_TRUE(IsBlockedBy(3, kEmployer));
  EXPECT_FALSE(IsBlockedBy(2, kAffiliate));
  EXPECT_TRUE(IsBlockedBy(2, kEmployer));
  ASSERT_OK(Unblock(3, kEmployer));
  EXPECT_FALSE(IsBlockedBy(3, kEmployer));
}

// What was staged under a key before it was retired does not come in afterwards.
TEST_F(EmployerRotation, NothingComesInUnderAKeyThatIsGone) {
  EmployerKeys keys(context());
  ASSERT_OK(keys.InUse().status());
  ASSERT_OK(Rotate(*service_, kKey));
  ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
  Change late;
  late.entry.operation = audit::Operation::kBlockEmployer;
  late.entry.principal = service_->portal().principal;
  late.staged.Require(TokenKeysKey(), keys.record());
  EXPECT_EQ(CodeOf(context().pipeline.Commit(std::move(late)).status()), ErrorCode::kStateConflict);
}

// The record of before, put back with a key that is gone: nobody can tell whom she blocked, so that
// nobody asks her.
TEST_F(EmployerRotation, AnOldRecordWithoutItsKeyBlocksEverybody) {
  ASSERT_OK(Rotate(*service_, kKey));
  ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
  const personal_data::PersonRecord before = Load(0).record;
  ASSERT_TRUE(before.blocked_employers.front().leaf.has_value());
  ASSERT_OK(Rotate(*service_, kKey));
  ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
  CompanyRecord stranger;
  stranger.number = model::ParseCorporateNumber(kStranger).value();
  EXPECT_TRUE(IsBlocked(context(), before, stranger));
  EXPECT_FALSE(IsBlockedBy(0, kStranger));
  // It stands in no later rotation's way.
  Change put_back;
  put_back.entry.operation = audit::Operation::kBlockEmployer;
  put_back.entry.principal = service_->portal().principal;
  const LoadedPerson now = Load(0);
  personal_data::PersonRecord old = before;
  old.address.version = now.record.address.version + 1;
  const auto stored =
      personal_data::EncodePersonRecord(old, *now.keys, service_->keys(), service_->random());
  ASSERT_OK(stored);
  put_back.staged.Put(personal_data::keyspaces::PersonKey(now.person), *stored);
  ASSERT_OK(context().pipeline.Commit(std::move(put_back)).status());
  ASSERT_OK(Rotate(*service_, kKey));
  ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
  EXPECT_TRUE(IsBlockedBy(0, kStranger));
  EXPECT_TRUE(IsBlockedBy(2, kEmployer));
}

// A rotation's act whose key is not in the tree that was saved: what the backup has stays.
TEST_F(EmployerRotation, AnActThatDoesNotOpenTakesNothingAway) {
  const LoadedPerson person = Load(0);
  std::vector<personal_data::BlockedEmployer> lost = person.record.blocked_employers;
  lost.front().leaf = 1'000'000;
  const auto employers = NarrowedTo(person, lost, /*replaces=*/true, service_->random());
  ASSERT_OK(employers);
  NarrowedPerson narrowed{person.person, {}, person.record.blocked_at};
  narrowed.employers = *employers;
  Change change;
  EXPECT_THAT(StageBlocks(context(), person, narrowed, change), IsOkAndHolds(false));
  EXPECT_TRUE(change.staged.mutations.empty());
}

// Without the token's key the person's own does not tell the number, and the other way round.
TEST_F(EmployerRotation, ItTakesBothKeysToReadANumber) {
  const LoadedPerson person = Load(0);
  const auto& blocked = person.record.blocked_employers.front();
  const SecretBytes& key = service_->keys().Of(personal_data::KeyPurpose::kEmployerBlock);
  const auto number = personal_data::OpenBlockedEmployer(person.person, blocked, key);
  ASSERT_OK(number);
  EXPECT_EQ(*number, model::ParseCorporateNumber(kEmployer).value());
  EXPECT_EQ(CodeOf(personal_data::OpenBlockedEmployer(person.person, blocked, person.keys->records)
                       .status()),
            ErrorCode::kDataCorrupt);
  EXPECT_EQ(CodeOf(personal_data::OpenBlockedEmployer(Load(1).person, blocked, key).status()),
            ErrorCode::kDataCorrupt);
  const std::string printed = number->ToString();
  for (const storage::KeyValue& item : ContentOf(service_->data())) {
    EXPECT_EQ(std::string(AsText(item.value)).find("1234567891"), std::string::npos) << item.key;
  }
  ASSERT_OK(service_->journal().Replay([&](const storage::NarrowingAct& act) {
    EXPECT_EQ(std::string(AsText(act.payload)).find("1234567891"), std::string::npos);
    return OkStatus();
  }));
}

// Backups of every moment of two rotations, restored when both keys are gone.
TEST_F(EmployerRotation, ABackupOfAnyMomentBlocksTheSameAfterARestore) {
  std::vector<std::unique_ptr<storage::MemoryStore>> backups;
  for (int round = 0; round < 2; ++round) {
    ASSERT_OK(Rotate(*service_, kKey));
    for (bool done = false; !done;) {
      backups.push_back(CopyOf(service_->data()));
      const auto step = Step(*service_, kKey);
      ASSERT_OK(step);
      done = *step;
    }
  }
  ASSERT_GE(backups.size(), 5u);
  for (std::size_t i = backups.size(); i-- > 0;) {
    SCOPED_TRACE("backup " + std::to_string(i));
    ASSERT_OK(RestoreFrom(*service_, *backups[i]));
    ExpectBlocks();
    ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
    ASSERT_OK(Rotate(*service_, kKey));
    ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
    ExpectBlocks();
    if (HasFailure()) return;
  }
  ExpectOthersAreAsked();
}

// Between the first version, which lives for ever, and the one made in the restore lies the version
// that was in use: gone, and within their numbers.
TEST_F(EmployerRotation, ARestoreNamesAKeyThatLivesWhenTheOneInUseIsGone) {
  for (const auto& [key, purpose] : {std::pair(kKey, TokenPurpose::kEmployer),
                                     std::pair(VersionedKey::kMatchToken, TokenPurpose::kMatch)}) {
    SCOPED_TRACE(std::string(personal_data::NameOf(purpose)));
    ASSERT_OK(Rotate(*service_, key));
    while (Recorded(*service_, purpose).used == 1) ASSERT_OK(Step(*service_, key));
    ASSERT_EQ(Recorded(*service_, purpose).live.size(), 2u);
    const auto backup = CopyOf(service_->data());
    ASSERT_THAT(Rewrap(*service_, key), IsOkAndHolds(true));
    ASSERT_OK(Rotate(*service_, key));
    ASSERT_THAT(Rewrap(*service_, key), IsOkAndHolds(true));
    ASSERT_OK(RestoreFrom(*service_, *backup));
    const TokenKeysOfPurpose restored = Recorded(*service_, purpose);
    EXPECT_EQ(restored.oldest(), 1u);
    EXPECT_EQ(restored.newest(), 3u);
    EXPECT_EQ(restored.used, 3u);
    ExpectBlocks();
    ASSERT_OK(Block(3, kEmployer));
    EXPECT_TRUE(IsBlockedBy(3, kEmployer));
    ASSERT_OK(Unblock(3, kEmployer));
    ASSERT_THAT(Rewrap(*service_, key), IsOkAndHolds(true));
    ExpectBlocks();
  }
}

// A key in use that is gone is not a token's key that is gone: nothing is taken for superseded.
TEST_F(EmployerRotation, WithoutAKeyInUseNoActIsPassedOver) {
  const LoadedPerson person = Load(0);
  const auto employers =
      NarrowedTo(person, person.record.blocked_employers, /*replaces=*/false, service_->random());
  ASSERT_OK(employers);
  NarrowedPerson narrowed{person.person, {}, person.record.blocked_at};
  narrowed.employers = *employers;
  const auto before = ReadTokenKeys(service_->data(), service_->keys());
  ASSERT_OK(before);
  TokenKeysRecord record = before->record;
  record[TokenPurpose::kEmployer] = {{{1, {}}, {3, 1'000'000}}, 2, {}};
  Change lost;
  lost.entry.operation = audit::Operation::kRotateKey;
  lost.entry.principal = kServiceItself;
  lost.staged.Put(TokenKeysKey(), EncodeTokenKeys(record, service_->keys(), service_->random()));
  ASSERT_OK(context().pipeline.Commit(std::move(lost)).status());
  Change change;
  EXPECT_EQ(CodeOf(StageBlocks(context(), person, narrowed, change).status()),
            ErrorCode::kDataCorrupt);
  // The next start puts such a record right.
  ASSERT_OK(service_->Restart());
  EXPECT_EQ(Recorded(*service_, TokenPurpose::kEmployer).used,
            Recorded(*service_, TokenPurpose::kEmployer).newest());
  ExpectBlocks();
  ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
  ExpectBlocks();
}

// A block of after the backup, rotated twice since: the journal has it under a key that lives.
TEST_F(EmployerRotation, ABlockThatTheBackupDoesNotHaveSurvivesRotationsAndARestore) {
  const auto backup = CopyOf(service_->data());
  ASSERT_OK(Block(3, kStranger));
  for (int round = 0; round < 2; ++round) {
    ASSERT_OK(Rotate(*service_, kKey));
    ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
  }
  ASSERT_OK(RestoreFrom(*service_, *backup));
  EXPECT_TRUE(IsBlockedBy(3, kStranger));
  EXPECT_FALSE(IsBlockedBy(3, kEmployer));
  EXPECT_TRUE(IsBlockedBy(0, kEmployer));
}

// The block is journaled under a key that the restored data do not name. Once somebody is destroyed
// it is gone with the other leaves of the lost; the block is not.
TEST_F(EmployerRotation, ABlockOfALostHistorySurvivesTheEndOfItsKey) {
  const auto backup = CopyOf(service_->data());
  ASSERT_OK(Rotate(*service_, kKey));
  ASSERT_OK(Block(3, kStranger));
  ASSERT_OK(RestoreFrom(*service_, *backup));
  EXPECT_TRUE(IsBlockedBy(3, kStranger));
  const auto request = service_->AskForErasure(*people_[1]);
  ASSERT_OK(DestroyPerson(context(), service_->officer(),
                          {service_->NextKey(), request, "asked by the person"}));
  EXPECT_TRUE(IsBlockedBy(3, kStranger));
  ASSERT_OK(RestoreFrom(*service_, *backup));
  EXPECT_TRUE(IsBlockedBy(3, kStranger));
  EXPECT_FALSE(IsBlockedBy(3, kEmployer));
}

TEST_F(EmployerRotation, StoppedAtAnyWriteWhoIsBlockedStaysBlockedAndItIsFinishedLater) {
  for (const auto last : {CrashPoint::LastWrite::kLost, CrashPoint::LastWrite::kWritten}) {
    bool crashed = true;
    for (std::uint64_t step = 0; crashed; ++step) {
      SCOPED_TRACE("write " + std::to_string(step));
      Begin();
      ASSERT_OK(Rotate(*service_, kKey));
      ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
      service_->power().CrashAt(step, last);
      if (Rotate(*service_, kKey).ok()) (void)Rewrap(*service_, kKey);
      crashed = service_->power().is_down();
      ASSERT_OK(service_->Restart());
      ExpectBlocks();
      if (StatusOf(*service_, kKey).current == 2) {
        ASSERT_OK(Rotate(*service_, kKey));
      }
      ASSERT_THAT(Rewrap(*service_, kKey), IsOkAndHolds(true));
      EXPECT_EQ(StatusOf(*service_, kKey).left, 0);
      ExpectBlocks();
      ASSERT_OK(service_->Restart());
      ExpectBlocks();
      if (HasFailure()) return;
      EXPECT_LT(step, 100u);
    }
  }
}

}  // namespace
}  // namespace noren::operations
