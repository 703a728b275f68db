// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/access_log_trim.h"

#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "engine/audit/log_reader.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/due_day.h"
#include "engine/policy/register_due.h"
#include "engine/policy/register_kinds.h"
#include "engine/policy/stated_rules.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using policy::RegisterKind;

constexpr std::size_t kEntriesPerCall = 500;
constexpr const char* kEventOfEntry = "log_entry";

// The time limit of the measure that keeps access records; empty: none is stated.
std::string LimitOf(const policy::Policy& policy) {
  if (policy.statement == nullptr) return "";
  const std::string_view name = policy::RowOf(RegisterKind::kAccessLog).name;
  for (const policy::Entry* measure : policy.statement->All("measure")) {
    const std::vector<std::string_view> limit = measure->Many("limit");
    if (measure->Word("register") == name && !limit.empty()) return std::string(limit[0]);
  }
  return "";
}

// Of entries of `last` and before, which the calendar keeps no longer than those of `last`.
StatusOr<policy::Decision> MayForget(ServiceContext& context, model::CivilDay last) {
  const std::string limit = LimitOf(context.policy);
  if (limit.empty())
    return MakeError(ErrorCode::kPolicyForbids, "how long access records are kept is not stated");
  NOREN_ASSIGN_OR_RETURN(const auto rule, policy::StatedDateRule(context.policy, limit));
  const model::CivilDay today = policy::TodayOf(context.policy, context.time.Now());
  const std::vector<policy::calendar::EventDay> events = {{kEventOfEntry, last}};
  NOREN_ASSIGN_OR_RETURN(const auto due, policy::DueDayOf(context.policy, rule, events, today));
  if (!due) return MakeError(ErrorCode::kPolicyForbids, limit);
  const bool is_over = due->last_day < today;
  return policy::Decision{is_over, is_over ? ErrorCode::kNone : ErrorCode::kPolicyForbids,
                          due->clauses};
}

struct Old {
  std::vector<std::string> keys;
  bool more = false;
};
// Openings are in the order of the log, which is that of time.
StatusOr<Old> FindOld(ServiceContext& context, model::CivilDay before) {
  auto page = context.store.Scan(kEmbeddedPartition, std::string(keyspaces::kOpening), "",
                                 kEntriesPerCall + 1);
  if (!page.ok()) return MakeError(ErrorCode::kStorage);
  const audit::LogReader reader(context.store, kEmbeddedPartition);
  const audit::LogState state = context.pipeline.log_state();
  Old old;
  for (storage::KeyValue& item : page->items) {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t sequence, keyspaces::NumberInKey(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t index, audit::IndexOfSequence(state, sequence));
    NOREN_ASSIGN_OR_RETURN(const auto stored, reader.ReadEntries(index, index + 1));
    if (stored.size() != 1) return MakeError(ErrorCode::kDataCorrupt, "access log");
    NOREN_ASSIGN_OR_RETURN(const auto entry, audit::DecodeAuditEntry(stored[0].entry));
    if (policy::TodayOf(context.policy, entry.time) >= before) break;
    old.more = old.keys.size() == kEntriesPerCall;
    if (old.more) break;
    old.keys.push_back(std::move(item.key));
  }
  return old;
}

audit::EntryDraft EntryOf(const Call& call, model::CivilDay before,
                          std::vector<std::string> clauses) {
  audit::EntryDraft entry;
  entry.operation = audit::Operation::kTrimAccessLog;
  entry.principal = call.principal;
  entry.object = "before " + model::ToIso(before);
  entry.clause_ids = std::move(clauses);
  return entry;
}

}  // namespace

StatusOr<TrimmedAccessLog> TrimAccessLog(ServiceContext& context, const Call& call,
                                         const TrimAccessLogRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  // An unchecked clock may run ahead of the last day.
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  const model::CivilDay last{request.before.days_since_1970 - 1};
  NOREN_ASSIGN_OR_RETURN(const policy::Decision decision, MayForget(context, last));
  if (!decision.allowed) {
    return RecordRefusal(context, EntryOf(call, request.before, decision.clauses),
                         policy::ToStatus(decision));
  }
  RecordWriter encoded;
  encoded.I64(request.before.days_since_1970);
  NOREN_ASSIGN_OR_RETURN(
      RunResult run,
      RunOnce(context, call,
              IdentifyRequest(request.idempotency_key, "trim_access_log", encoded.bytes()),
              [&]() -> StatusOr<Attempt> {
                NOREN_ASSIGN_OR_RETURN(Old old, FindOld(context, request.before));
                Attempt attempt;
                attempt.answer = {std::to_string(old.keys.size()), old.more ? "more" : ""};
                for (std::string& key : old.keys) attempt.change.staged.Delete(std::move(key));
                attempt.change.entry = EntryOf(call, request.before, decision.clauses);
                return attempt;
              }));
  if (run.answer.size() != 2) return MakeError(ErrorCode::kDataCorrupt, "trim answer");
  return TrimmedAccessLog{std::stoull(run.answer[0]), !run.answer[1].empty(),
                          std::move(run.position)};
}

}  // namespace noren::operations
