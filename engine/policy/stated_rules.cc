// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/model/errors.h"

namespace noren::policy {
namespace {

using calendar::DateRule;
using calendar::Term;

// The event that a continuation mail was sent: what a rule with a precondition waits for.
constexpr std::string_view kMailSent = "continuation_mail_sent";

Term TermOf(const Entry& entry, std::string_view event) {
  Term term = calendar::Event(std::string(event));
  const bool is_fiscal = entry.Word("basis") == "fiscal_year_end" && event == "graduation_year";
  return is_fiscal ? calendar::EndOfCycle(std::move(term), {{calendar::kAprilFirst}}) : term;
}

// Of the earliest each may be missing; of the latest the first is what begins it all.
Term JoinedAnchors(const Entry& entry) {
  std::vector<Term> terms;
  const std::vector<std::string_view> events = entry.Many("anchor");
  const bool takes_latest = entry.Word("anchor_join") == "latest";
  for (const std::string_view event : events) {
    Term term = TermOf(entry, event);
    const bool is_optional = !takes_latest || !terms.empty();
    if (is_optional && events.size() > 1) term.presence = calendar::Presence::kOptional;
    terms.push_back(std::move(term));
  }
  if (terms.size() == 1) return std::move(terms[0]);
  return takes_latest ? calendar::LatestOf(std::move(terms))
                      : calendar::EarliestOf(std::move(terms));
}

calendar::FirstDay FirstDayOf(const Entry& entry) {
  const auto counts = entry.Word("counts_first_day");
  if (counts == "yes") return calendar::FirstDay::kCounted;
  if (counts == "no") return calendar::FirstDay::kNotCounted;
  return calendar::FirstDay::kByCivilCode;
}

StatusOr<calendar::MonthDay> MonthDayOf(std::string_view text) {
  NOREN_ASSIGN_OR_RETURN(const model::CivilDay day,
                         model::ParseCivilDay("2001-" + std::string(text)));
  const calendar::CivilDate date = calendar::DateOf(day);
  return calendar::MonthDay{date.month, date.day};
}

Status SetWindow(const Entry& entry, DateRule& rule) {
  for (const std::string_view start : entry.Many("starts")) {
    NOREN_ASSIGN_OR_RETURN(const calendar::MonthDay day, MonthDayOf(start));
    rule.window.cycle.starts.push_back(day);
  }
  if (entry.Word("boundary_included") == "no") {
    rule.window.boundary = calendar::Boundary::kExclusive;
  }
  return OkStatus();
}

// The period of the source, else the operator's cap, which the notice does not promise.
Status SetPeriod(const Entry& entry, DateRule& rule) {
  const auto kind = entry.Word("kind");
  const bool is_immediate = kind == "without_delay" || kind == "at_once" || kind == "no_limit";
  if (is_immediate) rule.stated = calendar::Stated::kWithoutDelay;
  if (const auto period = entry.Text("period")) {
    NOREN_ASSIGN_OR_RETURN(rule.period, calendar::ParsePeriod(*period));
    return OkStatus();
  }
  if (const auto cap = entry.Number("cap_days")) {
    rule.stated = calendar::Stated::kWithoutDelay;
    rule.period.days = static_cast<std::int32_t>(*cap);
    return OkStatus();
  }
  return model::MakeError(model::ErrorCode::kPolicyForbids,
                          "the policy states no period, and the operator no cap");
}

void SetDirection(const Entry& entry, DateRule& rule) {
  const auto direction = entry.Word("direction");
  if (direction == "least") rule.direction = calendar::Direction::kMinimum;
  if (direction == "target") rule.strictness = calendar::Strictness::kTarget;
}

void SetSwitches(const Entry& entry, DateRule& rule) {
  rule.counting.first_day = FirstDayOf(entry);
  if (entry.Word("holiday_roll") == "next_working_day") {
    rule.holiday_roll = calendar::HolidayRoll::kNextWorkingDay;
  }
  if (entry.Word("early") == "no") rule.early = calendar::Early::kForbidden;
  if (entry.Text("precondition")) rule.preconditions.emplace_back(kMailSent);
  if (const auto warn = entry.Number("warn_days")) {
    rule.reminders.push_back(
        {calendar::ReminderFrom::kOpening, {0, static_cast<std::int32_t>(*warn)}});
  }
}

void AddClauses(const Entry& entry, DateRule& rule) {
  for (const Fact& fact : entry.facts) {
    for (const std::string& clause : fact.clauses) {
      const bool is_new = std::ranges::find(rule.clauses, clause) == rule.clauses.end();
      if (is_new) rule.clauses.push_back(clause);
    }
  }
}

Status NotThere(std::string_view section) {
  return model::MakeError(model::ErrorCode::kNotFound, section);
}

const Entry* EntryOf(const Policy& policy, std::string_view section, std::string_view id) {
  return policy.statement == nullptr ? nullptr : policy.statement->ById(section, id);
}

}  // namespace

StatusOr<DateRule> StatedDateRule(const Policy& policy, std::string_view id) {
  const Entry* entry = EntryOf(policy, "date_rule", id);
  if (entry == nullptr) return NotThere("stated.date_rule");
  if (entry->Many("anchor").empty()) return NotThere("stated.date_rule.anchor");
  DateRule rule;
  rule.id = policy.id + "." + std::string(id);
  rule.counts_from = JoinedAnchors(*entry);
  SetDirection(*entry, rule);
  NOREN_RETURN_IF_ERROR(SetWindow(*entry, rule));
  NOREN_RETURN_IF_ERROR(SetPeriod(*entry, rule));
  SetSwitches(*entry, rule);
  AddClauses(*entry, rule);
  NOREN_RETURN_IF_ERROR(calendar::Validate(rule));
  return rule;
}

StatusOr<DateRule> StatedRetention(const Policy& policy, std::string_view id) {
  const Entry* entry = EntryOf(policy, "retention", id);
  if (entry == nullptr) return NotThere("stated.retention");
  const std::vector<std::string_view> rules = entry->Many("rule");
  if (!rules.empty()) return StatedDateRule(policy, rules[0]);
  std::vector<Term> ends;
  for (const std::string_view event : entry->Many("until")) {
    ends.push_back(calendar::OptionalEvent(std::string(event)));
  }
  if (const auto period = entry->Text("period")) {
    NOREN_ASSIGN_OR_RETURN(const calendar::Period length, calendar::ParsePeriod(*period));
    std::vector<Term> starts = {
        calendar::Event(std::string(entry->Word("counted_from").value_or("consent")))};
    if (const auto renewal = entry->Word("renewal")) {
      starts.push_back(calendar::OptionalEvent(std::string(*renewal)));
    }
    Term start = starts.size() == 1 ? std::move(starts[0]) : calendar::LatestOf(std::move(starts));
    calendar::Counting counting;
    counting.first_day = calendar::FirstDay::kNotCounted;
    // It is a maximum: with the same date or as civil codes count, whichever is earlier.
    ends.push_back(calendar::After(std::move(start), length, counting));
  }
  if (ends.empty()) {
    return model::MakeError(model::ErrorCode::kPolicyForbids, "the policy states no end");
  }
  DateRule rule;
  rule.id = policy.id + "." + std::string(id);
  if (ends.size() == 1) ends[0].presence = calendar::Presence::kRequired;
  rule.counts_from = ends.size() == 1 ? std::move(ends[0]) : calendar::EarliestOf(std::move(ends));
  AddClauses(*entry, rule);
  NOREN_RETURN_IF_ERROR(calendar::Validate(rule));
  return rule;
}

}  // namespace noren::policy
