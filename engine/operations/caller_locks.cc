// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/caller_locks.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/entry.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/registers.h"
#include "engine/policy/register_due.h"
#include "engine/policy/register_kinds.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using policy::RegisterKind;

constexpr std::uint64_t kVersion = 1;
constexpr std::int64_t kMinuteSeconds = 60;
constexpr std::size_t kDeletedPerLock = 64;

Bytes Sealed(ServiceContext& context, const std::string& key, const CallerLock& lock) {
  return storage::SealValue(context.keys.store_seal(), {keyspaces::kCallerLock, key}, kVersion,
                            EncodeCallerLock(lock), context.random);
}

StatusOr<CallerLock> OpenLock(ServiceContext& context, const storage::KeyValue& stored) {
  NOREN_ASSIGN_OR_RETURN(const std::string text, keyspaces::TextInKey(stored.key, 0));
  NOREN_ASSIGN_OR_RETURN(const CallerId caller, ParseCallerId(text));
  NOREN_ASSIGN_OR_RETURN(const storage::OpenedValue opened,
                         storage::OpenValue(context.keys.store_seal(),
                                            {keyspaces::kCallerLock, stored.key}, stored.value));
  if (opened.version != kVersion) return model::MakeError(ErrorCode::kDataCorrupt, "caller lock");
  return DecodeCallerLock(caller, opened.plaintext);
}

StatusOr<std::vector<CallerLock>> LoadLocks(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, std::string(keyspaces::kCallerLock)));
  std::vector<CallerLock> locks;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(locks.emplace_back(), OpenLock(context, item));
  }
  return locks;
}

// The measures that the access log shows.
std::vector<std::string> ClausesOfAccess(const policy::Policy& policy) {
  std::vector<std::string> clauses;
  if (policy.statement == nullptr) return clauses;
  const std::string_view name = policy::RowOf(RegisterKind::kAccessLog).name;
  for (const policy::Entry* measure : policy.statement->All("measure")) {
    if (measure->Word("register") == name && clauses.size() < audit::kMaxClauses)
      clauses.push_back(policy::ClauseOf(*measure));
  }
  return clauses;
}

audit::EntryDraft EntryOf(ServiceContext& context, const Call& call, audit::Operation operation) {
  audit::EntryDraft entry;
  entry.operation = operation;
  entry.principal = call.principal;
  entry.clause_ids = ClausesOfAccess(context.policy);
  return entry;
}

std::string SignText(model::Language language) {
  const policy::Labels labels = {"sign: a caller was locked after refused calls",
                                 "징후: 거절된 호출이 거듭되어 호출자를 잠금",
                                 "兆候：拒否された呼び出しが続き、呼び出し元をロック"};
  return std::string(labels.In(language));
}

// What the register of incidents gets; nothing where there is none that takes it.
Attempt StageSign(ServiceContext& context, const Call& call) {
  if (context.policy.statement == nullptr) return {};
  AddRegisterEntryRequest request;
  request.kind = RegisterKind::kIncidents;
  request.step = "suspected";
  request.at = context.time.Now();
  request.subject = std::string(model::RoleName(call.principal.role)) + ":" + call.principal.name;
  request.fields = {{"kind", SignText(context.policy.statement->language)}};
  StatusOr<Attempt> attempt = StageRegisterEntry(context, {kServiceItself, ""}, request);
  return attempt.ok() ? *std::move(attempt) : Attempt{};
}

StatusOr<Attempt> StageLock(ServiceContext& context, const Call& call, const CallerLock& lock) {
  CallerLocks& locks = context.callers;
  if (locks.IsLocked(lock.caller, lock.since))
    return model::MakeError(ErrorCode::kStateConflict, "locked already");
  Attempt attempt = StageSign(context, call);
  const std::vector<CallerId> over = locks.Over(lock.since);
  if (over.empty() && !locks.HasRoom()) return model::MakeError(ErrorCode::kLimitReached);
  for (const CallerId& one : over) {
    if (one != lock.caller) attempt.change.staged.Delete(keyspaces::CallerLockKey(ToText(one)));
  }
  const std::string key = keyspaces::CallerLockKey(ToText(lock.caller));
  attempt.change.staged.Put(key, Sealed(context, key, lock));
  audit::EntryDraft entry = EntryOf(context, call, audit::Operation::kLockCaller);
  entry.object = ToText(lock.caller);
  entry.decision = audit::Decision::kRefused;
  entry.outcome = ErrorCode::kCallerLocked;
  entry.statement_digest = attempt.change.entry.statement_digest;
  attempt.change.entry = std::move(entry);
  attempt.change.narrowing = MakeCallerLockAct(lock);
  attempt.change.applied = [&locks, lock, over] {
    for (const CallerId& one : over) locks.Remove(one);
    locks.Add(lock);
  };
  return attempt;
}

}  // namespace

Status CallerLocks::Load(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<CallerLock> locks, LoadLocks(context));
  const std::lock_guard guard(mutex_);
  counted_.clear();
  others_ = {};
  locks_.clear();
  for (const CallerLock& lock : locks) locks_[lock.caller] = lock;
  count_ = locks_.size();
  return OkStatus();
}

void CallerLocks::Forget(Refusals& refusals, UnixSeconds now) const {
  const std::int64_t from = now.value - limits_.window_minutes * kMinuteSeconds;
  std::erase_if(refusals.times, [&](UnixSeconds at) { return at.value <= from; });
  if (refusals.written_at && refusals.written_at->value <= from) refusals.written_at.reset();
}

CallerLocks::Counted CallerLocks::Count(const CallerId& caller, UnixSeconds now) {
  const std::lock_guard guard(mutex_);
  const bool is_known = counted_.contains(caller);
  if (!is_known && counted_.size() >= kMaxCounted) {
    for (auto& [other, refusals] : counted_) Forget(refusals, now);
    std::erase_if(counted_, [](const auto& one) {
      return one.second.times.empty() && !one.second.written_at;
    });
  }
  const bool is_own = caller != CallerId{} && (is_known || counted_.size() < kMaxCounted);
  Refusals& refusals = is_own ? counted_[caller] : others_;
  Forget(refusals, now);
  const auto most = static_cast<std::size_t>(limits_.refusals);
  if (refusals.times.size() < most) refusals.times.push_back(now);
  Counted counted;
  counted.is_first = !refusals.written_at;
  if (counted.is_first) refusals.written_at = now;
  counted.refusals = static_cast<std::uint32_t>(refusals.times.size());
  counted.is_too_many = is_own && refusals.times.size() >= most;
  return counted;
}

void CallerLocks::Unwritten(const CallerId& caller) {
  const std::lock_guard guard(mutex_);
  const auto found = counted_.find(caller);
  (found == counted_.end() ? others_ : found->second).written_at.reset();
}

bool CallerLocks::IsLocked(const CallerId& caller, UnixSeconds now) const {
  const std::lock_guard guard(mutex_);
  const auto found = locks_.find(caller);
  return found != locks_.end() && now < found->second.until;
}

std::vector<CallerId> CallerLocks::Over(UnixSeconds now) const {
  const std::lock_guard guard(mutex_);
  std::vector<CallerId> over;
  for (const auto& [caller, lock] : locks_) {
    if (lock.until <= now && over.size() < kDeletedPerLock) over.push_back(caller);
  }
  return over;
}

void CallerLocks::Add(const CallerLock& lock) {
  const std::lock_guard guard(mutex_);
  locks_[lock.caller] = lock;
  counted_.erase(lock.caller);  // counting begins anew when it is over
  count_ = locks_.size();
}

void CallerLocks::Remove(const CallerId& caller) {
  const std::lock_guard guard(mutex_);
  locks_.erase(caller);
  count_ = locks_.size();
}

Status RequireUnlocked(ServiceContext& context, const Call& call) {
  if (context.callers.IsEmpty()) return OkStatus();
  return context.callers.IsLocked(CallerIdOf(call), context.time.Now())
             ? model::MakeError(ErrorCode::kCallerLocked)
             : OkStatus();
}

Status RefuseCaller(ServiceContext& context, const Call& call) {
  const Status refusal = model::MakeError(ErrorCode::kNotAllowed);
  // No certificate says this of itself: it is the service's own mistake.
  if (call.principal.role == model::Role::kSystem) return refusal;
  CallerLock lock;
  lock.caller = CallerIdOf(call);
  lock.principal = call.principal;
  lock.since = context.time.Now();
  const CallerLocks::Counted counted = context.callers.Count(lock.caller, lock.since);
  if (counted.is_first) {
    const Status recorded =
        RecordRefusal(context, EntryOf(context, call, audit::Operation::kRefuseCaller), refusal);
    if (recorded != refusal) context.callers.Unwritten(lock.caller);
    return recorded;
  }
  if (!counted.is_too_many) return refusal;
  lock.until = {lock.since.value + context.callers.limits().lock_minutes * kMinuteSeconds};
  lock.refusals = counted.refusals;
  const auto locked = Record(context, [&] { return StageLock(context, call, lock); });
  // What could not be locked now is locked by the next refusal, since the count stays.
  return locked.ok() || model::CodeOf(locked.status()) != ErrorCode::kStorage ? refusal
                                                                              : locked.status();
}

StatusOr<std::vector<CallerLock>> ListCallerLocks(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(std::vector<CallerLock> locks, LoadLocks(context));
  const UnixSeconds now = context.time.Now();
  std::erase_if(locks, [&](const CallerLock& lock) { return lock.until <= now; });
  NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                          Attempt attempt;
                          attempt.change.entry =
                              EntryOf(context, call, audit::Operation::kReadCallerLocks);
                          return attempt;
                        }).status());
  return locks;
}

StatusOr<EntryPosition> UnlockCaller(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key,
                                     const std::string& caller) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const CallerId id, ParseCallerId(caller));
  RecordWriter request;
  request.Field(caller);
  const std::string key = keyspaces::CallerLockKey(ToText(id));
  NOREN_ASSIGN_OR_RETURN(
      RunResult run,
      RunOnce(context, call, IdentifyRequest(idempotency_key, "unlock_caller", request.bytes()),
              [&]() -> StatusOr<Attempt> {
                NOREN_ASSIGN_OR_RETURN(auto stored, ReadOne(context, key));
                if (!stored) return model::MakeError(ErrorCode::kNotFound);
                Attempt attempt;
                attempt.change.staged.Require(key, std::move(stored));
                attempt.change.staged.Delete(key);
                attempt.change.entry = EntryOf(context, call, audit::Operation::kUnlockCaller);
                attempt.change.entry.object = ToText(id);
                attempt.change.applied = [&locks = context.callers, id] { locks.Remove(id); };
                return attempt;
              }));
  return std::move(run.position);
}

StatusOr<bool> ReapplyCallerLock(ServiceContext& context, const storage::NarrowingAct& act,
                                 Change& change) {
  NOREN_ASSIGN_OR_RETURN(const CallerLock lock, CallerLockActOf(act));
  if (lock.until <= context.time.Now()) return false;
  const std::string key = keyspaces::CallerLockKey(ToText(lock.caller));
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  if (stored) return false;
  change.staged.Replace(key, std::move(stored), Sealed(context, key, lock));
  change.entry.object = ToText(lock.caller);
  change.narrowing = MakeCallerLockAct(lock);
  change.applied = [&locks = context.callers, lock] { locks.Add(lock); };
  return true;
}

}  // namespace noren::operations
