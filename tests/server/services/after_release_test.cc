// What follows a release, through the services: what is refused before anything is looked up, and
// what an empty service answers.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/services/company_service.h"
#include "server/services/officer_service.h"
#include "server/services/portal_service.h"
#include "tests/server/services/service_fixture.h"

namespace noren::server {
namespace {

constexpr const char* kSomeone = "candidate-81818181818181818181818181818181";
constexpr const char* kSomething = "posting-33333333333333333333333333333333";

class AfterReleaseServices : public ::testing::Test {
 protected:
  struct RequestOf : RequestContext {
    explicit RequestOf(model::Role role) {
      principal = {role, "somebody"};
      deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    }
  };
  // "CODE field" of what the call throws; "" when it answers.
  template <typename Function>
  std::string Refusal(Function function) {
    try {
      function();
      return "";
    } catch (const wire::ServiceError& error) {
      return error.code + " " + error.field;
    }
  }
  wire::Idempotency Key() {
    wire::Idempotency key;
    key.key = "key-" + std::to_string(++keys_);
    return key;
  }
  int keys_ = 0;
  ServiceFixture fixture_;
};

TEST_F(AfterReleaseServices, ADownloadWithoutAReasonOfTheListIsRefused) {
  const RequestOf request(model::Role::kCompany);
  CompanyService service(fixture_.parts(), request);
  wire::CollectRequest collect;
  collect.idempotency = Key();
  collect.candidate = kSomeone;
  collect.order_key = "o";
  collect.reason = "first interview";
  wire::Release release;
  const auto call = [&] { service.collect_release(release, collect); };
  EXPECT_EQ(Refusal(call), "REASON_REQUIRED reason_code");
  collect.__set_reason_code("curiosity");
  EXPECT_EQ(Refusal(call), "REASON_REQUIRED reason_code");
  collect.__set_reason_code("interview");
  EXPECT_EQ(Refusal(call), "NOT_FOUND ");
}

TEST_F(AfterReleaseServices, AnInvitationWithoutAHumanIsRefusedBeforeThePostingIsLookedUp) {
  const RequestOf request(model::Role::kCompany);
  CompanyService service(fixture_.parts(), request);
  wire::InviteRequest invite;
  invite.idempotency = Key();
  invite.posting = kSomething;
  invite.card = "card";
  invite.how_many = 1;
  invite.item_kinds = {"resume"};
  invite.purpose = "application_screening";
  invite.decided_by = "Kim Minji";
  wire::AuditPosition answer;
  EXPECT_EQ(Refusal([&] { service.invite(answer, invite); }), "HUMAN_REQUIRED ");
  wire::SignedStatement decision;
  decision.statement = "{}";
  invite.__set_decision(decision);
  EXPECT_EQ(Refusal([&] { service.invite(answer, invite); }), "NOT_FOUND ");
}

TEST_F(AfterReleaseServices, ListingsOfAnEmptyServiceAreEmpty) {
  const RequestOf company(model::Role::kCompany);
  const RequestOf officer(model::Role::kOfficer);
  CompanyService of_company(fixture_.parts(), company);
  OfficerService of_officer(fixture_.parts(), officer);
  wire::DutyPage duties;
  of_company.list_duties(duties, false, {});
  EXPECT_TRUE(duties.duties.empty() && duties.next_cursor.empty());
  wire::QuestionPage questions;
  of_officer.list_questions(questions, {});
  EXPECT_TRUE(questions.questions.empty());
  wire::ProvisionPage provisions;
  of_officer.list_provisions(provisions, 0, 1, "ja", {});
  EXPECT_TRUE(provisions.provisions.empty() && provisions.next_cursor.empty());
  EXPECT_FALSE(provisions.operator_name.empty());
  wire::EventPage events;
  of_company.read_events(events, 0, 10);
  EXPECT_TRUE(events.events.empty());
  EXPECT_FALSE(events.more);
}

TEST_F(AfterReleaseServices, ArgumentsAreRefusedWithTheirField) {
  const RequestOf officer(model::Role::kOfficer);
  const RequestOf portal(model::Role::kPortal);
  const RequestOf company(model::Role::kCompany);
  OfficerService of_officer(fixture_.parts(), officer);
  PortalService of_portal(fixture_.parts(), portal);
  CompanyService of_company(fixture_.parts(), company);
  wire::ProvisionPage provisions;
  wire::EventPage events;
  wire::AuditPosition answer;
  wire::Signer signer;
  signer.name = "Kim";
  signer.role = "recruiter";
  signer.public_key = "short";
  wire::QuestionAnswer question;
  question.idempotency = Key();
  question.question = "question-41414141414141414141414141414141";
  question.outcome = "perhaps";
  EXPECT_EQ(Refusal([&] { of_officer.list_provisions(provisions, 0, 1, "fr", {}); }),
            "BAD_REQUEST language");
  EXPECT_EQ(Refusal([&] { of_officer.list_provisions(provisions, 2, 1, "ko", {}); }),
            "BAD_REQUEST from_time");
  EXPECT_EQ(Refusal([&] { of_officer.answer_question(answer, question); }), "BAD_REQUEST outcome");
  EXPECT_EQ(Refusal([&] { of_portal.read_events(events, -1, 10); }), "BAD_REQUEST after");
  EXPECT_EQ(Refusal([&] { of_portal.read_events(events, 0, 201); }), "BAD_REQUEST limit");
  EXPECT_EQ(Refusal([&] { of_portal.acknowledge_events(answer, Key(), 0); }),
            "OUT_OF_RANGE position");
  EXPECT_EQ(Refusal([&] { of_company.add_signer(answer, Key(), signer); }),
            "BAD_REQUEST signer.public_key");
}

}  // namespace
}  // namespace noren::server
