// T10 and T13 of docs/THREAT_MODEL.md: who was destroyed, against every backup and every image of
// the data disk that was ever taken, with every key that is left.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/people.h"
#include "engine/operations/register_seeker.h"
#include "engine/operations/rotate_keys.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/rocksdb_store.h"
#include "server/custody/anchor_file.h"
#include "tests/simulation/disk_service.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::simulation {
namespace {

namespace fs = std::filesystem;
using model::CodeOf;
using model::ErrorCode;
using storage::RocksDbStore;

constexpr std::size_t kPeople = 6;
constexpr std::size_t kDestroyed = 3;

// Name, size and last change of everything in a folder; nothing when a file went while it was read.
std::optional<std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>>> Listing(
    const fs::path& folder) {
  std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>> listing;
  try {
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      listing[entry.path().string()] = {entry.is_directory() ? 0 : entry.file_size(),
                                        entry.last_write_time()};
  } catch (const fs::filesystem_error&) {
    return std::nullopt;
  }
  return listing;
}

// As the folder is at one moment: a database at work writes and deletes files by threads of its
// own, so what changed during the copy is copied anew.
void CopyFolder(const fs::path& from, const fs::path& to) {
  constexpr int kAttempts = 200;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto before = Listing(from);
    std::error_code vanished;
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive, vanished);
    if (before && !vanished && Listing(from) == before) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ADD_FAILURE() << from << " never stood still for as long as a copy takes";
}

// What somebody took at one moment: the data disk, and (only in a control) the anchor with it.
struct Image {
  std::string data;
  std::string anchor;
};

class StolenDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(service_.Create());
    ASSERT_OK(service_.Start());
    for (std::size_t i = 0; i < kPeople; ++i) {
      auto seeker = service_.Register(static_cast<int>(i));
      ASSERT_OK(seeker);
      people_.push_back(std::move(*seeker));
      ASSERT_OK(service_.PutItem(people_.back(), model::ItemKind::kName, ToBytes("Invented Name")));
      ASSERT_OK(service_.BecomeDiscoverable(people_.back()));
      const auto loaded =
          operations::LoadPersonByHandle(service_.context(), "first-portal", people_.back().handle);
      ASSERT_OK(loaded);
      ids_.push_back(loaded->person);
      TakeImageAndBackup();
    }
    for (std::size_t i = 0; i < kDestroyed; ++i) {
      const auto request = service_.AskForErasure(people_[i]);
      ASSERT_OK(request);
      TakeImageAndBackup();
      if (i + 1 == kDestroyed) old_images_ = images_.size();
      ASSERT_OK(service_.Destroy(*request));
    }
    TakeImageAndBackup();
  }

  // The disk as it is while the service runs, its snapshot of the market and a backup with it.
  void TakeImageAndBackup() {
    service_.clock().AdvanceSeconds(60);
    ASSERT_OK(service_.runtime().SaveMarketSnapshot());
    const auto backup =
        operations::CreateBackup(service_.context(), service_.officer(),
                                 service_.runtime().backup_places(), service_.NextKey());
    ASSERT_OK(backup);
    backups_.push_back(backup->path);
    const std::string name = directory_.Child("image-" + std::to_string(images_.size()));
    images_.push_back({name + "-data", name + "-anchor"});
    CopyFolder(service_.data(), images_.back().data);
    CopyFolder(service_.anchor(), images_.back().anchor);
  }

  // The thief holds every purpose key, and what the anchor in this folder says.
  storage::AnchorRecord Anchored(const std::string& anchor_folder) {
    const auto& keys = service_.context().keys;
    auto file =
        server::AnchorFile::Open({{anchor_folder}, service_.data()},
                                 keys.Of(personal_data::KeyPurpose::kAnchorSeal).Clone(), random_);
    EXPECT_OK(file);
    auto record = (*file)->Load();
    EXPECT_OK(record);
    return record.ok() ? std::move(*record) : storage::AnchorRecord();
  }
  // A copy, since opening writes.
  std::unique_ptr<RocksDbStore> OpenCopy(const std::string& folder) {
    const std::string copy = directory_.Child("opened-" + std::to_string(opened_count_++));
    CopyFolder(folder, copy);
    storage::RocksDbOptions options;
    options.directory = copy;
    auto store = RocksDbStore::Open(options);
    EXPECT_OK(store);
    return store.ok() ? std::move(*store) : nullptr;
  }
  // Whether this person's record, in this database, opens with this tree under this root.
  bool Opens(storage::Store& store, storage::Store& tree, const personal_data::TreeRoot& root,
             const model::PersonId& person) {
    const auto stored =
        store.Read(operations::kEmbeddedPartition, {personal_data::keyspaces::PersonKey(person)});
    if (!stored.ok() || !stored->at(0)) return false;
    const auto& keys = service_.context().keys;
    const auto address = personal_data::OpenPersonAddress(person, *stored->at(0), keys);
    if (!address.ok()) return false;
    const auto keyring =
        personal_data::Keyring::Load(tree, random_, {root.key.Clone(), root.generation});
    if (!keyring.ok()) return false;
    const auto opened = (*keyring)->Open(address->leaf);
    if (!opened.ok()) return false;
    return personal_data::DecodePersonRecord({person, **opened}, *stored->at(0), keys).ok();
  }

  TemporaryDirectory directory_{TemporaryDirectory::Place::kMemory};
  SeededRandom random_{7};
  DiskService service_{directory_.path(), 1};
  std::vector<Seeker> people_;
  std::vector<model::PersonId> ids_;
  std::vector<Image> images_;
  std::vector<std::string> backups_;
  std::size_t old_images_ = 0;  // of before the last destruction
  int opened_count_ = 0;
};

class T10StolenBackup : public StolenDisk {};
class T13Rollback : public StolenDisk {};

TEST_F(T10StolenBackup, WhoWasDestroyedOpensFromNoImageWithAnyTreeAndEveryKey) {
  const storage::AnchorRecord now = Anchored(service_.anchor());
  const personal_data::TreeRoot root{now.key_tree_root_key.Clone(), now.key_tree_generation};
  std::vector<std::unique_ptr<RocksDbStore>> stores, trees;
  for (const Image& image : images_) {
    stores.push_back(OpenCopy(image.data + "/store"));
    trees.push_back(OpenCopy(image.data + "/keytree"));
  }
  for (const std::string& backup : backups_) stores.push_back(OpenCopy(backup + "/store"));
  trees.push_back(OpenCopy(service_.backups() + "/keytree"));
  std::size_t survivors_opened = 0;
  for (const auto& store : stores) {
    for (const auto& tree : trees) {
      for (std::size_t i = 0; i < kDestroyed; ++i)
        EXPECT_FALSE(Opens(*store, *tree, root, ids_[i])) << i;
      for (std::size_t i = kDestroyed; i < kPeople; ++i)
        survivors_opened += Opens(*store, *tree, root, ids_[i]) ? 1 : 0;
    }
  }
  EXPECT_GT(survivors_opened, 0u) << "the attack opens nobody at all";
}

// What `erasure: backups-only` means: an image that took the anchor along opens.
TEST_F(T10StolenBackup, AnImageThatTookTheAnchorAlongOpensAndThatIsWhyItBelongsApart) {
  const Image& image = images_.at(old_images_ - 1);
  const storage::AnchorRecord then = Anchored(image.anchor);
  const auto store = OpenCopy(image.data + "/store");
  const auto tree = OpenCopy(image.data + "/keytree");
  EXPECT_TRUE(Opens(*store, *tree, {then.key_tree_root_key.Clone(), then.key_tree_generation},
                    ids_[kDestroyed - 1]));
}

TEST_F(T10StolenBackup, ARestoreOfAnyBackupBringsNobodyBackAndKeepsTheOthers) {
  for (std::size_t n = 0; n < backups_.size(); ++n) {
    SCOPED_TRACE(n);
    service_.Stop();
    ASSERT_OK(service_.Restore(backups_[n]));
    ASSERT_OK(service_.Start());
    for (std::size_t i = 0; i < kPeople; ++i) {
      const auto seeker =
          operations::GetSeeker(service_.context(), service_.portal(), people_[i].handle);
      const bool was_there = i <= n;
      EXPECT_EQ(CodeOf(seeker.status()),
                i >= kDestroyed && was_there ? ErrorCode::kNone : ErrorCode::kNotFound)
          << i;
      if (seeker.ok()) {
        EXPECT_EQ(seeker->items.size(), 1u);
      }
    }
  }
}

TEST_F(T13Rollback, AnyOlderImageOfTheDataDiskStaysSealed) {
  service_.Stop();
  CopyFolder(service_.data(), directory_.Child("newest"));
  for (std::size_t n = 0; n + 1 < images_.size(); ++n) {
    CopyFolder(images_[n].data, service_.data());
    EXPECT_THAT(service_.Start(), StatusIs(StatusCode::kDataLoss)) << n;
    service_.Stop();
  }
  CopyFolder(directory_.Child("newest"), service_.data());
  EXPECT_OK(service_.Start());
}

// The databases of different moments put together.
TEST_F(T13Rollback, AnOlderDatabaseBesideTheNewestKeyTreeStaysSealedAndTheOtherWayRound) {
  service_.Stop();
  CopyFolder(service_.data(), directory_.Child("newest"));
  for (const char* part : {"store", "keytree"}) {
    for (std::size_t n = 0; n < old_images_; ++n) {
      CopyFolder(directory_.Child("newest"), service_.data());
      CopyFolder(images_[n].data + "/" + part, service_.data() + "/" + part);
      EXPECT_FALSE(service_.Start().ok()) << part << " " << n;
      service_.Stop();
    }
  }
}

// The market's snapshot of before a destruction, put back beside the newest data.
TEST_F(T13Rollback, AnOlderSnapshotOfTheMarketIsLeftAside) {
  service_.Stop();
  const fs::path snapshot = service_.data() + "/market.snapshot";
  for (std::size_t n = 0; n < old_images_; ++n) {
    ASSERT_TRUE(fs::exists(images_[n].data + "/market.snapshot"));
    fs::copy_file(images_[n].data + "/market.snapshot", snapshot,
                  fs::copy_options::overwrite_existing);
    ASSERT_OK(service_.Start());
    EXPECT_FALSE(service_.runtime().market_load().from_snapshot) << n;
    EXPECT_EQ(service_.context().market.people_count(), kPeople - kDestroyed);
    service_.Stop();
  }
}

// A crash may have come between the backup's folder and the copy of the key tree: what is
// acknowledged then is a backup with a copy, or nobody could open it once the disk is lost.
TEST(ABackupSentAgain, HasTheCopyOfTheKeyTreeThatTheFirstCallDidNotReach) {
  const TemporaryDirectory directory(TemporaryDirectory::Place::kMemory);
  DiskService service(directory.path(), 3);
  ASSERT_OK(service.Create());
  ASSERT_OK(service.Start());
  const std::string key = service.NextKey();
  const auto backup = [&] {
    return operations::CreateBackup(service.context(), service.officer(),
                                    service.runtime().backup_places(), key);
  };
  ASSERT_OK(backup());
  const auto copy = std::filesystem::path(service.backups()) / "keytree";
  ASSERT_TRUE(std::filesystem::exists(copy));
  std::filesystem::remove_all(copy);
  ASSERT_OK(backup());
  EXPECT_TRUE(std::filesystem::exists(copy));
}

// A rotation changes the tree's root as a destruction does, and a token's key is a leaf that came
// after the backup: the copy follows, or it would not open once the disk is lost.
TEST(ACopyOfTheKeyTree, OpensAfterRotationsOfTheTreeAndOfTokens) {
  using operations::VersionedKey;
  const TemporaryDirectory directory(TemporaryDirectory::Place::kMemory);
  DiskService service(directory.path(), 4);
  ASSERT_OK(service.Create());
  ASSERT_OK(service.Start());
  ASSERT_OK(service.Register(1));
  ASSERT_OK(operations::CreateBackup(service.context(), service.officer(),
                                     service.runtime().backup_places(), service.NextKey()));
  for (const VersionedKey key :
       {VersionedKey::kKeyTree, VersionedKey::kMatchToken, VersionedKey::kMatchToken}) {
    ASSERT_OK(operations::RotateKey(service.context(), service.officer(), service.NextKey(), key));
    operations::RewrapPlace place;
    for (bool done = false; !done;) {
      ASSERT_OK_AND_ASSIGN(const auto step, operations::RewrapKeys(service.context(),
                                                                   service.officer(), key, place));
      done = step.done;
    }
    service.Stop();
    CopyFolder(service.backups() + "/keytree", service.data() + "/keytree");
    ASSERT_OK(service.Start());
    EXPECT_EQ(service.context().market.people_count(), 1u);
  }
}

// Two anchors: one of them goes back with the data.
TEST(T13RollbackOfAMirror, AnOlderImageWithOneOfTwoAnchorsStaysSealed) {
  TemporaryDirectory directory(TemporaryDirectory::Place::kMemory);
  DiskService service(directory.path(), 2, DiskService::Mirrors::kTwo);
  ASSERT_OK(service.Create());
  ASSERT_OK(service.Start());
  ASSERT_OK(service.Register(1));
  const std::string image = directory.Child("image");
  const std::string newest = directory.Child("newest");
  service.Stop();  // files come and go under a copy made beside it
  for (const char* part : {"data", "anchor", "mirror"})
    CopyFolder(service.folder() + "/" + part, image + "-" + part);
  ASSERT_OK(service.Start());
  ASSERT_OK(service.Register(2));
  service.Stop();
  for (const char* part : {"data", "anchor", "mirror"})
    CopyFolder(service.folder() + "/" + part, newest + "-" + part);
  for (const char* part : {"anchor", "mirror"}) {
    CopyFolder(image + "-data", service.data());
    CopyFolder(image + "-" + part, service.folder() + "/" + part);
    EXPECT_THAT(service.Start(), StatusIs(StatusCode::kDataLoss)) << part;
    service.Stop();
    CopyFolder(newest + "-" + part, service.folder() + "/" + part);
  }
  CopyFolder(newest + "-data", service.data());
  EXPECT_OK(service.Start());
}

}  // namespace
}  // namespace noren::simulation
