// Stages audit entries for a commit; it never commits. The commit pipeline puts what comes back
// into the one batch that holds the changes themselves.
// Source:   docs/formats/audit_entry.md
// Threads:  free functions.
// Why safe: the condition on the previous state record makes two writers of one partition exclude
//           each other, and the chain head fixes the order of all entries before.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/audit/entry.h"
#include "engine/audit/log_state.h"
#include "engine/storage/store.h"

namespace noren::audit {

inline constexpr std::size_t kMaxEntriesPerAppend = 1024;

struct AppendedEntry {
  std::uint64_t index = 0;
  std::uint64_t sequence = 0;
  Hash256 leaf_hash{};
  Hash256 head{};
};

struct StagedAppend {
  storage::Condition condition;  // the state record is still the one that `state` was read from
  std::vector<storage::Mutation> mutations;
  LogState next;
  std::vector<AppendedEntry> entries;  // in the order given
};

// Sets partition and sequence of each entry and stages leaf records, Merkle nodes and the new state
// record.
//   entries  1..kMaxEntriesPerAppend; partition and sequence are overwritten. An entry with `lost`
//            continues after lost.last_sequence; it must begin where `state` ends
//            (lost.first_sequence == sequence + 1)
//   errors   kInvalidArgument: entry malformed, count, or a LostRange that does not fit the state
//   cost     two hashes per entry and one per completed subtree
StatusOr<StagedAppend> StageAppend(const LogState& state, std::span<const AuditEntry> entries);

}  // namespace noren::audit
