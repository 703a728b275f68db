// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/log_reader.h"

#include "crypto/merkle/proof.h"
#include "crypto/merkle/tree.h"
#include "engine/audit/entry_record.h"
#include "tests/engine/audit/log_fixture.h"

namespace noren::audit {
namespace {

TEST(LogReader, ProvesEveryEntryInEveryTreeSize) {
  constexpr std::uint64_t kSize = 33;
  LogFixture log;
  log.AppendEach(kSize);
  const LogReader reader = log.reader();
  ASSERT_OK_AND_ASSIGN(const auto entries, reader.ReadEntries(0, kSize));
  for (std::uint64_t size = 1; size <= kSize; ++size) {
    ASSERT_OK_AND_ASSIGN(const Hash256 root, reader.RootAt(log.state(), size));
    for (std::uint64_t index = 0; index < size; ++index) {
      ASSERT_OK_AND_ASSIGN(const auto proof, reader.InclusionProof(log.state(), index, size));
      const Hash256 leaf = merkle::HashLeaf(entries[index].entry);
      EXPECT_OK(merkle::VerifyInclusion(leaf, index, {size, root}, proof));
    }
  }
}

TEST(LogReader, ProvesConsistencyBetweenAllSizes) {
  constexpr std::uint64_t kSize = 20;
  LogFixture log;
  log.AppendEach(kSize);
  const LogReader reader = log.reader();
  for (std::uint64_t newer = 1; newer <= kSize; ++newer) {
    ASSERT_OK_AND_ASSIGN(const Hash256 new_root, reader.RootAt(log.state(), newer));
    for (std::uint64_t older = 0; older <= newer; ++older) {
      ASSERT_OK_AND_ASSIGN(const Hash256 old_root, reader.RootAt(log.state(), older));
      ASSERT_OK_AND_ASSIGN(const auto proof, reader.ConsistencyProof(log.state(), older, newer));
      EXPECT_OK(merkle::VerifyConsistency({older, old_root}, {newer, new_root}, proof));
    }
  }
}

TEST(LogReader, TheStateHasTheConsentRootOfTheLastEntry) {
  LogFixture log;
  log.AppendEach(4);
  EXPECT_EQ(log.state().consent_root, LogFixture::ConsentRootOf(3));
  EXPECT_OK(log.reader().SelfCheck(1));
  LogState other = log.state();
  other.consent_root = LogFixture::ConsentRootOf(2);
  log.Overwrite(StateKey(), Encode(other));
  EXPECT_THAT(log.reader().SelfCheck(0), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(log.reader().SelfCheck(100), StatusIs(StatusCode::kDataLoss));
}

TEST(LogReader, RefusesToProveBeyondTheLog) {
  LogFixture log;
  log.AppendEach(3);
  const LogReader reader = log.reader();
  const auto refused = StatusIs(StatusCode::kInvalidArgument);
  EXPECT_THAT(reader.RootAt(log.state(), 4), refused);
  EXPECT_THAT(reader.InclusionProof(log.state(), 0, 4), refused);
  EXPECT_THAT(reader.InclusionProof(log.state(), 3, 3), refused);
  EXPECT_THAT(reader.ConsistencyProof(log.state(), 1, 4), refused);
  EXPECT_THAT(reader.ConsistencyProof(log.state(), 3, 2), refused);
}

TEST(LogReader, ReadsEntriesInPages) {
  LogFixture log;
  std::vector<AuditEntry> entries(kMaxEntriesPerAppend, log.MakeEntry(0).entry);
  log.Append(entries);
  log.Append({log.MakeEntry(1).entry});
  ASSERT_OK_AND_ASSIGN(const auto page, log.reader().ReadEntries(0, log.state().tree_size));
  EXPECT_EQ(page.size(), kMaxEntriesPerRead);
  EXPECT_EQ(page.back().index, kMaxEntriesPerRead - 1);
  ASSERT_OK_AND_ASSIGN(const auto none, log.reader().ReadEntries(5, 5));
  EXPECT_TRUE(none.empty());
  EXPECT_THAT(log.reader().ReadEntries(0, 1), IsOk());
  EXPECT_THAT(log.reader().ReadEntries(2000, 2001), StatusIs(StatusCode::kDataLoss));
}

TEST(LogReader, KnowsTheHeadAfterEverySequence) {
  LogFixture log;
  std::vector<Hash256> heads = {Hash256{}};
  for (int i = 0; i < 7; ++i) {
    log.AppendEach(1);
    heads.push_back(log.state().head);
  }
  for (std::uint64_t sequence = 0; sequence < heads.size(); ++sequence) {
    EXPECT_THAT(log.reader().HeadAt(log.state(), sequence), IsOkAndHolds(heads[sequence]));
  }
  EXPECT_THAT(log.reader().HeadAt(log.state(), 8), StatusIs(StatusCode::kNotFound));
}

TEST(LogReader, SelfCheckPassesOnAWholeLogOfAnySize) {
  LogFixture log;
  EXPECT_OK(log.reader().SelfCheck(10));
  for (int i = 0; i < 18; ++i) {
    log.AppendEach(1);
    EXPECT_OK(log.reader().SelfCheck(4));
    EXPECT_OK(log.reader().SelfCheck(1000));
  }
  log.Append({log.MakeContinuation(2, Hash256{})});
  EXPECT_OK(log.reader().SelfCheck(1000));
}

// Goal: no single stored record of the checked range can change unseen. Method: flip a byte of
// each, and remove each.
TEST(LogReader, SelfCheckFindsEveryChangedOrMissingRecordItReads) {
  constexpr std::uint64_t kSize = 8;
  std::vector<std::string> keys = {StateKey(), NodeKey(3, 0)};
  for (std::uint64_t i = 0; i < kSize; ++i) keys.push_back(EntryKey(i));
  for (const std::string& key : keys) {
    LogFixture log;
    log.AppendEach(kSize);
    const Bytes whole = log.Stored(key);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      Bytes changed = whole;
      changed[at] ^= 0x40;
      log.Overwrite(key, changed);
      EXPECT_THAT(log.reader().SelfCheck(kSize), StatusIs(StatusCode::kDataLoss))
          << "byte " << at << " of record " << (&key - keys.data());
    }
    log.Overwrite(key, std::nullopt);
    EXPECT_THAT(log.reader().SelfCheck(kSize), StatusIs(StatusCode::kDataLoss));
  }
}

TEST(LogReader, SelfCheckFindsAStateRecordThatWasPutBack) {
  LogFixture log;
  log.AppendEach(4);
  const Bytes earlier = log.Stored(StateKey());
  log.AppendEach(1);
  log.Overwrite(StateKey(), earlier);
  EXPECT_THAT(log.reader().SelfCheck(2), StatusIs(StatusCode::kDataLoss));
}

TEST(LogReader, RejectsTheStateOfAnotherPartition) {
  LogFixture log;
  log.AppendEach(1);
  LogState state = log.state();
  state.partition.index = 1;
  log.Overwrite(StateKey(), Encode(state));
  EXPECT_THAT(log.reader().LoadState(), StatusIs(StatusCode::kDataLoss));
}

TEST(AuditHeads, HoldTheStoreToItsAnchor) {
  LogFixture log;
  log.AppendEach(5);
  AuditHeads heads(log.store());
  storage::AnchorRecord anchored;
  anchored.partitions = {{log.state().sequence, log.state().head}};
  log.AppendEach(2);
  EXPECT_OK(storage::VerifyExtends(anchored, 1, heads));

  LogFixture shorter;
  shorter.AppendEach(4);
  AuditHeads shorter_heads(shorter.store());
  EXPECT_THAT(storage::VerifyExtends(anchored, 1, shorter_heads), StatusIs(StatusCode::kDataLoss));

  LogFixture other(storage::Partition{}, /*seed=*/2);
  other.AppendEach(9);
  AuditHeads other_heads(other.store());
  EXPECT_THAT(storage::VerifyExtends(anchored, 1, other_heads), StatusIs(StatusCode::kDataLoss));
}

}  // namespace
}  // namespace noren::audit
