// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/date_rule.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"

namespace noren::policy::calendar {
namespace {

constexpr std::int32_t kMaxDepth = 8;
constexpr std::int32_t kMaxTerms = 64;

Status Malformed(std::string_view what) { return MakeError(model::ErrorCode::kBadRequest, what); }

CivilDay StartIn(std::int32_t year, MonthDay start) {
  return DayOf({year, start.month, start.day});
}

// A month that every year has, and a day that it has in every year.
bool ExistsInEveryYear(MonthDay date) {
  constexpr std::int32_t kCommonYear = 2001;
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  return DateOf(StartIn(kCommonYear, date)) == CivilDate{kCommonYear, date.month, date.day};
}

Term Over(TermKind kind, std::vector<Term> of) {
  Term term;
  term.kind = kind;
  term.of = std::move(of);
  return term;
}

bool IsWithinLimits(Period period) {
  return period.months >= 0 && period.days >= 0 && ParsePeriod(ToIso(period)).ok();
}

Status ValidateTerm(const Term& term, std::int32_t depth, std::int32_t* terms_count) {
  if (depth > kMaxDepth || ++*terms_count > kMaxTerms) return Malformed("rule: too many terms");
  const bool is_event = term.kind == TermKind::kEvent;
  const bool is_cycle = term.kind == TermKind::kCycleStart || term.kind == TermKind::kCycleEnd;
  const bool is_choice = term.kind == TermKind::kEarliest || term.kind == TermKind::kLatest;
  if (is_event != !term.event.empty()) return Malformed("rule: an event has a name, no other term");
  if (is_event != term.of.empty())
    return Malformed("rule: a term is over others, but for an event");
  if (!is_choice && term.of.size() > 1) return Malformed("rule: only a choice is over many terms");
  if (is_cycle != !term.cycle.starts.empty() || (is_cycle && !IsValid(term.cycle))) {
    return Malformed("rule: a cycle needs rising days that every year has");
  }
  if ((term.kind != TermKind::kAfter && !term.period.IsEmpty()) || !IsWithinLimits(term.period)) {
    return Malformed("rule: a period belongs to a term that counts");
  }
  for (const Term& part : term.of) {
    NOREN_RETURN_IF_ERROR(ValidateTerm(part, depth + 1, terms_count));
  }
  return OkStatus();
}

}  // namespace

bool IsValid(const Cycle& cycle) {
  return !cycle.starts.empty() &&
         std::all_of(cycle.starts.begin(), cycle.starts.end(), ExistsInEveryYear) &&
         std::adjacent_find(cycle.starts.begin(), cycle.starts.end(),
                            [](MonthDay a, MonthDay b) { return a >= b; }) == cycle.starts.end();
}

CivilDay CycleStart(const Cycle& cycle, CivilDay day) {
  const std::int32_t year = DateOf(day).year;
  for (auto start = cycle.starts.rbegin(); start != cycle.starts.rend(); ++start) {
    if (StartIn(year, *start) <= day) return StartIn(year, *start);
  }
  return StartIn(year - 1, cycle.starts.back());
}

CivilDay CycleEnd(const Cycle& cycle, CivilDay day) {
  return AddDays(NextStart(cycle, day, Boundary::kExclusive), -1);
}

CivilDay NextStart(const Cycle& cycle, CivilDay day, Boundary boundary) {
  const std::int32_t year = DateOf(day).year;
  const CivilDay from = boundary == Boundary::kInclusive ? day : AddDays(day, 1);
  for (const MonthDay start : cycle.starts) {
    if (StartIn(year, start) >= from) return StartIn(year, start);
  }
  return StartIn(year + 1, cycle.starts.front());
}

std::int32_t FiscalYearOf(CivilDay day) {
  const CivilDate date = DateOf(day);
  return date.month >= kAprilFirst.month ? date.year : date.year - 1;
}

Term Event(std::string name) {
  Term term;
  term.event = std::move(name);
  return term;
}

Term OptionalEvent(std::string name) {
  Term term = Event(std::move(name));
  term.presence = Presence::kOptional;
  return term;
}

Term After(Term term, Period period, Counting counting) {
  Term after = Over(TermKind::kAfter, {std::move(term)});
  after.period = period;
  after.counting = counting;
  return after;
}

Term StartOfCycle(Term term, Cycle cycle) {
  Term start = Over(TermKind::kCycleStart, {std::move(term)});
  start.cycle = std::move(cycle);
  return start;
}

Term EndOfCycle(Term term, Cycle cycle) {
  Term end = Over(TermKind::kCycleEnd, {std::move(term)});
  end.cycle = std::move(cycle);
  return end;
}

Term EarliestOf(std::vector<Term> terms) { return Over(TermKind::kEarliest, std::move(terms)); }
Term LatestOf(std::vector<Term> terms) { return Over(TermKind::kLatest, std::move(terms)); }

Status Validate(const DateRule& rule) {
  if (rule.id.empty()) return Malformed("rule: an id is needed");
  std::int32_t terms_count = 0;
  NOREN_RETURN_IF_ERROR(ValidateTerm(rule.counts_from, 1, &terms_count));
  if (!rule.window.cycle.starts.empty() && !IsValid(rule.window.cycle)) {
    return Malformed("rule: a window needs rising days that every year has");
  }
  if (!IsWithinLimits(rule.period)) return Malformed("rule: the period is too long");
  if (rule.direction == Direction::kMaximum && !rule.preconditions.empty()) {
    return Malformed("rule: a maximum waits for nothing");
  }
  if (rule.direction == Direction::kMinimum && rule.early == Early::kForbidden) {
    return Malformed("rule: a minimum is never early");
  }
  if (rule.stated == Stated::kWithoutDelay && rule.direction == Direction::kMinimum) {
    return Malformed("rule: without delay is a maximum");
  }
  for (const Reminder& reminder : rule.reminders) {
    if (!IsWithinLimits(reminder.period)) return Malformed("rule: a reminder is too far away");
  }
  return OkStatus();
}

}  // namespace noren::policy::calendar
