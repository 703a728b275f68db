// How long people are kept: what has happened to each, the officer's calendar and queue, notices
// before the end, and plans of destruction of who is due.
// Source:   docs/design/0021-retention.md, docs/formats/retention.md
// Threads:  free functions concurrently
// Why safe: dates are computed at every look; the record of a notice is conditional on the notes as
//           they were read; what is destroyed is judged again by the plan
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/destruction_plan.h"
#include "engine/operations/idempotent_run.h"
#include "engine/policy/retention_due.h"

namespace noren::operations {

std::string RetentionKey(const model::PersonId& person);

struct SentNotice {
  policy::NoticeKind kind = policy::NoticeKind::kContinuation;
  UnixSeconds at;
  bool operator==(const SentNotice&) const = default;
};
// What no other record of the person says.
struct RetentionNotes {
  std::int32_t graduation_year = 0;  // fiscal; 0: none
  std::vector<SentNotice> notices;   // ascending
  std::vector<UnixSeconds> confirmations;
  std::optional<model::CivilDay> registered_until;  // the last day of the registration
  std::optional<model::CivilDay> purpose_achieved;  // what they are registered for has happened
  bool operator==(const RetentionNotes&) const = default;
};
inline constexpr std::size_t kMaxRetentionNotes = 64;
inline constexpr std::int32_t kFirstGraduationYear = 1950, kLastGraduationYear = 2150;
Bytes EncodeRetentionNotes(const RetentionNotes& notes);
//   errors   kDataCorrupt
StatusOr<RetentionNotes> DecodeRetentionNotes(ByteSpan plaintext);

struct NoteRetentionRequest {
  std::string idempotency_key;
  NamedPerson person;
  std::optional<std::int32_t> graduation_year;  // fiscal; 0 takes it back
  bool confirmed = false;                       // the person wants to stay, and said so
  std::optional<model::CivilDay> registered_until = std::nullopt;  // where the policy ends by it
  bool purpose_achieved = false;                                   // today; the first one counts
};
//   errors   kNotFound; kBadRequest: nothing is said, or the policy knows no such end; kOutOfRange:
//            the year, or its time is over, or a day that has passed; kPolicyForbids: E_EXPIRED,
//            confirmed after a period that must not be longer
StatusOr<EntryPosition> NoteRetention(ServiceContext& context, const Call& call,
                                      const NoteRetentionRequest& request);

struct RetentionRow {
  NamedPerson named;
  policy::RetentionDue due;
  std::vector<policy::RetentionNotice> notices;  // of the policy, before the end
  std::optional<policy::RetentionNotice> notice_due;
  std::size_t holds = 0;         // keep a copy beyond the destruction
  bool awaits_approval = false;  // in a plan that nobody has approved
};
enum class RetentionFilter : std::uint8_t {
  kAll = 0,
  kQueue,  // blocked, waiting, due, overdue; or a notice is due
  kDue,    // due and overdue
  kOverdue,
};
struct RetentionWindow {
  RetentionFilter filter = RetentionFilter::kQueue;
  std::optional<model::CivilDay> from, to;  // of the last day of destruction
};
// By the last day of destruction. People without a date are not in it.
//   errors   kClockUntrusted
StatusOr<std::vector<RetentionRow>> ListRetention(ServiceContext& context, const Call& call,
                                                  const RetentionWindow& window);

struct PlanRetentionRequest {
  std::string idempotency_key;
  std::string reason;
};
// A plan of who is due or overdue.
//   errors   kNotFound: nobody; those of PlanDestruction; kClockUntrusted
StatusOr<PlannedDestruction> PlanRetention(ServiceContext& context, const Call& call,
                                           const PlanRetentionRequest& request);

struct RetentionRun {
  std::size_t notices = 0;  // sent by this run
  std::size_t locked = 0;   // whose period is over, by this run: nothing of them is used any more
  std::size_t due = 0, overdue = 0, blocked = 0;
};
// Sends the notices that are due, and locks whose period is over (freezes.h); who has confirmed
// since is unlocked. Again, it does nothing more.
//   errors   kClockUntrusted
StatusOr<RetentionRun> RunRetention(ServiceContext& context, const Call& call);

}  // namespace noren::operations
