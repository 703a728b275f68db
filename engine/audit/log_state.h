// Where the audit log of one partition stands: sequence, chain head and the compact range of its
// Merkle tree.
// Source:   docs/formats/audit_entry.md; RFC 6962 section 2.1
// Threads:  values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/storage/store.h"

namespace noren::audit {

// From leaf `first_index` on, sequence = first_sequence + (index - first_index).
struct SequenceRun {
  std::uint64_t first_index = 0;
  std::uint64_t first_sequence = 1;
  bool operator==(const SequenceRun&) const = default;
};
inline constexpr std::size_t kMaxSequenceRuns = 1024;  // one more than the number of restores

struct LogState {
  storage::Partition partition;
  std::uint64_t sequence = 0;  // of the last entry; 0: empty log
  std::uint64_t tree_size = 0;
  Hash256 head{};  // SHA-256(previous head || leaf hash); zero for the empty log
  Hash256 consent_root{};  // what the last entry says; zero for the empty log
  std::vector<Hash256>
      frontier;  // roots of the complete subtrees, largest first: one per set bit of tree_size
  std::vector<SequenceRun> runs;  // ascending; empty for the empty log
  bool operator==(const LogState&) const = default;
};

// RFC 6962 root; SHA-256 of nothing for the empty log.
Hash256 RootOf(const LogState& state);
// kNotFound when no entry has this sequence (0, the future, or lost in a restore).
StatusOr<std::uint64_t> IndexOfSequence(const LogState& state, std::uint64_t sequence);

Bytes Encode(const LogState& state);
StatusOr<LogState> DecodeLogState(ByteSpan bytes);  // kDataLoss

// Store keys.
std::string StateKey();
std::string EntryKey(std::uint64_t index);
std::string NodeKey(std::uint8_t level, std::uint64_t index);

}  // namespace noren::audit
