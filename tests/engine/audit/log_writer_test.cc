// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/log_writer.h"

#include <rapidcheck.h>

#include "crypto/base/encoding.h"
#include "crypto/merkle/tree.h"
#include "crypto/primitives/hash.h"
#include "tests/engine/audit/log_fixture.h"

namespace noren::audit {
namespace {

// RFC 6962 section 2.1, word for word: the slow oracle of the tree.
Hash256 OracleRoot(std::span<const Hash256> leaves) {
  if (leaves.empty()) return primitives::Sha256({});
  if (leaves.size() == 1) return leaves.front();
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  Bytes message{1};
  for (const Hash256& half : {OracleRoot(leaves.first(split)), OracleRoot(leaves.subspan(split))}) {
    message.insert(message.end(), half.begin(), half.end());
  }
  return primitives::Sha256(message);
}

Hash256 OracleLeaf(ByteSpan entry) {
  Bytes message{0};
  message.insert(message.end(), entry.begin(), entry.end());
  return primitives::Sha256(message);
}

Hash256 OracleHead(const Hash256& head, const Hash256& leaf) {
  Bytes message(head.begin(), head.end());
  message.insert(message.end(), leaf.begin(), leaf.end());
  return primitives::Sha256(message);
}

// Goal: root and head depend on the entries alone, not on how they were grouped into batches.
TEST(LogWriter, GivesTheOraclesRootAndHeadHoweverEntriesAreGrouped) {
  EXPECT_TRUE(rc::check([] {
    LogFixture log;
    const auto groups = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange(1, 9));
    std::vector<Hash256> leaves;
    Hash256 head{};
    for (const std::size_t group : groups) {
      std::vector<AuditEntry> entries;
      for (std::size_t i = 0; i < group; ++i) {
        entries.push_back(log.MakeEntry(leaves.size() + i).entry);
      }
      const StagedAppend staged = log.Stage(entries);
      for (std::size_t i = 0; i < group; ++i) {
        AuditEntry numbered = entries[i];
        numbered.sequence = leaves.size() + 1;
        leaves.push_back(OracleLeaf(Encode(numbered).value()));
        head = OracleHead(head, leaves.back());
        RC_ASSERT(staged.entries[i].leaf_hash == leaves.back());
        RC_ASSERT(staged.entries[i].head == head);
        RC_ASSERT(staged.entries[i].sequence == leaves.size());
      }
      RC_ASSERT(log.Commit(staged) == storage::Outcome::kCommitted);
      RC_ASSERT(RootOf(log.state()) == OracleRoot(leaves));
      RC_ASSERT(log.state().head == head);
    }
    RC_ASSERT(log.reader().LoadState().value() == log.state());
  }));
}

TEST(LogWriter, ExcludesASecondWriterOfTheSameState) {
  LogFixture log;
  for (int round = 0; round < 2; ++round) {  // on the empty log, and on one with entries
    const StagedAppend first = log.Stage({log.MakeEntry(0).entry});
    const StagedAppend second = log.Stage({log.MakeEntry(1).entry});
    EXPECT_EQ(log.Commit(first), storage::Outcome::kCommitted);
    EXPECT_EQ(log.Commit(second), storage::Outcome::kConditionFailed);
  }
  EXPECT_EQ(log.state().sequence, 2u);
}

TEST(LogWriter, OverwritesPartitionAndSequenceOfTheCaller) {
  LogFixture log(storage::Partition{2});
  AuditEntry entry = log.MakeEntry(0).entry;
  entry.partition = 77;
  entry.sequence = 77;
  log.Append({entry});
  ASSERT_OK_AND_ASSIGN(const auto stored, log.reader().ReadEntries(0, 1));
  ASSERT_OK_AND_ASSIGN(const AuditEntry read, DecodeAuditEntry(stored.front().entry));
  EXPECT_EQ(read.partition, 2u);
  EXPECT_EQ(read.sequence, 1u);
}

TEST(LogWriter, RefusesNoEntriesAndTooMany) {
  LogFixture log;
  const std::vector<AuditEntry> many(kMaxEntriesPerAppend + 1, log.MakeEntry(0).entry);
  EXPECT_THAT(StageAppend(log.state(), {}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(StageAppend(log.state(), many), StatusIs(StatusCode::kInvalidArgument));
}

TEST(LogWriter, FitsTheLargestAppendIntoOneBatch) {
  LogFixture log;
  AuditEntry entry = log.MakeEntry(0).entry;
  entry.clause_ids.assign(kMaxClauses, std::string(kMaxClauseIdSizeBytes, 'z'));
  const StagedAppend staged = log.Stage(std::vector<AuditEntry>(kMaxEntriesPerAppend, entry));
  EXPECT_LT(staged.mutations.size(), storage::kMaxBatchKeys);
  EXPECT_EQ(log.Commit(staged), storage::Outcome::kCommitted);
}

TEST(LogWriter, RefusesAMalformedEntryAndLeavesTheStateAlone) {
  LogFixture log;
  AuditEntry entry;
  entry.decision = Decision::kRefused;  // without a code
  EXPECT_THAT(StageAppend(log.state(), std::vector<AuditEntry>{entry}),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_EQ(log.state().tree_size, 0u);
}

TEST(LogWriter, ContinuesBeyondWhatARestoreLost) {
  LogFixture log;
  log.AppendEach(3);
  log.Append({log.MakeContinuation(5, Hash256{9})});
  EXPECT_EQ(log.state().tree_size, 4u);
  EXPECT_EQ(log.state().sequence, 9u);
  log.AppendEach(2);
  EXPECT_EQ(log.state().sequence, 11u);
  EXPECT_THAT(IndexOfSequence(log.state(), 3), IsOkAndHolds(2u));
  EXPECT_THAT(IndexOfSequence(log.state(), 4), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(IndexOfSequence(log.state(), 8), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(IndexOfSequence(log.state(), 9), IsOkAndHolds(3u));
  EXPECT_THAT(IndexOfSequence(log.state(), 11), IsOkAndHolds(5u));
  EXPECT_THAT(IndexOfSequence(log.state(), 12), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(IndexOfSequence(log.state(), 0), StatusIs(StatusCode::kNotFound));
}

// A restored log that had skipped sequences itself, and a lost one that had used them all.
TEST(LogWriter, TakesALostLogThatIsLongerByMoreThanTheLostSequences) {
  LogFixture log;
  log.AppendEach(3);
  AuditEntry entry = log.MakeContinuation(40, Hash256{});
  entry.lost->tree_size = 2;  // an older backup had been restored before
  log.Append({entry});
  AuditEntry again = log.MakeContinuation(45, Hash256{});
  again.lost->tree_size = 43;
  EXPECT_OK(StageAppend(log.state(), std::vector<AuditEntry>{again}).status());
  again.lost->tree_size = again.lost->last_sequence + 1;
  EXPECT_THAT(StageAppend(log.state(), std::vector<AuditEntry>{again}),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(LogWriter, RefusesALostRangeThatDoesNotFollowTheLog) {
  LogFixture log;
  log.AppendEach(3);
  const auto refuses = [&](auto change) {
    AuditEntry entry = log.MakeContinuation(5, Hash256{});
    change(*entry.lost);
    EXPECT_THAT(StageAppend(log.state(), std::vector<AuditEntry>{entry}),
                StatusIs(StatusCode::kInvalidArgument));
  };
  refuses([](LostRange& lost) { ++lost.first_sequence; });
  refuses([](LostRange& lost) { --lost.first_sequence; });
  refuses([](LostRange& lost) { --lost.last_sequence; });
  refuses([](LostRange& lost) { ++lost.tree_size; });
  refuses([](LostRange& lost) { lost.tree_size = 0; });
  refuses([](LostRange& lost) { lost.last_sequence = UINT64_MAX; });
  const LogState empty;
  EXPECT_THAT(StageAppend(empty, std::vector<AuditEntry>{log.MakeContinuation(5, {})}),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(LogStateCodec, WritesTheGoldenBytes) {
  LogFixture log;
  log.AppendEach(3);
  log.Append({log.MakeContinuation(5, Hash256{9})});
  log.AppendEach(2);
  EXPECT_EQ(HexEncode(Encode(log.state())) + "\n", ReadGolden("audit_state_v2.hex"));
}

TEST(LogStateCodec, RejectsTruncationAndStatesThatCannotBe) {
  LogFixture log;
  log.AppendEach(3);
  log.Append({log.MakeContinuation(5, Hash256{9})});
  const Bytes bytes = Encode(log.state());
  EXPECT_THAT(DecodeLogState(bytes), IsOkAndHolds(log.state()));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(DecodeLogState(ByteSpan(bytes).first(size)), StatusIs(StatusCode::kDataLoss));
  }
  const auto rejects = [&](auto change) {
    LogState state = log.state();
    change(state);
    EXPECT_THAT(DecodeLogState(Encode(state)), StatusIs(StatusCode::kDataLoss));
  };
  rejects([](LogState& s) { ++s.sequence; });
  rejects([](LogState& s) { ++s.tree_size; });
  rejects([](LogState& s) { s.runs.clear(); });
  rejects([](LogState& s) { s.runs.front().first_sequence = 2; });
  rejects([](LogState& s) { s.runs.push_back(s.runs.back()); });
  rejects([](LogState& s) { s.frontier.pop_back(); });
  EXPECT_THAT(DecodeLogState(Encode(LogState{})), IsOkAndHolds(LogState{}));
}

}  // namespace
}  // namespace noren::audit
