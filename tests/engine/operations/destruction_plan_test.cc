// Planning, approving and executing destructions: what is selected, who may, what goes and what
// stays, and the receipt.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/operations/put_item.h"
#include "engine/operations/withdrawals.h"
#include "tests/engine/operations/destruction_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

TEST(DestructionPlan, DryRunCountsAndStoresNothing) {
  DestructionScene scene;
  const std::size_t before = ContentOf(scene.service.data()).size();
  const auto counted = DryRunDestruction(scene.context(), scene.service.officer(),
                                         {"", scene.People({0, 2, 4}), "retention period is over"});
  ASSERT_OK(counted);
  EXPECT_EQ(counted->plan.counts, (DestructionCounts{3, 6, 0, 0}));
  EXPECT_EQ(ContentOf(scene.service.data()).size(), before);
}

TEST(DestructionPlan, OfPeopleDestroysThemAndNobodyElse) {
  DestructionScene scene;
  const auto receipt = scene.Destroy(scene.People({0, 3}));
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals, (personal_data::DestructionTotals{2, 4, 0, 0}));
  EXPECT_EQ(receipt->level, "people");
  EXPECT_GT(receipt->generation_after, receipt->generation_before);
  for (const std::size_t i : {0U, 3U}) EXPECT_EQ(scene.StateOf(i), ErrorCode::kNotFound);
  for (const std::size_t i : {1U, 2U, 4U, 5U}) EXPECT_EQ(scene.ItemsOf(i), 2u);
  EXPECT_EQ(CodeOf(scene.Collect(scene.first).status()), ErrorCode::kNotFound);
  EXPECT_OK(scene.Collect(scene.second));
  const auto told = ListWithdrawals(scene.context(), scene.service.company());
  ASSERT_OK(told);
  EXPECT_EQ(told->size(), 1u);
}

TEST(DestructionPlan, OfAnItemDestroysThatItemAlone) {
  DestructionScene scene;
  ASSERT_OK(scene.Collect(scene.first));
  const auto receipt = scene.Destroy(scene.Resumes({0, 2}));
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals, (personal_data::DestructionTotals{0, 2, 0, 0}));
  EXPECT_EQ(scene.ItemsOf(0), 1u);
  EXPECT_EQ(scene.ItemsOf(2), 1u);
  EXPECT_EQ(scene.ItemsOf(1), 2u);
}

// Whoever consented to the item has it ended for that company, which has to destroy its copy.
TEST(DestructionPlan, OfAnItemEndsTheConsentsThatNameIt) {
  DestructionScene scene;
  ASSERT_OK(scene.Collect(scene.first));
  ASSERT_OK(scene.Destroy(scene.Resumes({0})));
  EXPECT_EQ(CodeOf(scene.Collect(scene.first).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_OK(scene.Collect(scene.second));
  const auto told = ListWithdrawals(scene.context(), scene.service.company());
  ASSERT_OK(told);
  ASSERT_EQ(told->size(), 1u);
  EXPECT_TRUE(told->front().destroy_copies);
}

TEST(DestructionPlan, OfAFileDestroysItWholeAndTakesNoMore) {
  DestructionScene scene;
  const auto receipt = scene.Destroy(scene.File("applications"));
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals, (personal_data::DestructionTotals{0, 6, 0, 0}));
  EXPECT_EQ(receipt->file, "applications");
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(scene.ItemsOf(i), 1u);
  EXPECT_EQ(scene.CountKeys("item/"), 6u);
  EXPECT_EQ(CodeOf(scene.Collect(scene.first).status()), ErrorCode::kConsentWithdrawn);
  // No new item of its kinds; other files go on.
  const Call call = scene.service.portal();
  const auto upload = BeginItem(scene.context(), call,
                                {scene.service.NextKey(), scene.people[0]->handle,
                                 model::ItemKind::kResume, "application/pdf", "r.pdf"});
  ASSERT_OK(upload);
  ASSERT_OK(AppendItem(scene.context(), call, *upload, 0, ToBytes("x")));
  EXPECT_EQ(
      CodeOf(FinishItem(scene.context(), call,
                        {scene.service.NextKey(), *upload, 1, primitives::Sha256(ToBytes("x"))})
                 .status()),
      ErrorCode::kPolicyForbids);
  scene.service.PutItem(*scene.people[0], model::ItemKind::kPhone, ToBytes("1"));
}

TEST(DestructionPlan, OfAFileClosesItWhenItIsApproved) {
  DestructionScene scene;
  const auto plan = scene.Plan(scene.File("contacts"));
  ASSERT_OK(plan);
  scene.service.PutItem(*scene.people[0], model::ItemKind::kPhone, ToBytes("1"));
  ASSERT_OK(scene.Approve(*plan));
  const Call call = scene.service.portal();
  const auto upload = BeginItem(scene.context(), call,
                                {scene.service.NextKey(), scene.people[0]->handle,
                                 model::ItemKind::kEmail, "text/plain", "e"});
  ASSERT_OK(upload);
  ASSERT_OK(AppendItem(scene.context(), call, *upload, 0, ToBytes("x")));
  const auto late =
      FinishItem(scene.context(), call,
                 {scene.service.NextKey(), *upload, 1, primitives::Sha256(ToBytes("x"))});
  EXPECT_EQ(CodeOf(late.status()), ErrorCode::kPolicyForbids);
  const auto progress = scene.Execute(*plan);
  ASSERT_OK(progress);
  EXPECT_EQ(progress->plan.counts.items, 7u);
}

TEST(DestructionPlan, SelectsPeopleWhoDidNothingSinceATime) {
  DestructionScene scene;
  scene.service.clock().AdvanceSeconds(86400 * 400);
  ASSERT_OK(scene.service.Restart());
  scene.service.BecomeDiscoverable(*scene.people[2]);
  DestructionRule rule;
  rule.by = SelectBy::kIdleSince;
  rule.older_than = {scene.service.clock().Now().value - 86400};
  const auto receipt = scene.Destroy(rule);
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals.people, 5u);
  EXPECT_EQ(scene.StateOf(2), ErrorCode::kNone);
  EXPECT_EQ(scene.StateOf(1), ErrorCode::kNotFound);
}

TEST(DestructionPlan, SelectsItemsOfAKindThatAreOlderThanATime) {
  DestructionScene scene;
  scene.service.clock().AdvanceSeconds(86400 * 10);
  scene.service.PutItem(*scene.people[0], model::ItemKind::kResume, SomeBytes(9, 50));
  DestructionRule rule;
  rule.level = DestructionLevel::kItems;
  rule.by = SelectBy::kKindOlderThan;
  rule.kind = model::ItemKind::kResume;
  rule.older_than = {scene.service.clock().Now().value - 86400};
  const auto receipt = scene.Destroy(rule);
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals.items, 6u);
  EXPECT_EQ(scene.ItemsOf(0), 2u);
  EXPECT_EQ(scene.ItemsOf(1), 1u);
}

TEST(DestructionPlan, ByTimeNeedsAClockThatIsTrusted) {
  DestructionScene scene;
  scene.service.set_clock_confirmed(false);
  ASSERT_OK(scene.service.Restart());
  DestructionRule rule;
  rule.by = SelectBy::kIdleSince;
  rule.older_than = {scene.service.clock().Now().value};
  EXPECT_EQ(CodeOf(scene.Plan(rule).status()), ErrorCode::kClockUntrusted);
  EXPECT_EQ(CodeOf(scene.Plan(scene.DueHolds()).status()), ErrorCode::kClockUntrusted);
}

TEST(DestructionPlan, SelectsRequestsAndClosesThem) {
  DestructionScene scene;
  DestructionRule rule;
  rule.by = SelectBy::kRequests;
  rule.requests = {scene.service.AskForErasure(*scene.people[4])};
  ASSERT_OK(scene.Destroy(rule));
  EXPECT_EQ(scene.StateOf(4), ErrorCode::kNotFound);
  const auto requests = ListErasureRequests(scene.context(), scene.service.officer());
  ASSERT_OK(requests);
  EXPECT_EQ(requests->front().state, ErasureRequest::State::kDone);
}

TEST(DestructionPlan, RefusesWhatItCannotSelect) {
  DestructionScene scene;
  DestructionRule unknown = scene.People({0});
  unknown.people[0].handle = model::SeekerHandle::Generate(scene.service.random());
  EXPECT_EQ(CodeOf(scene.Plan(unknown).status()), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(scene.Plan(scene.People({})).status()), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(scene.Plan(scene.File("nowhere")).status()), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(scene.Plan(scene.DueHolds()).status()), ErrorCode::kNotFound);
  DestructionRule mixed = scene.People({0});
  mixed.level = DestructionLevel::kItems;
  EXPECT_EQ(CodeOf(scene.Plan(mixed).status()), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(PlanDestruction(scene.context(), scene.service.officer(),
                                   {scene.service.NextKey(), scene.People({0}), ""})
                       .status()),
            ErrorCode::kReasonRequired);
  EXPECT_EQ(CodeOf(PlanDestruction(scene.context(), scene.service.portal(),
                                   {scene.service.NextKey(), scene.People({0}), "reason"})
                       .status()),
            ErrorCode::kNotAllowed);
}

TEST(DestructionPlan, IsPlannedOnceForOneIdempotencyKey) {
  DestructionScene scene;
  const PlanRequest request{scene.service.NextKey(), scene.People({1}), "retention is over"};
  const auto first = PlanDestruction(scene.context(), scene.service.officer(), request);
  const auto again = PlanDestruction(scene.context(), scene.service.officer(), request);
  ASSERT_OK(first);
  ASSERT_OK(again);
  EXPECT_EQ(first->plan.plan, again->plan.plan);
  EXPECT_EQ(scene.CountKeys("destruction-plan/"), 1u);
}

TEST(DestructionPlan, WithoutFourEyesThePlannerExecutes) {
  DestructionScene scene;
  policy::Policy policy = scene.context().policy;
  policy.destruction.four_eyes = false;
  scene.service.set_policy(&policy);
  ASSERT_OK(scene.service.Restart());
  const auto plan = scene.Plan(scene.People({2}));
  ASSERT_OK(plan);
  const auto done = scene.Execute(*plan);
  ASSERT_OK(done);
  EXPECT_TRUE(done->receipt.has_value());
  scene.service.Stop();
}

TEST(DestructionPlan, ReceiptIsInTheLogAndNamesNobody) {
  DestructionScene scene;
  const auto plan = scene.Approved(scene.People({0, 1}));
  ASSERT_OK(plan);
  const auto done = scene.Execute(*plan);
  ASSERT_OK(done);
  ASSERT_TRUE(done->receipt.has_value());
  const auto receipt = scene.ReadReceipt(*done->receipt);
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->plan_sha256, plan->digest);
  EXPECT_EQ(receipt->planned_by, primitives::Sha256(AsBytes("planner")));
  EXPECT_EQ(receipt->approved_by, primitives::Sha256(AsBytes("approver")));
  const std::string& text = done->receipt->signed_receipt.text;
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_EQ(text.find(HexEncode(scene.people[i]->handle.bytes())), std::string::npos);
  for (const audit::AuditEntry& entry : scene.service.Entries()) {
    if (entry.sequence != done->receipt->audit_sequence) continue;
    EXPECT_EQ(entry.operation, audit::Operation::kCompleteDestruction);
    EXPECT_EQ(entry.statement_digest, primitives::Sha256(AsBytes(text)));
  }
  EXPECT_OK(scene.service.VerifyExportedLog());
  const auto listed = ListRunReceipts(scene.context(), scene.service.officer());
  ASSERT_OK(listed);
  EXPECT_EQ(listed->size(), 1u);
  EXPECT_EQ(scene.CountKeys("destruction-part/"), 0u);
}

TEST(DestructionPlan, AReceiptWithOneByteChangedIsRefused) {
  DestructionScene scene;
  const auto plan = scene.Approved(scene.People({0}));
  ASSERT_OK(plan);
  const auto done = scene.Execute(*plan);
  ASSERT_OK(done);
  for (std::size_t i = 0; i < done->receipt->signed_receipt.text.size(); i += 7) {
    personal_data::StoredRunReceipt changed = *done->receipt;
    changed.signed_receipt.text[i] = static_cast<char>(changed.signed_receipt.text[i] ^ 1);
    EXPECT_EQ(CodeOf(scene.ReadReceipt(changed).status()), ErrorCode::kProofInvalid);
  }
}

TEST(DestructionPlan, ExecutingAgainGivesTheSameReceipt) {
  DestructionScene scene;
  const auto plan = scene.Approved(scene.People({0}));
  ASSERT_OK(plan);
  const auto first = scene.Execute(*plan);
  const auto again = scene.Execute(*plan);
  ASSERT_OK(first);
  ASSERT_OK(again);
  EXPECT_EQ(first->receipt->signed_receipt.text, again->receipt->signed_receipt.text);
  EXPECT_EQ(scene.CountEntries(audit::Operation::kCompleteDestruction), 1u);
}

TEST(DestructionPlan, NothingOpensWithTheKeysThatAreLeft) {
  DestructionScene scene;
  const personal_data::LeafIndex leaf = LeafOf(scene, 0);
  ASSERT_OK(scene.Destroy(scene.People({0})));
  EXPECT_EQ(CodeOf(scene.service.keyring().Open(leaf).status()), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace noren::operations
