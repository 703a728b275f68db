// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/retention_due.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"
#include "engine/policy/stated_names.h"
#include "engine/policy/stated_rules.h"

namespace noren::policy {
namespace {

using calendar::DateRule;
using calendar::EventDay;
using calendar::Standing;

// In the order of the files that name them, each once.
std::vector<std::string> RetentionsOf(const Policy& policy) {
  std::vector<std::string> ids;
  for (const Entry* file : All(policy, "file")) {
    for (const std::string_view id : file->Many("retention")) {
      if (std::ranges::find(ids, id) == ids.end()) ids.emplace_back(id);
    }
  }
  for (const Entry* retention : All(policy, "retention")) {
    if (std::ranges::find(ids, retention->id) == ids.end()) ids.push_back(retention->id);
  }
  return ids;
}

void AddOnce(const std::vector<std::string>& more, std::vector<std::string>& clauses) {
  for (const std::string& clause : more) {
    if (std::ranges::find(clauses, clause) == clauses.end()) clauses.push_back(clause);
  }
}

bool CountsFrom(const Policy& policy, std::string_view rule, std::string_view event) {
  const Entry* const entry = policy.statement->ById("date_rule", rule);
  return entry != nullptr && entry->Holds("anchor", event);
}

// The time limits of destruction that the end of keeping sets going: the one that ends first.
StatusOr<std::optional<DueDay>> DestructionDue(const Policy& policy, std::vector<EventDay> events,
                                               const EventDay& ended, model::CivilDay today) {
  events.push_back(ended);
  std::optional<DueDay> first;
  const Entry* const destruction = One(policy, "destruction");
  if (destruction == nullptr) return first;
  for (const std::string_view id : destruction->Many("limits")) {
    if (!CountsFrom(policy, id, ended.name)) continue;
    NOREN_ASSIGN_OR_RETURN(const DateRule rule, StatedDateRule(policy, id));
    NOREN_ASSIGN_OR_RETURN(auto due, DueDayOf(policy, rule, events, today));
    if (due && (!first || due->last_day < first->last_day)) first = std::move(due);
  }
  return first;
}

// What the end is called in the time limits: a registration that may be cancelled is cancelled on
// the day after its last; a period that is over has ended on its last; what ends by an event ends
// with it.
StatusOr<std::optional<DueDay>> DestructionAfter(const Policy& policy,
                                                 std::span<const EventDay> events,
                                                 const RetentionDue& due, model::CivilDay today) {
  const std::vector<EventDay> all(events.begin(), events.end());
  if (due.is_minimum) {
    return DestructionDue(policy, all, {"cancelled", calendar::AddDays(due.kept_until, 1)}, today);
  }
  NOREN_ASSIGN_OR_RETURN(auto by,
                         DestructionDue(policy, all, {"retention_ended", due.kept_until}, today));
  if (by) return by;
  return DestructionDue(policy, all, {"registration_ended", due.kept_until}, today);
}

Status SetDestruction(const Policy& policy, std::span<const EventDay> events, model::CivilDay today,
                      RetentionDue& due) {
  NOREN_ASSIGN_OR_RETURN(const auto by, DestructionAfter(policy, events, due, today));
  due.destroy_by = by ? by->last_day : due.kept_until;
  if (by) AddOnce(by->clauses, due.clauses);
  if (!due.blocked_by.empty() && due.kept_until < today) {
    due.standing = Standing::kBlocked;
  } else if (!(due.kept_until < today)) {
    due.standing = Standing::kKept;
  } else {
    due.standing =
        by ? by->standing : (due.destroy_by < today ? Standing::kOverdue : Standing::kDue);
  }
  return OkStatus();
}

// Who leaves is not kept to the end of a period, nor for a mail that was not sent: the registration
// is cancelled, and an erasure accepted, on that day. Nothing changes where the policy sets no time
// limit from there.
Status EndByLeaving(const Policy& policy, std::span<const EventDay> events, model::CivilDay today,
                    RetentionDue& due) {
  const auto left = std::ranges::find(events, "cancelled", &EventDay::name);
  if (left == events.end()) return OkStatus();
  if (due.blocked_by.empty() && !(left->day < due.kept_until)) return OkStatus();
  std::optional<DueDay> by;
  for (const char* const name : {"cancelled", "erasure_accepted"}) {
    NOREN_ASSIGN_OR_RETURN(auto one, DestructionDue(policy, {}, {name, left->day}, today));
    if (one && (!by || one->last_day < by->last_day)) by = std::move(one);
  }
  if (!by) return OkStatus();
  due.is_minimum = false;
  due.kept_until = left->day;
  due.destroy_by = by->last_day;
  due.standing = due.kept_until < today ? by->standing : Standing::kKept;
  due.blocked_by.clear();
  due.clauses = by->clauses;
  return OkStatus();
}

}  // namespace

StatusOr<std::optional<RetentionDue>> RetentionDueOf(const Policy& policy,
                                                     std::span<const EventDay> events,
                                                     model::CivilDay today) {
  for (const std::string& id : RetentionsOf(policy)) {
    const StatusOr<DateRule> rule = StatedRetention(policy, id);
    // The policy states no end of it.
    const model::ErrorCode code = model::CodeOf(rule.status());
    if (code == model::ErrorCode::kPolicyForbids || code == model::ErrorCode::kNotFound) continue;
    NOREN_RETURN_IF_ERROR(rule.status());
    NOREN_ASSIGN_OR_RETURN(const auto kept, DueDayOf(policy, *rule, events, today));
    if (!kept) continue;
    RetentionDue due;
    due.retention = policy.id + "." + id;
    due.is_minimum = kept->is_minimum;
    due.kept_until = kept->last_day;
    due.blocked_by = kept->blocked_by;
    due.clauses = kept->clauses;
    NOREN_RETURN_IF_ERROR(SetDestruction(policy, events, today, due));
    NOREN_RETURN_IF_ERROR(EndByLeaving(policy, events, today, due));
    return std::optional(std::move(due));
  }
  return std::optional<RetentionDue>();
}

std::string_view NoticeKindName(NoticeKind kind) {
  return kind == NoticeKind::kContinuation ? "continuation" : "reconsent";
}

namespace {

Status AddNotices(const Entry* entry, std::string_view key, NoticeKind kind,
                  const RetentionDue& due, std::vector<RetentionNotice>& notices) {
  if (entry == nullptr) return OkStatus();
  for (const Value& value : ValuesOf(entry, key)) {
    NOREN_ASSIGN_OR_RETURN(const calendar::Period before, calendar::ParsePeriod(value.text));
    // A schedule is of days; months and years are of no use before a day.
    notices.push_back({kind, calendar::AddDays(due.kept_until, 1 - before.days)});
  }
  return OkStatus();
}

}  // namespace

StatusOr<std::vector<RetentionNotice>> NoticesBefore(const Policy& policy,
                                                     const RetentionDue& due) {
  std::vector<RetentionNotice> notices;
  if (due.is_minimum) {
    NOREN_RETURN_IF_ERROR(AddNotices(One(policy, "continuation_mail"), "schedule",
                                     NoticeKind::kContinuation, due, notices));
  } else {
    NOREN_RETURN_IF_ERROR(
        AddNotices(One(policy, "reconsent"), "lead", NoticeKind::kReconsent, due, notices));
  }
  std::ranges::sort(notices, {}, &RetentionNotice::day);
  return notices;
}

std::optional<RetentionNotice> NoticeDue(const std::vector<RetentionNotice>& notices,
                                         std::span<const model::CivilDay> sent,
                                         const RetentionDue& due, model::CivilDay today) {
  const bool is_over = due.standing != Standing::kKept && due.standing != Standing::kBlocked;
  if (notices.empty() || is_over) return std::nullopt;
  const RetentionNotice* newest = nullptr;
  for (const RetentionNotice& notice : notices) {
    if (!(today < notice.day)) newest = &notice;
  }
  if (newest == nullptr) return std::nullopt;
  const bool was_sent = !sent.empty() && !(sent.back() < newest->day);
  if (!was_sent) return *newest;
  return std::nullopt;
}

}  // namespace noren::policy
