// Reads one partition's audit log: state, entries, chain heads and Merkle proofs from the stored
// nodes.
// Source:   docs/formats/audit_entry.md; RFC 6962 section 2.1
// Threads:  thread-safe, as the Store is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/audit/log_state.h"
#include "engine/storage/anchor.h"
#include "engine/storage/store.h"

namespace noren::audit {

inline constexpr std::size_t kMaxEntriesPerRead = 1024;

struct StoredEntry {
  std::uint64_t index = 0;
  Bytes entry;     // exactly the bytes under the leaf hash
  Hash256 head{};  // chain head after this entry
};

// `store` must outlive the reader.
class LogReader {
 public:
  LogReader(storage::Store& store, storage::Partition partition)
      : store_(store), partition_(partition) {}

  StatusOr<LogState> LoadState() const;  // the empty state for a new partition
  // [begin, end), clipped to kMaxEntriesPerRead; kDataLoss when one is missing or malformed.
  StatusOr<std::vector<StoredEntry>> ReadEntries(std::uint64_t begin_index,
                                                 std::uint64_t end_index) const;
  // The chain head after the entry with this sequence: what an anchor of then must hold.
  // kNotFound: no such entry. The zero hash for sequence 0.
  StatusOr<Hash256> HeadAt(const LogState& state, std::uint64_t sequence) const;

  // Of the tree's first `tree_size` leaves. kInvalidArgument: beyond the state.
  StatusOr<Hash256> RootAt(const LogState& state, std::uint64_t tree_size) const;
  StatusOr<std::vector<Hash256>> InclusionProof(const LogState& state, std::uint64_t index,
                                                std::uint64_t tree_size) const;
  StatusOr<std::vector<Hash256>> ConsistencyProof(const LogState& state, std::uint64_t old_size,
                                                  std::uint64_t new_size) const;

  // At start: the state record agrees with the last entries, their chain and the stored nodes;
  // nothing lies beyond it. Reads at most `last_entries` entries, one at least (and O(log n)
  // nodes); kDataLoss names what disagrees.
  Status SelfCheck(std::size_t last_entries) const;

 private:
  storage::Store& store_;
  storage::Partition partition_;
};

// The audit chain as the anchor's check at start asks for it. `store` must outlive it.
class AuditHeads final : public storage::HeadReader {
 public:
  explicit AuditHeads(storage::Store& store) : store_(store) {}
  StatusOr<std::uint64_t> LastSequence(storage::Partition partition) override;
  StatusOr<Hash256> HeadAt(storage::Partition partition, std::uint64_t sequence) override;

 private:
  storage::Store& store_;
};

}  // namespace noren::audit
