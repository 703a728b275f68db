// Destruction and restore under power failures: at every write, the next start finishes what was
// begun, exactly once, and the company is told.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "engine/operations/destruction_run.h"
#include "engine/operations/duties.h"
#include "engine/operations/erase_history.h"
#include "engine/operations/erase_person.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/erasure_scene.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using storage::CrashPoint;
using Scene = ErasureScene;

// The stored receipt of the only destruction.
void ExpectValidReceipt(Scene& scene) {
  for (const storage::KeyValue& item : ContentOf(scene.service.data())) {
    if (!item.key.starts_with("receipt/")) continue;
    const auto id = personal_data::keyspaces::IdOfKey<model::ReceiptId>(item.key, 0);
    ASSERT_OK(id);
    const auto stored = personal_data::DecodeReceipt(*id, item.value, scene.service.keys());
    ASSERT_OK(stored);
    const auto key = personal_data::ReceiptVerifyingKey(scene.service.keys());
    ASSERT_OK(key);
    const auto receipt = personal_data::VerifyReceipt(stored->text, stored->signature, *key);
    ASSERT_OK(receipt);
    EXPECT_EQ(receipt->handle_commitment,
              personal_data::CommitToHandle(receipt->receipt, scene.people[0]->handle));
    return;
  }
  ADD_FAILURE() << "no receipt";
}

class DestructionCrash : public ::testing::TestWithParam<CrashPoint::LastWrite> {};

TEST_P(DestructionCrash, EndsDestroyedExactlyOnceAfterPowerFailureAtAnyWrite) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    Scene scene;
    const auto old_root = scene.service.anchor().Load();
    ASSERT_OK(old_root);
    const auto old_tree = CopyOf(scene.service.tree());
    scene.service.power().CrashAt(step, GetParam());
    const auto destroyed = scene.Destroy();
    const bool crashed = scene.service.power().is_down();
    EXPECT_NE(destroyed.ok(), crashed);
    ASSERT_OK(scene.service.Restart());
    // Before its first write was durable nothing was begun: the officer's call is simply made
    // again.
    const auto requests = ListErasureRequests(scene.service.context(), scene.service.officer());
    ASSERT_OK(requests);
    if (requests->at(0).state == ErasureRequest::State::kOpen) {
      EXPECT_EQ(step, 0u);
      EXPECT_EQ(scene.StateOfFirst(), ErrorCode::kNone);
      ASSERT_OK(scene.Destroy());
    }
    ExpectDestroyed(scene);
    ExpectValidReceipt(scene);
    const auto new_root = scene.service.anchor().Load();
    ASSERT_OK(new_root);
    EXPECT_GT(new_root->key_tree_generation, old_root->key_tree_generation);
    EXPECT_FALSE(new_root->key_tree_root_key == old_root->key_tree_root_key);
    EXPECT_FALSE(personal_data::Keyring::Load(
                     *old_tree, scene.service.random(),
                     {new_root->key_tree_root_key.Clone(), new_root->key_tree_generation})
                     .ok());
    if (!crashed) {
      EXPECT_GT(step, 5u) << "a destruction has more writes than that";
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(LostOrWritten, DestructionCrash,
                         ::testing::Values(CrashPoint::LastWrite::kLost,
                                           CrashPoint::LastWrite::kWritten),
                         [](const auto& which) {
                           return which.param == CrashPoint::LastWrite::kLost ? "Lost" : "Written";
                         });

// The company had something in its hands, or might have had: it is told, and owes the destruction.
void ExpectCompanyTold(Scene& scene) {
  EXPECT_EQ(scene.CountKeys("candidate/"), 0u);
  EXPECT_EQ(scene.CountKeys("applicant/"), 0u);
  EXPECT_EQ(scene.CountKeys("withdrawal/"), 1u) << "the company is not told";
  const auto duties =
      ListDuties(scene.service.context(), scene.service.company(), DutyFilter::kAll);
  ASSERT_OK(duties);
  ASSERT_EQ(duties->size(), 1u);
  EXPECT_EQ(duties->front().candidate, scene.application.candidate);
  EXPECT_TRUE(duties->front().destroy_copies);
}

// The data disk is lost after a power failure, and a backup from before the destruction restored:
// what is in the journal is destroyed, and no request says done while the old root is there.
TEST_P(DestructionCrash, ARestoreEndsWhatTheJournalHolds) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    Scene scene(Scene::Asks::kLater);
    TestService& service = scene.service;
    const auto old_root = service.anchor().Load();
    ASSERT_OK(old_root);
    const auto backup = CopyOf(service.data());
    scene.Release();  // after the backup: the restored data know neither of it nor of the request
    scene.AskForErasure();
    service.power().CrashAt(step, GetParam());
    const bool crashed = !scene.Destroy().ok();
    PowerOn(service);
    ASSERT_OK(TryRestore(service, *backup));
    ASSERT_OK(service.Restart());
    if (scene.CountErasuresJournaled() > 0) {
      EXPECT_EQ(scene.StateOfFirst(), ErrorCode::kNotFound);
      const auto requests = ListErasureRequests(service.context(), service.officer());
      ASSERT_OK(requests);
      ASSERT_EQ(requests->size(), 1u);
      EXPECT_EQ(requests->front().state, ErasureRequest::State::kDone);
      const auto new_root = service.anchor().Load();
      ASSERT_OK(new_root);
      EXPECT_GT(new_root->key_tree_generation, old_root->key_tree_generation);
      ExpectCompanyTold(scene);
    }
    if (!crashed) return;
  }
}

// The power fails at any write of a destruction, then at any write of the restore that follows it.
// Whoever starts what the restore left finds it sealed, or with the company told.
TEST_P(DestructionCrash, ARestoreThatIsInterruptedAnywhereTellsTheCompanyAllTheSame) {
  bool was_destroyed_whole = false;
  for (std::uint64_t first = 0; !was_destroyed_whole; ++first) {
    bool was_restored_whole = false;
    for (std::uint64_t second = 0; !was_restored_whole; ++second) {
      SCOPED_TRACE("write " + std::to_string(first) + ", restore's write " +
                   std::to_string(second));
      Scene scene(Scene::Asks::kAfterARelease);
      TestService& service = scene.service;
      const auto backup = CopyOf(service.data());
      service.power().CrashAt(first, GetParam());
      was_destroyed_whole = scene.Destroy().ok();
      PowerOn(service);
      service.power().CrashAt(second, GetParam());
      was_restored_whole = TryRestore(service, *backup).ok();
      PowerOn(service);
      const Status started = service.Start();
      if (!started.ok()) {
        EXPECT_EQ(started.code(), StatusCode::kDataLoss);
        service.Stop();
        ASSERT_OK(TryRestore(service, *backup));
        ASSERT_OK(service.Restart());
      }
      if (scene.CountErasuresJournaled() > 0) ExpectCompanyTold(scene);
    }
  }
}

// More of a history than one change takes. Until the person's record is gone nothing of it is: a
// selected person may still turn out to stay.
void FillHistory(Scene& scene, const model::PersonId& person, std::uint64_t count) {
  for (std::uint64_t day = 0; day < count; ++day) {
    storage::Batch batch;
    batch.mutations.push_back({keyspaces::ShownListKey(person, day), Bytes{1}});
    ASSERT_EQ(scene.service.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  }
}

StatusOr<PlanRecord> ApprovedPlanOf(Scene& scene) {
  DestructionRule rule;
  rule.people.push_back({"first-portal", scene.people[0]->handle});
  NOREN_ASSIGN_OR_RETURN(
      const auto planned,
      PlanDestruction(scene.service.context(), scene.service.officer("planner"),
                      {scene.service.NextKey(), rule, "retention period is over"}));
  NOREN_RETURN_IF_ERROR(
      ApproveDestruction(scene.service.context(), scene.service.officer("approver"),
                         scene.service.NextKey(), planned.plan.plan, planned.plan.digest)
          .status());
  return planned.plan;
}

enum class By { kRequest, kPlan };
class LongHistory : public ::testing::TestWithParam<By> {
 protected:
  // Begins the destruction; false when the power failed.
  bool Destroy(Scene& scene, const std::optional<PlanRecord>& plan) {
    if (!plan) return scene.Destroy().ok();
    return ExecuteDestruction(scene.service.context(), scene.service.officer("planner"), plan->plan,
                              1'000'000)
        .ok();
  }
};

TEST_P(LongHistory, GoesWithThePersonAndNotBefore) {
  constexpr std::uint64_t kCount = kMaxHistoryInErasure * 5 / 2;
  bool was_whole = false;
  for (std::uint64_t step = 0; !was_whole; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    Scene scene;
    const auto person =
        LoadPersonByHandle(scene.service.context(), "first-portal", scene.people[0]->handle);
    ASSERT_OK(person);
    FillHistory(scene, person->person, kCount);
    std::optional<PlanRecord> plan;
    if (GetParam() == By::kPlan) {
      const auto approved = ApprovedPlanOf(scene);
      ASSERT_OK(approved);
      plan = *approved;
    }
    scene.service.power().CrashAt(step, CrashPoint::LastWrite::kLost);
    was_whole = Destroy(scene, plan);
    const std::string prefix = keyspaces::ShownListPrefix(person->person);
    if (scene.CountKeys(personal_data::keyspaces::PersonKey(person->person)) == 1) {
      EXPECT_EQ(scene.CountKeys(prefix), kCount) << "half a history of somebody who is there";
    }
    ASSERT_OK(scene.service.Restart());
    if (scene.StateOfFirst() == ErrorCode::kNone) {
      ASSERT_TRUE(Destroy(scene, plan));
    }
    EXPECT_EQ(scene.StateOfFirst(), ErrorCode::kNotFound);
    EXPECT_EQ(scene.CountKeys(prefix), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Destroyed, LongHistory, ::testing::Values(By::kRequest, By::kPlan),
                         [](const auto& by) {
                           return by.param == By::kPlan ? "ByPlan" : "ByRequest";
                         });

// A person with more applications than one change takes; a policy that lets companies ask as often.
class ManyApplications {
 public:
  explicit ManyApplications(std::size_t count) {
    policy_ = scene.service.context().policy;
    policy_.limits.invitations_per_person_per_day = 10'000;
    policy_.cards = {policy_.cards.k, 0, 100'000, 1000, 1'000'000, 100'000, 30};
    scene.service.set_policy(&policy_);
    EXPECT_OK(scene.service.Restart());
    while (applications_ < count) Apply();
    scene.AskForErasure();
  }
  ~ManyApplications() { scene.service.Stop(); }
  ManyApplications(const ManyApplications&) = delete;
  ManyApplications& operator=(const ManyApplications&) = delete;

  void ExpectGoneAndTold() {
    EXPECT_EQ(scene.StateOfFirst(), ErrorCode::kNotFound);
    for (const char* prefix : {"candidate/", "applicant/"}) EXPECT_EQ(scene.CountKeys(prefix), 0u);
    const auto duties =
        ListDuties(scene.service.context(), scene.service.officer(), DutyFilter::kAll);
    ASSERT_OK(duties);
    EXPECT_EQ(duties->size(), applications_ + 1);
    EXPECT_OK(scene.service.CheckLog());
  }

  Scene scene{Scene::Asks::kLater};

 private:
  void Apply() {
    const model::PostingId posting = scene.service.RegisterPosting();
    scene.service.InviteAll(posting);
    (void)scene.service.Grant(*scene.people[0], posting);
    ++applications_;
  }
  policy::Policy policy_;
  std::size_t applications_ = 0;
};

TEST(ManyApplications, AreDestroyedInPieces) {
  ManyApplications many(420);
  ASSERT_OK(many.scene.Destroy());
  many.ExpectGoneAndTold();
}

TEST(ManyApplications, EndDestroyedAfterAPowerFailureAtAnyWrite) {
  bool was_whole = false;
  for (std::uint64_t step = 0; !was_whole; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    ManyApplications many(kConsentsPerChange + 2);
    many.scene.service.power().CrashAt(step, CrashPoint::LastWrite::kLost);
    was_whole = many.scene.Destroy().ok();
    ASSERT_OK(many.scene.service.Restart());
    if (many.scene.StateOfFirst() == ErrorCode::kNone) {
      ASSERT_OK(many.scene.Destroy());
    }
    many.ExpectGoneAndTold();
  }
}

}  // namespace
}  // namespace noren::operations
