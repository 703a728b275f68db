// The same calls under the policies of five operators: what each of them takes, ranks, asks for and
// hands over, through the operations and into the log.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "engine/audit/operation.h"
#include "engine/operations/people.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_seeker.h"
#include "engine/policy/decisions.h"
#include "engine/policy/notice.h"
#include "engine/policy/statement_notice.h"
#include "tests/engine/operations/operator_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::ItemKind;
using testing::Contains;
using testing::HasSubstr;

constexpr ErrorCode kYes = ErrorCode::kNone;

// What one operator answers, and one clause of each answer.
struct Answers {
  std::string name;
  ErrorCode resume, certificate, address, rank_people, rank_postings, release;
  std::string resume_clause, rank_clause, release_clause;
};
std::ostream& operator<<(std::ostream& out, const Answers& answers) { return out << answers.name; }

class FiveOperators : public OperatorTest, public testing::WithParamInterface<Answers> {};

TEST_P(FiveOperators, TakeWhatTheyDeclare) {
  Use(GetParam().name);
  const auto person = service_.Register(1);
  EXPECT_EQ(CodeOf(Take(*person, ItemKind::kResume)), GetParam().resume);
  EXPECT_EQ(CodeOf(Take(*person, ItemKind::kCertificate)), GetParam().certificate);
  EXPECT_EQ(CodeOf(Take(*person, ItemKind::kAddress)), GetParam().address);
  const bool has_notes = GetParam().name == "kyodo-kanagawa";  // of consultations
  const ErrorCode other = CodeOf(Take(*person, ItemKind::kOtherDocument));
  // Only as answers to the form of a company.
  const bool has_forms = GetParam().name == "mapo";
  const ErrorCode refused = has_forms ? ErrorCode::kItemUndeclared : ErrorCode::kNoFile;
  EXPECT_EQ(other, has_notes ? ErrorCode::kNone : refused);
  if (has_notes) return;
  EXPECT_EQ(LastRefusal().outcome, refused);
  EXPECT_EQ(LastRefusal().policy, context().policy.digest);
}

TEST_P(FiveOperators, RankForThePurposesTheyDeclare) {
  Use(GetParam().name);
  const auto person = service_.Register(1);
  const model::PostingId posting = service_.RegisterPosting();
  const Status people = RankCandidates(context(), service_.portal(), posting, 5).status();
  EXPECT_EQ(CodeOf(people), GetParam().rank_people);
  EXPECT_THAT(service_.Entries().back().clause_ids, Contains(GetParam().rank_clause));
  // A person who is not shown to anybody is not in the market yet: that refusal is another.
  if (GetParam().rank_postings == kYes) service_.BecomeDiscoverable(*person);
  EXPECT_EQ(CodeOf(RankPostings(context(), service_.portal(), person->handle, 5).status()),
            GetParam().rank_postings);
}

TEST_P(FiveOperators, ReleaseToTheCompanyAppliedTo) {
  Use(GetParam().name);
  if (GetParam().release != kYes) {
    const model::PostingId posting = service_.RegisterPosting();
    InviteRequest request{service_.NextKey(),
                          posting,
                          "card",
                          1,
                          {ItemKind::kResume},
                          model::Purpose::kApplicationScreening};
    const Status refusal =
        InviteCandidates(context(), service_.company(), service_.Decided(request)).status();
    EXPECT_EQ(CodeOf(refusal), GetParam().release);
    EXPECT_THAT(LastRefusal().clause_ids, Contains(GetParam().release_clause));
    return;
  }
  const TestApplication application = Apply();
  ASSERT_OK(Collect(application));
  const audit::AuditEntry released = service_.Entries().back();
  EXPECT_EQ(released.operation, audit::Operation::kCollectRelease);
  EXPECT_THAT(released.clause_ids, Contains(GetParam().release_clause));
  EXPECT_EQ(released.policy, context().policy.digest);
  EXPECT_LE(released.clause_ids.size(), audit::kMaxClauses);
  EXPECT_OK(service_.VerifyExportedLog());
}

INSTANTIATE_TEST_SUITE_P(
    Operators, FiveOperators,
    testing::Values(
        Answers{"mapo", kYes, kYes, ErrorCode::kItemUndeclared, kYes, kYes, kYes, "M-9", "M-9",
                "M-22"},
        Answers{"gojobs", ErrorCode::kNoFile, ErrorCode::kNoFile, ErrorCode::kItemUndeclared,
                ErrorCode::kPurposeUndeclared, ErrorCode::kPurposeUndeclared,
                ErrorCode::kNoProvisionDeclared, "G-6", "G-11", "G-25"},
        Answers{"sapporo-ui", kYes, ErrorCode::kNoFile, kYes, ErrorCode::kPurposeUndeclared, kYes,
                kYes, "S-17", "S-7", "S-19"},
        Answers{"kyodo-kanagawa", kYes, kYes, kYes, kYes, kYes, kYes, "K-3", "K-6", "K-20"},
        Answers{"openup-it", kYes, kYes, kYes, kYes, kYes, kYes, "O-21", "O-21", "O-32"}),
    [](const auto& each) {
      std::string name = each.param.name;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

// S-19: the text would let companies have everything on the notice alone.
TEST_F(OperatorTest, OfSapporoAsksForEachApplicationAndTheNoticeSaysSo) {
  Use("sapporo-ui");
  const TestApplication application = Apply();
  const model::PostingId another = service_.RegisterPosting("tanpopo-foods");
  ASSERT_OK(Collect(application));
  // Consent to the one company's posting is none to another's.
  EXPECT_EQ(CodeOf(Collect(application, "tanpopo-foods").status()), ErrorCode::kNotFound);
  (void)another;
  ASSERT_OK(service_.WithdrawConsent(application));
  EXPECT_EQ(CodeOf(Collect(application).status()), ErrorCode::kConsentWithdrawn);
  const auto page = policy::RenderStatement(context().policy, model::Language::kEnglish);
  ASSERT_OK(page);
  EXPECT_THAT(*page, HasSubstr("this service asks for consent to each application"));
}

// S-1, O-18.
TEST_F(OperatorTest, OfSapporoRegistersNobodyWhoHasNotConfirmedTheNotice) {
  Use("sapporo-ui");
  RegisterSeekerRequest request{service_.NextKey(), "ref-1",          SomeProfile(1),
                                std::nullopt,       "a@mail.example", "ja"};
  const auto register_with = [&](std::optional<Hash256> notice) {
    request.idempotency_key = service_.NextKey();
    request.notice = notice;
    return CodeOf(RegisterSeeker(context(), service_.portal(), request).status());
  };
  EXPECT_EQ(register_with(std::nullopt), ErrorCode::kNoAcknowledgement);
  EXPECT_THAT(LastRefusal().clause_ids, Contains("S-1"));
  EXPECT_EQ(register_with(Hash256{1}), ErrorCode::kNoAcknowledgement);
  EXPECT_EQ(register_with(PublicNoticeOf(context().policy)), kYes);
}

TEST_F(OperatorTest, OfGojobsRegistersAChildWithTheRepresentativesConsent) {
  Use("gojobs");
  RegisterSeekerRequest request{service_.NextKey(), "ref-1",          SomeProfile(1),
                                std::nullopt,       "a@mail.example", "ko"};
  request.agrees = true;
  request.is_child = true;
  EXPECT_EQ(CodeOf(RegisterSeeker(context(), service_.portal(), request).status()),
            ErrorCode::kMinor);
  EXPECT_THAT(LastRefusal().clause_ids, Contains("G-52"));
  request.guardian_agrees = true;
  request.idempotency_key = service_.NextKey();
  const auto registered = RegisterSeeker(context(), service_.portal(), request);
  ASSERT_OK(registered);
  const auto person = LoadPersonByHandle(context(), "first-portal", registered->handle);
  ASSERT_OK(person);
  EXPECT_TRUE(person->record.stated.child);
}

// O-19 to O-26: a kind of person the notice knows, and what it may be used for.
TEST_F(OperatorTest, OfOpenupKnowsItsKindsOfPeople) {
  Use("openup-it");
  const auto registered = [&](const std::string& subject) {
    RegisterSeekerRequest request{service_.NextKey(), "ref-" + subject, SomeProfile(1),
                                  std::nullopt,       "a@mail.example", "ja"};
    request.subject = subject;
    request.notice = PublicNoticeOf(context().policy);
    return RegisterSeeker(context(), service_.portal(), request);
  };
  EXPECT_EQ(CodeOf(registered("passer_by").status()), ErrorCode::kNoFile);
  // No file of such people is declared.
  EXPECT_EQ(CodeOf(registered("cctv").status()), ErrorCode::kNoFile);
  const auto applicant = registered("applicant");
  ASSERT_OK(applicant);
  const auto person = LoadPersonByHandle(context(), "first-portal", applicant->handle);
  ASSERT_OK(person);
  EXPECT_EQ(person->record.stated.subject, "applicant");
}

// K-18, K-19 through an upload.
TEST_F(OperatorTest, OfKyodoTakesSpecialCareAfterExplanationAndConsentAndNeverWhatIsBanned) {
  Use("kyodo-kanagawa");
  const auto person = service_.Register(1);
  const auto take = [&](const TakenHow& how) {
    return CodeOf(BeginItem(context(), service_.portal(),
                            {service_.NextKey(), person->handle, ItemKind::kCertificate,
                             "application/pdf", "document.pdf", std::nullopt, how})
                      .status());
  };
  const UnixSeconds now = context().time.Now();
  const UnixSeconds hour_ago{now.value - 3600}, minute_ago{now.value - 60};
  EXPECT_EQ(take({"病歴", {}, {}, true}), ErrorCode::kSpecialCareUnexplained);
  EXPECT_EQ(take({"病歴", hour_ago, {}, true}), ErrorCode::kSpecialCareUnconsented);
  EXPECT_THAT(LastRefusal().clause_ids, Contains("K-19"));
  EXPECT_EQ(take({"病歴", hour_ago, minute_ago, true}), kYes);
  EXPECT_EQ(take({"本籍", hour_ago, minute_ago, true}), ErrorCode::kBannedCategory);
  EXPECT_EQ(take({"", {}, {}, false}), ErrorCode::kConsentAnew);
  EXPECT_EQ(take({"", {}, minute_ago, false}), kYes);
}

// M-5, M-9: a contact at a company is a member, too, and in no ranking.
TEST_F(OperatorTest, OfMapoRanksNoMembersOfCompanies) {
  Use("mapo");
  const auto person = service_.Register(1);
  RegisterSeekerRequest request{service_.NextKey(), "ref-company",        SomeProfile(2),
                                std::nullopt,       "hr@company.example", "ko"};
  request.subject = "company";
  const auto member = RegisterSeeker(context(), service_.portal(), request);
  ASSERT_OK(member);
  const auto ranking = RankCandidates(context(), service_.portal(), service_.RegisterPosting(), 10);
  ASSERT_OK(ranking);
  ASSERT_EQ(ranking->best.size(), 1U);
  EXPECT_EQ(ranking->best[0].handle, person->handle);
  EXPECT_EQ(CodeOf(RankPostings(context(), service_.portal(), member->handle, 5).status()),
            ErrorCode::kPurposeUndeclared);
  TestPerson of_company{"ref-company", "hr@company.example", std::nullopt, member->handle};
  EXPECT_EQ(CodeOf(Take(of_company, ItemKind::kResume)), ErrorCode::kNoFile);
  const std::string statement =
      service_.Prepare(of_company, "discoverable", {{"companies_class", "all"}});
  EXPECT_EQ(CodeOf(SetDiscoverable(context(), service_.portal(), service_.NextKey(),
                                   service_.Prove(of_company, statement))
                       .status()),
            ErrorCode::kPurposeUndeclared);
}

class NextVersion : public OperatorTest {
 protected:
  // The example with one thing changed, as its next version.
  void UseChanged(const std::string& from, const std::string& to) {
    std::string text = model::ReadSourceFile("datasets/policies/example.toml");
    const auto replace = [&](const std::string& a, const std::string& b) {
      const std::size_t at = text.find(a);
      ASSERT_NE(at, std::string::npos) << a;
      text.replace(at, a.size(), b);
    };
    replace("version = \"2026-1\"", "version = \"2026-2\"");
    replace(from, to);
    auto loaded = policy::ParsePolicy(text);
    ASSERT_OK(loaded);
    next_ = std::make_unique<policy::Policy>(std::move(*loaded));
    UsePolicy(*next_);
  }
  std::unique_ptr<policy::Policy> next_;
};

TEST_F(NextVersion, LeavesAConsentAliveWhenNothingItRestsOnHasChanged) {
  Use("example");
  const TestApplication application = Apply();
  UseChanged("countries = [\"KR\"]", "countries = [\"KR\", \"JP\"]");
  EXPECT_OK(Collect(application));
}

TEST_F(NextVersion, AsksAnewWhenAnItemOfTheRecipientHasChanged) {
  Use("example");
  const TestApplication application = Apply();
  UseChanged("\"그 밖의 지원 서류\"]\nmeans", "\"그 밖의 지원 서류\", \"건강 정보\"]\nmeans");
  const Status refusal = Collect(application).status();
  EXPECT_EQ(CodeOf(refusal), ErrorCode::kConsentAnew);
  EXPECT_THAT(policy::ClausesOf(refusal), Contains("B-12"));
  // Back under the version that was agreed to, the consent is what it was.
  Use("example");
  EXPECT_OK(Collect(application));
}

TEST_F(NextVersion, TakesNoYesToAnInvitationThatSaysWhatDoesNotHold) {
  Use("example");
  keys_.push_back(service_.AddKey());
  for (int i = 0; i < 6; ++i) {
    people_.push_back(service_.Register(i));
    service_.PutItem(*people_.back(), ItemKind::kResume, SomeBytes(7, 900));
    service_.BecomeDiscoverable(*people_.back());
  }
  const model::PostingId posting = service_.RegisterPosting();
  service_.InviteAll(posting);
  UseChanged("retention = \"P90D\"", "retention = \"P120D\"");
  TestPerson& person = *people_.front();
  const auto record = ReadOwnRecord(context(), service_.portal(),
                                    service_.Prove(person, service_.Prepare(person, "read")));
  ASSERT_OK(record);
  ASSERT_FALSE(record->invitations.empty());
  const std::string statement =
      service_.Prepare(person, "answer",
                       {{"invitation", record->invitations[0].invitation.invitation.ToString()},
                        {"decision", "grant"}});
  EXPECT_EQ(CodeOf(AnswerInvitation(context(), service_.portal(), service_.NextKey(),
                                    service_.Prove(person, statement))
                       .status()),
            ErrorCode::kConsentAnew);
}

TEST_F(NextVersion, TheNoticeOfAReleaseEndsWithTheDigestOfThePublicNotice) {
  Use("example");
  const TestApplication application = Apply();
  const TestPerson& person = *application.person;
  const auto record = ReadOwnRecord(context(), service_.portal(),
                                    service_.Prove(person, service_.Prepare(person, "read")));
  ASSERT_OK(record);
  const std::string digest = HexEncode(policy::PublicNoticeDigest(context().policy));
  EXPECT_THAT(record->invitations.at(0).invitation.notice,
              testing::EndsWith("Public notice: sha256:" + digest + "\n"));
}

TEST_F(NextVersion, ThatStatesNothingTakesAndHandsOverNothing) {
  Use("example");
  const TestApplication application = Apply();
  std::string text = model::ReadSourceFile("datasets/policies/example.toml");
  auto silent = policy::ParsePolicy(text.substr(0, text.find("\n[stated]\n") + 1));
  ASSERT_OK(silent);
  UsePolicy(*silent);
  EXPECT_EQ(CodeOf(Take(*application.person, ItemKind::kResume)), ErrorCode::kPolicyIncomplete);
  EXPECT_EQ(CodeOf(Collect(application).status()), ErrorCode::kPolicyIncomplete);
  const auto applicants = ListApplicants(context(), service_.company(), application.posting);
  ASSERT_OK(applicants);
  EXPECT_TRUE(applicants->empty());
  EXPECT_EQ(CodeOf(ExplainCandidate(context(), service_.company(), application.candidate).status()),
            ErrorCode::kPolicyIncomplete);
  RegisterSeekerRequest request{service_.NextKey(), "ref-9",          SomeProfile(1),
                                std::nullopt,       "z@mail.example", "ko"};
  EXPECT_EQ(CodeOf(RegisterSeeker(context(), service_.portal(), request).status()),
            ErrorCode::kPolicyIncomplete);
  // What narrows is always possible.
  EXPECT_OK(service_.WithdrawConsent(application));
  service_.Stop();
}

}  // namespace
}  // namespace noren::operations
