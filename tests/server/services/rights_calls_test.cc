// The services "rights" and "retention" as an officer's client sees them.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "server/services/portal_service.h"
#include "server/services/retention_service.h"
#include "server/services/rights_service.h"
#include "tests/server/services/calls_fixture.h"

namespace noren::server {
namespace {

class RightsCalls : public ::testing::Test {
 protected:
  RightsCalls() {
    fixture_.parts().operations.time.Trust();
    wire::RegisterSeekerRequest request;
    request.idempotency = NextKey();
    request.ref = "a";
    request.profile.occupations = {"ISCO-5322"};
    request.profile.regions = {"KR-11440"};
    request.contact = "a@mail.example";
    request.language = "ko";
    wire::RegisterSeekerAnswer answer;
    portal_->register_seeker(answer, request);
    person_ = "first-portal/" + answer.handle;
  }
  wire::ReceiveRight Asked(const std::string& right) const {
    wire::ReceiveRight request;
    request.idempotency = NextKey();
    request.right = right;
    request.requester = "person";
    request.channel = "letter";
    request.person = person_;
    request.text = "an invented sentence";
    return request;
  }
  wire::ReceivedRight Receive(const std::string& right) {
    wire::ReceivedRight answer;
    officer_->receive_right(answer, Asked(right));
    return answer;
  }

  ServiceFixture fixture_;
  Connection<PortalService> portal_{fixture_.parts(), {model::Role::kPortal, "first-portal"}};
  Connection<RightsService> officer_{fixture_.parts(), {model::Role::kOfficer, "privacy"}};
  Connection<RetentionService> keeper_{fixture_.parts(), {model::Role::kOfficer, "privacy"}};
  std::string person_;
};

TEST_F(RightsCalls, ARequestGoesFromReceiptToItsEnd) {
  const wire::ReceivedRight received = Receive("SUSPEND");
  EXPECT_EQ(received.state, "waiting");
  EXPECT_THAT(received.missing, testing::StartsWith("E_IDENTITY"));
  EXPECT_GT(received.audit.sequence, 0);
  wire::IdentifyRight identify;
  identify.idempotency = NextKey();
  identify.request = received.request;
  identify.facts = {"name"};
  wire::ReceivedRight known;
  officer_->identify_requester(known, identify);
  EXPECT_EQ(known.state, "ready");
  wire::DecideRight decide;
  decide.idempotency = NextKey();
  decide.request = received.request;
  decide.outcome = "accepted";
  wire::DecidedRight decided;
  officer_->decide_right(decided, decide);
  EXPECT_EQ(decided.outcome, "accepted");
  wire::Right right;
  officer_->show_right(right, received.request);
  EXPECT_EQ(right.right, "SUSPEND");
  EXPECT_EQ(right.state, "decided");
  EXPECT_EQ(right.text, "an invented sentence");
  EXPECT_TRUE(right.frozen);
  wire::SettleRight settle;
  settle.idempotency = NextKey();
  settle.request = received.request;
  settle.told = true;
  settle.way = "letter";
  settle.resumed = true;
  wire::AuditPosition position;
  officer_->settle_right(position, settle);
  officer_->show_right(right, received.request);
  EXPECT_EQ(right.state, "closed");
  EXPECT_FALSE(right.frozen);
}

TEST_F(RightsCalls, AnswersThatNeedNoDecisionAreReached) {
  wire::StandardAnswer answer;
  EXPECT_EQ(CodeOf([&] { officer_->answer_return_request(answer, NextKey(), 0, "", false); }),
            "E_POLICY_INCOMPLETE");
  EXPECT_EQ(CodeOf([&] { officer_->answer_return_request(answer, NextKey(), 0, "fr", false); }),
            "BAD_REQUEST");
  wire::AskOwner ask;
  ask.idempotency = NextKey();
  ask.request = Receive("ACCESS").request;
  ask.owner = "client 7";
  EXPECT_EQ(CodeOf([&] { officer_->ask_owner(answer, ask); }), "E_POLICY_INCOMPLETE");
  wire::OwnerAnswer said;
  said.idempotency = NextKey();
  said.request = "request-1";
  said.document = "letter 1";
  wire::AuditPosition position;
  EXPECT_EQ(CodeOf([&] { officer_->record_owner_answer(position, said); }), "BAD_REQUEST");
  std::vector<wire::FoundRegistration> found;
  officer_->find_registrations(found, "1990-01");
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(CodeOf([&] { officer_->find_registrations(found, "some day"); }), "BAD_REQUEST");
  wire::SealAnswer seal;
  seal.request = ask.request;
  seal.address = "a@mail.example";
  wire::SealedAnswer sealed;
  EXPECT_EQ(CodeOf([&] { officer_->seal_right_answer(sealed, seal); }), "STATE_CONFLICT");
}

TEST_F(RightsCalls, ListsArePagedAndFiltered) {
  for (int i = 0; i < 3; ++i) Receive("ACCESS");
  wire::PageRequest page;
  page.limit = 2;
  wire::RightPage first;
  officer_->list_rights(first, "open", page);
  EXPECT_EQ(first.rights.size(), 2u);
  ASSERT_FALSE(first.next_cursor.empty());
  page.cursor = first.next_cursor;
  wire::RightPage second;
  officer_->list_rights(second, "open", page);
  EXPECT_EQ(second.rights.size(), 1u);
  EXPECT_TRUE(second.next_cursor.empty());
  EXPECT_EQ(CodeOf([&] { officer_->list_rights(second, "all", page); }), "BAD_REQUEST")
      << "a cursor holds for its own filter";
}

TEST_F(RightsCalls, WhatIsMalformedIsRefusedWithItsField) {
  wire::ReceivedRight answer;
  wire::Right right;
  wire::ReceiveRight request = Asked("EVERYTHING");
  EXPECT_EQ(CodeOf([&] { officer_->receive_right(answer, request); }), "BAD_REQUEST");
  request = Asked("ACCESS");
  request.requester = "cousin";
  EXPECT_EQ(CodeOf([&] { officer_->receive_right(answer, request); }), "BAD_REQUEST");
  request = Asked("ACCESS");
  request.items = {"item-1"};
  EXPECT_EQ(CodeOf([&] { officer_->receive_right(answer, request); }), "BAD_REQUEST");
  request = Asked("ACCESS");
  request.channel.clear();
  EXPECT_EQ(CodeOf([&] { officer_->receive_right(answer, request); }), "MISSING_FIELD");
  EXPECT_EQ(CodeOf([&] { officer_->show_right(right, "request-1"); }), "BAD_REQUEST");
  EXPECT_EQ(CodeOf([&] { officer_->show_right(right, "request-" + std::string(32, 'a')); }),
            "NOT_FOUND");
  wire::DecideRight decide;
  decide.idempotency = NextKey();
  decide.request = "request-" + std::string(32, 'a');
  decide.outcome = "maybe";
  wire::DecidedRight decided;
  EXPECT_EQ(CodeOf([&] { officer_->decide_right(decided, decide); }), "BAD_REQUEST");
}

TEST_F(RightsCalls, RetentionAnswersAnOfficer) {
  wire::RetentionPage page;
  keeper_->list_retention(page, "all", "", "", {});
  EXPECT_TRUE(page.rows.empty()) << "the example policy states no periods";
  EXPECT_EQ(CodeOf([&] { keeper_->list_retention(page, "some", "", "", {}); }), "BAD_REQUEST");
  EXPECT_EQ(CodeOf([&] { keeper_->list_retention(page, "all", "May", "", {}); }), "BAD_REQUEST");
  wire::NoteRetention note;
  note.idempotency = NextKey();
  note.person = person_;
  note.__set_graduation_year(2027);
  wire::AuditPosition position;
  keeper_->note_retention(position, note);
  wire::RetentionRun run;
  keeper_->run_retention(run);
  EXPECT_EQ(run.notices, 0);
  wire::PlanRetention plan;
  plan.idempotency = NextKey();
  plan.reason = "the period is over";
  wire::DestructionPlan planned;
  EXPECT_EQ(CodeOf([&] { keeper_->plan_retention(planned, plan); }), "NOT_FOUND");
}

}  // namespace
}  // namespace noren::server
