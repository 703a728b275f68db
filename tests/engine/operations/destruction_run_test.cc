// Plans of destruction under power failures and restores: at every write, whatever the level, what
// was begun ends, once, and no backup brings it back.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/kept_leaves.h"
#include "engine/operations/maintenance.h"
#include "engine/operations/stored_items.h"
#include "tests/engine/operations/destruction_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;

struct LevelCase {
  const char* name;
  DestructionRule (*rule)(DestructionScene& scene);
  bool (*is_gone)(DestructionScene& scene);
};

const LevelCase kLevels[] = {
    {"People",
     [](DestructionScene& scene) {
       return scene.People({0, 2});
     },
     [](DestructionScene& scene) {
       return scene.StateOf(0) == ErrorCode::kNotFound && scene.StateOf(2) == ErrorCode::kNotFound;
     }},
    {"Items",
     [](DestructionScene& scene) {
       return scene.Resumes({0, 2});
     },
     [](DestructionScene& scene) { return scene.ItemsOf(0) == 1 && scene.ItemsOf(2) == 1; }},
    {"File", [](DestructionScene& scene) { return scene.File("applications"); },
     [](DestructionScene& scene) { return scene.ItemsOf(0) == 1 && scene.ItemsOf(3) == 1; }},
    {"Held", [](DestructionScene& scene) { return scene.DueHolds(); },
     [](DestructionScene& scene) {
       const auto holds = ListHolds(scene.context(), scene.service.officer());
       return holds.ok() && holds->empty();
     }},
};

struct CrashCase {
  const LevelCase* level;
  CrashPoint::LastWrite last;
};

// Four people, one of them under a hold that is due.
struct CrashScene : DestructionScene {
  CrashScene() : DestructionScene(4) {
    const auto hold = Hold(2);
    EXPECT_OK(hold);
    EXPECT_OK(ReleaseHold(context(), service.officer(), service.NextKey(), hold->hold,
                          "the case is closed"));
  }
};

// The leaves that were to go are not in the tree of now.
void ExpectLeavesGone(CrashScene& scene, const std::vector<personal_data::LeafIndex>& leaves) {
  for (const personal_data::LeafIndex leaf : leaves)
    EXPECT_EQ(CodeOf(scene.service.keyring().Open(leaf).status()), ErrorCode::kNotFound);
}

std::vector<personal_data::LeafIndex> LeavesOf(CrashScene& scene, const PlanRecord& plan) {
  std::vector<personal_data::LeafIndex> leaves;
  const auto targets = LoadPart(scene.context(), {plan.plan, 0});
  EXPECT_OK(targets);
  if (!targets.ok()) return leaves;
  for (const DestructionTarget& target : *targets) leaves.push_back(target.leaf);
  return leaves;
}

class DestructionRun : public ::testing::TestWithParam<CrashCase> {};

TEST_P(DestructionRun, EndsAfterAPowerFailureAtAnyWriteWithOneReceipt) {
  const LevelCase& level = *GetParam().level;
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    CrashScene scene;
    const auto plan = scene.Approved(level.rule(scene));
    ASSERT_OK(plan);
    const auto leaves = LeavesOf(scene, *plan);
    const auto old_tree = CopyOf(scene.service.tree());
    scene.service.power().CrashAt(step, GetParam().last);
    const auto executed = scene.Execute(*plan);
    const bool crashed = scene.service.power().is_down();
    EXPECT_NE(executed.ok(), crashed);
    ASSERT_OK(scene.service.Restart());
    const auto running = RunningPlan(scene.context());
    ASSERT_OK(running);
    EXPECT_FALSE(running->has_value());
    const auto done = scene.Execute(*plan);  // not begun, or done by the start
    ASSERT_OK(done);
    ASSERT_TRUE(done->receipt.has_value());
    ASSERT_OK(scene.ReadReceipt(*done->receipt));
    EXPECT_TRUE(level.is_gone(scene));
    EXPECT_EQ(scene.ItemsOf(1), level.name == std::string_view("File") ? 1u : 2u);
    EXPECT_EQ(scene.CountKeys("destruction-receipt/"), 1u);
    EXPECT_EQ(scene.CountKeys("destruction-part/"), 0u);
    ExpectLeavesGone(scene, leaves);
    const auto root = scene.service.anchor().Load();
    ASSERT_OK(root);
    EXPECT_FALSE(
        personal_data::Keyring::Load(*old_tree, scene.service.random(),
                                     {root->key_tree_root_key.Clone(), root->key_tree_generation})
            .ok());
    EXPECT_OK(scene.service.CheckLog());
    EXPECT_OK(scene.service.VerifyExportedLog());
    if (!crashed) {
      EXPECT_GT(step, 6u) << "a destruction has more writes than that";
      return;
    }
  }
}

// The data disk is lost at any moment of the run, and a backup from before it put in place: what
// the journal has is destroyed, and the rest is whole.
TEST_P(DestructionRun, ARestoreOfAnOlderBackupDestroysWhatTheJournalHas) {
  const LevelCase& level = *GetParam().level;
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    CrashScene scene;
    const auto plan = scene.Approved(level.rule(scene));
    ASSERT_OK(plan);
    const auto leaves = LeavesOf(scene, *plan);
    const auto backup = CopyOf(scene.service.data());
    scene.service.power().CrashAt(step, GetParam().last);
    const bool crashed = !scene.Execute(*plan).ok();
    ASSERT_OK(scene.RestoreBackup(*backup));
    const auto& acts = scene.service.journal().acts();
    if (std::any_of(acts.begin(), acts.end(), IsDestructionAct)) {
      EXPECT_TRUE(level.is_gone(scene));
      ExpectLeavesGone(scene, leaves);
      EXPECT_EQ(scene.CountKeys("owed-destruction/"), 0u);
    } else {
      EXPECT_FALSE(level.is_gone(scene));
    }
    EXPECT_EQ(scene.ItemsOf(1),
              level.is_gone(scene) && level.name == std::string_view("File") ? 1u : 2u);
    EXPECT_OK(scene.service.CheckLog());
    EXPECT_OK(scene.service.VerifyExportedLog());
    if (!crashed) {
      // Once more, from the same backup.
      ASSERT_OK(scene.RestoreBackup(*backup));
      EXPECT_TRUE(level.is_gone(scene));
      return;
    }
  }
}

std::vector<CrashCase> AllCases() {
  std::vector<CrashCase> cases;
  for (const LevelCase& level : kLevels) {
    for (const auto last : {CrashPoint::LastWrite::kLost, CrashPoint::LastWrite::kWritten})
      cases.push_back({&level, last});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Levels, DestructionRun, ::testing::ValuesIn(AllCases()),
                         [](const auto& which) {
                           const bool lost = which.param.last == CrashPoint::LastWrite::kLost;
                           return std::string(which.param.level->name) +
                                  (lost ? "Lost" : "Written");
                         });

// An older image of the whole data disk, store and tree, under the anchor of now: it stays sealed.
TEST(DestructionRestore, AnOldImageOfTheDataDiskStaysSealedAndOpensNothing) {
  for (const LevelCase& level : kLevels) {
    SCOPED_TRACE(level.name);
    CrashScene scene;
    const auto plan = scene.Approved(level.rule(scene));
    ASSERT_OK(plan);
    const auto old_data = CopyOf(scene.service.data());
    const auto old_tree = CopyOf(scene.service.tree());
    ASSERT_OK(scene.Execute(*plan));
    const auto root = scene.service.anchor().Load();
    ASSERT_OK(root);
    EXPECT_FALSE(
        personal_data::Keyring::Load(*old_tree, scene.service.random(),
                                     {root->key_tree_root_key.Clone(), root->key_tree_generation})
            .ok());
    scene.service.Stop();
    scene.service.ReplaceData(*old_data);
    EXPECT_THAT(scene.service.Start(), StatusIs(StatusCode::kDataLoss));
    scene.service.Stop();
  }
}

TEST(DestructionRestore, WhatWasKeptOpensFromABackupOfBefore) {
  CrashScene scene;
  const auto backup = CopyOf(scene.service.data());
  ASSERT_OK(scene.Destroy(scene.Resumes({0})));
  ASSERT_OK(scene.RestoreBackup(*backup));
  // One item of the person is gone, and everything else of theirs is there.
  EXPECT_EQ(scene.ItemsOf(0), 1u);
  EXPECT_EQ(CodeOf(scene.Collect(scene.first).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_OK(scene.Collect(scene.second));
}

TEST(DestructionRestore, TheLogContinuesWithAnEntryThatDeclaresTheLoss) {
  CrashScene scene;
  const auto backup = CopyOf(scene.service.data());
  const std::uint64_t sequence = scene.service.pipeline().log_state().sequence;
  ASSERT_OK(scene.Destroy(scene.People({0, 1})));
  const std::uint64_t acknowledged = scene.service.pipeline().log_state().sequence;
  const auto summary = scene.RestoreBackup(*backup);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->lost_first, sequence + 1);
  EXPECT_EQ(summary->lost_last, acknowledged);
  EXPECT_EQ(summary->erasures, 2u);
  EXPECT_OK(scene.service.VerifyExportedLog());
}

TEST(DestructionRestore, AFileThatWasDestroyedTakesNothingAfterwards) {
  CrashScene scene;
  const auto backup = CopyOf(scene.service.data());
  ASSERT_OK(scene.Destroy(scene.File("contacts")));
  ASSERT_OK(scene.RestoreBackup(*backup));
  const auto file = LoadFile(scene.context(), "contacts");
  ASSERT_OK(file);
  ASSERT_TRUE(file->has_value());
  EXPECT_EQ((*file)->key.state, FileKey::State::kDestroyed);
}

// Registrations wait for a part, not for the plan: a plan of several parts takes several calls.
TEST(DestructionParts, IsDonePartByPartAndLeavesNoLeafBehind) {
  DestructionScene scene(3);
  std::vector<std::unique_ptr<TestPerson>> many;
  DestructionRule rule;
  for (int i = 0; i < 1100; ++i) {
    many.push_back(scene.service.Register(1000 + i));
    rule.people.push_back({"first-portal", many.back()->handle});
  }
  const auto plan = scene.Approved(rule);
  ASSERT_OK(plan);
  EXPECT_EQ(plan->parts, 2u);
  const auto half = scene.Execute(*plan, 1);
  ASSERT_OK(half);
  EXPECT_EQ(half->plan.next_part, 1u);
  EXPECT_FALSE(half->receipt.has_value());
  const auto done = scene.Execute(*plan);
  ASSERT_OK(done);
  EXPECT_TRUE(done->receipt.has_value());
  EXPECT_EQ(done->plan.counts.people, 1100u);
  EXPECT_EQ(scene.CountKeys("person/"), 3u);
  const auto used = UsedLeaves(scene.context());
  ASSERT_OK(used);
  const auto leaves = scene.service.keyring().ListLeaves(std::nullopt, 4096);
  ASSERT_OK(leaves);
  EXPECT_EQ(leaves->size(), used->size());
}

}  // namespace
}  // namespace noren::operations
