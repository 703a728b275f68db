// SPDX-License-Identifier: Apache-2.0
#include "server/custody/anchor_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/storage/anchor_codec.h"
#include "tests/support/file_faults.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

using storage::AnchorRecord;
using storage::kAnchorSlotBytes;
using ::testing::HasSubstr;

// How many bytes of the first slot must be those of `after` for it to be whole.
std::size_t WholeAt(const Bytes& before, const Bytes& after) {
  std::size_t size = kAnchorSlotBytes;
  while (size > 0 && before[size - 1] == after[size - 1]) --size;
  return size;
}

class AnchorFileTest : public ::testing::Test {
 protected:
  SecretBytes SealKey() const {
    SeededRandom random(11);
    return SecretBytes::Random(random, 32);
  }
  StatusOr<std::unique_ptr<AnchorFile>> TryOpen(int mirrors = 1) {
    AnchorFileOptions options;
    options.data_directory = directory_.path();
    for (int i = 0; i < mirrors; ++i) options.directories.push_back(Mirror(i));
    return AnchorFile::Open(options, SealKey(), random_);
  }
  std::unique_ptr<AnchorFile> Open(int mirrors = 1) {
    auto anchor = TryOpen(mirrors);
    EXPECT_OK(anchor);
    return anchor.ok() ? std::move(*anchor) : nullptr;
  }
  std::string Mirror(int index) const { return directory_.Child("anchor" + std::to_string(index)); }
  std::string File(int index = 0) const { return Mirror(index) + "/anchor"; }

  AnchorRecord Record(std::uint64_t epoch) {
    AnchorRecord record;
    record.epoch = epoch;
    record.partitions = {{epoch * 10, {}}};
    record.key_tree_generation = epoch;
    SeededRandom random(epoch);
    record.key_tree_root_key = SecretBytes::Random(random, 32);
    return record;
  }
  void ExpectLoads(std::uint64_t epoch, int mirrors = 1) {
    auto loaded = Open(mirrors)->Load();
    ASSERT_OK(loaded);
    EXPECT_EQ(loaded->epoch, epoch);
    EXPECT_EQ(loaded->partitions[0].sequence, epoch * 10);
    EXPECT_TRUE(loaded->key_tree_root_key == Record(epoch).key_tree_root_key);
  }

  TemporaryDirectory directory_;
  SeededRandom random_{12};
};

TEST_F(AnchorFileTest, LoadsTheLastStored) {
  EXPECT_THAT(Open()->Load(), StatusIs(StatusCode::kNotFound));
  auto anchor = Open();
  for (const std::uint64_t epoch : {1u, 2u, 3u, 10u}) {
    ASSERT_OK(anchor->Store(Record(epoch)));
    ExpectLoads(epoch);
  }
}

TEST_F(AnchorFileTest, FileIsPrivateAndOfFixedSize) {
  ASSERT_OK(Open()->Store(Record(1)));
  struct stat info{};
  ASSERT_EQ(::stat(File().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(info.st_size, 8192);
  ASSERT_EQ(::stat(Mirror(0).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(AnchorFileTest, EpochMustRise) {
  auto anchor = Open();
  EXPECT_THAT(anchor->Store(Record(0)), StatusIs(StatusCode::kFailedPrecondition));
  ASSERT_OK(anchor->Store(Record(5)));
  EXPECT_THAT(anchor->Store(Record(5)), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(Open()->Store(Record(4)), StatusIs(StatusCode::kFailedPrecondition));
  ASSERT_OK(Open()->Store(Record(6)));
}

// Goal: whatever part of a slot a crash left written, the last acknowledged record loads. Method:
// epoch 3 is written over epoch 1 up to every byte.
TEST_F(AnchorFileTest, TornSlotAtEveryByteLeavesTheLastAcknowledgedRecord) {
  auto anchor = Open();
  ASSERT_OK(anchor->Store(Record(1)));
  ASSERT_OK(anchor->Store(Record(2)));
  const Bytes before = ReadWholeFile(File());
  ASSERT_OK(anchor->Store(Record(3)));
  const Bytes after = ReadWholeFile(File());
  const auto first_difference = std::mismatch(before.begin(), before.end(), after.begin()).first;
  ASSERT_LT(first_difference - before.begin(), static_cast<std::ptrdiff_t>(kAnchorSlotBytes));
  WriteWholeFile(File(), before);
  auto reader = Open();
  std::fstream file(File(), std::ios::in | std::ios::out | std::ios::binary);
  // Bytes that are the same in both make the slot whole a little before its end.
  const std::size_t whole_at = WholeAt(before, after);
  for (std::size_t written = 0; written <= kAnchorSlotBytes; ++written) {
    if (written > 0) {
      file.seekp(static_cast<std::streamoff>(written - 1));
      file.put(static_cast<char>(after[written - 1])).flush();
    }
    auto loaded = reader->Load();
    ASSERT_OK(loaded) << written;
    ASSERT_EQ(loaded->epoch, written >= whole_at ? 3u : 2u) << written;
  }
}

TEST_F(AnchorFileTest, WritesOverTheTornSlotNext) {
  auto anchor = Open();
  for (const std::uint64_t epoch : {1u, 2u, 3u}) ASSERT_OK(anchor->Store(Record(epoch)));
  Bytes torn = ReadWholeFile(File());
  torn[2000] ^= 1;  // slot 0 holds epoch 3, slot 1 epoch 2
  WriteWholeFile(File(), torn);
  auto after_crash = Open();
  ExpectLoads(2);
  ASSERT_OK(after_crash->Store(Record(3)));
  EXPECT_TRUE(std::equal(torn.begin() + kAnchorSlotBytes, torn.end(),
                         ReadWholeFile(File()).begin() + kAnchorSlotBytes))
      << "the only whole slot was touched";
  ExpectLoads(3);
}

TEST_F(AnchorFileTest, BothSlotsDamagedIsDataLossAndIsNotWrittenOver) {
  auto anchor = Open();
  ASSERT_OK(anchor->Store(Record(1)));
  ASSERT_OK(anchor->Store(Record(2)));
  Bytes damaged = ReadWholeFile(File());
  damaged[100] ^= 1;
  damaged[kAnchorSlotBytes + 100] ^= 1;
  WriteWholeFile(File(), damaged);
  auto reopened = Open();
  EXPECT_THAT(reopened->Load(), StatusIs(StatusCode::kDataLoss, AllOf(HasSubstr("cannot be opened"),
                                                                      HasSubstr("sealed"))));
  EXPECT_THAT(reopened->Store(Record(9)), StatusIs(StatusCode::kDataLoss));
  EXPECT_EQ(ReadWholeFile(File()), damaged);
}

TEST_F(AnchorFileTest, OneDamagedSlotAndOneNeverWrittenIsDataLoss) {
  ASSERT_OK(Open()->Store(Record(1)));
  Bytes damaged = ReadWholeFile(File());
  damaged[100] ^= 1;
  WriteWholeFile(File(), damaged);
  EXPECT_THAT(Open()->Load(), StatusIs(StatusCode::kDataLoss));
}

TEST_F(AnchorFileTest, FileCutShortIsDataLoss) {
  ASSERT_OK(Open()->Store(Record(1)));
  const Bytes whole = ReadWholeFile(File());
  WriteWholeFile(File(), ByteSpan(whole).first(kAnchorSlotBytes - 1));
  EXPECT_THAT(Open()->Load(), StatusIs(StatusCode::kDataLoss));
}

TEST_F(AnchorFileTest, AnotherSealKeyIsDataLoss) {
  ASSERT_OK(Open()->Store(Record(1)));
  AnchorFileOptions options{{Mirror(0)}, directory_.path()};
  ASSERT_OK_AND_ASSIGN(auto other, AnchorFile::Open(options, SecretBytes(32), random_));
  EXPECT_THAT(other->Load(), StatusIs(StatusCode::kDataLoss));
}

TEST_F(AnchorFileTest, FileOpenToOthersIsRefusedWithTheCommandThatMendsIt) {
  Open();
  ASSERT_EQ(::chmod(File().c_str(), 0640), 0);
  EXPECT_THAT(TryOpen(),
              StatusIs(StatusCode::kPermissionDenied,
                       AllOf(HasSubstr("mode 0640"), HasSubstr("chmod 600"), HasSubstr(File()))));
}

TEST_F(AnchorFileTest, OverwritingAllLeavesNoOlderRecord) {
  auto anchor = Open(2);
  for (const std::uint64_t epoch : {1u, 2u, 3u}) ASSERT_OK(anchor->Store(Record(epoch)));
  ASSERT_OK(anchor->StoreAndOverwriteAll(Record(4)));
  for (int mirror = 0; mirror < 2; ++mirror) {
    const Bytes file = ReadWholeFile(File(mirror));
    for (std::size_t slot = 0; slot < 2; ++slot) {
      const ByteSpan bytes = ByteSpan(file).subspan(slot * kAnchorSlotBytes, kAnchorSlotBytes);
      ASSERT_OK_AND_ASSIGN(const AnchorRecord record, storage::OpenAnchorSlot(SealKey(), bytes));
      EXPECT_EQ(record.epoch, 4u);
      EXPECT_TRUE(record.key_tree_root_key == Record(4).key_tree_root_key);
    }
  }
  ASSERT_OK(anchor->Store(Record(5)));
  ExpectLoads(5, 2);
}

// Goal: overwriting both slots is safe at every moment. Method: the sync number n fails.
TEST_F(AnchorFileTest, FailedSyncWhileOverwritingLeavesARecordAndLatches) {
  for (std::int64_t step = 0; step < 4; ++step) {
    std::filesystem::remove_all(Mirror(0));
    std::filesystem::remove_all(Mirror(1));
    auto anchor = Open(2);
    ASSERT_OK(anchor->Store(Record(1)));
    ASSERT_OK(anchor->Store(Record(2)));
    const FileFaults faults;
    FileFaults::FailSyncAfter(step);
    EXPECT_THAT(anchor->StoreAndOverwriteAll(Record(3)), StatusIs(StatusCode::kUnavailable));
    EXPECT_THAT(anchor->Store(Record(4)), StatusIs(StatusCode::kUnavailable)) << "not latched";
    EXPECT_THAT(anchor->Load(), StatusIs(StatusCode::kUnavailable));
    ASSERT_OK_AND_ASSIGN(const AnchorRecord record, Open(2)->Load());
    EXPECT_GE(record.epoch, 2u);
  }
}

TEST_F(AnchorFileTest, FullDiskIsNamedAndLatches) {
  auto anchor = Open();
  ASSERT_OK(anchor->Store(Record(1)));
  const FileFaults faults;
  FileFaults::FillDiskAfterBytes(1000);
  EXPECT_THAT(anchor->Store(Record(2)), StatusIs(StatusCode::kResourceExhausted));
  FileFaults::Clear();
  EXPECT_THAT(anchor->Store(Record(2)), StatusIs(StatusCode::kUnavailable));
  ExpectLoads(1);
}

TEST_F(AnchorFileTest, MirrorsHoldTheSameAndEitherSuffices) {
  ASSERT_OK(Open(2)->Store(Record(1)));
  ASSERT_OK(Open(2)->Store(Record(2)));
  for (int lost = 0; lost < 2; ++lost) {
    const Bytes whole = ReadWholeFile(File(lost));
    std::filesystem::remove(File(lost));
    ExpectLoads(2, 2);
    WriteWholeFile(File(lost), Bytes(2 * kAnchorSlotBytes, 0xa5));
    ExpectLoads(2, 2);
    WriteWholeFile(File(lost), whole);
  }
}

TEST_F(AnchorFileTest, HighestEpochOfBothMirrorsWinsAndTheOtherCatchesUp) {
  auto anchor = Open(2);
  ASSERT_OK(anchor->Store(Record(1)));
  const Bytes older = ReadWholeFile(File(1));
  ASSERT_OK(anchor->Store(Record(2)));
  WriteWholeFile(File(1), older);
  ExpectLoads(2, 2);
  ASSERT_OK(Open(2)->Store(Record(3)));
  std::filesystem::remove(File(0));
  ExpectLoads(3, 2);
}

// An older image of the anchor loads as what it is: that its store is newer is no fault, and its
// key tree root no longer opens the newest tree. It is why an anchor belongs on a device of its
// own.
TEST_F(AnchorFileTest, OlderImageLoadsWithItsOlderEpochAndRootKey) {
  auto anchor = Open();
  ASSERT_OK(anchor->Store(Record(1)));
  const Bytes older = ReadWholeFile(File());
  ASSERT_OK(anchor->StoreAndOverwriteAll(Record(2)));
  WriteWholeFile(File(), older);
  ExpectLoads(1);
}

TEST_F(AnchorFileTest, ClaimIsBackupsOnlyOnTheDeviceOfTheData) {
  EXPECT_EQ(Open()->erasure_claim(), storage::ErasureClaim::kBackupsOnly);
  AnchorFileOptions options{{Mirror(0)}, "/proc"};  // another device everywhere
  ASSERT_OK_AND_ASSIGN(auto anchor, AnchorFile::Open(options, SealKey(), random_));
  EXPECT_EQ(anchor->erasure_claim(), storage::ErasureClaim::kDevice);
}

TEST_F(AnchorFileTest, RefusesNoMirrorThreeMirrorsAndTheSameTwice) {
  for (const std::vector<std::string>& directories :
       {std::vector<std::string>{}, {Mirror(0), Mirror(1), Mirror(2)}, {Mirror(0), Mirror(0)}}) {
    EXPECT_THAT(AnchorFile::Open({directories, directory_.path()}, SealKey(), random_),
                StatusIs(StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace noren::server
