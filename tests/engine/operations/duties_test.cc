// What a company owes after its access ended, and who is late with it.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "crypto/base/encoding.h"
#include "engine/operations/destroy_person.h"
#include "tests/engine/operations/after_release_fixture.h"
#include "tests/support/folders.h"
#include "tests/support/vector_file.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

class DutyOfACompany : public AfterRelease {
 protected:
  Duty WithdrawnDuty(bool released = true) {
    const TestApplication application = Apply(0);
    if (released) {
      EXPECT_OK(Collect(application));
    }
    EXPECT_OK(service_.WithdrawConsent(application));
    const auto duties = Duties(service_.company());
    EXPECT_EQ(duties.size(), 1u);
    return duties.empty() ? Duty() : duties.front();
  }
};

TEST_F(DutyOfACompany, ComesWithAWithdrawalAndSaysWhetherThereAreCopies) {
  const TestApplication first = Apply(0);
  const TestApplication second = Apply(1);
  ASSERT_OK(Collect(first));
  ASSERT_OK(service_.WithdrawConsent(first));
  ASSERT_OK(service_.WithdrawConsent(second));
  const auto duties = Duties(service_.company());
  ASSERT_EQ(duties.size(), 2u);
  for (const Duty& duty : duties) {
    EXPECT_EQ(duty.cause, DutyCause::kWithdrawal);
    EXPECT_EQ(duty.destroy_copies, duty.candidate == first.candidate);
    EXPECT_EQ(duty.destroy_by, duty.since);
    EXPECT_EQ(duty.acknowledge_by.value,
              duty.since.value + context().policy.release.acknowledge_days * kDay);
    EXPECT_EQ(StateOf(duty, context().time.Now()), DutyState::kOpen);
  }
}

TEST_F(DutyOfACompany, ComesWithADestruction) {
  const TestApplication application = Apply(0);
  ASSERT_OK(Collect(application));
  const auto request = service_.AskForErasure(*people_[0]);
  ASSERT_OK(DestroyPerson(context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  const auto duties = Duties(service_.company());
  ASSERT_EQ(duties.size(), 1u);
  EXPECT_EQ(duties[0].cause, DutyCause::kErasure);
  EXPECT_TRUE(duties[0].destroy_copies);
  EXPECT_EQ(duties[0].candidate, application.candidate);
  EXPECT_OK(AcknowledgeDuty(context(), service_.company(), SignDuty(duties[0])));
}

TEST_F(DutyOfACompany, ComesWithTheEndOfAnAccessAndGivesTheTimeThePersonWasTold) {
  SetReleaseRules({.access_days = 10, .acknowledge_days = 7, .question_days = 10});
  const TestApplication application = Apply(0);
  const auto granted_at = context().time.Now();
  PassDays(1);
  const auto release = Collect(application);
  ASSERT_OK(release);
  PassDays(10);
  const auto duties = Duties(service_.company());
  ASSERT_EQ(duties.size(), 1u);
  EXPECT_EQ(duties[0].cause, DutyCause::kAccessExpired);
  EXPECT_EQ(duties[0].release, release->record.release);
  EXPECT_EQ(duties[0].since.value, granted_at.value + 11 * kDay);
  const std::int64_t retention = context().policy.consent.retention_days;
  EXPECT_EQ(duties[0].destroy_by.value, granted_at.value + retention * kDay);
}

TEST_F(DutyOfACompany, IsOneForAWithdrawnApplicationWhoseAccessEndsLater) {
  const Duty duty = WithdrawnDuty();
  PassDays(200);
  const auto duties = Duties(service_.company());
  ASSERT_EQ(duties.size(), 1u);
  EXPECT_EQ(duties[0].duty, duty.duty);
}

TEST_F(DutyOfACompany, IsAcknowledgedByTheSignatureOfARegisteredHumanOnly) {
  const Duty duty = WithdrawnDuty();
  const auto acknowledge = [&](DutyAcknowledgement said) {
    said.idempotency_key = service_.NextKey();
    return CodeOf(AcknowledgeDuty(context(), service_.company(), said).status());
  };
  const DutyAcknowledgement good = SignDuty(duty);
  DutyAcknowledgement unsigned_one = good;
  unsigned_one.signature.clear();
  EXPECT_EQ(acknowledge(unsigned_one), ErrorCode::kProofRequired);
  DutyAcknowledgement flipped = good;
  flipped.signature[5] ^= 1;
  EXPECT_EQ(acknowledge(flipped), ErrorCode::kProofInvalid);
  DutyAcknowledgement other_text = good;
  other_text.statement += " ";
  EXPECT_EQ(acknowledge(other_text), ErrorCode::kBadRequest);
  // Signed by a human of another company.
  EXPECT_EQ(acknowledge(SignDuty(duty, "seoul-baking")), ErrorCode::kProofInvalid);
  EXPECT_EQ(CodeOf(AcknowledgeDuty(context(), service_.company("seoul-baking"), good).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(acknowledge(good), ErrorCode::kNone);
  EXPECT_EQ(acknowledge(good), ErrorCode::kStateConflict);
  const Duty done = Duties(service_.company()).at(0);
  EXPECT_EQ(done.signed_by, "Kim Minji, recruiter");
  EXPECT_EQ(StateOf(done, context().time.Now()), DutyState::kAcknowledged);
  EXPECT_EQ(done.signature, good.signature);
}

TEST_F(DutyOfACompany, WithoutAnyRegisteredHumanIsNotAcknowledged) {
  Duty duty;
  duty.duty = *model::DutyId::FromBytes(Bytes(16, 1));
  EXPECT_EQ(CodeOf(FindSignerOf(context(), "nobody-registered", personal_data::kDutySignaturePrefix,
                                {"{}", Bytes(64, 1)})
                       .status()),
            ErrorCode::kHumanRequired);
}

TEST_F(DutyOfACompany, IsListedForTheOfficerOnceOverdue) {
  const Duty duty = WithdrawnDuty();
  service_.clock().Set({duty.acknowledge_by.value - 1});
  EXPECT_TRUE(Duties(service_.officer(), DutyFilter::kOverdue).empty());
  service_.clock().AdvanceSeconds(1);
  const auto overdue = Duties(service_.officer(), DutyFilter::kOverdue);
  ASSERT_EQ(overdue.size(), 1u);
  EXPECT_EQ(overdue[0].company, "hangang-care");
  EXPECT_EQ(StateOf(overdue[0], context().time.Now()), DutyState::kOverdue);
  // Late is late, and done all the same.
  ASSERT_OK(AcknowledgeDuty(context(), service_.company(), SignDuty(duty)));
  EXPECT_TRUE(Duties(service_.officer(), DutyFilter::kOverdue).empty());
  EXPECT_EQ(Duties(service_.officer()).size(), 1u);
}

TEST_F(DutyOfACompany, IsNotOverdueByAClockThatNobodyVouchesFor) {
  WithdrawnDuty();
  service_.set_clock_confirmed(false);
  PassDays(3650);
  ASSERT_OK(service_.Restart());
  EXPECT_TRUE(Duties(service_.officer(), DutyFilter::kOverdue).empty());
  EXPECT_EQ(Duties(service_.officer()).size(), 1u);
}

TEST_F(DutyOfACompany, OfAnotherCompanyIsNotListed) {
  WithdrawnDuty();
  EXPECT_TRUE(Duties(service_.company("seoul-baking")).empty());
  EXPECT_EQ(CodeOf(ListDuties(context(), service_.portal(), DutyFilter::kAll).status()),
            ErrorCode::kNotAllowed);
}

TEST(DutyCodec, ReadsAndWritesItsGoldenFile) {
  Duty duty;
  duty.duty = *model::DutyId::FromBytes(Bytes(16, 0x41));
  duty.company = "hangang-care";
  duty.candidate = *model::CandidateRef::FromBytes(Bytes(16, 0x81));
  duty.posting = *model::PostingId::FromBytes(Bytes(16, 0x33));
  duty.cause = DutyCause::kAccessExpired;
  duty.release = *model::ReleaseId::FromBytes(Bytes(16, 0x71));
  duty.since = {1767571200};
  duty.destroy_copies = true;
  duty.destroy_by = {1767657600};
  duty.acknowledge_by = {1768262400};
  const std::string golden(AsText(ReadFileBytes(SourceFolder() + "/tests/golden/duty_v1.txt")));
  EXPECT_EQ(StatementOf(duty) + "\n" + HexEncode(EncodeDuty(duty)) + "\n", golden);
  const auto read = DecodeDuty(EncodeDuty(duty));
  ASSERT_OK(read);
  EXPECT_EQ(StatementOf(*read), StatementOf(duty));
  const Bytes bytes = EncodeDuty(duty);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeDuty(ByteSpan(bytes).first(size)).status()), ErrorCode::kDataCorrupt);
  }
}

}  // namespace
}  // namespace noren::operations
