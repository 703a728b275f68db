// Keys change while the service runs: nobody notices, whatever is stopped or fails in between.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rotate_keys.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/key_versions.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/rank.h"
#include "engine/storage/sealed_value.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;

constexpr VersionedKey kAllKeys[] = {VersionedKey::kStoreSeal, VersionedKey::kRecord,
                                     VersionedKey::kKeyTree};

// Four people, one of them with a collected release, and a request of the last to be erased.
struct Scene {
  Scene() {
    for (int i = 0; i < 4; ++i) {
      people.push_back(service.Register(i, /*with_key=*/true));
      service.PutItem(*people.back(), model::ItemKind::kResume,
                      SomeBytes(static_cast<std::uint64_t>(i), 500));
      service.BecomeDiscoverable(*people.back());
    }
    service.AddKey();
    posting = service.RegisterPosting();
    service.InviteAll(posting);
    application = service.Grant(*people[0], posting);
    const auto release = Collect();
    EXPECT_OK(release);
    if (release.ok()) first_release = release->record.manifest;
    service.AskForErasure(*people[3]);
  }

  ServiceContext& context() { return service.context(); }
  StatusOr<CollectedRelease> Collect() {
    return CollectRelease(context(), service.company(),
                          {service.NextKey(), application.candidate, "order-1", "interview"});
  }
  StatusOr<std::uint32_t> Rotate(VersionedKey key) {
    NOREN_ASSIGN_OR_RETURN(const RotationAnswer answer,
                           RotateKey(context(), service.officer(), service.NextKey(), key));
    return answer.version;
  }
  // Until it is done, at most `portions`.
  StatusOr<bool> Rewrap(VersionedKey key, int portions = 1000) {
    RewrapPlace place;
    for (int i = 0; i < portions; ++i) {
      NOREN_ASSIGN_OR_RETURN(const RewrapAnswer step,
                             RewrapKeys(context(), service.officer(), key, place));
      if (step.done) return true;
    }
    return false;
  }
  KeyStatus StatusOf(VersionedKey key) {
    const auto all = ReadKeyStatus(context(), service.officer(), /*count_left=*/true);
    EXPECT_OK(all);
    if (!all.ok()) return {};
    return all->at(static_cast<std::size_t>(key));
  }

  // More than one portion of a rewrap, for nobody to read.
  void AddValues(int count) {
    Change change;
    change.entry.operation = audit::Operation::kPutItem;
    change.entry.principal = service.portal().principal;
    for (int i = 0; i < count; ++i) {
      const std::string key = keyspaces::SubjectOfKey(model::PersonId::Generate(service.random()));
      change.staged.Put(
          key, storage::SealValue(service.keys().store_seal(), {keyspaces::kSubjectOf, key}, 1,
                                  Bytes(32, 1), service.random()));
    }
    EXPECT_OK(context().pipeline.Commit(std::move(change)).status());
  }

  // Everything that is sealed under one of the keys, read as its owner reads it.
  void ExpectEverythingReads() {
    for (const auto& person : people) {
      const auto record = ReadOwnRecord(context(), service.portal(),
                                        service.Prove(*person, service.Prepare(*person, "read")));
      ASSERT_OK(record);
    }
    const auto again = Collect();
    ASSERT_OK(again);
    EXPECT_EQ(again->record.manifest, first_release) << "the same release for the same order";
    const auto ranked = RankCandidates(context(), service.portal(), posting, 3);
    ASSERT_OK(ranked);
    EXPECT_EQ(ranked->best.size(), 3u);
    const auto applicants = ListApplicants(context(), service.company(), posting);
    ASSERT_OK(applicants);
    EXPECT_EQ(applicants->size(), 1u);
    const auto requests = ListErasureRequests(context(), service.officer());
    ASSERT_OK(requests);
    EXPECT_EQ(requests->size(), 1u);
    ASSERT_OK(ReadAccessLog(context(), service.officer(), 0, 50));
    ASSERT_OK(service.CheckLog());
  }

  TestService service;
  std::vector<std::unique_ptr<TestPerson>> people;
  model::PostingId posting;
  TestApplication application;
  std::string first_release;
};

TEST(RotateKeys, ANewVersionTakesEverythingAndTheOldOneIsRetired) {
  Scene scene;
  for (const VersionedKey key : kAllKeys) {
    SCOPED_TRACE(NameOf(key));
    EXPECT_THAT(scene.Rotate(key), IsOkAndHolds(2u));
    EXPECT_GT(scene.StatusOf(key).left, 0);
    scene.ExpectEverythingReads();
    EXPECT_THAT(scene.Rewrap(key), IsOkAndHolds(true));
    const KeyStatus status = scene.StatusOf(key);
    EXPECT_EQ(status.current, 2u);
    EXPECT_EQ(status.oldest, 2u);
    EXPECT_EQ(status.left, 0);
    scene.ExpectEverythingReads();
    ASSERT_OK(scene.service.Restart());
    scene.ExpectEverythingReads();
  }
  EXPECT_OK(scene.service.VerifyExportedLog());
}

TEST(RotateKeys, VersionsGoOnAndSurviveRestarts) {
  Scene scene;
  for (std::uint32_t version = 2; version <= 4; ++version) {
    for (const VersionedKey key : kAllKeys) {
      ASSERT_THAT(scene.Rotate(key), IsOkAndHolds(version));
      ASSERT_OK(scene.service.Restart());
      ASSERT_THAT(scene.Rewrap(key), IsOkAndHolds(true));
    }
    ASSERT_OK(scene.service.Restart());
    scene.ExpectEverythingReads();
  }
}

TEST(RotateKeys, TheSameRequestRotatesOnce) {
  Scene scene;
  const Call officer = scene.service.officer();
  const std::string key = scene.service.NextKey();
  for (int i = 0; i < 3; ++i) {
    const auto answer = RotateKey(scene.context(), officer, key, VersionedKey::kKeyTree);
    ASSERT_OK(answer);
    EXPECT_EQ(answer->version, 2u);
  }
  EXPECT_EQ(scene.StatusOf(VersionedKey::kKeyTree).current, 2u);
  EXPECT_EQ(CodeOf(RotateKey(scene.context(), officer, key, VersionedKey::kRecord).status()),
            ErrorCode::kConflict);
}

TEST(RotateKeys, OneOlderVersionAtATime) {
  Scene scene;
  for (const VersionedKey key : kAllKeys) {
    ASSERT_OK(scene.Rotate(key));
    EXPECT_EQ(CodeOf(scene.Rotate(key).status()), ErrorCode::kLimitReached) << NameOf(key);
    ASSERT_THAT(scene.Rewrap(key), IsOkAndHolds(true));
    EXPECT_OK(scene.Rotate(key));
  }
}

TEST(RotateKeys, RewrappingWithoutARotationIsDoneAtOnce) {
  Scene scene;
  for (const VersionedKey key : kAllKeys) EXPECT_THAT(scene.Rewrap(key, 1), IsOkAndHolds(true));
}

// Records of before, put back by whoever writes the database: none opens after the next start.
TEST(RotateKeys, ARetiredVersionOpensNothingAfterTheNextStart) {
  Scene scene;
  const std::vector<storage::KeyValue> before = ContentOf(scene.service.data());
  for (const VersionedKey key : {VersionedKey::kStoreSeal, VersionedKey::kRecord}) {
    ASSERT_OK(scene.Rotate(key));
    ASSERT_THAT(scene.Rewrap(key), IsOkAndHolds(true));
  }
  ASSERT_OK(scene.service.Restart());
  int sealed = 0;
  for (const storage::KeyValue& item : before) {
    const SealedKeyspace* const row = SealedKeyspaceOf(item.key);
    if (row == nullptr) continue;
    ++sealed;
    EXPECT_THAT(storage::OpenValue(*scene.service.keys().VersionsOf(row->purpose),
                                   {row->address_name, item.key}, item.value),
                StatusIs(StatusCode::kDataLoss));
  }
  EXPECT_GT(sealed, 30);
}

// What was staged before a rotation is staged again: nothing comes back under the old version.
TEST(RotateKeys, NothingIsAdmittedUnderAnOlderVersion) {
  Scene scene;
  Change change;
  change.entry.operation = audit::Operation::kPutItem;
  change.entry.principal = scene.service.portal().principal;
  const std::string key =
      keyspaces::SubjectOfKey(model::PersonId::Generate(scene.service.random()));
  change.staged.Put(
      key, storage::SealValue(scene.service.keys().store_seal(), {keyspaces::kSubjectOf, key}, 1,
                              Bytes(32, 1), scene.service.random()));
  ASSERT_OK(scene.Rotate(VersionedKey::kStoreSeal));
  EXPECT_EQ(CodeOf(scene.context().pipeline.Commit(std::move(change)).status()),
            ErrorCode::kRetryLater);
}

class RotateKeysCrash
    : public ::testing::TestWithParam<std::tuple<VersionedKey, CrashPoint::LastWrite>> {};

// The power fails at every single write of a rotation and its rewrap in turn.
TEST_P(RotateKeysCrash, StoppedAtAnyWriteEverythingOpensAndItIsFinishedLater) {
  const auto [key, last] = GetParam();
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    Scene scene;
    scene.AddValues(600);
    scene.service.power().CrashAt(step, last);
    if (scene.Rotate(key).ok()) (void)scene.Rewrap(key);
    const bool crashed = scene.service.power().is_down();
    ASSERT_OK(scene.service.Restart());
    scene.ExpectEverythingReads();
    if (HasFatalFailure()) return;
    if (scene.StatusOf(key).current == 1) {
      ASSERT_OK(scene.Rotate(key));
    }
    ASSERT_THAT(scene.Rewrap(key), IsOkAndHolds(true));
    EXPECT_EQ(scene.StatusOf(key).left, 0);
    ASSERT_OK(scene.service.Restart());
    scene.ExpectEverythingReads();
    if (HasFatalFailure()) return;
    if (!crashed) {
      EXPECT_GT(step, key == VersionedKey::kStoreSeal ? 8u : 3u) << "it has more writes than that";
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryKey, RotateKeysCrash,
                         ::testing::Combine(::testing::ValuesIn(kAllKeys),
                                            ::testing::Values(CrashPoint::LastWrite::kLost,
                                                              CrashPoint::LastWrite::kWritten)));

// Callers of every kind while the keys change again and again: not one call fails.
TEST(RotateKeys, NoCallFailsMeanwhile) {
  Scene scene;
  std::atomic<bool> stop{false};
  std::atomic<int> calls{0}, failures{0};
  const auto count = [&](const Status& status) {
    ++calls;
    if (!status.ok()) ++failures;
    EXPECT_OK(status);
  };
  std::thread company([&] {
    while (!stop) count(scene.Collect().status());
  });
  std::thread portal([&] {
    for (int number = 100; !stop; ++number) {
      count(RankCandidates(scene.context(), scene.service.portal(), scene.posting, 3).status());
      count(ReadOwnRecord(scene.context(), scene.service.portal(),
                          scene.service.Prove(*scene.people[1],
                                              scene.service.Prepare(*scene.people[1], "read")))
                .status());
      scene.service.Register(number);
    }
  });
  for (int round = 0; round < 4; ++round) {
    for (const VersionedKey key : kAllKeys) {
      EXPECT_OK(scene.Rotate(key));
      EXPECT_THAT(scene.Rewrap(key), IsOkAndHolds(true));
    }
  }
  stop = true;
  company.join();
  portal.join();
  EXPECT_EQ(failures, 0);
  EXPECT_GT(calls, 10);
  scene.ExpectEverythingReads();
  ASSERT_OK(scene.service.Restart());
  scene.ExpectEverythingReads();
}

// Somebody destroyed stays destroyed through rotations, and the tree's new root opens none of the
// nodes of before.
TEST(RotateKeys, TheTreesOldNodesDoNotOpenUnderItsNewRoot) {
  Scene scene;
  const auto old_tree = CopyOf(scene.service.tree());
  ASSERT_OK(scene.Rotate(VersionedKey::kKeyTree));
  ASSERT_THAT(scene.Rewrap(VersionedKey::kKeyTree), IsOkAndHolds(true));
  const auto anchored = scene.service.anchor().Load();
  ASSERT_OK(anchored);
  EXPECT_FALSE(personal_data::Keyring::Load(
                   *old_tree, scene.service.random(),
                   {anchored->key_tree_root_key.Clone(), anchored->key_tree_generation})
                   .ok());
}

// A backup of before a rotation is whole: the versions it was made under come with it.
TEST(RotateKeys, ABackupOfBeforeOpensAfterARestore) {
  Scene scene;
  const auto backup = CopyOf(scene.service.data());
  for (const VersionedKey key : {VersionedKey::kStoreSeal, VersionedKey::kRecord}) {
    ASSERT_OK(scene.Rotate(key));
    ASSERT_THAT(scene.Rewrap(key), IsOkAndHolds(true));
  }
  scene.service.Stop();
  scene.service.ReplaceData(*backup);
  HeldAnchor held(scene.service.anchor());
  scene.service.set_held_anchor(&held);
  ASSERT_OK(scene.service.Start());
  const auto anchored = scene.service.anchor().Load();
  ASSERT_OK(anchored);
  ASSERT_OK(ReapplyAfterRestore(scene.context(), *anchored, scene.service.journal()));
  ASSERT_OK(held.Release());
  scene.service.set_held_anchor(nullptr);
  ASSERT_OK(scene.service.Restart());
  scene.ExpectEverythingReads();
  EXPECT_EQ(scene.StatusOf(VersionedKey::kRecord).current, 1u);
  EXPECT_THAT(scene.Rotate(VersionedKey::kRecord), IsOkAndHolds(2u));
}

// The table of what is sealed under a key with versions is the one of docs/formats/keyspaces.md.
TEST(SealedKeyspaces, AreThoseOfTheDocument) {
  std::ifstream file(SourceFolder() + "/docs/formats/keyspaces.md");
  std::set<std::string> documented, known;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string prefix = line.substr(3, line.find('`', 3) - 3);
    const std::string under = line.substr(line.rfind('|', line.size() - 2) + 2);
    if (under.starts_with("store")) documented.insert(prefix + " store-seal");
    if (under.starts_with("record")) documented.insert(prefix + " record");
  }
  for (const SealedKeyspace& one : SealedKeyspaces()) {
    known.insert(std::string(one.prefix) + " " +
                 std::string(personal_data::KeyPurposeName(one.purpose)));
  }
  EXPECT_EQ(known, documented);
}

// Every value that the service really writes there opens with the table's address name.
TEST(SealedKeyspaces, EveryStoredValueOpensUnderItsRow) {
  Scene scene;
  std::set<std::string_view> seen;
  for (const storage::KeyValue& item : ContentOf(scene.service.data())) {
    const SealedKeyspace* const row = SealedKeyspaceOf(item.key);
    if (row == nullptr) continue;
    seen.insert(row->prefix);
    EXPECT_OK(storage::OpenValue(*scene.service.keys().VersionsOf(row->purpose),
                                 {row->address_name, item.key}, item.value)
                  .status())
        << item.key.substr(0, item.key.find('/'));
  }
  EXPECT_GE(seen.size(), 14u);
}

TEST(KeyVersionsRecord, ComesBackAsItWasAndDamageIsSaid) {
  TestService service;
  const KeyVersionsRecord record{{2, 3}, {1, 2}, 5, 77};
  const Bytes sealed = EncodeKeyVersions(record, service.keys(), service.random());
  EXPECT_THAT(DecodeKeyVersions(sealed, service.keys()), IsOkAndHolds(record));
  for (std::size_t bit = 0; bit < sealed.size() * 8; bit += 7) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_EQ(CodeOf(DecodeKeyVersions(changed, service.keys()).status()), ErrorCode::kDataCorrupt);
  }
  for (const KeyVersionsRecord& wrong :
       {KeyVersionsRecord{{0, 1}, {1, 1}, 1, 0}, KeyVersionsRecord{{3, 2}, {1, 1}, 1, 0},
        KeyVersionsRecord{{1, 1}, {1, 4'000'000}, 1, 0}}) {
    EXPECT_EQ(CodeOf(DecodeKeyVersions(EncodeKeyVersions(wrong, service.keys(), service.random()),
                                       service.keys())
                         .status()),
              ErrorCode::kDataCorrupt);
  }
}

}  // namespace
}  // namespace noren::operations
