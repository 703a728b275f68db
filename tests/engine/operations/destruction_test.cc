// Destruction of one person who asked for it: what is gone, what is answered, what stays closed.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "engine/model/errors.h"
#include "engine/operations/backup.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/register_seeker.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/erasure_scene.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;
using Scene = ErasureScene;

// What leads to a person from a company's side: none of it lies below the person's own prefix.
void ExpectNoTraceOfApplications(Scene& scene) {
  for (const char* prefix : {"candidate/", "applicant/", "release/", "release-of/"})
    EXPECT_EQ(scene.CountKeys(prefix), 0u) << prefix;
  EXPECT_EQ(scene.CountKeys("withdrawal/"), 1u) << "the company is told";
}

TEST(Destruction, LeavesNoTraceOfApplicationsAndReleases) {
  Scene scene(Scene::Asks::kAfterARelease);
  ASSERT_OK(scene.Destroy());
  ExpectNoTraceOfApplications(scene);
}

// The backup knows the person, and the person's key, which says what to delete, is gone.
TEST(Destruction, ARestoreOfAnOlderBackupBringsNoTraceBack) {
  Scene scene(Scene::Asks::kAfterARelease);
  TestService& service = scene.service;
  const auto backup = CopyOf(service.data());
  ASSERT_OK(scene.Destroy());
  service.Stop();
  ASSERT_OK(TryRestore(service, *backup));
  ASSERT_OK(service.Restart());
  ExpectNoTraceOfApplications(scene);
}

// The key tree as it was when its copy beside the backups was last refreshed.
class CopiedTree final : public storage::BackupSource {
 public:
  explicit CopiedTree(TestService& service) : service_(service) { copy_ = CopyOf(service.tree()); }
  Status Checkpoint(const std::string& directory) override {
    std::filesystem::create_directories(directory);
    copy_ = CopyOf(service_.tree());
    return refuses_ ? Unavailable("the disk of the backups is gone") : OkStatus();
  }
  storage::MemoryStore& copy() { return *copy_; }
  void Refuse(bool refuses) { refuses_ = refuses; }

 private:
  TestService& service_;
  std::unique_ptr<storage::MemoryStore> copy_;
  bool refuses_ = false;
};

// The data disk is lost, whenever: the copy opens under the root that the anchor has.
TEST(Destruction, TheCopyOfTheKeyTreeOpensWheneverThePowerFails) {
  for (const auto last : {CrashPoint::LastWrite::kLost, CrashPoint::LastWrite::kWritten}) {
    for (std::uint64_t step = 0;; ++step) {
      SCOPED_TRACE("write " + std::to_string(step));
      Scene scene;
      TestService& service = scene.service;
      TemporaryDirectory directory;
      CopiedTree tree(service);
      const BackupPlaces places{tree, tree, directory.Child("blobs"), directory.Child("backups")};
      service.context().backup = &places;
      service.power().CrashAt(step, last);
      const bool crashed = !scene.Destroy().ok();
      service.Stop();
      service.power().PowerOn();
      const auto anchored = service.anchor().Load();
      ASSERT_OK(anchored);
      const auto keyring = personal_data::Keyring::Load(
          tree.copy(), service.random(),
          {anchored->key_tree_root_key.Clone(), anchored->key_tree_generation});
      ASSERT_OK(keyring);
      const auto leaves = (*keyring)->ListLeaves(std::nullopt, 100);
      ASSERT_OK(leaves);
      EXPECT_GE(leaves->size(), scene.people.size() - 1);
      if (!crashed) {
        EXPECT_FALSE(scene.HasLeaf(**keyring));
        break;
      }
    }
  }
}

TEST(Destruction, IsNotDoneWhileTheCopyOfTheKeyTreeCannotFollow) {
  Scene scene;
  TemporaryDirectory directory;
  CopiedTree tree(scene.service);
  const BackupPlaces places{tree, tree, directory.Child("blobs"), directory.Child("backups")};
  scene.service.context().backup = &places;
  tree.Refuse(true);
  EXPECT_EQ(CodeOf(scene.Destroy().status()), ErrorCode::kStorage);
  EXPECT_EQ(scene.StateOfFirst(), ErrorCode::kNone);
  tree.Refuse(false);
  EXPECT_OK(scene.Destroy());
  ExpectDestroyed(scene);
}

TEST(Destruction, OverwritesEverySlotOfTheAnchor) {
  Scene scene;
  const int before = scene.service.anchor().overwrites_count();
  ASSERT_OK(scene.Destroy());
  EXPECT_EQ(scene.service.anchor().overwrites_count(), before + 1);
}

TEST(Destruction, IsAnsweredFromTheRecordWhenCalledAgainWithTheSameKey) {
  Scene scene;
  const DestroyRequest request{scene.service.NextKey(), scene.request, "asked by the person"};
  const auto first = DestroyPerson(scene.service.context(), scene.service.officer(), request);
  const auto again = DestroyPerson(scene.service.context(), scene.service.officer(), request);
  ASSERT_OK(first);
  ASSERT_OK(again);
  EXPECT_EQ(again->receipt.text, first->receipt.text);
  EXPECT_EQ(again->position.sequence, first->position.sequence);
}

TEST(Destruction, IsRefusedASecondTimeUnderAnotherKey) {
  Scene scene;
  ASSERT_OK(scene.Destroy());
  EXPECT_EQ(CodeOf(scene.Destroy().status()), ErrorCode::kStateConflict);
}

TEST(Destruction, ClosesEveryOtherRequestOfThePerson) {
  Scene scene;
  const model::RequestId other = scene.service.AskForErasure(*scene.people[0]);
  ASSERT_OK(scene.Destroy());
  scene.request = other;
  EXPECT_EQ(CodeOf(scene.Destroy().status()), ErrorCode::kStateConflict);
  const auto requests = ListErasureRequests(scene.service.context(), scene.service.officer());
  ASSERT_OK(requests);
  for (const ErasureRequest& request : *requests)
    EXPECT_EQ(request.state, ErasureRequest::State::kDone);
}

TEST(Destruction, AsksForAReason) {
  Scene scene;
  EXPECT_EQ(CodeOf(DestroyPerson(scene.service.context(), scene.service.officer(),
                                 {scene.service.NextKey(), scene.request, ""})
                       .status()),
            ErrorCode::kReasonRequired);
}

TEST(Destruction, OfAnUnknownRequestIsNotFound) {
  Scene scene;
  scene.request = model::RequestId::Generate(scene.service.random());
  EXPECT_EQ(CodeOf(scene.Destroy().status()), ErrorCode::kNotFound);
}

TEST(Destruction, ThePersonCanRegisterAnewAndIsSomebodyElse) {
  Scene scene;
  ASSERT_OK(scene.Destroy());
  const auto again = scene.service.Register(0);
  EXPECT_NE(again->handle, scene.people[0]->handle);
  EXPECT_OK(GetSeeker(scene.service.context(), scene.service.portal(), again->handle));
}

}  // namespace
}  // namespace noren::operations
