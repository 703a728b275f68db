// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/blob_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/storage/file_blob_store.h"
#include "engine/storage/memory_blob_store.h"
#include "tests/support/file_faults.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::storage {
namespace {

constexpr std::int64_t kGrace = 3600;

Bytes RandomBytes(std::uint64_t seed, std::size_t size_bytes) {
  SeededRandom random(seed);
  Bytes bytes(size_bytes);
  random.Fill(bytes);
  return bytes;
}

StatusOr<BlobDigest> WriteBlob(BlobStore& store, ByteSpan content) {
  NOREN_ASSIGN_OR_RETURN(auto writer, store.Begin());
  NOREN_RETURN_IF_ERROR(writer->Append(content));
  return writer->Commit();
}

IsReferenced KeepsOnly(const std::set<BlobDigest>& kept) {
  return [kept](const BlobDigest& digest) -> StatusOr<bool> { return kept.contains(digest); };
}

struct MemoryBlobs {
  explicit MemoryBlobs(const Clock& clock) : store(std::make_unique<MemoryBlobStore>(clock)) {}
  std::unique_ptr<BlobStore> store;
};
struct FileBlobs {
  explicit FileBlobs(const Clock& clock) {
    auto opened = FileBlobStore::Open(directory.Child("blobs"), clock);
    EXPECT_OK(opened);
    store = std::move(*opened);
  }
  TemporaryDirectory directory;
  std::unique_ptr<BlobStore> store;
};

template <typename Blobs>
class BlobStoreConformance : public ::testing::Test {
 protected:
  FixedClock clock_;
  Blobs blobs_{clock_};
  BlobStore& store_ = *blobs_.store;
};
using BlobStores = ::testing::Types<MemoryBlobs, FileBlobs>;
TYPED_TEST_SUITE(BlobStoreConformance, BlobStores);

TYPED_TEST(BlobStoreConformance, BlobIsCalledByTheDigestOfItsContent) {
  const Bytes content = RandomBytes(1, 100000);
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(this->store_, content));
  EXPECT_EQ(digest, primitives::Sha256(content));
  EXPECT_THAT(this->store_.Size(digest), IsOkAndHolds(100000u));
  EXPECT_THAT(this->store_.ReadAt(digest, 0, 200000), IsOkAndHolds(content));
  EXPECT_OK(this->store_.Verify(digest));
}

TYPED_TEST(BlobStoreConformance, PiecesMakeTheSameBlobAsTheWhole) {
  const Bytes content = RandomBytes(2, 5000);
  ASSERT_OK_AND_ASSIGN(const BlobDigest whole, WriteBlob(this->store_, content));
  ASSERT_OK_AND_ASSIGN(auto writer, this->store_.Begin());
  for (std::size_t at = 0; at < content.size(); at += 777) {
    const ByteSpan rest = ByteSpan(content).subspan(at);
    ASSERT_OK(writer->Append(rest.first(std::min<std::size_t>(777, rest.size()))));
  }
  EXPECT_THAT(writer->Commit(), IsOkAndHolds(whole));
}

TYPED_TEST(BlobStoreConformance, ReadsAnyRangeAsFarAsItExists) {
  const Bytes content = ToBytes("0123456789");
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(this->store_, content));
  EXPECT_THAT(this->store_.ReadAt(digest, 3, 4), IsOkAndHolds(ToBytes("3456")));
  EXPECT_THAT(this->store_.ReadAt(digest, 8, 4), IsOkAndHolds(ToBytes("89")));
  EXPECT_THAT(this->store_.ReadAt(digest, 10, 4), IsOkAndHolds(Bytes()));
  EXPECT_THAT(this->store_.ReadAt(digest, ~std::uint64_t{0}, 4), IsOkAndHolds(Bytes()));
  EXPECT_THAT(this->store_.ReadAt(digest, 0, 0), IsOkAndHolds(Bytes()));
}

TYPED_TEST(BlobStoreConformance, EmptyBlobIsABlob) {
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(this->store_, {}));
  EXPECT_THAT(this->store_.Size(digest), IsOkAndHolds(0u));
}

TYPED_TEST(BlobStoreConformance, UnknownDigestIsNotFound) {
  const BlobDigest unknown{};
  EXPECT_THAT(this->store_.Size(unknown), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(this->store_.ReadAt(unknown, 0, 1), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(this->store_.Verify(unknown), StatusIs(StatusCode::kNotFound));
}

TYPED_TEST(BlobStoreConformance, NothingIsThereBeforeCommitOrAfterGivingUp) {
  const Bytes content = ToBytes("abandoned");
  {
    ASSERT_OK_AND_ASSIGN(auto writer, this->store_.Begin());
    ASSERT_OK(writer->Append(content));
    EXPECT_THAT(this->store_.Size(primitives::Sha256(content)), StatusIs(StatusCode::kNotFound));
  }
  EXPECT_THAT(this->store_.Size(primitives::Sha256(content)), StatusIs(StatusCode::kNotFound));
}

TYPED_TEST(BlobStoreConformance, FinishedWriterTakesNothingMore) {
  ASSERT_OK_AND_ASSIGN(auto writer, this->store_.Begin());
  ASSERT_OK(writer->Commit());
  EXPECT_THAT(writer->Append(ToBytes("x")), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(writer->Commit(), StatusIs(StatusCode::kFailedPrecondition));
}

TYPED_TEST(BlobStoreConformance, SweepRemovesWhatIsUnreferencedAndOldEnough) {
  ASSERT_OK_AND_ASSIGN(const BlobDigest kept, WriteBlob(this->store_, ToBytes("kept")));
  ASSERT_OK_AND_ASSIGN(const BlobDigest old, WriteBlob(this->store_, ToBytes("old one")));
  this->clock_.AdvanceSeconds(kGrace + 1);
  ASSERT_OK_AND_ASSIGN(const BlobDigest young, WriteBlob(this->store_, ToBytes("young")));
  ASSERT_OK_AND_ASSIGN(const SweepReport report, this->store_.Sweep(KeepsOnly({kept}), kGrace));
  EXPECT_EQ(report.removed_count, 1u);
  EXPECT_EQ(report.removed_bytes, 7u);
  EXPECT_EQ(report.kept_count, 2u);
  EXPECT_OK(this->store_.Verify(kept));
  EXPECT_OK(this->store_.Verify(young));
  EXPECT_THAT(this->store_.Size(old), StatusIs(StatusCode::kNotFound));
}

TYPED_TEST(BlobStoreConformance, BlobExactlyAsOldAsTheGraceIsKept) {
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(this->store_, ToBytes("x")));
  this->clock_.AdvanceSeconds(kGrace);
  ASSERT_OK(this->store_.Sweep(KeepsOnly({}), kGrace));
  EXPECT_OK(this->store_.Verify(digest));
}

TYPED_TEST(BlobStoreConformance, WritingABlobAgainStartsItsAgeAgain) {
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(this->store_, ToBytes("again")));
  this->clock_.AdvanceSeconds(kGrace + 1);
  EXPECT_THAT(WriteBlob(this->store_, ToBytes("again")), IsOkAndHolds(digest));
  ASSERT_OK(this->store_.Sweep(KeepsOnly({}), kGrace));
  EXPECT_OK(this->store_.Verify(digest));
}

TYPED_TEST(BlobStoreConformance, SweepEndsAtAnErrorOfThePredicate) {
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(this->store_, ToBytes("x")));
  this->clock_.AdvanceSeconds(kGrace + 1);
  const IsReferenced fails = [](const BlobDigest&) -> StatusOr<bool> { return Unavailable("?"); };
  EXPECT_THAT(this->store_.Sweep(fails, kGrace), StatusIs(StatusCode::kUnavailable));
  EXPECT_OK(this->store_.Verify(digest));
}

class FileBlobStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<FileBlobStore> Open() {
    auto store = FileBlobStore::Open(Root(), clock_);
    EXPECT_OK(store);
    return store.ok() ? std::move(*store) : nullptr;
  }
  std::string Root() const { return directory_.Child("blobs"); }
  std::size_t FilesCount() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(Root())) {
      if (entry.is_regular_file()) ++count;
    }
    return count;
  }
  FixedClock clock_;
  TemporaryDirectory directory_;
};

TEST_F(FileBlobStoreTest, KeepsBlobsAcrossReopeningInPrivateFiles) {
  const Bytes content = RandomBytes(3, 70000);
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(*Open(), content));
  auto store = Open();
  EXPECT_THAT(store->ReadAt(digest, 0, content.size()), IsOkAndHolds(content));
  const std::string path = store->PathOf(digest);
  const std::string hex = HexEncode(digest);
  EXPECT_EQ(path, Root() + "/" + hex.substr(0, 2) + "/" + hex);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(Root().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((Root() + "/" + hex.substr(0, 2)).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(FileBlobStoreTest, OpeningRemovesWhatACrashLeftUnfinished) {
  Open();
  WriteWholeFile(Root() + "/tmp/0", ToBytes("half a blob"));
  auto store = Open();
  EXPECT_EQ(FilesCount(), 0u);
  EXPECT_OK(WriteBlob(*store, ToBytes("x")));
}

TEST_F(FileBlobStoreTest, VerifyFindsAFlippedBit) {
  auto store = Open();
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(*store, RandomBytes(4, 3000)));
  Bytes content = ReadWholeFile(store->PathOf(digest));
  content[1500] ^= 1;
  WriteWholeFile(store->PathOf(digest), content);
  EXPECT_THAT(store->Verify(digest), StatusIs(StatusCode::kDataLoss));
}

TEST_F(FileBlobStoreTest, WritingAgainMendsADamagedBlob) {
  auto store = Open();
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(*store, ToBytes("content")));
  WriteWholeFile(store->PathOf(digest), ToBytes("damaged"));
  ASSERT_OK(WriteBlob(*store, ToBytes("content")));
  EXPECT_OK(store->Verify(digest));
}

TEST_F(FileBlobStoreTest, SweepLeavesForeignFilesAlone) {
  auto store = Open();
  ASSERT_OK_AND_ASSIGN(const BlobDigest digest, WriteBlob(*store, ToBytes("x")));
  WriteWholeFile(store->PathOf(digest) + ".notes", ToBytes("not a blob"));
  WriteWholeFile(Root() + "/README", ToBytes("not a blob"));
  clock_.AdvanceSeconds(kGrace + 1);
  ASSERT_OK_AND_ASSIGN(const SweepReport report, store->Sweep(KeepsOnly({}), kGrace));
  EXPECT_EQ(report.removed_count, 1u);
  EXPECT_EQ(FilesCount(), 2u);
}

// Goal: a failed write or sync leaves nothing that could be taken for a blob. Method: the disk is
// full after n bytes, for n below the blob's size; then each sync fails in turn.
TEST_F(FileBlobStoreTest, FullDiskAndFailedSyncLeaveNoBlob) {
  auto store = Open();
  const Bytes content = RandomBytes(5, 3000);
  const FileFaults faults;
  for (std::int64_t bytes = 0; bytes < 3000; bytes += 499) {
    FileFaults::FillDiskAfterBytes(bytes);
    EXPECT_THAT(WriteBlob(*store, content), StatusIs(StatusCode::kResourceExhausted)) << bytes;
    FileFaults::Clear();
    EXPECT_EQ(FilesCount(), 0u);
  }
  FileFaults::FailSyncAfter(0);
  EXPECT_THAT(WriteBlob(*store, content), StatusIs(StatusCode::kUnavailable));
  EXPECT_EQ(FilesCount(), 0u);
}

TEST_F(FileBlobStoreTest, FailedDirectorySyncIsNotTriedAgainAsASuccess) {
  for (std::int64_t step = 1; step <= 2; ++step) {
    std::filesystem::remove_all(Root());
    auto store = Open();
    const FileFaults faults;
    FileFaults::FailSyncAfter(step);
    EXPECT_THAT(WriteBlob(*store, ToBytes("x")), StatusIs(StatusCode::kUnavailable)) << step;
    EXPECT_THAT(WriteBlob(*store, ToBytes("x")), StatusIs(StatusCode::kUnavailable)) << "latched";
    FileFaults::Clear();
    EXPECT_OK(WriteBlob(*Open(), ToBytes("x")));
  }
}

}  // namespace
}  // namespace noren::storage
