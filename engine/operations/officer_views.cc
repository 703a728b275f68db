// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/officer_views.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/audit/entry.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::int64_t kClockToleranceSeconds = 60;
constexpr std::int32_t kMaxEntries = 1000;
constexpr std::size_t kMaxAccessRows = 200;

audit::LogReader ReaderOf(ServiceContext& context) { return {context.store, kEmbeddedPartition}; }

// The principal of an entry, from the operator's own book of openings.
StatusOr<std::string> PrincipalOf(ServiceContext& context, std::uint64_t sequence) {
  const std::string key = keyspaces::OpeningKey(sequence);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::string("-");
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plain,
      storage::OpenValueAt(context.keys.record(), {keyspaces::kOpening, key}, sequence, *stored));
  NOREN_ASSIGN_OR_RETURN(const audit::EntryOpening opening, audit::DecodeEntryOpening(plain));
  return opening.principal ? opening.principal->name : std::string("-");
}

StatusOr<AccessRecord> AccessOf(ServiceContext& context, const audit::StoredEntry& stored) {
  NOREN_ASSIGN_OR_RETURN(const audit::AuditEntry entry, audit::DecodeAuditEntry(stored.entry));
  AccessRecord record;
  record.at = entry.time;
  record.operation = std::string(audit::NameOf(entry.operation));
  NOREN_ASSIGN_OR_RETURN(record.principal, PrincipalOf(context, entry.sequence));
  record.allowed = entry.decision == audit::Decision::kAllowed;
  record.code =
      entry.outcome == ErrorCode::kNone ? "" : std::string(model::RowOf(entry.outcome).name);
  record.sequence = entry.sequence;
  return record;
}

}  // namespace

StatusOr<ServiceStatus> ReadStatus(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  ServiceStatus status;
  status.policy_version = context.policy.VersionText();
  status.people = context.market.people_count();
  status.open_postings = context.market.open_postings_count();
  status.audit_entries = context.pipeline.log_state().tree_size;
  status.erasure_claim = std::string(storage::NameOf(context.erasure_claim));
  status.clock_trusted = context.time.trusted();
  return status;
}

StatusOr<std::vector<audit::StoredEntry>> ReadAuditEntries(ServiceContext& context,
                                                           const Call& call,
                                                           std::uint64_t first_sequence,
                                                           std::int32_t limit) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (limit < 1 || limit > kMaxEntries)
    return MakeFieldError(ErrorCode::kBadRequest, "limit", "1..1000");
  const audit::LogState state = context.pipeline.log_state();
  if (first_sequence > state.sequence) return std::vector<audit::StoredEntry>();
  const auto index = audit::IndexOfSequence(state, first_sequence);
  if (!index.ok()) return MakeError(ErrorCode::kNotFound, "no entry with this sequence");
  const std::uint64_t end = std::min(state.tree_size, *index + static_cast<std::uint64_t>(limit));
  return ReaderOf(context).ReadEntries(*index, end);
}

StatusOr<std::vector<Hash256>> ReadInclusionProof(ServiceContext& context, const Call& call,
                                                  std::uint64_t sequence, std::uint64_t tree_size) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const audit::LogState state = context.pipeline.log_state();
  const auto index = audit::IndexOfSequence(state, sequence);
  if (!index.ok()) return MakeError(ErrorCode::kNotFound, "no entry with this sequence");
  if (tree_size <= *index || tree_size > state.tree_size) {
    return MakeFieldError(ErrorCode::kBadRequest, "tree_size");
  }
  return ReaderOf(context).InclusionProof(state, *index, tree_size);
}

StatusOr<std::vector<Hash256>> ReadConsistencyProof(ServiceContext& context, const Call& call,
                                                    std::uint64_t first_size,
                                                    std::uint64_t second_size) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const audit::LogState state = context.pipeline.log_state();
  if (first_size < 1 || first_size > second_size || second_size > state.tree_size) {
    return MakeFieldError(ErrorCode::kBadRequest, "first_size");
  }
  return ReaderOf(context).ConsistencyProof(state, first_size, second_size);
}

StatusOr<std::vector<AccessRecord>> ReadAccessLog(ServiceContext& context, const Call& call,
                                                  std::uint64_t before_sequence,
                                                  std::size_t limit) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const audit::LogState state = context.pipeline.log_state();
  std::uint64_t end = state.tree_size;
  if (before_sequence != 0) {
    const auto index = audit::IndexOfSequence(state, before_sequence);
    if (!index.ok()) return MakeError(ErrorCode::kNotFound);
    end = *index;
  }
  const std::uint64_t count = std::min<std::uint64_t>({end, limit, kMaxAccessRows});
  std::vector<AccessRecord> records;
  if (count == 0) return records;
  NOREN_ASSIGN_OR_RETURN(const auto entries, ReaderOf(context).ReadEntries(end - count, end));
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    NOREN_ASSIGN_OR_RETURN(AccessRecord record, AccessOf(context, *entry));
    records.push_back(std::move(record));
  }
  return records;
}

StatusOr<EntryPosition> ConfirmClock(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key,
                                     UnixSeconds officers_time) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const std::int64_t difference_s = std::abs(context.time.Unchecked().value - officers_time.value);
  if (difference_s > kClockToleranceSeconds || context.time.Unchecked() < context.time.floor()) {
    return MakeFieldError(ErrorCode::kBadRequest, "unix_seconds",
                          "the machine's clock differs; set it first");
  }
  const auto identity = IdentifyRequest(idempotency_key, "confirm_clock",
                                        RecordWriter().I64(officers_time.value).bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run,
                         RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
                           Attempt attempt;
                           attempt.change.entry.operation = audit::Operation::kConfirmClock;
                           attempt.change.entry.principal = call.principal;
                           return attempt;
                         }));
  if (!run.repeated) context.time.Trust();  // an old answer says nothing about the clock of now
  return std::move(run.position);
}

}  // namespace noren::operations
