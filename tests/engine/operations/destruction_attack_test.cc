// Destruction under attack: officers who want to do it alone, plans that are not what was approved,
// releases and holds that race with it.
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "engine/audit/operation.h"
#include "tests/engine/operations/destruction_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

TEST(DestructionAttack, OneOfficerAloneGetsNothingDestroyed) {
  DestructionScene scene;
  const auto plan = scene.Plan(scene.People({0}));
  ASSERT_OK(plan);
  EXPECT_EQ(CodeOf(scene.Execute(*plan).status()), ErrorCode::kApprovalRequired);
  EXPECT_EQ(CodeOf(scene.Approve(*plan, "planner")), ErrorCode::kApprovalRequired);
  EXPECT_EQ(CodeOf(scene.Execute(*plan).status()), ErrorCode::kApprovalRequired);
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNone);
  EXPECT_EQ(scene.CountEntries(audit::Operation::kApproveDestruction, /*refused=*/true), 1u);
  EXPECT_EQ(scene.CountEntries(audit::Operation::kBeginDestruction, /*refused=*/true), 2u);
}

TEST(DestructionAttack, OneKeyUnderTwoNamesIsOneOfficer) {
  DestructionScene scene;
  const auto plan = scene.Plan(scene.People({0}));
  ASSERT_OK(plan);
  Call other = scene.service.officer("approver");
  other.key = scene.service.officer("planner").key;
  EXPECT_EQ(CodeOf(ApproveDestruction(scene.context(), other, scene.service.NextKey(), plan->plan,
                                      plan->digest)
                       .status()),
            ErrorCode::kApprovalRequired);
  other.key = {};  // not known is not another
  EXPECT_EQ(CodeOf(ApproveDestruction(scene.context(), other, scene.service.NextKey(), plan->plan,
                                      plan->digest)
                       .status()),
            ErrorCode::kApprovalRequired);
  EXPECT_EQ(CodeOf(scene.Execute(*plan).status()), ErrorCode::kApprovalRequired);
}

TEST(DestructionAttack, AnApprovalOfOnePlanIsNoneOfAnother) {
  DestructionScene scene;
  const auto small = scene.Plan(scene.People({0}));
  const auto large = scene.Plan(scene.People({0, 1, 2, 3}));
  ASSERT_OK(small);
  ASSERT_OK(large);
  ASSERT_OK(scene.Approve(*small));
  EXPECT_EQ(CodeOf(scene.Execute(*large).status()), ErrorCode::kApprovalRequired);
  // The digest that was approved, sent again for the other plan.
  EXPECT_EQ(CodeOf(ApproveDestruction(scene.context(), scene.service.officer("approver"),
                                      scene.service.NextKey(), large->plan, small->digest)
                       .status()),
            ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(scene.Execute(*large).status()), ErrorCode::kApprovalRequired);
  EXPECT_EQ(scene.StateOf(1), ErrorCode::kNone);
}

TEST(DestructionAttack, AReplayedApprovalHasNoSecondEffect) {
  DestructionScene scene;
  const auto plan = scene.Plan(scene.People({0}));
  ASSERT_OK(plan);
  const std::string key = scene.service.NextKey();
  const auto approve = [&] {
    return ApproveDestruction(scene.context(), scene.service.officer("approver"), key, plan->plan,
                              plan->digest);
  };
  ASSERT_OK(approve());
  ASSERT_OK(scene.Execute(*plan));
  ASSERT_OK(approve());  // answered from the record
  EXPECT_EQ(scene.CountEntries(audit::Operation::kApproveDestruction), 1u);
  EXPECT_EQ(CodeOf(scene.Approve(*plan)), ErrorCode::kStateConflict);
  // The person comes back as somebody else, whom the plan does not have.
  const auto again = scene.service.Register(0);
  ASSERT_OK(scene.Execute(*plan));
  EXPECT_OK(GetSeeker(scene.context(), scene.service.portal(), again->handle));
}

// An operator with the files: another plan's list, or another record, in place of the approved one.
TEST(DestructionAttack, AListMovedFromAnotherPlanDoesNotOpen) {
  DestructionScene scene;
  const auto approved = scene.Approved(scene.People({0}));
  const auto other = scene.Plan(scene.People({1, 2, 3}));
  ASSERT_OK(approved);
  ASSERT_OK(other);
  const std::string from = keyspaces::DestructionPartKey(other->plan, 0);
  const std::string to = keyspaces::DestructionPartKey(approved->plan, 0);
  const auto list = scene.service.data().Read(kEmbeddedPartition, {from});
  ASSERT_OK(list);
  storage::Batch batch;
  batch.mutations.push_back({to, (*list)[0]});
  ASSERT_EQ(scene.service.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  EXPECT_EQ(CodeOf(scene.Execute(*approved).status()), ErrorCode::kDataCorrupt);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(scene.StateOf(i), ErrorCode::kNone);
}

TEST(DestructionAttack, APlanThatSelectsMoreThanItDidIsVoid) {
  DestructionScene scene;
  scene.service.clock().AdvanceSeconds(86400 * 10);
  scene.service.BecomeDiscoverable(*scene.people[5]);
  DestructionRule rule;
  rule.by = SelectBy::kIdleSince;
  rule.older_than = {scene.service.clock().Now().value - 60};
  const auto plan = scene.Approved(rule);
  ASSERT_OK(plan);
  EXPECT_EQ(plan->counts.people, 5u);
  scene.service.BecomeDiscoverable(*scene.people[0]);  // active again: not selected any more
  EXPECT_EQ(CodeOf(scene.Execute(*plan).status()), ErrorCode::kPlanVoid);
  EXPECT_EQ(CodeOf(scene.Execute(*plan).status()), ErrorCode::kPlanVoid);
  EXPECT_EQ(CodeOf(scene.Approve(*plan)), ErrorCode::kPlanVoid);
  EXPECT_EQ(scene.CountEntries(audit::Operation::kVoidDestruction), 1u);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(scene.StateOf(i), ErrorCode::kNone);
}

TEST(DestructionAttack, WhoWasErasedOtherwiseDoesNotVoidThePlan) {
  DestructionScene scene;
  const auto plan = scene.Approved(scene.People({0, 1}));
  ASSERT_OK(plan);
  const auto request = scene.service.AskForErasure(*scene.people[0]);
  ASSERT_OK(DestroyPerson(scene.context(), scene.service.officer(),
                          {scene.service.NextKey(), request, "asked by the person"}));
  const auto done = scene.Execute(*plan);
  ASSERT_OK(done);
  EXPECT_EQ(done->plan.counts.people, 1u);
}

TEST(DestructionAttack, AnExpiredPlanIsVoid) {
  DestructionScene scene;
  const auto planned = scene.Plan(scene.People({0}));
  const auto approved = scene.Approved(scene.File("contacts"));
  ASSERT_OK(planned);
  ASSERT_OK(approved);
  scene.service.clock().AdvanceSeconds(72 * 3600);
  EXPECT_EQ(CodeOf(scene.Approve(*planned)), ErrorCode::kPlanVoid);
  EXPECT_EQ(CodeOf(scene.Execute(*approved).status()), ErrorCode::kPlanVoid);
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNone);
  // The file is open again.
  scene.service.PutItem(*scene.people[0], model::ItemKind::kPhone, ToBytes("1"));
}

TEST(DestructionAttack, AHoldPlacedAfterTheApprovalVoidsIt) {
  DestructionScene scene;
  const auto plan = scene.Approved(scene.People({0, 1}));
  ASSERT_OK(plan);
  ASSERT_OK(scene.Hold(1));
  EXPECT_EQ(CodeOf(scene.Execute(*plan).status()), ErrorCode::kPlanVoid);
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNone);
  EXPECT_EQ(scene.StateOf(1), ErrorCode::kNone);
  // Planned with the hold, it goes, but for what is held.
  const auto receipt = scene.Destroy(scene.People({0, 1}));
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->totals, (personal_data::DestructionTotals{2, 4, 1, 1}));
}

TEST(DestructionAttack, AHoldReleasedAfterTheApprovalVoidsNothingElse) {
  DestructionScene scene;
  const auto plan = scene.Approved(scene.People({0}));
  ASSERT_OK(plan);
  ASSERT_OK(scene.Hold(4));  // of somebody else
  EXPECT_OK(scene.Execute(*plan));
}

TEST(DestructionAttack, NoHoldIsPlacedWhileAPlanRuns) {
  DestructionScene scene;
  const auto plan = scene.Approved(scene.File("applications"));
  ASSERT_OK(plan);
  ASSERT_OK(scene.Execute(*plan, 1));
  EXPECT_EQ(CodeOf(scene.Hold(0).status()), ErrorCode::kRetryLater);
  const auto other = scene.Approved(scene.People({3}));
  ASSERT_OK(other);
  EXPECT_EQ(CodeOf(scene.Execute(*other).status()), ErrorCode::kStateConflict);
  ASSERT_OK(scene.Execute(*plan));
  EXPECT_OK(scene.Hold(0));
}

TEST(DestructionAttack, WhereFourEyesHoldForRequestsOneOfficerCannotExecuteOne) {
  DestructionScene scene;
  policy::Policy policy = scene.context().policy;
  policy.destruction.four_eyes_on_request = true;
  scene.service.set_policy(&policy);
  ASSERT_OK(scene.service.Restart());
  const auto request = scene.service.AskForErasure(*scene.people[0]);
  EXPECT_EQ(CodeOf(DestroyPerson(scene.context(), scene.service.officer(),
                                 {scene.service.NextKey(), request, "asked by the person"})
                       .status()),
            ErrorCode::kApprovalRequired);
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNone);
  scene.service.set_policy(nullptr);
}

// Companies collect as fast as they can while the person, the item or the file is destroyed: once
// the receipt is answered, nothing is handed over any more.
class DestructionRace : public ::testing::TestWithParam<int> {};

TEST_P(DestructionRace, NothingIsReleasedAfterTheReceipt) {
  for (int round = 0; round < 4; ++round) {
    DestructionScene scene;
    const DestructionRule rules[] = {scene.People({0, 1}), scene.Resumes({0, 1}),
                                     scene.File("applications")};
    const auto plan = scene.Approved(rules[GetParam()]);
    ASSERT_OK(plan);
    std::atomic<bool> acknowledged{false};
    std::atomic<bool> stop{false};
    std::atomic<int> released_after{0};
    std::vector<std::thread> companies;
    for (const TestApplication* application : {&scene.first, &scene.second}) {
      companies.emplace_back([&, application] {
        for (int order = 0; !stop; ++order) {
          const bool was_acknowledged = acknowledged;
          const auto collected =
              CollectRelease(scene.context(), scene.service.company(),
                             {scene.service.NextKey(), application->candidate,
                              "o" + std::to_string(order % 3), "first interview"});
          if (!collected.ok()) continue;
          released_after += was_acknowledged ? 1 : 0;
          const bool before_read = acknowledged;
          const auto bytes =
              ReadPayload(scene.context(), scene.service.company(), collected->record.release,
                          collected->record.items.front().item, 0);
          released_after += bytes.ok() && before_read ? 1 : 0;
        }
      });
    }
    const auto done = scene.Execute(*plan);
    acknowledged = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop = true;
    for (std::thread& company : companies) company.join();
    ASSERT_OK(done);
    EXPECT_EQ(released_after, 0);
    EXPECT_OK(scene.service.CheckLog());
  }
}

std::string NameOfLevel(const ::testing::TestParamInfo<int>& which) {
  static constexpr const char* kNames[] = {"People", "Items", "File"};
  return kNames[which.param];
}

INSTANTIATE_TEST_SUITE_P(Levels, DestructionRace, ::testing::Values(0, 1, 2), NameOfLevel);

// Two officers execute at once: one destruction, one receipt.
TEST(DestructionAttack, TwoWhoExecuteOnePlanGetOneReceipt) {
  DestructionScene scene;
  const auto plan = scene.Approved(scene.People({0, 1, 2, 3}));
  ASSERT_OK(plan);
  StatusOr<ExecutionProgress> one = Unavailable("not run"), two = Unavailable("not run");
  std::thread other([&] {
    two = ExecuteDestruction(scene.context(), scene.service.officer("approver"), plan->plan,
                             kAllParts);
  });
  one = scene.Execute(*plan);
  other.join();
  ASSERT_OK(one);
  ASSERT_OK(two);
  const auto receipts = ListRunReceipts(scene.context(), scene.service.officer());
  ASSERT_OK(receipts);
  EXPECT_EQ(receipts->size(), 1u);
  EXPECT_EQ(scene.CountEntries(audit::Operation::kCompleteDestruction), 1u);
}

}  // namespace
}  // namespace noren::operations
