// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/rocksdb_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/engine/storage/chained_writer.h"
#include "tests/support/file_faults.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::storage {
namespace {

using ::testing::HasSubstr;

constexpr Partition kOnly{0};

class RocksDbStoreTest : public ::testing::Test {
 protected:
  RocksDbOptions Options() const {
    RocksDbOptions options;
    options.directory = directory_.Child("store");
    return options;
  }
  std::unique_ptr<RocksDbStore> Open() const {
    auto store = RocksDbStore::Open(Options());
    EXPECT_THAT(store, IsOk());
    return store.ok() ? std::move(*store) : nullptr;
  }
  // Writes batches until `count` are committed or one is not; returns the last result.
  static CommitResult WriteBatches(Store& store, int count, PartitionHead& acknowledged) {
    ChainedWriter writer(store);
    CommitResult result;
    for (int i = 0; i < count; ++i) {
      result = writer.WriteNext(kOnly, acknowledged);
      if (result.outcome != Outcome::kCommitted) return result;
      acknowledged = *writer.Head(kOnly);
    }
    return result;
  }
  void ExpectAcknowledgedAfterReopening(const PartitionHead& acknowledged) const {
    auto store = Open();
    ASSERT_NE(store, nullptr);
    ChainedWriter reader(*store);
    AnchorRecord anchored;
    anchored.partitions = {acknowledged};
    EXPECT_OK(VerifyExtends(anchored, 1, reader));
    EXPECT_OK(reader.CheckWhole(kOnly, 1));
  }

  TemporaryDirectory directory_;
};

TEST_F(RocksDbStoreTest, KeepsEverythingAcrossReopening) {
  PartitionHead head;
  ASSERT_EQ(WriteBatches(*Open(), 20, head).outcome, Outcome::kCommitted);
  ExpectAcknowledgedAfterReopening(head);
  auto store = Open();
  EXPECT_EQ(ChainedWriter(*store).WriteNext(kOnly, head).feed_sequence, 21u);
}

TEST_F(RocksDbStoreTest, MakesAPrivateDirectory) {
  Open();
  struct stat info{};
  ASSERT_EQ(::stat(Options().directory.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(RocksDbStoreTest, RefusesAnotherPartitionCount) {
  Open();
  RocksDbOptions options = Options();
  options.partition_count = 2;
  EXPECT_THAT(RocksDbStore::Open(options), StatusIs(StatusCode::kFailedPrecondition));
  options.partition_count = 0;
  EXPECT_THAT(RocksDbStore::Open(options), StatusIs(StatusCode::kInvalidArgument));
  options.partition_count = kMaxPartitions + 1;
  EXPECT_THAT(RocksDbStore::Open(options), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(RocksDbStoreTest, RefusesAMissingStoreWhenAskedTo) {
  RocksDbOptions options = Options();
  options.when_missing = RocksDbOptions::Missing::kRefuse;
  EXPECT_THAT(RocksDbStore::Open(options), StatusIs(StatusCode::kNotFound));
  std::filesystem::create_directory(options.directory);
  EXPECT_THAT(RocksDbStore::Open(options), StatusIs(StatusCode::kNotFound));
  EXPECT_TRUE(std::filesystem::is_empty(options.directory));
  Open();
  EXPECT_OK(RocksDbStore::Open(options));
}

TEST_F(RocksDbStoreTest, RefusesASecondOpening) {
  auto store = Open();
  EXPECT_THAT(RocksDbStore::Open(Options()), StatusIs(StatusCode::kUnavailable));
}

TEST_F(RocksDbStoreTest, CheckpointIsAWholeStoreOfItsOwn) {
  auto store = Open();
  PartitionHead head;
  ASSERT_EQ(WriteBatches(*store, 10, head).outcome, Outcome::kCommitted);
  const std::string copy = directory_.Child("copy");
  ASSERT_OK(store->Checkpoint(copy));
  EXPECT_THAT(store->Checkpoint(copy), StatusIs(StatusCode::kAlreadyExists));
  PartitionHead later = head;
  ASSERT_EQ(WriteBatches(*store, 5, later).outcome, Outcome::kCommitted);
  RocksDbOptions options = Options();
  options.directory = copy;
  options.when_missing = RocksDbOptions::Missing::kRefuse;
  ASSERT_OK_AND_ASSIGN(auto copied, RocksDbStore::Open(options));
  ChainedWriter reader(*copied);
  ASSERT_OK_AND_ASSIGN(const PartitionHead copied_head, reader.Head(kOnly));
  EXPECT_EQ(copied_head, head);
  EXPECT_OK(reader.CheckWhole(kOnly, 1));
  EXPECT_OK(copied->VerifyChecksums());
}

// Goal: a sync that failed once is never taken for a success later. Method: the sync number n of a
// run fails with EIO and the following ones succeed, for every n until none fails.
TEST_F(RocksDbStoreTest, LatchesAfterAFailedSyncAndLosesNothingAcknowledged) {
  constexpr int kBatches = 8;
  for (std::int64_t step = 0;; ++step) {
    std::filesystem::remove_all(Options().directory);
    auto store = Open();
    // So that no background work meets the fault instead; it then sleeps a second.
    store->Compact();
    PartitionHead acknowledged;
    const FileFaults faults;
    FileFaults::FailSyncAfter(step);
    const CommitResult result = WriteBatches(*store, kBatches, acknowledged);
    if (result.outcome == Outcome::kCommitted) {
      EXPECT_GE(step, kBatches) << "a batch was acknowledged without a sync";
      break;
    }
    // A sync of RocksDB's background work fails the next batch before it is written.
    EXPECT_TRUE(result.outcome == Outcome::kUnknown || result.outcome == Outcome::kUnavailable);
    EXPECT_EQ(ChainedWriter(*store).WriteNext(kOnly, acknowledged).outcome, Outcome::kUnavailable);
    const Health health = store->CheckHealth();
    EXPECT_FALSE(health.writable);
    EXPECT_FALSE(health.disk_full);
    EXPECT_THAT(health.detail, HasSubstr("I/O error"));
    EXPECT_THAT(store->TrimFeed(kOnly, 1), StatusIs(StatusCode::kUnavailable));
    FileFaults::Clear();
    store.reset();
    ExpectAcknowledgedAfterReopening(acknowledged);
  }
}

// Goal: a full disk loses nothing that was acknowledged and is named as such. Method: the disk is
// full after n bytes, for n over a few batches; afterwards there is space again and the store is
// opened anew.
TEST_F(RocksDbStoreTest, SaysThatTheDiskIsFullAndLosesNothingAcknowledged) {
  for (std::int64_t bytes = 0; bytes < 9000; bytes += 613) {
    std::filesystem::remove_all(Options().directory);
    auto store = Open();
    // So that no background work meets the fault instead; it then sleeps a second.
    store->Compact();
    PartitionHead acknowledged;
    const FileFaults faults;
    FileFaults::FillDiskAfterBytes(bytes);
    const CommitResult result = WriteBatches(*store, 100, acknowledged);
    EXPECT_TRUE(result.outcome == Outcome::kUnknown || result.outcome == Outcome::kUnavailable);
    EXPECT_EQ(ChainedWriter(*store).WriteNext(kOnly, acknowledged).outcome, Outcome::kUnavailable);
    const Health health = store->CheckHealth();
    EXPECT_FALSE(health.writable);
    EXPECT_TRUE(health.disk_full) << bytes;
    EXPECT_THAT(health.detail, HasSubstr("disk is full"));
    store.reset();
    FileFaults::Clear();
    ExpectAcknowledgedAfterReopening(acknowledged);
  }
}

TEST_F(RocksDbStoreTest, WritesNoLogOfItsOwn) {
  PartitionHead head;
  auto store = Open();
  ASSERT_EQ(WriteBatches(*store, 3, head).outcome, Outcome::kCommitted);
  store->Compact();
  for (const auto& entry : std::filesystem::directory_iterator(Options().directory)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("LOG")) << entry.path();
  }
}

}  // namespace
}  // namespace noren::storage
