// SPDX-License-Identifier: Apache-2.0
#include "server/custody/journal_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "crypto/base/encoding.h"
#include "tests/support/file_faults.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

using storage::JournalHead;
using storage::NarrowingAct;
using storage::NarrowingKind;
using storage::Partition;
using ::testing::HasSubstr;

class JournalFileTest : public ::testing::Test {
 protected:
  StatusOr<std::unique_ptr<JournalFile>> TryOpen(
      const std::optional<JournalHead>& acknowledged = std::nullopt, int mirrors = 1) {
    JournalFileOptions options;
    options.acknowledged = acknowledged;
    for (int i = 0; i < mirrors; ++i) options.directories.push_back(Mirror(i));
    SeededRandom random(1);
    return JournalFile::Open(options, SecretBytes::Random(random, 32), random_);
  }
  std::unique_ptr<JournalFile> Open(const std::optional<JournalHead>& acknowledged = std::nullopt,
                                    int mirrors = 1) {
    auto journal = TryOpen(acknowledged, mirrors);
    EXPECT_OK(journal);
    return journal.ok() ? std::move(*journal) : nullptr;
  }
  std::string Mirror(int index) const { return directory_.Child("anchor" + std::to_string(index)); }
  std::string File(int index = 0) const { return Mirror(index) + "/journal"; }

  static NarrowingAct Act(std::uint64_t sequence) {
    const auto kind = static_cast<NarrowingKind>(1 + sequence % 4);
    return {kind, Partition{0}, sequence, Bytes(sequence % 9, static_cast<std::uint8_t>(sequence))};
  }
  // Appends acts 1..count one by one; the file's sizes and heads after each, from before the first.
  void AppendOneByOne(std::uint64_t count, int mirrors = 1) {
    auto journal = Open(std::nullopt, mirrors);
    sizes_ = {ReadWholeFile(File()).size()};
    heads_ = {JournalHead{}};
    for (std::uint64_t sequence = 1; sequence <= count; ++sequence) {
      ASSERT_OK_AND_ASSIGN(const JournalHead head, journal->Append({Act(sequence)}));
      heads_.push_back(head);
      sizes_.push_back(ReadWholeFile(File()).size());
    }
  }
  static std::vector<std::uint64_t> SequencesIn(JournalFile& journal) {
    std::vector<std::uint64_t> sequences;
    EXPECT_OK(journal.Replay([&sequences](const NarrowingAct& act) {
      EXPECT_EQ(act.payload, Act(act.sequence).payload);
      EXPECT_EQ(act.kind, Act(act.sequence).kind);
      sequences.push_back(act.sequence);
      return OkStatus();
    }));
    return sequences;
  }

  TemporaryDirectory directory_;
  SeededRandom random_{2};
  std::vector<std::size_t> sizes_;
  std::vector<JournalHead> heads_;
};

TEST_F(JournalFileTest, ReplaysWhatWasAppendedInOrder) {
  auto journal = Open();
  EXPECT_EQ(journal->head(), JournalHead{});
  ASSERT_OK(journal->Append({Act(1), Act(2)}));
  ASSERT_OK(journal->Append({}));
  ASSERT_OK_AND_ASSIGN(const JournalHead head, journal->Append({Act(7)}));
  EXPECT_EQ(head.count, 3u);
  EXPECT_THAT(SequencesIn(*journal), ::testing::ElementsAre(1, 2, 7));
  auto reopened = Open(head);
  EXPECT_EQ(reopened->head(), head);
  EXPECT_THAT(SequencesIn(*reopened), ::testing::ElementsAre(1, 2, 7));
  ASSERT_OK(reopened->Append({Act(8)}));
  EXPECT_THAT(SequencesIn(*Open(head)), ::testing::ElementsAre(1, 2, 7, 8));
}

TEST_F(JournalFileTest, AppendingTogetherGivesTheHeadOfAppendingApart) {
  AppendOneByOne(3);
  std::filesystem::remove_all(Mirror(0));
  EXPECT_THAT(Open()->Append({Act(1), Act(2), Act(3)}), IsOkAndHolds(heads_[3]));
}

TEST_F(JournalFileTest, ReplayStopsAtTheVisitorsError) {
  AppendOneByOne(3);
  int visits = 0;
  EXPECT_THAT(Open()->Replay([&visits](const NarrowingAct&) {
    return ++visits == 2 ? Unavailable("enough") : OkStatus();
  }),
              StatusIs(StatusCode::kUnavailable, "enough"));
  EXPECT_EQ(visits, 2);
}

TEST_F(JournalFileTest, FileIsPrivateAndShowsNoPayload) {
  const std::string canary = "canary-of-a-person";
  ASSERT_OK(Open()->Append({{NarrowingKind::kErasure, Partition{0}, 1, ToBytes(canary)}}));
  struct stat info {};
  ASSERT_EQ(::stat(File().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(AsText(ReadWholeFile(File())).find(canary), std::string_view::npos);
}

TEST_F(JournalFileTest, PayloadLengthIsLimited) {
  auto journal = Open();
  NarrowingAct act = Act(1);
  act.payload.assign(storage::kMaxNarrowingPayloadBytes, 1);
  ASSERT_OK(journal->Append({act}));
  act.payload.push_back(1);
  EXPECT_THAT(journal->Append({Act(2), act}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_EQ(Open()->head().count, 1u);
}

// Goal: a torn last record is dropped, and only that. Method: the file ends at every byte of its
// last two records; the anchor knows the state before them, or all, or nothing is known.
TEST_F(JournalFileTest, TornTailAtEveryByte) {
  AppendOneByOne(6);
  const Bytes whole = ReadWholeFile(File());
  for (std::size_t size = sizes_[4]; size < whole.size(); ++size) {
    const std::uint64_t whole_records = size < sizes_[5] ? 4 : 5;
    WriteWholeFile(File(), ByteSpan(whole).first(size));
    EXPECT_THAT(TryOpen(heads_[6]), StatusIs(StatusCode::kDataLoss)) << size;
    EXPECT_EQ(ReadWholeFile(File()).size(), size) << "a refused journal was changed";
    ASSERT_EQ(Open()->head(), heads_[whole_records]) << size;
    WriteWholeFile(File(), ByteSpan(whole).first(size));
    auto journal = Open(heads_[4]);
    ASSERT_EQ(journal->head(), heads_[whole_records]) << size;
    EXPECT_EQ(ReadWholeFile(File()).size(), sizes_[whole_records]);
  }
}

TEST_F(JournalFileTest, AppendsAfterATornTail) {
  AppendOneByOne(3);
  const Bytes whole = ReadWholeFile(File());
  WriteWholeFile(File(), ByteSpan(whole).first(sizes_[3] - 5));
  ASSERT_OK(Open(heads_[2])->Append({Act(9)}));
  EXPECT_THAT(SequencesIn(*Open(heads_[2])), ::testing::ElementsAre(1, 2, 9));
}

// Goal: no flipped byte of an acknowledged record passes. Method: every byte flips; the anchor
// knows all records but the last, then nothing is known.
TEST_F(JournalFileTest, FlippedByteInAnAcknowledgedRecordIsDataLoss) {
  AppendOneByOne(5);
  const Bytes whole = ReadWholeFile(File());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Bytes damaged = whole;
    damaged[i] ^= 0x20;
    WriteWholeFile(File(), damaged);
    EXPECT_THAT(TryOpen(), StatusIs(StatusCode::kDataLoss)) << i;
    if (i < sizes_[4]) {
      EXPECT_THAT(TryOpen(heads_[4]),
                  StatusIs(StatusCode::kDataLoss,
                           AllOf(HasSubstr("acknowledged"), HasSubstr("stays sealed"))))
          << i;
    } else {
      // Damage after the acknowledged state is a write that nobody was told of.
      ASSERT_EQ(Open(heads_[4])->head(), heads_[4]) << i;
    }
  }
}

TEST_F(JournalFileTest, RemovedRepeatedOrSwappedRecordIsDataLoss) {
  AppendOneByOne(4);
  const Bytes whole = ReadWholeFile(File());
  auto part = [&](std::size_t from, std::size_t to) {
    return Bytes(whole.begin() + static_cast<std::ptrdiff_t>(sizes_[from]),
                 whole.begin() + static_cast<std::ptrdiff_t>(sizes_[to]));
  };
  const Bytes magic(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(sizes_[0]));
  auto joined = [&](const std::vector<Bytes>& parts) {
    Bytes bytes = magic;
    for (const Bytes& p : parts) bytes.insert(bytes.end(), p.begin(), p.end());
    return bytes;
  };
  for (const Bytes& file :
       {joined({part(1, 4)}), joined({part(0, 1), part(2, 4)}), joined({part(0, 2), part(1, 4)}),
        joined({part(1, 2), part(0, 1), part(2, 4)})}) {
    WriteWholeFile(File(), file);
    EXPECT_THAT(TryOpen(), StatusIs(StatusCode::kDataLoss));
    EXPECT_THAT(TryOpen(heads_[4]), StatusIs(StatusCode::kDataLoss));
  }
}

TEST_F(JournalFileTest, MissingEmptyOrOlderJournalIsDataLossForTheAnchor) {
  AppendOneByOne(3);
  const Bytes whole = ReadWholeFile(File());
  WriteWholeFile(File(), ByteSpan(whole).first(sizes_[2]));
  EXPECT_THAT(TryOpen(heads_[3]), StatusIs(StatusCode::kDataLoss, HasSubstr("record 2")));
  WriteWholeFile(File(), {});
  EXPECT_THAT(TryOpen(heads_[3]), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(TryOpen(), StatusIs(StatusCode::kDataLoss));
  std::filesystem::remove(File());
  EXPECT_THAT(TryOpen(heads_[3]), StatusIs(StatusCode::kDataLoss));
}

TEST_F(JournalFileTest, AnotherJournalOfTheSameLengthIsDataLoss) {
  AppendOneByOne(3);
  JournalHead other = heads_[3];
  other.chain[0] ^= 1;
  EXPECT_THAT(TryOpen(other), StatusIs(StatusCode::kDataLoss));
}

TEST_F(JournalFileTest, AnotherSealKeyIsDataLoss) {
  AppendOneByOne(1);
  EXPECT_THAT(JournalFile::Open({{Mirror(0)}, heads_[1]}, SecretBytes(32), random_),
              StatusIs(StatusCode::kDataLoss));
}

TEST_F(JournalFileTest, MirrorMendsTheOther) {
  AppendOneByOne(4, 2);
  const Bytes whole = ReadWholeFile(File(0));
  ASSERT_EQ(ReadWholeFile(File(1)), whole);
  Bytes flipped = whole;
  flipped[sizes_[1] + 20] ^= 1;
  for (int lost = 0; lost < 2; ++lost) {
    for (const Bytes& damaged : {Bytes(), flipped, Bytes(whole.begin(), whole.end() - 3)}) {
      WriteWholeFile(File(lost), damaged);
      EXPECT_EQ(Open(heads_[4], 2)->head(), heads_[4]);
      EXPECT_EQ(ReadWholeFile(File(lost)), whole);
    }
    std::filesystem::remove(File(lost));
    EXPECT_EQ(Open(heads_[4], 2)->head(), heads_[4]);
    EXPECT_EQ(ReadWholeFile(File(lost)), whole);
  }
}

TEST_F(JournalFileTest, FailedWriteOrSyncLatchesAndLosesNothingAcknowledged) {
  for (int round = 0; round < 12; ++round) {
    std::filesystem::remove_all(Mirror(0));
    AppendOneByOne(2);
    auto journal = Open(heads_[2]);
    const FileFaults faults;
    const bool fails_sync = round == 11;
    if (fails_sync) {
      FileFaults::FailSyncAfter(0);
    } else {
      FileFaults::FillDiskAfterBytes(round * 9);
    }
    EXPECT_THAT(journal->Append({Act(3), Act(4)}),
                StatusIs(fails_sync ? StatusCode::kUnavailable : StatusCode::kResourceExhausted));
    FileFaults::Clear();
    EXPECT_THAT(journal->Append({Act(5)}), StatusIs(StatusCode::kUnavailable)) << "not latched";
    EXPECT_GE(Open(heads_[2])->head().count, 2u);
  }
}

TEST_F(JournalFileTest, FileOpenToOthersIsRefused) {
  Open();
  ASSERT_EQ(::chmod(File().c_str(), 0604), 0);
  EXPECT_THAT(TryOpen(), StatusIs(StatusCode::kPermissionDenied, HasSubstr("chmod 600")));
}

TEST_F(JournalFileTest, GoldenJournalOpensAndIsWrittenTheSame) {
  const Bytes golden = ReadWholeFile(SourceFolder() + "/tests/golden/journal_v1.bin");
  const std::vector<NarrowingAct> acts = {
      {NarrowingKind::kWithdrawal, Partition{0}, 5, ToBytes("first")},
      {NarrowingKind::kErasure, Partition{0}, 9, ToBytes("second")}};
  SeededRandom random(1);
  SecretBytes key = SecretBytes::Random(random, 32);
  ASSERT_OK_AND_ASSIGN(auto journal,
                       JournalFile::Open({{Mirror(0)}, std::nullopt}, std::move(key), random));
  ASSERT_OK_AND_ASSIGN(const JournalHead head, journal->Append(acts));
  EXPECT_EQ(HexEncode(head.chain),
            "ad8c02a09e43a32656cd9317a54656eb2101bd2eef93e551aeb70044962e6457");
  EXPECT_EQ(HexEncode(ReadWholeFile(File())), HexEncode(golden));
  WriteWholeFile(File(), golden);
  EXPECT_EQ(Open(head)->head(), head);
}

}  // namespace
}  // namespace noren::server
