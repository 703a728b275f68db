// The journal's act and the RocksDB key layout, against their documents.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "engine/storage/durable_file.h"
#include "engine/storage/narrowing_journal.h"
#include "engine/storage/rocksdb_layout.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::storage {
namespace {

TEST(NarrowingActCodec, DecodesWhatItEncodes) {
  for (std::uint8_t kind = 1; kind <= 7; ++kind) {
    const NarrowingAct act{static_cast<NarrowingKind>(kind), Partition{2}, 77, ToBytes("payload")};
    ASSERT_OK_AND_ASSIGN(const NarrowingAct decoded, DecodeNarrowingAct(EncodeNarrowingAct(act)));
    EXPECT_EQ(decoded.kind, act.kind);
    EXPECT_EQ(decoded.partition, act.partition);
    EXPECT_EQ(decoded.sequence, act.sequence);
    EXPECT_EQ(decoded.payload, act.payload);
  }
}

TEST(NarrowingActCodec, RefusesUnknownKindsCutsAndTails) {
  const Bytes encoded =
      EncodeNarrowingAct({NarrowingKind::kErasure, Partition{0}, 1, ToBytes("payload")});
  for (const std::uint8_t kind : {std::uint8_t{0}, std::uint8_t{8}, std::uint8_t{255}}) {
    Bytes damaged = encoded;
    damaged[0] = kind;
    EXPECT_THAT(DecodeNarrowingAct(damaged), StatusIs(StatusCode::kDataLoss));
  }
  for (std::size_t size = 0; size < encoded.size(); ++size) {
    EXPECT_THAT(DecodeNarrowingAct(ByteSpan(encoded).first(size)), StatusIs(StatusCode::kDataLoss));
  }
  Bytes longer = encoded;
  longer.push_back(0);
  EXPECT_THAT(DecodeNarrowingAct(longer), StatusIs(StatusCode::kDataLoss));
}

TEST(NarrowingChain, DependsOnEveryField) {
  const NarrowingAct act{NarrowingKind::kWithdrawal, Partition{0}, 1, ToBytes("p")};
  const Hash256 chain = ChainNarrowingAct(Hash256{}, act);
  NarrowingAct other = act;
  other.sequence = 2;
  EXPECT_NE(ChainNarrowingAct(Hash256{}, other), chain);
  other = act;
  other.kind = NarrowingKind::kSuspension;
  EXPECT_NE(ChainNarrowingAct(Hash256{}, other), chain);
  EXPECT_NE(ChainNarrowingAct(chain, act), chain);
}

TEST(RocksDbLayout, KeysAreThoseOfTheGoldenFile) {
  std::string text;
  text += "format " + HexEncode(AsBytes(kStoreFormatKey)) + " " +
          HexEncode(AsBytes(EncodeStoreFormat({1, 4}))) + "\n";
  text += "data " + HexEncode(AsBytes(DataKey(Partition{3}, "consent/1"))) + "\n";
  text += "feed " + HexEncode(AsBytes(FeedKey(Partition{3}, 258))) + "\n";
  text += "feed-head " + HexEncode(AsBytes(FeedHeadKey(Partition{3}))) + " " +
          HexEncode(AsBytes(EncodeFeedHead({258, 7}))) + "\n";
  const Bytes golden = ReadWholeFile(SourceFolder() + "/tests/golden/store_layout_v1.txt");
  EXPECT_EQ(text, AsText(golden));
}

TEST(RocksDbLayout, ReadsItsKeysBack) {
  EXPECT_EQ(UserKeyOf(DataKey(Partition{7}, "a/b")), "a/b");
  EXPECT_THAT(FeedSequenceOf(FeedKey(Partition{7}, 99)), IsOkAndHolds(99u));
  EXPECT_THAT(FeedSequenceOf("short"), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(DecodeStoreFormat("short"), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(DecodeFeedHead(EncodeFeedHead({1, 2})), StatusIs(StatusCode::kDataLoss));
}

TEST(RocksDbLayout, EndOfPrefixIsAfterEveryKeyWithIt) {
  EXPECT_EQ(EndOfPrefix("ab"), "ac");
  EXPECT_EQ(EndOfPrefix("a\xff\xff"), "b");
  EXPECT_EQ(EndOfPrefix("\xff"), "");
  EXPECT_EQ(EndOfPrefix(""), "");
}

TEST(DurableFile, ReplacesAFileWholeOrNotAtAll) {
  const TemporaryDirectory directory;
  const std::string path = directory.Child("file");
  ASSERT_OK(ReplaceFile(path, ToBytes("one")));
  ASSERT_OK(ReplaceFile(path, ToBytes("two")));
  EXPECT_EQ(AsText(ReadWholeFile(path)), "two");
  EXPECT_THAT(ListDirectory(directory.path()), IsOkAndHolds(std::vector<std::string>{"file"}));
}

TEST(DurableFile, NamesErrorsByCode) {
  EXPECT_THAT(ErrnoStatus("write", ENOSPC),
              StatusIs(StatusCode::kResourceExhausted, "write: ENOSPC"));
  EXPECT_THAT(ErrnoStatus("open", ENOENT), StatusIs(StatusCode::kNotFound, "open: ENOENT"));
  EXPECT_THAT(ErrnoStatus("open", EACCES), StatusIs(StatusCode::kPermissionDenied, "open: EACCES"));
  EXPECT_THAT(ErrnoStatus("fsync", EIO), StatusIs(StatusCode::kUnavailable, "fsync: EIO"));
  EXPECT_THAT(MakePrivateDirectory("/nowhere/at/all"), StatusIs(StatusCode::kNotFound));
}

TEST(DurableFile, KnowsTheParent) {
  EXPECT_EQ(ParentOf("/a/b"), "/a");
  EXPECT_EQ(ParentOf("/a/b/"), "/a");
  EXPECT_EQ(ParentOf("/a"), "/");
  EXPECT_EQ(ParentOf("a"), ".");
  EXPECT_EQ(ParentOf("/"), "/");
}

}  // namespace
}  // namespace noren::storage
