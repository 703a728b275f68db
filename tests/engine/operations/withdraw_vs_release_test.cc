// Withdrawal against release: whoever races, whatever is replayed, nothing leaves after it; and who
// may not do what.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

constexpr int kRounds = 200;

class WithdrawVsRelease : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 3; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/i != 2));
      service_.PutItem(*people_.back(), model::ItemKind::kResume,
                       SomeBytes(static_cast<std::uint64_t>(i), 2000));
      service_.BecomeDiscoverable(*people_.back());
    }
    service_.AddKey();
    posting_ = service_.RegisterPosting();
  }
  ServiceContext& context() { return service_.context(); }
  TestApplication Apply(std::size_t who) {
    service_.InviteAll(posting_);
    return service_.Grant(*people_[who], posting_);
  }
  // An invitation of this person that waits for an answer.
  model::InvitationId Invited(const TestPerson& person) {
    service_.InviteAll(posting_);
    const auto record = ReadOwnRecord(context(), service_.portal(),
                                      service_.Prove(person, service_.Prepare(person, "read")));
    EXPECT_OK(record);
    return record.ok() && !record->invitations.empty()
               ? record->invitations.front().invitation.invitation
               : model::InvitationId();
  }
  std::string GrantStatement(const TestPerson& person, const model::InvitationId& invitation) {
    return service_.Prepare(person, "answer",
                            {{"invitation", invitation.ToString()}, {"decision", "grant"}});
  }
  StatusOr<CollectedRelease> Collect(const model::CandidateRef& candidate, const std::string& order,
                                     const std::string& company = "hangang-care") {
    return CollectRelease(context(), service_.company(company),
                          {service_.NextKey(), candidate, order, "first interview"});
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  model::PostingId posting_;
};

// Nothing that hands over stands behind the withdrawal in the log.
void ExpectNoReleaseAfter(TestService& service, std::uint64_t withdrawn_at, std::uint64_t since) {
  for (const audit::AuditEntry& entry : service.Entries()) {
    if (entry.sequence <= since || entry.decision != audit::Decision::kAllowed) continue;
    const bool hands_over = entry.operation == audit::Operation::kCollectRelease ||
                            entry.operation == audit::Operation::kReadReleasedItem;
    EXPECT_FALSE(hands_over && entry.sequence > withdrawn_at) << entry.sequence;
  }
}

// Judged in time, it waits behind another batch until the consent is over.
TEST_F(WithdrawVsRelease, AReleaseThatWaitsBeyondTheDeadlineIsNotMade) {
  const TestApplication application = Apply(0);
  const auto applicants = ListApplicants(context(), service_.company(), posting_);
  ASSERT_OK(applicants);
  ASSERT_EQ(applicants->size(), 1u);
  const std::uint64_t before = service_.pipeline().log_state().sequence;
  std::atomic<bool> leads{false}, may_go_on{false};
  std::thread other([&] {
    Change change;
    change.entry.operation = audit::Operation::kServiceStarted;
    change.entry.principal = kServiceItself;
    change.positioned = [&](std::uint64_t,
                            const audit::EntryOpening&) -> StatusOr<personal_data::Staged> {
      leads = true;
      while (!may_go_on) std::this_thread::yield();
      return personal_data::Staged();
    };
    EXPECT_OK(service_.pipeline().Commit(std::move(change)));
  });
  while (!leads) std::this_thread::yield();
  ErrorCode outcome = ErrorCode::kNone;
  std::thread company([&] { outcome = CodeOf(Collect(application.candidate, "late").status()); });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // judged by now, and waiting
  service_.clock().Set(applicants->front().expires_at);
  may_go_on = true;
  other.join();
  company.join();
  EXPECT_EQ(outcome, ErrorCode::kConsentExpired);
  for (const audit::AuditEntry& entry : service_.Entries()) {
    EXPECT_FALSE(entry.sequence > before && entry.operation == audit::Operation::kCollectRelease &&
                 entry.decision == audit::Decision::kAllowed);
  }
}

TEST_F(WithdrawVsRelease, NoReleaseStandsBehindTheWithdrawalInTheLog) {
  int collected_rounds = 0;
  for (int round = 0; round < kRounds; ++round) {
    TestService service(static_cast<std::uint64_t>(round + 1));
    std::vector<std::unique_ptr<TestPerson>> people;
    for (int i = 0; i < 3; ++i) {
      people.push_back(service.Register(i, true));
      service.PutItem(*people.back(), model::ItemKind::kName, ToBytes("Kim"));
      service.BecomeDiscoverable(*people.back());
    }
    service.AddKey();
    const auto posting = service.RegisterPosting();
    service.InviteAll(posting);
    const TestApplication application = service.Grant(*people[0], posting);
    const std::string statement =
        service.Prepare(*people[0], "withdraw", {{"consent", application.consent.ToString()}});
    const std::uint64_t since = service.pipeline().log_state().sequence;
    std::atomic<int> ready{0};
    std::atomic<bool> withdrawn{false};
    std::atomic<int> collected{0};
    const auto company = [&](int number) {
      ++ready;
      while (ready < 3) std::this_thread::yield();
      for (int order = 0; order < 6; ++order) {
        const bool before_call = withdrawn;
        const auto release =
            CollectRelease(service.context(), service.company(),
                           {service.NextKey(), application.candidate,
                            std::to_string(number * 10 + order), "first interview"});
        if (!release.ok()) {
          EXPECT_EQ(CodeOf(release.status()), ErrorCode::kConsentWithdrawn);
          continue;
        }
        EXPECT_FALSE(before_call) << "released after the withdrawal was acknowledged";
        ++collected;
        const bool before_read = withdrawn;
        const auto piece = ReadPayload(service.context(), service.company(),
                                       release->record.release, release->record.items[0].item, 0);
        EXPECT_FALSE(piece.ok() && before_read) << "read after the withdrawal was acknowledged";
      }
    };
    std::thread first(company, 1), second(company, 2);
    ++ready;
    while (ready < 3) std::this_thread::yield();
    for (int spin = 0; spin < round * 20; ++spin) std::this_thread::yield();
    const auto result =
        Withdraw(service.context(), service.portal(), service.NextKey(), {statement, {}, ""});
    withdrawn = true;
    first.join();
    second.join();
    ASSERT_OK(result);
    ExpectNoReleaseAfter(service, result->position.sequence, since);
    if (collected > 0) ++collected_rounds;
  }
  EXPECT_GT(collected_rounds, 0) << "the company never got as far as a release: nothing was raced";
}

TEST_F(WithdrawVsRelease, AReplayedGrantIsStale) {
  const auto invitation = Invited(*people_[0]);
  const PersonAct grant = service_.Prove(*people_[0], GrantStatement(*people_[0], invitation));
  const auto granted = AnswerInvitation(context(), service_.portal(), service_.NextKey(), grant);
  ASSERT_OK(granted);
  ASSERT_OK(service_.WithdrawConsent(
      {people_[0].get(), posting_, invitation, *model::ConsentId::Parse(granted->result), {}}));
  EXPECT_EQ(
      CodeOf(AnswerInvitation(context(), service_.portal(), service_.NextKey(), grant).status()),
      ErrorCode::kActStale);
}

TEST_F(WithdrawVsRelease, AnActOlderThanTenMinutesIsStale) {
  const std::string statement =
      service_.Prepare(*people_[0], "discoverable", {{"companies_class", "all"}});
  const PersonAct act = service_.Prove(*people_[0], statement);
  service_.clock().AdvanceSeconds(601);
  EXPECT_EQ(CodeOf(SetDiscoverable(context(), service_.portal(), service_.NextKey(), act).status()),
            ErrorCode::kActStale);
}

TEST_F(WithdrawVsRelease, AReplayedDiscoverabilityDoesNotUndoItsWithdrawal) {
  const PersonAct act = service_.Prove(
      *people_[0], service_.Prepare(*people_[0], "discoverable", {{"companies_class", "all"}}));
  ASSERT_OK(SetDiscoverable(context(), service_.portal(), service_.NextKey(), act));
  ASSERT_OK(Withdraw(context(), service_.portal(), service_.NextKey(),
                     {service_.Prepare(*people_[0], "withdraw"), {}, ""}));
  EXPECT_EQ(CodeOf(SetDiscoverable(context(), service_.portal(), service_.NextKey(), act).status()),
            ErrorCode::kActStale);
  const auto seeker = GetSeeker(context(), service_.portal(), people_[0]->handle);
  ASSERT_OK(seeker);
  EXPECT_FALSE(seeker->discoverable);
}

// The portal holds an act back and delivers it, never used and still fresh, after the withdrawal.
TEST_F(WithdrawVsRelease, AnActStatedBeforeTheWithdrawalShowsNobodyAfterIt) {
  const auto show = [&] {
    return service_.Prove(
        *people_[0], service_.Prepare(*people_[0], "discoverable", {{"companies_class", "all"}}));
  };
  const PersonAct held = show();
  service_.clock().AdvanceSeconds(60);
  const PersonAct same_second = show();
  ASSERT_OK(Withdraw(context(), service_.portal(), service_.NextKey(),
                     {service_.Prepare(*people_[0], "withdraw"), {}, ""}));
  for (const PersonAct& act : {held, same_second}) {
    EXPECT_EQ(
        CodeOf(SetDiscoverable(context(), service_.portal(), service_.NextKey(), act).status()),
        ErrorCode::kActStale);
  }
  service_.clock().AdvanceSeconds(1);
  ASSERT_OK(SetDiscoverable(context(), service_.portal(), service_.NextKey(), show()));
  // Nor does it replace what was stated since.
  EXPECT_EQ(
      CodeOf(SetDiscoverable(context(), service_.portal(), service_.NextKey(), held).status()),
      ErrorCode::kActStale);
}

TEST_F(WithdrawVsRelease, AStartByAnUncheckedClockForgetsNoNonceAndNoAnswer) {
  const auto count = [&] {
    std::size_t kept = 0;
    for (const storage::KeyValue& item : ContentOf(service_.data())) {
      kept += item.key.starts_with("nonce/") || item.key.starts_with("idempotency/") ? 1 : 0;
    }
    return kept;
  };
  const std::size_t before = count();
  ASSERT_GT(before, 0u);
  service_.clock().AdvanceSeconds(std::int64_t{10} * 86400);
  service_.set_clock_confirmed(false);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(count(), before);
  service_.set_clock_confirmed(true);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(count(), 0u);
}

TEST_F(WithdrawVsRelease, FiveWrongCodesKillTheCode) {
  const TestPerson& person = *people_[2];
  const std::string statement =
      service_.Prepare(person, "discoverable", {{"companies_class", "all"}});
  PersonAct right = service_.ByCode(person, statement);
  PersonAct wrong = right;
  wrong.code[0] = wrong.code[0] == '9' ? '0' : static_cast<char>(wrong.code[0] + 1);
  const std::size_t before = service_.Entries().size();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(
        CodeOf(SetDiscoverable(context(), service_.portal(), service_.NextKey(), wrong).status()),
        ErrorCode::kProofInvalid);
  }
  EXPECT_EQ(service_.Entries().size(), before + 5) << "each attempt is in the log";
  EXPECT_EQ(
      CodeOf(SetDiscoverable(context(), service_.portal(), service_.NextKey(), right).status()),
      ErrorCode::kProofInvalid);
}

TEST_F(WithdrawVsRelease, FourWrongCodesLeaveTheRightOneGoodEvenAcrossARestart) {
  const TestPerson& person = *people_[2];
  const std::string statement =
      service_.Prepare(person, "discoverable", {{"companies_class", "all"}});
  PersonAct right = service_.ByCode(person, statement);
  PersonAct wrong = right;
  wrong.code[0] = wrong.code[0] == '9' ? '0' : static_cast<char>(wrong.code[0] + 1);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(
        CodeOf(SetDiscoverable(context(), service_.portal(), service_.NextKey(), wrong).status()),
        ErrorCode::kProofInvalid);
    ASSERT_OK(service_.Restart());
  }
  EXPECT_OK(SetDiscoverable(context(), service_.portal(), service_.NextKey(), right));
}

TEST_F(WithdrawVsRelease, ACodeForOneStatementDoesNotProveAnother) {
  const TestPerson& person = *people_[2];
  PersonAct act = service_.ByCode(person, service_.Prepare(person, "read"));
  act.statement = service_.Prepare(person, "erase");
  EXPECT_EQ(CodeOf(RequestErasure(context(), service_.portal(), service_.NextKey(), act).status()),
            ErrorCode::kProofInvalid);
}

TEST_F(WithdrawVsRelease, ASignatureOfAnotherPersonProvesNothing) {
  PersonAct act = service_.Prove(*people_[0], service_.Prepare(*people_[0], "erase"));
  act.signature = service_.BySignature(*people_[1], act.statement).signature;
  EXPECT_EQ(CodeOf(RequestErasure(context(), service_.portal(), service_.NextKey(), act).status()),
            ErrorCode::kProofInvalid);
}

TEST_F(WithdrawVsRelease, AnotherPortalsHandleIsNotFound) {
  const Call other = service_.portal("other-portal");
  EXPECT_EQ(CodeOf(GetSeeker(context(), other, people_[0]->handle).status()), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(PrepareAct(context(), other, "read", people_[0]->handle, {}).status()),
            ErrorCode::kNotFound);
  const PersonAct act = service_.Prove(*people_[0], service_.Prepare(*people_[0], "read"));
  EXPECT_EQ(CodeOf(ReadOwnRecord(context(), other, act).status()), ErrorCode::kNotFound);
}

TEST_F(WithdrawVsRelease, AnotherCompanysCandidateIsNotFound) {
  const TestApplication application = Apply(0);
  service_.AddKey("other-company");
  EXPECT_EQ(CodeOf(Collect(application.candidate, "o", "other-company").status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(ListApplicants(context(), service_.company("other-company"), posting_).status()),
            ErrorCode::kNotFound);
  const auto release = Collect(application.candidate, "o");
  ASSERT_OK(release);
  EXPECT_EQ(CodeOf(ReadPayload(context(), service_.company("other-company"),
                               release->record.release, release->record.items[0].item, 0)
                       .status()),
            ErrorCode::kNotFound);
}

TEST_F(WithdrawVsRelease, APortalCannotGrantForThePerson) {
  const auto invitation = Invited(*people_[0]);
  EXPECT_EQ(CodeOf(AnswerInvitation(context(), service_.portal(), service_.NextKey(),
                                    {GrantStatement(*people_[0], invitation), {}, ""})
                       .status()),
            ErrorCode::kProofRequired);
}

TEST_F(WithdrawVsRelease, RefusingAndWithdrawingNeedNoProof) {
  const auto invitation = Invited(*people_[1]);
  const std::string refusal = service_.Prepare(
      *people_[1], "answer", {{"invitation", invitation.ToString()}, {"decision", "refuse"}});
  EXPECT_OK(AnswerInvitation(context(), service_.portal(), service_.NextKey(), {refusal, {}, ""}));
  EXPECT_OK(service_.WithdrawConsent(Apply(0)));
}

TEST_F(WithdrawVsRelease, WithAnUnconfirmedClockNothingIsGrantedOrReleasedButWithdrawn) {
  const TestApplication application = Apply(0);
  const auto release = Collect(application.candidate, "o");
  ASSERT_OK(release);
  const auto invitation = Invited(*people_[1]);
  service_.set_clock_confirmed(false);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(CodeOf(Collect(application.candidate, "p").status()), ErrorCode::kClockUntrusted);
  EXPECT_EQ(CodeOf(ReadPayload(context(), service_.company(), release->record.release,
                               release->record.items[0].item, 0)
                       .status()),
            ErrorCode::kClockUntrusted);
  const PersonAct grant = service_.Prove(*people_[1], GrantStatement(*people_[1], invitation));
  EXPECT_EQ(
      CodeOf(AnswerInvitation(context(), service_.portal(), service_.NextKey(), grant).status()),
      ErrorCode::kClockUntrusted);
  EXPECT_OK(service_.WithdrawConsent(application));
  ASSERT_OK(
      ConfirmClock(context(), service_.officer(), service_.NextKey(), service_.clock().Now()));
  EXPECT_EQ(CodeOf(Collect(application.candidate, "p").status()), ErrorCode::kConsentWithdrawn);
}

TEST_F(WithdrawVsRelease, AConsentExpiresByTheClock) {
  const TestApplication application = Apply(0);
  ASSERT_OK(Collect(application.candidate, "o"));
  service_.clock().AdvanceSeconds(91 * 86400);
  EXPECT_EQ(CodeOf(Collect(application.candidate, "o").status()), ErrorCode::kConsentExpired);
}

TEST_F(WithdrawVsRelease, AClockSetBackDoesNotReviveAnExpiredConsent) {
  const TestApplication application = Apply(0);
  const UnixSeconds then = service_.clock().Now();
  service_.clock().AdvanceSeconds(91 * 86400);
  ASSERT_OK(service_.pipeline().Anchor());
  EXPECT_EQ(CodeOf(Collect(application.candidate, "o").status()), ErrorCode::kConsentExpired);
  service_.clock().Set(then);
  EXPECT_EQ(CodeOf(Collect(application.candidate, "o").status()), ErrorCode::kConsentExpired);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(CodeOf(Collect(application.candidate, "o").status()), ErrorCode::kConsentExpired);
}

TEST_F(WithdrawVsRelease, AnInvitationAnsweredTooLateIsExpired) {
  const auto invitation = Invited(*people_[0]);
  service_.clock().AdvanceSeconds(15 * 86400);
  const PersonAct grant = service_.Prove(*people_[0], GrantStatement(*people_[0], invitation));
  EXPECT_EQ(
      CodeOf(AnswerInvitation(context(), service_.portal(), service_.NextKey(), grant).status()),
      ErrorCode::kConsentExpired);
}

TEST_F(WithdrawVsRelease, TheSameKeyWithTheSameRequestIsAnsweredFromTheRecord) {
  const RegisterSeekerRequest request{"once",       "ref-x",          SomeProfile(1),
                                      std::nullopt, "x@mail.example", "ko"};
  const auto first = RegisterSeeker(context(), service_.portal(), request);
  const auto again = RegisterSeeker(context(), service_.portal(), request);
  ASSERT_OK(first);
  ASSERT_OK(again);
  EXPECT_EQ(again->handle, first->handle);
  EXPECT_EQ(again->position.sequence, first->position.sequence);
  EXPECT_EQ(again->position.promise, first->position.promise);
}

TEST_F(WithdrawVsRelease, TheSameKeyWithAnotherRequestIsAConflict) {
  RegisterSeekerRequest request{"once",       "ref-x",          SomeProfile(1),
                                std::nullopt, "x@mail.example", "ko"};
  ASSERT_OK(RegisterSeeker(context(), service_.portal(), request));
  request.contact = "y@mail.example";
  EXPECT_EQ(CodeOf(RegisterSeeker(context(), service_.portal(), request).status()),
            ErrorCode::kConflict);
}

TEST_F(WithdrawVsRelease, KeysOfTwoCallersDoNotMeet) {
  const RegisterSeekerRequest request{"once",       "ref-x",          SomeProfile(1),
                                      std::nullopt, "x@mail.example", "ko"};
  const auto first = RegisterSeeker(context(), service_.portal(), request);
  const auto other = RegisterSeeker(context(), service_.portal("other-portal"), request);
  ASSERT_OK(first);
  ASSERT_OK(other);
  EXPECT_NE(other->handle, first->handle);
}

TEST_F(WithdrawVsRelease, ARepeatedWithdrawalIsNoError) {
  const TestApplication application = Apply(0);
  EXPECT_OK(service_.WithdrawConsent(application));
  EXPECT_OK(service_.WithdrawConsent(application));
}

TEST_F(WithdrawVsRelease, AWithdrawalBeforeTheGrantIsAnsweredAtAllWins) {
  // A consent that was withdrawn cannot be granted again by answering the same invitation anew.
  const TestApplication application = Apply(0);
  ASSERT_OK(service_.WithdrawConsent(application));
  const PersonAct again =
      service_.Prove(*people_[0], GrantStatement(*people_[0], application.invitation));
  EXPECT_EQ(
      CodeOf(AnswerInvitation(context(), service_.portal(), service_.NextKey(), again).status()),
      ErrorCode::kConsentWithdrawn);
}

}  // namespace
}  // namespace noren::operations
