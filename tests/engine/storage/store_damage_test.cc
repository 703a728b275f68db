// A damaged, cut or swapped store is refused: by its checksums or because it does not extend its
// anchor. Never is older data served as if it were the newest.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "engine/storage/rocksdb_store.h"
#include "tests/engine/storage/chained_writer.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr Partition kOnly{0};

class StoreDamage : public ::testing::Test {
 protected:
  RocksDbOptions Options() const {
    RocksDbOptions options;
    options.directory = Data();
    return options;
  }
  std::string Data() const { return directory_.Child("data"); }

  // Writes until the head is at `sequence` and keeps the head after each batch.
  void WriteUpTo(std::uint64_t sequence) {
    auto store = RocksDbStore::Open(Options());
    ASSERT_OK(store);
    ChainedWriter writer(**store);
    ASSERT_OK_AND_ASSIGN(PartitionHead head, writer.Head(kOnly));
    while (head.sequence < sequence) {
      ASSERT_EQ(writer.WriteNext(kOnly, head).outcome, Outcome::kCommitted);
      ASSERT_OK_AND_ASSIGN(head, writer.Head(kOnly));
      heads_.push_back(head);
    }
  }
  AnchorRecord AnchoredAt(std::uint64_t sequence) const {
    AnchorRecord record;
    record.partitions = {sequence == 0 ? PartitionHead{} : heads_.at(sequence - 1)};
    return record;
  }
  // What the daemon does at start: open, compare with the anchor, and here also read everything.
  Status StartWith(const AnchorRecord& anchored) const {
    NOREN_ASSIGN_OR_RETURN(auto store, RocksDbStore::Open(Options()));
    return CheckStarted(*store, anchored);
  }
  static Status CheckStarted(Store& store, const AnchorRecord& anchored) {
    ChainedWriter reader(store);
    NOREN_RETURN_IF_ERROR(VerifyExtends(anchored, 1, reader));
    return reader.CheckWhole(kOnly, 1);
  }
  std::string OnlyFile(const std::string& extension) const {
    std::string found;
    for (const auto& entry : fs::directory_iterator(Data())) {
      if (entry.path().extension() != extension || entry.file_size() == 0) continue;
      EXPECT_EQ(found, "") << "more than one " << extension;
      found = entry.path().string();
    }
    EXPECT_NE(found, "") << "no " << extension;
    return found;
  }
  // Puts the data directory aside, and copies it back for each damage.
  void KeepImage(const std::string& name = "image") const {
    fs::remove_all(directory_.Child(name));
    fs::copy(Data(), directory_.Child(name), fs::copy_options::recursive);
  }
  void PutBack(const std::string& name = "image") const {
    fs::remove_all(Data());
    fs::copy(directory_.Child(name), Data(), fs::copy_options::recursive);
  }

  TemporaryDirectory directory_;
  std::vector<PartitionHead> heads_;  // after batch i + 1
};

TEST_F(StoreDamage, UndamagedStoreStarts) {
  WriteUpTo(30);
  EXPECT_OK(StartWith(AnchoredAt(30)));
  EXPECT_OK(StartWith(AnchoredAt(12)));
  EXPECT_OK(StartWith(AnchoredAt(0)));
}

TEST_F(StoreDamage, EveryBitFlipInTheLogIsRefused) {
  WriteUpTo(30);
  KeepImage();
  const std::string log = OnlyFile(".log");
  const Bytes whole = ReadWholeFile(log);
  SeededRandom random(5);
  int refused_by_open = 0;
  for (int round = 0; round < 120; ++round) {
    PutBack();
    Bytes damaged = whole;
    damaged[random.Below(damaged.size())] ^= static_cast<std::uint8_t>(1u << random.Below(8));
    WriteWholeFile(log, damaged);
    if (!RocksDbStore::Open(Options()).ok()) ++refused_by_open;
    PutBack();
    WriteWholeFile(log, damaged);
    EXPECT_THAT(StartWith(AnchoredAt(30)), StatusIs(StatusCode::kDataLoss));
  }
  EXPECT_GT(refused_by_open, 60) << "the log's checksums caught almost nothing";
}

TEST_F(StoreDamage, RefusalNamesWhatHappenedAndWhatToDo) {
  WriteUpTo(30);
  const std::string log = OnlyFile(".log");
  Bytes damaged = ReadWholeFile(log);
  damaged[damaged.size() / 2] ^= 1;
  WriteWholeFile(log, damaged);
  EXPECT_THAT(RocksDbStore::Open(Options()),
              StatusIs(StatusCode::kDataLoss, AllOf(HasSubstr("damaged"), HasSubstr("stays sealed"),
                                                    HasSubstr("noren backup restore"))));
}

TEST_F(StoreDamage, DeletedLogIsRefused) {
  WriteUpTo(30);
  fs::remove(OnlyFile(".log"));
  EXPECT_THAT(StartWith(AnchoredAt(30)), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(StartWith(AnchoredAt(1)), StatusIs(StatusCode::kDataLoss));
}

// Goal: a tail that was cut off is accepted only when nothing acknowledged is gone. Method: the log
// is cut at every byte of its last three records; the anchor knows batch 29 of 30.
TEST_F(StoreDamage, TornTailIsAcceptedExactlyWhenNothingAcknowledgedIsGone) {
  WriteUpTo(27);
  const std::size_t size_27 = ReadWholeFile(OnlyFile(".log")).size();
  KeepImage("before");
  // Reopening moves the old log into a table, so all 30 are written in one go to have one log.
  fs::remove_all(Data());
  heads_.clear();
  WriteUpTo(30);
  KeepImage();
  const std::string log = OnlyFile(".log");
  const Bytes whole = ReadWholeFile(log);
  std::size_t accepted_count = 0;
  std::size_t refused_count = 0;
  const std::size_t step = std::max<std::size_t>(1, (whole.size() - size_27) / 60);
  for (std::size_t size = size_27; size < whole.size(); size += step) {
    PutBack();
    WriteWholeFile(log, ByteSpan(whole).first(size));
    const Status started = StartWith(AnchoredAt(29));
    if (started.ok()) {
      ++accepted_count;
      continue;
    }
    ++refused_count;
    EXPECT_EQ(accepted_count, 0u) << "more bytes, but less accepted: " << size;
    EXPECT_THAT(started, StatusIs(StatusCode::kDataLoss, AllOf(HasSubstr("older than its anchor"),
                                                               HasSubstr("entry 29"))));
  }
  EXPECT_GT(accepted_count, 5u);
  EXPECT_GT(refused_count, 5u);
}

TEST_F(StoreDamage, OlderImageOfTheDataDirectoryIsRefused) {
  WriteUpTo(10);
  KeepImage();
  WriteUpTo(11);
  PutBack();
  EXPECT_THAT(StartWith(AnchoredAt(11)),
              StatusIs(StatusCode::kDataLoss, HasSubstr("ends at entry 10, but entry 11")));
  EXPECT_OK(StartWith(AnchoredAt(10)));
}

TEST_F(StoreDamage, OlderLogInPlaceOfTheNewestIsRefused) {
  WriteUpTo(10);
  const Bytes older = ReadWholeFile(OnlyFile(".log"));
  WriteUpTo(20);
  WriteWholeFile(OnlyFile(".log"), older);
  EXPECT_THAT(StartWith(AnchoredAt(20)), StatusIs(StatusCode::kDataLoss));
}

TEST_F(StoreDamage, AnotherStoreOfTheSameLengthIsRefused) {
  WriteUpTo(10);
  AnchorRecord anchored = AnchoredAt(7);
  anchored.partitions[0].head[31] ^= 1;
  EXPECT_THAT(StartWith(anchored),
              StatusIs(StatusCode::kDataLoss, HasSubstr("not the one its anchor knows")));
}

TEST_F(StoreDamage, EmptyDirectoryInPlaceOfTheStoreIsRefused) {
  WriteUpTo(10);
  fs::remove_all(Data());
  EXPECT_THAT(StartWith(AnchoredAt(10)), StatusIs(StatusCode::kDataLoss));
}

TEST_F(StoreDamage, MissingOrDamagedManifestIsRefused) {
  WriteUpTo(10);
  WriteUpTo(12);  // a table exists now
  KeepImage();
  fs::remove(Data() + "/CURRENT");
  EXPECT_THAT(RocksDbStore::Open(Options()), StatusIs(StatusCode::kDataLoss));
  PutBack();
  for (const auto& entry : fs::directory_iterator(Data())) {
    if (entry.path().filename().string().starts_with("MANIFEST-")) fs::remove(entry.path());
  }
  EXPECT_THAT(RocksDbStore::Open(Options()), StatusIs(StatusCode::kDataLoss));
}

TEST_F(StoreDamage, MissingTableIsRefused) {
  WriteUpTo(10);
  WriteUpTo(12);
  for (const auto& entry : fs::directory_iterator(Data())) {
    if (entry.path().extension() == ".sst") fs::remove(entry.path());
  }
  EXPECT_THAT(StartWith(AnchoredAt(10)), StatusIs(StatusCode::kDataLoss));
}

// Goal: a flipped bit in a table gives an error or changes nothing, never another value. Method:
// the store is one compacted table; single bits flip all over it.
TEST_F(StoreDamage, BitFlipInATableNeverGivesAWrongValue) {
  WriteUpTo(40);
  {
    ASSERT_OK_AND_ASSIGN(auto store, RocksDbStore::Open(Options()));
    store->Compact();
  }
  KeepImage();
  const std::string table = OnlyFile(".sst");
  const Bytes whole = ReadWholeFile(table);
  SeededRandom random(6);
  int noticed_count = 0;
  for (int round = 0; round < 80; ++round) {
    PutBack();
    Bytes damaged = whole;
    damaged[random.Below(damaged.size())] ^= static_cast<std::uint8_t>(1u << random.Below(8));
    WriteWholeFile(table, damaged);
    auto store = RocksDbStore::Open(Options());
    if (!store.ok()) {
      EXPECT_THAT(store, StatusIs(StatusCode::kDataLoss));
      ++noticed_count;
      continue;
    }
    const Status read = CheckStarted(**store, AnchoredAt(40));
    if (!read.ok()) {
      EXPECT_THAT(read, StatusIs(StatusCode::kDataLoss));
    }
    noticed_count += read.ok() && (*store)->VerifyChecksums().ok() ? 0 : 1;
  }
  EXPECT_GE(noticed_count, 72) << "of 80 flips";
}

}  // namespace
}  // namespace noren::storage
