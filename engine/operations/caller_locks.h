// Callers who are refused: each is counted and in the log, and who is refused again and again is
// locked until the time is over or an officer unlocks them. Only who proved to have a certificate
// can be locked, never a name that somebody claims.
// Source:   docs/design/0035-refused-callers.md
// Threads:  thread-safe
// Memory:   at most kMaxCounted callers with `refusals` times each, and kMaxLocks locks
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/operations/caller_lock_record.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/lock_limits.h"

namespace noren::operations {

// What is known of callers in memory; the locks are those of the store.
class CallerLocks {
 public:
  static constexpr std::size_t kMaxCounted = 1024;
  static constexpr std::size_t kMaxLocks = 1024;

  explicit CallerLocks(LockLimits limits = {}) : limits_(limits) {}

  // At start: the locks that the store has. Counting begins anew.
  Status Load(ServiceContext& context);

  struct Counted {
    bool is_first = false;     // within the window: to be written into the log
    bool is_too_many = false;  // to be locked
    std::uint32_t refusals = 0;
  };
  // One more refusal. Beyond kMaxCounted callers within a window all others are counted as one, and
  // are refused without being locked; so is whoever has no name.
  Counted Count(const CallerId& caller, UnixSeconds now);

  // The log did not take the entry: the next refusal is the first again.
  void Unwritten(const CallerId& caller);

  bool IsLocked(const CallerId& caller, UnixSeconds now) const;
  bool IsEmpty() const { return count_.load() == 0; }
  // What is over at `now`; to be deleted from the store with the next lock.
  std::vector<CallerId> Over(UnixSeconds now) const;
  bool HasRoom() const { return count_.load() < kMaxLocks; }
  void Add(const CallerLock& lock);
  void Remove(const CallerId& caller);
  const LockLimits& limits() const { return limits_; }

 private:
  struct Refusals {
    std::vector<UnixSeconds> times;         // within the window, oldest first
    std::optional<UnixSeconds> written_at;  // when the log last got an entry
  };
  void Forget(Refusals& refusals, UnixSeconds now) const;

  LockLimits limits_;
  std::atomic<std::size_t> count_{0};  // of locks
  mutable std::mutex mutex_;           // guards what follows
  std::map<CallerId, Refusals> counted_;
  Refusals others_;
  std::map<CallerId, CallerLock> locks_;
};

// Ok when no lock holds.
//   cost     one comparison while nobody is locked
//   errors   kCallerLocked
Status RequireUnlocked(ServiceContext& context, const Call& call);

// For a call that the caller may not make: kNotAllowed, counted. The first one within the window is
// in the log; the one that makes them too many locks the caller, and opens an entry `suspected` in
// the register of incidents where there is one.
Status RefuseCaller(ServiceContext& context, const Call& call);

// The locks that hold now; leaves an entry in the log.
//   errors   kNotAllowed
StatusOr<std::vector<CallerLock>> ListCallerLocks(ServiceContext& context, const Call& call);
//   errors   kNotAllowed; kBadRequest: no such form; kNotFound: no lock of this caller
StatusOr<EntryPosition> UnlockCaller(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key, const std::string& caller);

// The journal's act after a restore. False: it is over, or the store has it.
StatusOr<bool> ReapplyCallerLock(ServiceContext& context, const storage::NarrowingAct& act,
                                 Change& change);

}  // namespace noren::operations
