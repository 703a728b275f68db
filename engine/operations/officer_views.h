// What the privacy officer reads and confirms: status, the audit log and its proofs, the access
// log, the clock.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/audit/log_reader.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct ServiceStatus {
  std::string policy_version;
  std::size_t people = 0;
  std::size_t open_postings = 0;
  std::uint64_t audit_entries = 0;
  std::string erasure_claim;
  bool clock_trusted = false;
};
StatusOr<ServiceStatus> ReadStatus(ServiceContext& context, const Call& call);

StatusOr<std::vector<audit::StoredEntry>> ReadAuditEntries(ServiceContext& context,
                                                           const Call& call,
                                                           std::uint64_t first_sequence,
                                                           std::int32_t limit);
StatusOr<std::vector<Hash256>> ReadInclusionProof(ServiceContext& context, const Call& call,
                                                  std::uint64_t sequence, std::uint64_t tree_size);
StatusOr<std::vector<Hash256>> ReadConsistencyProof(ServiceContext& context, const Call& call,
                                                    std::uint64_t first_size,
                                                    std::uint64_t second_size);

struct AccessRecord {
  UnixSeconds at;
  std::string operation;
  std::string principal;  // "company:hangang-care"
  bool allowed = true;
  std::string code;
  std::uint64_t sequence = 0;
};
// Newest first, before `before_sequence` (0: from the newest).
StatusOr<std::vector<AccessRecord>> ReadAccessLog(ServiceContext& context, const Call& call,
                                                  std::uint64_t before_sequence, std::size_t limit);

// The officer's clock and the machine's differ by at most a minute: from then on the clock is
// trusted.
//   errors   kBadRequest: they differ by more
StatusOr<EntryPosition> ConfirmClock(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key, UnixSeconds officers_time);

}  // namespace noren::operations
