// By when a registration is destroyed, from what has happened to it: how long it is kept, then the
// time limit of destruction; and on which days the person is asked before it ends.
// Source:   docs/design/0021-retention.md, docs/formats/retention.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/policy/due_day.h"

namespace noren::policy {

struct RetentionDue {
  std::string retention;       // "gojobs.member"
  bool is_minimum = false;     // not before `kept_until` is over
  model::CivilDay kept_until;  // the last day of keeping
  model::CivilDay destroy_by;  // the last day of the time limit of destruction
  // kKept: in use; kBlocked: over, and a precondition has not happened; kWaiting: locked, and the
  // window of destruction has not opened; kDue; kOverdue.
  calendar::Standing standing = calendar::Standing::kKept;
  std::vector<std::string> blocked_by;
  std::vector<std::string> clauses;
};
// The period is over: nothing is used or provided any more.
bool IsOver(calendar::Standing standing);
// Does an end count from this event, or begin anew with it?
bool RetentionCountsFrom(const Policy& policy, std::string_view event);
// Of the rules the policy's files name the first that has begun; ended before by the purpose, where
// destruction counts from that. What happens after the end of a period that must not be longer
// renews nothing. Nothing: none has begun, or the policy states no end.
StatusOr<std::optional<RetentionDue>> RetentionDueOf(const Policy& policy,
                                                     std::span<const calendar::EventDay> events,
                                                     model::CivilDay today);

// The clauses by which registrations are cancelled: by people ("yes"), or because the person asks
// ("no"). None where the policy cancels none.
std::vector<std::string> ClausesOfCancellation(const Policy& policy, std::string_view manual);
// The time limit of destruction of what was kept until this day and no longer, as the copy of a
// hold is. Nothing: the policy has none.
StatusOr<std::optional<DueDay>> DestructionOfKept(const Policy& policy, model::CivilDay kept_until,
                                                  model::CivilDay today);

// By when the data of a company that left on that day are destroyed: by the retention of the files
// of companies (kind of person "company"), where the policy has such files, else by the time limit
// of what was kept until then. Nothing: the policy states neither.
StatusOr<std::optional<RetentionDue>> CompanyDueOf(const Policy& policy, model::CivilDay left,
                                                   model::CivilDay today);
// What is kept of companies rests on these clauses; never empty.
std::vector<std::string> ClausesOfCompanies(const Policy& policy);
// E_EXPIRED with these clauses: a company that has left is given nothing.
Status RefuseCompanyThatLeft(const Policy& policy);

enum class NoticeKind : std::uint8_t { kContinuation = 1, kReconsent = 2 };
std::string_view NoticeKindName(NoticeKind kind);  // "continuation"
struct RetentionNotice {
  NoticeKind kind = NoticeKind::kContinuation;
  model::CivilDay day;  // from which it is to be sent
};
// Before the end, ascending; none where the policy asks nobody.
StatusOr<std::vector<RetentionNotice>> NoticesBefore(const Policy& policy, const RetentionDue& due);
// The one to be sent today, when `sent` (ascending) is what was sent: the newest day that has come
// and was not answered by a notice; the first of all as long as one is a precondition.
std::optional<RetentionNotice> NoticeDue(const std::vector<RetentionNotice>& notices,
                                         std::span<const model::CivilDay> sent,
                                         const RetentionDue& due, model::CivilDay today);

}  // namespace noren::policy
