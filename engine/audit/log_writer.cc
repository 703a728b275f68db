// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/log_writer.h"

#include <utility>

#include "crypto/merkle/tree.h"
#include "engine/audit/entry_record.h"

namespace noren::audit {
namespace {

// Moves `next` to the sequence that `entry` gets.
Status AdvanceSequence(const AuditEntry& entry, LogState& next) {
  if (next.tree_size == 0 && !entry.lost) next.runs = {SequenceRun{}};
  if (!entry.lost) {
    ++next.sequence;
    return OkStatus();
  }
  const LostRange& lost = *entry.lost;
  // A restored log that is empty has nothing to continue: it starts anew, and its anchor says so.
  // There can be more lost sequences than lost entries: what is lost may have had a lost range too.
  // It may then be even shorter than the restored log: an older backup had been restored before. Or
  // longer by more than the lost sequences: the restored log had skipped some that the lost has.
  if (next.tree_size == 0 || lost.first_sequence != next.sequence + 1 ||
      lost.last_sequence < lost.first_sequence || lost.last_sequence + 1 == 0 ||
      lost.tree_size == 0 || lost.tree_size > lost.last_sequence) {
    return InvalidArgument("audit log: the lost range does not follow the restored log");
  }
  if (next.runs.size() >= kMaxSequenceRuns) return InvalidArgument("audit log: too many restores");
  next.sequence = lost.last_sequence + 1;
  next.runs.push_back({next.tree_size, next.sequence});
  return OkStatus();
}

void StageNodes(const std::vector<merkle::Node>& nodes, std::vector<storage::Mutation>& mutations) {
  for (const merkle::Node& node : nodes) {
    if (node.address.level == 0) continue;  // follows from the entry itself
    mutations.push_back({NodeKey(static_cast<std::uint8_t>(node.address.level), node.address.index),
                         ToBytes(ByteSpan(node.hash))});
  }
}

}  // namespace

StatusOr<StagedAppend> StageAppend(const LogState& state, std::span<const AuditEntry> entries) {
  if (entries.empty() || entries.size() > kMaxEntriesPerAppend) {
    return InvalidArgument("audit log: number of entries");
  }
  NOREN_ASSIGN_OR_RETURN(merkle::Frontier frontier,
                         merkle::Frontier::FromHashes(state.tree_size, state.frontier));
  StagedAppend staged;
  staged.condition.key = StateKey();
  if (state.tree_size > 0) staged.condition.equals = Encode(state);
  LogState& next = staged.next;
  next = state;
  for (AuditEntry entry : entries) {
    NOREN_RETURN_IF_ERROR(AdvanceSequence(entry, next));
    entry.partition = next.partition.index;
    entry.sequence = next.sequence;
    NOREN_ASSIGN_OR_RETURN(Bytes bytes, Encode(entry));
    const Hash256 leaf_hash = merkle::HashLeaf(bytes);
    next.head = NextHead(next.head, leaf_hash);
    next.consent_root = entry.consent_root;
    const std::uint64_t index = next.tree_size++;
    staged.entries.push_back({index, next.sequence, leaf_hash, next.head});
    staged.mutations.push_back({EntryKey(index), Encode(EntryRecord{next.head, std::move(bytes)})});
    StageNodes(frontier.Append(leaf_hash), staged.mutations);
  }
  next.frontier = frontier.hashes();
  staged.mutations.push_back({StateKey(), Encode(next)});
  return staged;
}

}  // namespace noren::audit
