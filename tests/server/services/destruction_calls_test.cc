// Destruction by plan and legal holds as they are on the wire: one officer plans, another approves,
// and the receipt and its bundle come back; a held copy is read with a reason.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "crypto/agefile/recipient.h"
#include "crypto/primitives/hash.h"
#include "engine/model/canonical_json.h"
#include "engine/personal_data/destruction_statement.h"
#include "server/services/destruction_service.h"
#include "server/services/portal_service.h"
#include "tests/server/services/calls_fixture.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class DestructionCalls : public ::testing::Test {
 protected:
  DestructionCalls() {
    fixture_.parts().operations.time.Trust();
    wire::RegisterSeekerRequest request;
    request.idempotency = NextKey();
    request.ref = "a";
    request.profile.occupations = {"ISCO-5322"};
    request.profile.regions = {"KR-11440"};
    request.contact = "a@mail.example";
    request.language = "ja";
    wire::RegisterSeekerAnswer answer;
    portal_->register_seeker(answer, request);
    handle_ = answer.handle;
    item_ = PutItem("name", "an invented name");
  }
  std::string Person() const { return "first-portal/" + handle_; }
  std::string PutItem(const std::string& kind, const std::string& content) {
    wire::BeginItemRequest begin;
    begin.idempotency = NextKey();
    begin.handle = handle_;
    begin.kind = kind;
    begin.media_type = "text/plain";
    begin.name = "a file";
    std::string upload;
    portal_->begin_item(upload, begin);
    portal_->append_item(upload, 0, content);
    wire::FinishItemRequest finish;
    finish.idempotency = NextKey();
    finish.upload = upload;
    finish.size_bytes = static_cast<std::int64_t>(content.size());
    finish.sha256 = AsText(primitives::Sha256(AsBytes(content)));
    wire::ItemAnswer answer;
    portal_->finish_item(answer, finish);
    return answer.item;
  }
  wire::DestructionPlan Plan(bool dry_run = false) {
    wire::PlanDestruction request;
    request.idempotency = NextKey();
    request.rule.level = "people";
    request.rule.people = {Person()};
    request.reason = "retention period is over";
    request.dry_run = dry_run;
    wire::DestructionPlan plan;
    planner_->plan_destruction(plan, request);
    return plan;
  }
  static wire::ApproveDestruction Approval(const wire::DestructionPlan& plan) {
    wire::ApproveDestruction request;
    request.idempotency = NextKey();
    request.plan = plan.plan;
    request.digest = plan.digest;
    return request;
  }
  wire::PlacedHold Hold() {
    wire::PlaceHold request;
    request.idempotency = NextKey();
    request.person = Person();
    request.kinds = {"name"};
    request.held_until = fixture_.parts().operations.time.Now().value + 86400;
    request.authority = "Act 11, article 7";
    request.reason = "the court asked";
    wire::PlacedHold hold;
    planner_->place_hold(hold, request);
    return hold;
  }

  using Officer = Connection<DestructionService>;
  ServiceFixture fixture_;
  SeededRandom random_{7};
  Connection<PortalService> portal_{fixture_.parts(), {model::Role::kPortal, "first-portal"}};
  Officer planner_{fixture_.parts(), {model::Role::kOfficer, "planner"}};
  Officer approver_{fixture_.parts(), {model::Role::kOfficer, "approver"}};
  std::string handle_, item_;
};

TEST_F(DestructionCalls, ADryRunCountsAndHasNoPlan) {
  const auto counted = Plan(/*dry_run=*/true);
  EXPECT_EQ(counted.plan, "");
  EXPECT_EQ(counted.people, 1);
  EXPECT_EQ(counted.items, 1);
  wire::PlanPage page;
  planner_->list_plans(page, {});
  EXPECT_THAT(page.plans, SizeIs(0));
}

TEST_F(DestructionCalls, IsPlannedByOneApprovedByAnotherAndEndsWithAReceipt) {
  const auto plan = Plan();
  EXPECT_EQ(plan.state, "planned");
  wire::ExecutionProgress progress;
  EXPECT_EQ(CodeOf([&] { planner_->execute_destruction(progress, plan.plan); }),
            "APPROVAL_REQUIRED");
  wire::AuditPosition position;
  EXPECT_EQ(CodeOf([&] { planner_->approve_destruction(position, Approval(plan)); }),
            "APPROVAL_REQUIRED");
  EXPECT_EQ(CodeOf([&] { approver_->approve_destruction(position, Approval(plan)); }), "OK");
  wire::DestructionPlan shown;
  planner_->show_plan(shown, plan.plan);
  EXPECT_EQ(shown.state, "approved");
  EXPECT_EQ(shown.approver, "approver");
  planner_->execute_destruction(progress, plan.plan);
  ASSERT_TRUE(progress.__isset.receipt);
  const wire::DestructionReceipt& receipt = progress.receipt;
  const auto read = personal_data::VerifyRunReceipt(receipt.text, AsBytes(receipt.signature),
                                                    AsBytes(receipt.public_key));
  ASSERT_OK(read);
  EXPECT_EQ(read->totals.people, 1u);
  EXPECT_EQ(read->planned_by, planner_.request.key);
  EXPECT_EQ(read->approved_by, approver_.request.key);
  wire::ReceiptPage page;
  planner_->list_destruction_receipts(page, {});
  ASSERT_THAT(page.receipts, SizeIs(1));
  EXPECT_EQ(page.receipts[0].text, receipt.text);
  std::string bundle;
  planner_->destruction_receipt_bundle(bundle, receipt.receipt);
  EXPECT_OK(model::ParseJson(bundle));
  EXPECT_THAT(bundle, HasSubstr(receipt.receipt));
  EXPECT_EQ(CodeOf([&] {
              wire::DestructionReceipt none;
              planner_->destruction_receipt_bundle(bundle, "receipt-" + std::string(32, 'a'));
            }),
            "NOT_FOUND");
}

TEST_F(DestructionCalls, WithoutAKeyThatIsKnownNobodyApproves) {
  const auto plan = Plan();
  Officer unknown(fixture_.parts(), {model::Role::kOfficer, "third"});
  unknown.request.key = {};
  wire::AuditPosition position;
  EXPECT_EQ(CodeOf([&] { unknown->approve_destruction(position, Approval(plan)); }),
            "APPROVAL_REQUIRED");
}

TEST_F(DestructionCalls, RefusesMalformedRequestsInOneWay) {
  wire::PlanDestruction request;
  request.idempotency = NextKey();
  request.reason = "retention period is over";
  wire::DestructionPlan plan;
  const auto refused = [&] { return CodeOf([&] { planner_->plan_destruction(plan, request); }); };
  request.rule.level = "everything";
  EXPECT_EQ(refused(), "BAD_REQUEST");
  request.rule.level = "people";
  EXPECT_EQ(refused(), "BAD_REQUEST") << "selects nothing";
  request.rule.people = {"no slash"};
  EXPECT_EQ(refused(), "BAD_REQUEST");
  request.rule.people = {Person()};
  request.rule.__set_idle_since(1);
  EXPECT_EQ(refused(), "BAD_REQUEST") << "two ways to select";
  wire::ExecutionProgress progress;
  EXPECT_EQ(CodeOf([&] { planner_->execute_destruction(progress, "plan-"); }), "BAD_REQUEST");
}

TEST_F(DestructionCalls, AHoldKeepsItsCopyAndIsReadWithAReason) {
  const auto hold = Hold();
  const auto plan = Plan();
  EXPECT_EQ(plan.held_people, 1);
  wire::AuditPosition position;
  approver_->approve_destruction(position, Approval(plan));
  wire::ExecutionProgress progress;
  planner_->execute_destruction(progress, plan.plan);
  wire::HoldPage page;
  planner_->list_holds(page, {});
  ASSERT_THAT(page.holds, SizeIs(1));
  ASSERT_THAT(page.holds[0].items, SizeIs(1));
  EXPECT_EQ(page.holds[0].items[0].custody, "operator");
  EXPECT_FALSE(page.holds[0].due);
  std::string payload;
  EXPECT_EQ(CodeOf([&] { planner_->read_held(payload, hold.hold, item_, 0); }), "REASON_REQUIRED");
  wire::OpenHeld open;
  open.hold = hold.hold;
  open.item = item_;
  open.recipient = agefile::Identity::Generate(random_).recipient().ToString();
  open.reason = "asked by the court";
  wire::OpenedHeld opened;
  planner_->open_held(opened, open);
  EXPECT_EQ(opened.custody, "operator");
  planner_->read_held(payload, hold.hold, item_, 0);
  EXPECT_EQ(static_cast<std::int64_t>(payload.size()), opened.payload_size_bytes);
  EXPECT_EQ(CodeOf([&] { planner_->read_held(payload, hold.hold, item_, -1); }), "BAD_REQUEST");
  EXPECT_EQ(CodeOf([&] { approver_->read_held(payload, hold.hold, item_, 0); }), "REASON_REQUIRED");
  planner_->release_hold(position, NextKey(), hold.hold, "the case is closed");
  planner_->list_holds(page, {});
  EXPECT_TRUE(page.holds.back().due);
}

}  // namespace
}  // namespace noren::server
