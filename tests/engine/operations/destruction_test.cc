// Destruction under power failures: at every write of it, the next start finishes what was begun,
// exactly once.
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
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;

// A person with an item and a grant, who asked to be erased, and a neighbour on the same node of
// the key tree.
struct Scene {
  TestService service;
  std::vector<std::unique_ptr<TestPerson>> people;
  TestApplication application;
  model::RequestId request;
  personal_data::LeafIndex leaf = 0;  // of the first

  Scene() {
    for (int i = 0; i < 4; ++i) {
      people.push_back(service.Register(i, /*with_key=*/true));
      service.PutItem(*people.back(), model::ItemKind::kResume,
                      SomeBytes(static_cast<std::uint64_t>(i), 1000));
      service.BecomeDiscoverable(*people.back());
    }
    const model::PostingId posting = service.RegisterPosting();
    service.AddKey();
    service.InviteAll(posting);
    application = service.Grant(*people[0], posting);
    request = service.AskForErasure(*people[0]);
    const auto first = LoadPersonByHandle(service.context(), "first-portal", people[0]->handle);
    EXPECT_OK(first);
    if (first.ok()) leaf = first->record.address.leaf;
  }
  bool HasLeaf(personal_data::Keyring& keyring) const {
    const auto leaves = keyring.ListLeaves(std::nullopt, 100);
    EXPECT_OK(leaves);
    return leaves.ok() && std::find(leaves->begin(), leaves->end(), leaf) != leaves->end();
  }
  // The company collects what was granted.
  void Release() {
    EXPECT_OK(CollectRelease(service.context(), service.company(),
                             {service.NextKey(), application.candidate, "o", "first interview"}));
  }
  StatusOr<DestroyedPerson> Destroy() {
    return DestroyPerson(service.context(), service.officer(),
                         {service.NextKey(), request, "asked by the person"});
  }
  ErrorCode StateOfFirst() {
    return CodeOf(GetSeeker(service.context(), service.portal(), people[0]->handle).status());
  }
  std::size_t CountKeys(std::string_view prefix) {
    std::size_t count = 0;
    for (const storage::KeyValue& item : ContentOf(service.data()))
      count += item.key.starts_with(prefix) ? 1 : 0;
    return count;
  }
  std::size_t CountErasuresJournaled() {
    std::size_t count = 0;
    for (const storage::NarrowingAct& act : service.journal().acts()) {
      count += act.kind == storage::NarrowingKind::kErasure ? 1 : 0;
    }
    return count;
  }
};

// What must hold once the destruction is over, however often the power failed on the way.
void ExpectDestroyed(Scene& scene) {
  EXPECT_EQ(scene.StateOfFirst(), ErrorCode::kNotFound);
  for (std::size_t i = 1; i < scene.people.size(); ++i) {
    const auto other =
        GetSeeker(scene.service.context(), scene.service.portal(), scene.people[i]->handle);
    ASSERT_OK(other);
    EXPECT_EQ(other->items.size(), 1u);
  }
  EXPECT_EQ(scene.CountKeys("receipt/"), 1u);
  EXPECT_EQ(scene.CountKeys("candidate/"), 0u);
  // A batch that was durable before the anchor was not is made again; applying the act twice
  // changes nothing.
  EXPECT_GE(scene.CountErasuresJournaled(), 1u);
  EXPECT_LE(scene.CountErasuresJournaled(), 2u);
  EXPECT_FALSE(scene.HasLeaf(scene.service.keyring()));
  const auto requests = ListErasureRequests(scene.service.context(), scene.service.officer());
  ASSERT_OK(requests);
  ASSERT_EQ(requests->size(), 1u);
  EXPECT_EQ(requests->front().state, ErasureRequest::State::kDone);
  const auto told = scene.CountKeys("withdrawal/");
  EXPECT_EQ(told, 1u);
  EXPECT_OK(scene.service.CheckLog());
  EXPECT_OK(scene.service.VerifyExportedLog());
}

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

// The data disk is lost after a power failure, and a backup from before the destruction restored:
// what is in the journal is destroyed, and no request says done while the old root is there.
TEST_P(DestructionCrash, ARestoreEndsWhatTheJournalHolds) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    Scene scene;
    TestService& service = scene.service;
    const auto old_root = service.anchor().Load();
    ASSERT_OK(old_root);
    const auto backup = CopyOf(service.data());
    service.power().CrashAt(step, GetParam());
    const bool crashed = !scene.Destroy().ok();
    service.Stop();
    service.power().PowerOn();
    service.faults().Restart();
    service.ReplaceData(*backup);
    HeldAnchor held(service.anchor());
    service.set_held_anchor(&held);
    ASSERT_OK(service.Start());
    const auto anchored = service.anchor().Load();
    ASSERT_OK(anchored);
    ASSERT_OK(ReapplyAfterRestore(service.context(), *anchored, service.journal()));
    ASSERT_OK(held.Release());
    service.set_held_anchor(nullptr);
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
    }
    if (!crashed) return;
  }
}

// What leads to a person from a company's side: none of it lies below the person's own prefix.
void ExpectNoTraceOfApplications(Scene& scene) {
  for (const char* prefix : {"candidate/", "applicant/", "release/", "release-of/"})
    EXPECT_EQ(scene.CountKeys(prefix), 0u) << prefix;
  EXPECT_EQ(scene.CountKeys("withdrawal/"), 1u) << "the company is told";
}

TEST(Destruction, LeavesNoTraceOfApplicationsAndReleases) {
  Scene scene;
  scene.Release();
  ASSERT_OK(scene.Destroy());
  ExpectNoTraceOfApplications(scene);
}

// The backup knows the person, and the person's key, which says what to delete, is gone.
TEST(Destruction, ARestoreOfAnOlderBackupBringsNoTraceBack) {
  Scene scene;
  TestService& service = scene.service;
  scene.Release();
  const auto backup = CopyOf(service.data());
  ASSERT_OK(scene.Destroy());
  service.Stop();
  service.ReplaceData(*backup);
  HeldAnchor held(service.anchor());
  service.set_held_anchor(&held);
  ASSERT_OK(service.Start());
  const auto anchored = service.anchor().Load();
  ASSERT_OK(anchored);
  ASSERT_OK(ReapplyAfterRestore(service.context(), *anchored, service.journal()));
  ASSERT_OK(held.Release());
  service.set_held_anchor(nullptr);
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
