// A company that leaves: nothing is open to it from that commit on, whatever races it, and no
// backup brings it back.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/company_leaving.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/company_work.h"
#include "engine/operations/duties.h"
#include "engine/operations/events.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_company.h"
#include "engine/operations/register_posting.h"
#include "engine/storage/sealed_value.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using ::testing::HasSubstr;

constexpr const char* kName = "hangang-care";

CompanyLeaving SomeLeaving() { return {kName, 3, {1751331600}, "officer kim", {1751418000}, true}; }

class CompanyLeaves : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 4; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/true));
      service_.PutItem(*people_.back(), model::ItemKind::kResume,
                       SomeBytes(static_cast<std::uint64_t>(i), 500));
      service_.BecomeDiscoverable(*people_.back());
    }
    service_.AddKey();
    posting_ = service_.RegisterPosting();
    service_.InviteAll(posting_);
    granted_ = service_.Grant(*people_[0], posting_);
  }
  ServiceContext& context() { return service_.context(); }
  StatusOr<CollectedRelease> Collect(const std::string& order = "o") {
    return CollectRelease(context(), service_.company(),
                          {service_.NextKey(), granted_.candidate, order, "first interview"});
  }
  Status Leave() {
    return LeaveAsCompany(context(), service_.company(), service_.NextKey()).status();
  }
  Status RegisterAnew() {
    return RegisterCompany(
               context(), service_.officer(), service_.NextKey(),
               {kName, "a company", "a street", "somebody", "kr-business:123-45-67891", {}, {}})
        .status();
  }
  std::string StateOf(const TestPerson& person) {
    const auto record = ReadOwnRecord(context(), service_.portal(),
                                      service_.Prove(person, service_.Prepare(person, "read")));
    EXPECT_OK(record);
    if (!record.ok() || record->invitations.empty()) return "none";
    const auto state = record->invitations.front().state;
    return state ? std::string(personal_data::ConsentStateName(*state)) : "damaged";
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  model::PostingId posting_;
  TestApplication granted_;
};

TEST_F(CompanyLeaves, EverythingOfItEndsAndItsDutiesStay) {
  ASSERT_OK(Collect());
  ASSERT_OK(Leave());
  EXPECT_EQ(CodeOf(Collect().status()), ErrorCode::kPolicyForbids);
  EXPECT_EQ(StateOf(*people_[0]), "expired");
  EXPECT_EQ(StateOf(*people_[1]), "expired");
  EXPECT_FALSE(context().market.FindPosting(posting_)->open);
  EXPECT_EQ(
      CodeOf(RegisterPosting(context(), service_.portal(), {service_.NextKey(), SomePosting(kName)})
                 .status()),
      ErrorCode::kPolicyForbids);
  EXPECT_EQ(CodeOf(ListCards(context(), service_.company(), posting_, 0, 10).status()),
            ErrorCode::kPolicyForbids);
  // What it owes is still told to it, and it can answer.
  const auto duties = ListDuties(context(), service_.company(), DutyFilter::kAll);
  ASSERT_OK(duties);
  ASSERT_EQ(duties->size(), 1U);
  EXPECT_EQ(duties->front().cause, DutyCause::kAccessExpired);
  EXPECT_TRUE(duties->front().destroy_copies);
  EXPECT_OK(ReadEvents(context(), service_.company(), 0, 10));
  // Others have what they had.
  EXPECT_OK(RegisterPosting(context(), service_.portal(),
                            {service_.NextKey(), SomePosting("seaside-hotel")}));
}

TEST_F(CompanyLeaves, AReadThatWasGoingOnEnds) {
  const auto release = Collect();
  ASSERT_OK(release);
  const auto read = [&] {
    return ReadPayload(context(), service_.company(), release->record.release,
                       release->record.items.front().item, 0)
        .status();
  };
  ASSERT_OK(read());
  ASSERT_OK(Leave());
  EXPECT_EQ(CodeOf(read()), ErrorCode::kPolicyForbids);
  EXPECT_THAT(model::DetailOf(read()), HasSubstr("E_EXPIRED"));
}

TEST_F(CompanyLeaves, AReleaseBuiltBeforeDoesNotCommitAfter) {
  personal_data::Staged staged;
  ASSERT_OK(RequireCompanyStays(context(), kName, std::nullopt, staged));
  ASSERT_OK(Leave());
  Change change;
  change.staged = std::move(staged);
  change.entry.operation = audit::Operation::kCollectRelease;
  change.entry.principal = service_.company().principal;
  EXPECT_EQ(CodeOf(context().pipeline.Commit(std::move(change)).status()),
            ErrorCode::kStateConflict);
}

TEST_F(CompanyLeaves, RegisteredAnewItBeginsWithNothing) {
  ASSERT_OK(Collect());
  ASSERT_OK(Leave());
  ASSERT_OK(RegisterAnew());
  EXPECT_EQ(CodeOf(Collect().status()), ErrorCode::kPolicyForbids);
  EXPECT_EQ(CodeOf(Collect("another").status()), ErrorCode::kPolicyForbids);
  service_.clock().Set({service_.clock().Now().value + 60});
  const auto posting = service_.RegisterPosting();
  service_.InviteAll(posting);
  const TestApplication again = service_.Grant(*people_[0], posting);
  EXPECT_OK(CollectRelease(context(), service_.company(),
                           {service_.NextKey(), again.candidate, "o", "first interview"}));
}

TEST_F(CompanyLeaves, SaidAgainNothingChanges) {
  ASSERT_OK(Leave());
  ASSERT_OK(EndCompany(context(), service_.officer(), service_.NextKey(), kName));
  const auto rows = ListCompanyRetention(context(), service_.officer());
  ASSERT_OK(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().leaving.said_by, "company");
  EXPECT_EQ(
      CodeOf(EndCompany(context(), service_.officer(), service_.NextKey(), "nobody").status()),
      ErrorCode::kNotFound);
}

TEST_F(CompanyLeaves, ACrashBeforeItIsSettledIsMadeUpForAtTheNextStart) {
  ASSERT_OK(Leave());
  // As if the service had stopped behind the first commit: the record says that nothing is settled.
  auto stored = ReadLeaving(context(), kName);
  ASSERT_OK(stored);
  CompanyLeaving unsettled = *stored->leaving;
  unsettled.settled = false;
  Change change;
  change.entry.operation = audit::Operation::kSettleLeaving;
  change.entry.principal = kServiceItself;
  ASSERT_OK(StageLeaving(context(), *stored, unsettled, change.staged));
  ASSERT_OK(context().pipeline.Commit(std::move(change)));
  ASSERT_OK(service_.Restart());
  stored = ReadLeaving(context(), kName);
  ASSERT_OK(stored);
  EXPECT_TRUE(stored->leaving->settled);
}

TEST_F(CompanyLeaves, ADamagedRecordOpensNothing) {
  ASSERT_OK(Leave());
  for (const storage::KeyValue& item : ContentOf(service_.data())) {
    if (item.key != keyspaces::CompanyLeftKey(kName)) continue;
    storage::Batch batch;
    Bytes value = item.value;
    value.back() ^= 1;
    batch.mutations.push_back({item.key, std::move(value)});
    ASSERT_EQ(service_.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  }
  EXPECT_EQ(CodeOf(Collect().status()), ErrorCode::kDataCorrupt);
  EXPECT_EQ(CodeOf(ListCards(context(), service_.company(), posting_, 0, 10).status()),
            ErrorCode::kDataCorrupt);
}

TEST_F(CompanyLeaves, TheRecordIsRefusedCutLongerOrOfAnotherLayout) {
  const auto stored = EncodeCompanyLeaving(SomeLeaving(), service_.keys(), service_.random());
  ASSERT_OK(stored);
  const auto read = DecodeCompanyLeaving(kName, *stored, service_.keys());
  ASSERT_OK(read);
  EXPECT_EQ(*read, SomeLeaving());
  EXPECT_FALSE(DecodeCompanyLeaving("another", *stored, service_.keys()).ok());
  const std::string key = keyspaces::CompanyLeftKey(kName);
  const auto opened =
      storage::OpenValue(service_.keys().record(), {keyspaces::kCompanyLeft, key}, *stored);
  ASSERT_OK(opened);
  const auto sealed = [&](const Bytes& plain) {
    return storage::SealValue(service_.keys().record(), {keyspaces::kCompanyLeft, key}, 3, plain,
                              service_.random());
  };
  const Bytes whole = opened->plaintext;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(CodeOf(DecodeCompanyLeaving(kName, sealed(cut), service_.keys()).status()),
              ErrorCode::kDataCorrupt)
        << size;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FALSE(DecodeCompanyLeaving(kName, sealed(longer), service_.keys()).ok());
  Bytes other = whole;
  other.front() = 2;
  EXPECT_FALSE(DecodeCompanyLeaving(kName, sealed(other), service_.keys()).ok());
}

TEST(CompanyLeavingAct, IsReadAsWrittenAndRefusedOtherwise) {
  const CompanyLeavingAct act{kName, {1751331600}, "company"};
  storage::NarrowingAct stored = MakeCompanyLeavingAct(act);
  std::ifstream file(SourceFolder() + "/tests/golden/journal_leaving_v1.txt");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  EXPECT_EQ("leaving = " + HexEncode(stored.payload), line);
  EXPECT_TRUE(IsCompanyLeavingAct(stored));
  const auto read = CompanyLeavingActOf(stored);
  ASSERT_OK(read);
  EXPECT_EQ(*read, act);
  const Bytes whole = stored.payload;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    stored.payload.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(CompanyLeavingActOf(stored).ok()) << size;
  }
  stored.payload = whole;
  stored.payload.push_back(0);
  EXPECT_FALSE(CompanyLeavingActOf(stored).ok());
  stored.payload = whole;
  stored.kind = storage::NarrowingKind::kErasure;
  EXPECT_FALSE(IsCompanyLeavingAct(stored));
  EXPECT_FALSE(CompanyLeavingActOf(stored).ok());
}

}  // namespace
}  // namespace noren::operations
