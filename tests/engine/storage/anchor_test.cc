// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/anchor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "crypto/base/encoding.h"
#include "engine/storage/anchor_codec.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::storage {
namespace {

using ::testing::HasSubstr;

Hash256 HashOf(std::uint8_t byte) {
  Hash256 hash;
  hash.fill(byte);
  return hash;
}

// Heads in a map: (partition, sequence) -> head.
class FakeHeads final : public HeadReader {
 public:
  StatusOr<std::uint64_t> LastSequence(Partition partition) override {
    return last[partition.index];
  }
  StatusOr<Hash256> HeadAt(Partition partition, std::uint64_t sequence) override {
    const auto found = heads.find({partition.index, sequence});
    if (found == heads.end()) return NotFound("no such head");
    return found->second;
  }
  std::map<std::uint32_t, std::uint64_t> last;
  std::map<std::pair<std::uint32_t, std::uint64_t>, Hash256> heads;
};

AnchorRecord SampleRecord() {
  SeededRandom random(3);
  AnchorRecord record;
  record.epoch = 41;
  record.partitions = {{17, HashOf(1)}, {0, Hash256{}}};
  record.log = {17, HashOf(2)};
  record.journal = {3, HashOf(3)};
  record.time_floor = {1767571200};
  record.key_tree_generation = 9;
  record.key_tree_root_key = SecretBytes::Random(random, 32);
  return record;
}

void ExpectSame(const AnchorRecord& a, const AnchorRecord& b) {
  EXPECT_EQ(a.epoch, b.epoch);
  EXPECT_EQ(a.partitions, b.partitions);
  EXPECT_EQ(a.log, b.log);
  EXPECT_EQ(a.journal, b.journal);
  EXPECT_EQ(a.time_floor, b.time_floor);
  EXPECT_EQ(a.key_tree_generation, b.key_tree_generation);
  EXPECT_TRUE(a.key_tree_root_key == b.key_tree_root_key);
}

TEST(VerifyExtends, AcceptsAStoreAtOrAfterTheAnchor) {
  FakeHeads heads;
  heads.last[0] = 17;
  heads.heads[{0, 17}] = HashOf(1);
  EXPECT_OK(VerifyExtends(SampleRecord(), 2, heads));
  heads.last[0] = 18;
  heads.last[1] = 5;
  EXPECT_OK(VerifyExtends(SampleRecord(), 2, heads));
}

TEST(VerifyExtends, RefusesAStoreBehindTheAnchor) {
  FakeHeads heads;
  heads.last[0] = 16;
  EXPECT_THAT(VerifyExtends(SampleRecord(), 2, heads),
              StatusIs(StatusCode::kDataLoss,
                       AllOf(HasSubstr("older than its anchor"), HasSubstr("partition 0"),
                             HasSubstr("ends at entry 16, but entry 17"), HasSubstr("restore"))));
}

TEST(VerifyExtends, RefusesAnotherHeadAtTheAnchoredSequence) {
  FakeHeads heads;
  heads.last[0] = 20;
  EXPECT_THAT(VerifyExtends(SampleRecord(), 2, heads),
              StatusIs(StatusCode::kDataLoss, HasSubstr("not the one its anchor knows")));
  heads.heads[{0, 17}] = HashOf(9);
  EXPECT_THAT(VerifyExtends(SampleRecord(), 2, heads),
              StatusIs(StatusCode::kDataLoss, HasSubstr("not the one its anchor knows")));
}

TEST(VerifyExtends, LooksAtEveryPartition) {
  AnchorRecord record = SampleRecord();
  record.partitions[1] = {2, HashOf(4)};
  FakeHeads heads;
  heads.last[0] = 17;
  heads.heads[{0, 17}] = HashOf(1);
  heads.last[1] = 1;
  EXPECT_THAT(VerifyExtends(record, 2, heads),
              StatusIs(StatusCode::kDataLoss, HasSubstr("partition 1")));
}

TEST(VerifyExtends, RefusesAnotherPartitionCount) {
  FakeHeads heads;
  EXPECT_THAT(VerifyExtends(SampleRecord(), 1, heads), StatusIs(StatusCode::kFailedPrecondition));
}

TEST(VerifyNothingCommitted, AcceptsOnlyAnEmptyStore) {
  FakeHeads heads;
  EXPECT_OK(VerifyNothingCommitted(2, heads));
  heads.last[1] = 1;
  EXPECT_THAT(VerifyNothingCommitted(2, heads),
              StatusIs(StatusCode::kDataLoss, HasSubstr("anchor is empty or missing")));
}

TEST(AnchorSlot, OpensWhatWasSealed) {
  SeededRandom random(1);
  const SecretBytes key = SecretBytes::Random(random, 32);
  ASSERT_OK_AND_ASSIGN(const Bytes slot, SealAnchorSlot(key, SampleRecord(), random));
  EXPECT_EQ(slot.size(), kAnchorSlotBytes);
  ASSERT_OK_AND_ASSIGN(const AnchorRecord record, OpenAnchorSlot(key, slot));
  ExpectSame(record, SampleRecord());
  ExpectSame(record.Clone(), record);
}

TEST(AnchorSlot, HoldsARecordWithoutAKeyTreeAndOneWithTheMostPartitions) {
  SeededRandom random(1);
  const SecretBytes key = SecretBytes::Random(random, 32);
  AnchorRecord record = SampleRecord();
  record.key_tree_root_key = SecretBytes();
  record.partitions.assign(kMaxAnchorPartitions, {~std::uint64_t{0}, HashOf(0xff)});
  ASSERT_OK_AND_ASSIGN(const Bytes slot, SealAnchorSlot(key, record, random));
  ASSERT_OK_AND_ASSIGN(const AnchorRecord opened, OpenAnchorSlot(key, slot));
  ExpectSame(opened, record);
  record.partitions.emplace_back();
  EXPECT_THAT(SealAnchorSlot(key, record, random), StatusIs(StatusCode::kInvalidArgument));
  record = SampleRecord();
  record.key_tree_root_key = SecretBytes(31);
  EXPECT_THAT(SealAnchorSlot(key, record, random), StatusIs(StatusCode::kInvalidArgument));
}

TEST(AnchorSlot, RefusesEveryFlippedByteAndAnotherKey) {
  SeededRandom random(1);
  const SecretBytes key = SecretBytes::Random(random, 32);
  ASSERT_OK_AND_ASSIGN(const Bytes slot, SealAnchorSlot(key, SampleRecord(), random));
  for (std::size_t i = 0; i < slot.size(); ++i) {
    Bytes damaged = slot;
    damaged[i] ^= 0x10;
    ASSERT_THAT(OpenAnchorSlot(key, damaged), StatusIs(StatusCode::kDataLoss)) << i;
  }
  const SecretBytes other = SecretBytes::Random(random, 32);
  EXPECT_THAT(OpenAnchorSlot(other, slot), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(OpenAnchorSlot(key, ByteSpan(slot).first(4095)), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(OpenAnchorSlot(key, Bytes(kAnchorSlotBytes)), StatusIs(StatusCode::kNotFound));
}

TEST(AnchorSlot, GoldenSlotOpensAndIsWrittenTheSame) {
  SeededRandom random(1);
  const SecretBytes key = SecretBytes::Random(random, 32);
  const Bytes golden = ReadWholeFile(SourceFolder() + "/tests/golden/anchor_slot_v1.bin");
  ASSERT_OK_AND_ASSIGN(const AnchorRecord record, OpenAnchorSlot(key, golden));
  ExpectSame(record, SampleRecord());
  ASSERT_OK_AND_ASSIGN(const Bytes slot, SealAnchorSlot(key, SampleRecord(), random));
  EXPECT_TRUE(slot == golden);
}

TEST(ErasureClaim, HasTheNamesThatReceiptsUse) {
  EXPECT_EQ(NameOf(ErasureClaim::kBackupsOnly), "backups-only");
  EXPECT_EQ(NameOf(ErasureClaim::kDevice), "device");
}

}  // namespace
}  // namespace noren::storage
