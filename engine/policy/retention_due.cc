// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/retention_due.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"
#include "engine/policy/decisions.h"
#include "engine/policy/stated_names.h"
#include "engine/policy/stated_rules.h"

namespace noren::policy {
namespace {

using calendar::DateRule;
using calendar::EventDay;
using calendar::Standing;

constexpr std::string_view kPurposeAchieved = "purpose_achieved";

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

bool IsIn(const calendar::Term& term, const std::string& event) {
  if (term.kind == calendar::TermKind::kEvent) return term.event == event;
  return std::ranges::any_of(term.of,
                             [&](const calendar::Term& part) { return IsIn(part, event); });
}

// A maximum by what had happened before it ended: what comes later would be a new registration. A
// minimum by everything.
StatusOr<std::optional<DueDay>> KeptBy(const Policy& policy, const DateRule& rule,
                                       std::span<const EventDay> events, model::CivilDay today) {
  if (rule.direction == calendar::Direction::kMinimum) {
    return DueDayOf(policy, rule, events, today);
  }
  std::vector<EventDay> in_order(events.begin(), events.end());
  std::ranges::stable_sort(in_order, {}, &EventDay::day);
  std::vector<EventDay> so_far;
  std::optional<DueDay> due;
  for (const EventDay& event : in_order) {
    if (due && due->last_day < event.day) break;
    so_far.push_back(event);
    if (!IsIn(rule.counts_from, event.name)) continue;
    NOREN_ASSIGN_OR_RETURN(due, DueDayOf(policy, rule, so_far, today));
  }
  return due;
}

// Nothing: not begun, or the policy states no end of it.
StatusOr<std::optional<RetentionDue>> KeptUnder(const Policy& policy, const std::string& id,
                                                std::span<const EventDay> events,
                                                model::CivilDay today) {
  std::optional<RetentionDue> none;
  const StatusOr<DateRule> rule = StatedRetention(policy, id);
  const model::ErrorCode code = model::CodeOf(rule.status());
  if (code == model::ErrorCode::kPolicyForbids || code == model::ErrorCode::kNotFound) return none;
  NOREN_RETURN_IF_ERROR(rule.status());
  NOREN_ASSIGN_OR_RETURN(const auto kept, KeptBy(policy, *rule, events, today));
  if (!kept) return none;
  RetentionDue due;
  due.retention = policy.id + "." + id;
  due.is_minimum = kept->is_minimum;
  due.kept_until = kept->last_day;
  due.blocked_by = kept->blocked_by;
  due.clauses = kept->clauses;
  return std::optional(std::move(due));
}

bool DestroysBy(const Policy& policy, std::string_view event) {
  const Entry* const destruction = One(policy, "destruction");
  if (destruction == nullptr) return false;
  return std::ranges::any_of(destruction->Many("limits"), [&](std::string_view limit) {
    return CountsFrom(policy, limit, event);
  });
}

// The purpose may be achieved first; then that is the end.
void EndByPurpose(const Policy& policy, std::span<const EventDay> events,
                  std::optional<RetentionDue>& due) {
  const auto achieved = std::ranges::find(events, kPurposeAchieved, &EventDay::name);
  if (achieved == events.end() || !DestroysBy(policy, kPurposeAchieved)) return;
  if (due && !(achieved->day < due->kept_until)) return;
  RetentionDue by_purpose;
  by_purpose.retention = policy.id + "." + std::string(kPurposeAchieved);
  by_purpose.kept_until = achieved->day;
  if (const Fact* triggers = One(policy, "destruction")->Find("triggers"))
    by_purpose.clauses = triggers->clauses;
  due = std::move(by_purpose);
}

}  // namespace

bool IsOver(Standing standing) {
  return standing == Standing::kWaiting || standing == Standing::kDue ||
         standing == Standing::kOverdue;
}

bool RetentionCountsFrom(const Policy& policy, std::string_view event) {
  for (const Entry* retention : All(policy, "retention")) {
    if (retention->Holds("until", event) || retention->Word("counted_from") == event ||
        retention->Word("renewal") == event)
      return true;
    for (const std::string_view rule : retention->Many("rule"))
      if (CountsFrom(policy, rule, event)) return true;
  }
  return false;
}

StatusOr<std::optional<RetentionDue>> RetentionDueOf(const Policy& policy,
                                                     std::span<const EventDay> events,
                                                     model::CivilDay today) {
  std::optional<RetentionDue> due;
  for (const std::string& id : RetentionsOf(policy)) {
    NOREN_ASSIGN_OR_RETURN(due, KeptUnder(policy, id, events, today));
    if (due) break;
  }
  EndByPurpose(policy, events, due);
  if (!due) return due;
  NOREN_RETURN_IF_ERROR(SetDestruction(policy, events, today, *due));
  NOREN_RETURN_IF_ERROR(EndByLeaving(policy, events, today, *due));
  return due;
}

std::vector<std::string> ClausesOfCancellation(const Policy& policy, std::string_view manual) {
  std::vector<std::string> clauses;
  for (const Entry* entry : All(policy, "cancellation")) {
    const bool by_time = !entry->Many("limit").empty();
    if (by_time || entry->Word("manual") != manual) continue;
    AddOnce(ClausesOf(*entry), clauses);
    if (manual == "no") break;  // the first says that the person asks, the others how
  }
  return clauses;
}

StatusOr<std::optional<DueDay>> DestructionOfKept(const Policy& policy, model::CivilDay kept_until,
                                                  model::CivilDay today) {
  std::optional<DueDay> by;
  for (const char* ended : {"retention_ended", "registration_ended", "cancelled"}) {
    NOREN_ASSIGN_OR_RETURN(by, DestructionDue(policy, {}, {ended, kept_until}, today));
    if (by) break;
  }
  return by;
}

namespace {

constexpr std::string_view kCompanies = "company";

// In the order of the files about companies, each once.
std::vector<std::string> RetentionsOfCompanies(const Policy& policy) {
  std::vector<std::string> ids;
  for (const Entry* file : All(policy, "file")) {
    if (!file->Holds("subject", kCompanies)) continue;
    for (const std::string_view id : file->Many("retention")) {
      if (std::ranges::find(ids, id) == ids.end()) ids.emplace_back(id);
    }
  }
  return ids;
}

}  // namespace

StatusOr<std::optional<RetentionDue>> CompanyDueOf(const Policy& policy, model::CivilDay left,
                                                   model::CivilDay today) {
  std::vector<EventDay> events;
  for (const char* name : {"withdrawal_of_membership", "registration_ended", "cancelled"})
    events.push_back({name, left});
  std::optional<RetentionDue> due;
  for (const std::string& id : RetentionsOfCompanies(policy)) {
    NOREN_ASSIGN_OR_RETURN(due, KeptUnder(policy, id, events, today));
    if (!due) continue;
    NOREN_RETURN_IF_ERROR(SetDestruction(policy, events, today, *due));
    return due;
  }
  NOREN_ASSIGN_OR_RETURN(const auto by, DestructionOfKept(policy, left, today));
  if (!by) return due;
  due.emplace();
  due->retention = by->rule;
  due->kept_until = left;
  due->destroy_by = by->last_day;
  due->standing = left < today ? by->standing : Standing::kKept;
  due->clauses = by->clauses;
  return due;
}

std::vector<std::string> ClausesOfCompanies(const Policy& policy) {
  std::vector<std::string> clauses;
  for (const std::string& id : RetentionsOfCompanies(policy)) {
    const Entry* const entry = policy.statement->ById("retention", id);
    if (entry != nullptr) AddOnce(ClausesOf(*entry), clauses);
  }
  if (!clauses.empty()) return clauses;
  return Refuse(policy, Rule::kRetention, model::ErrorCode::kPolicyForbids).clauses;
}

Status RefuseCompanyThatLeft(const Policy& policy) {
  std::string detail = "E_EXPIRED";
  for (const std::string& clause : ClausesOfCompanies(policy)) detail += " " + clause;
  return model::MakeError(model::ErrorCode::kPolicyForbids, detail);
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
