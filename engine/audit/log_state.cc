// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/log_state.h"

#include <algorithm>
#include <bit>

#include "crypto/base/check.h"
#include "crypto/base/encoding.h"
#include "crypto/merkle/tree.h"
#include "engine/audit/keyspaces.h"

namespace noren::audit {
namespace {

constexpr std::uint8_t kStateVersion = 2;

void ReadHash(RecordReader& in, Hash256& hash) {
  const ByteSpan bytes = in.Raw(hash.size());
  if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
}

bool RunsFit(const LogState& state) {
  if (state.tree_size == 0) {
    return state.runs.empty() && state.sequence == 0 && state.head == Hash256{} &&
           state.consent_root == Hash256{};
  }
  if (state.runs.empty() || state.runs.front() != SequenceRun{}) return false;
  for (std::size_t i = 1; i < state.runs.size(); ++i) {
    const SequenceRun& before = state.runs[i - 1];
    const SequenceRun& run = state.runs[i];
    if (run.first_index <= before.first_index || run.first_sequence <= before.first_sequence) {
      return false;
    }
    // A run begins beyond where the one before would have gone on.
    const std::uint64_t length = run.first_index - before.first_index;
    if (run.first_sequence - before.first_sequence <= length) return false;
  }
  const SequenceRun& last = state.runs.back();
  return last.first_index < state.tree_size &&
         state.sequence == last.first_sequence + (state.tree_size - 1 - last.first_index);
}

std::string KeyOf(std::string_view keyspace, ByteSpan suffix) {
  return std::string(keyspace) + std::string(AsText(suffix));
}

}  // namespace

Hash256 RootOf(const LogState& state) {
  auto frontier = merkle::Frontier::FromHashes(state.tree_size, state.frontier);
  NOREN_CHECK(frontier.ok(), "a log state has one frontier hash per bit of its size");
  return frontier->Root();
}

StatusOr<std::uint64_t> IndexOfSequence(const LogState& state, std::uint64_t sequence) {
  const Status not_found = NotFound("audit log: no entry with this sequence");
  if (sequence == 0 || sequence > state.sequence) return not_found;
  for (std::size_t i = state.runs.size(); i-- > 0;) {
    const SequenceRun& run = state.runs[i];
    if (sequence < run.first_sequence) continue;
    const std::uint64_t end_index =
        i + 1 < state.runs.size() ? state.runs[i + 1].first_index : state.tree_size;
    const std::uint64_t index = run.first_index + (sequence - run.first_sequence);
    if (index >= end_index) return not_found;  // lost in a restore
    return index;
  }
  return not_found;
}

Bytes Encode(const LogState& state) {
  RecordWriter out;
  out.U8(kStateVersion).U32(state.partition.index).U64(state.sequence).U64(state.tree_size);
  out.Raw(state.head).Raw(state.consent_root).U8(static_cast<std::uint8_t>(state.frontier.size()));
  for (const Hash256& hash : state.frontier) out.Raw(hash);
  out.U16(static_cast<std::uint16_t>(state.runs.size()));
  for (const SequenceRun& run : state.runs) out.U64(run.first_index).U64(run.first_sequence);
  return out.Take();
}

StatusOr<LogState> DecodeLogState(ByteSpan bytes) {
  const Status malformed = DataLoss("audit state: malformed");
  RecordReader in(bytes);
  if (in.U8() != kStateVersion) return DataLoss("audit state: unknown version");
  LogState state;
  state.partition.index = in.U32();
  state.sequence = in.U64();
  state.tree_size = in.U64();
  ReadHash(in, state.head);
  ReadHash(in, state.consent_root);
  const std::size_t frontier_count = in.U8();
  if (frontier_count != static_cast<std::size_t>(std::popcount(state.tree_size))) return malformed;
  state.frontier.resize(frontier_count);
  for (Hash256& hash : state.frontier) ReadHash(in, hash);
  const std::size_t runs_count = in.U16();
  if (runs_count > kMaxSequenceRuns) return malformed;
  state.runs.resize(runs_count);
  for (SequenceRun& run : state.runs) {
    run.first_index = in.U64();
    run.first_sequence = in.U64();
  }
  if (!in.Finish().ok() || !RunsFit(state)) return malformed;
  return state;
}

std::string StateKey() { return std::string(kStateKeyspace) + "log"; }

std::string EntryKey(std::uint64_t index) {
  return KeyOf(kEntryKeyspace, RecordWriter().U64(index).bytes());
}

std::string NodeKey(std::uint8_t level, std::uint64_t index) {
  return KeyOf(kNodeKeyspace, RecordWriter().U8(level).U64(index).bytes());
}

}  // namespace noren::audit
