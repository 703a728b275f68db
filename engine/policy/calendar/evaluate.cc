// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/evaluate.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"

namespace noren::policy::calendar {
namespace {

constexpr std::size_t kMaxOpenSwitches = 8;

// Which part of its day a moment is; only a beginning makes civil codes count the day.
enum class Edge : std::uint8_t { kBeginning, kDuring, kEnd };

struct Moment {
  CivilDay day;
  Edge edge = Edge::kDuring;
  auto operator<=>(const Moment&) const = default;
  // The first day on which it has begun, or is over.
  CivilDay From() const { return edge == Edge::kEnd ? AddDays(day, 1) : day; }
};

// The answers given to open switches, in the order in which they are met.
class Answers {
 public:
  bool Next() {
    if (next_ == given_.size()) given_.push_back(false);
    return given_[next_++];
  }
  // Prepares the next run; false when all answers have been given.
  bool Advance() {
    given_.resize(next_);
    next_ = 0;
    while (!given_.empty() && given_.back()) given_.pop_back();
    if (given_.empty()) return false;
    given_.back() = true;
    return true;
  }
  std::size_t met_count() const { return next_; }

 private:
  std::vector<bool> given_;
  std::size_t next_ = 0;
};

// One run over a rule, with one set of answers.
class Run {
 public:
  Run(const DateRule& rule, std::span<const EventDay> events, const WorkingDays* working_days,
      Answers* answers)
      : rule_(rule), events_(events), working_days_(working_days), answers_(*answers) {}

  StatusOr<Evaluation> Evaluate();

 private:
  std::optional<Moment> ValueOf(const Term& term);
  std::optional<Moment> ValueOfEvent(const Term& term);
  std::optional<Moment> ValueOfChoice(const Term& term);
  // The end of `period` from `from` on, and the first counted day.
  struct Span {
    CivilDay counted_from;
    CivilDay last_day;
  };
  Span SpanOf(Moment from, Period period, const Counting& counting);
  CivilDay LastBySameDate(CivilDay base, Period period, const Counting& counting);
  Moment OpenWindow(Moment from);
  StatusOr<CivilDay> Roll(CivilDay last_day);
  std::vector<std::string> Missing(CivilDay since) const;

  void Note(Step step) { steps_.push_back(std::move(step)); }
  // An open switch takes `first`, then `second`.
  template <typename T>
  T Settle(T value, T first, T second) {
    return value == T::kOpen ? (answers_.Next() ? second : first) : value;
  }

  const DateRule& rule_;
  std::span<const EventDay> events_;
  const WorkingDays* working_days_;
  Answers& answers_;
  std::vector<Step> steps_;
  std::vector<std::string> absent_;
  std::vector<std::string> awaited_;
};

std::optional<Moment> Run::ValueOfEvent(const Term& term) {
  std::optional<CivilDay> day;
  for (const EventDay& event : events_) {
    if (event.name != term.event) continue;
    const bool is_earlier = day.has_value() && event.day < *day;
    if (!day.has_value() || is_earlier == (term.occurrence == Occurrence::kFirst)) day = event.day;
  }
  if (day.has_value()) {
    Note({.kind = StepKind::kEventOn, .day = *day, .name = term.event});
    return Moment{*day};
  }
  const bool is_required = term.presence == Presence::kRequired;
  (is_required ? awaited_ : absent_).push_back(term.event);
  Note(
      {.kind = is_required ? StepKind::kEventAwaited : StepKind::kEventAbsent, .name = term.event});
  return std::nullopt;
}

std::optional<Moment> Run::ValueOfChoice(const Term& term) {
  std::optional<Moment> chosen;
  std::size_t known_count = 0;
  const std::size_t absent_before = absent_.size();
  const std::size_t awaited_before = awaited_.size();
  for (const Term& part : term.of) {
    const std::optional<Moment> value = ValueOf(part);
    if (!value.has_value()) continue;
    ++known_count;
    const bool is_better = !chosen.has_value() ||
                           (term.kind == TermKind::kEarliest ? *value < *chosen : *chosen < *value);
    if (is_better) chosen = value;
  }
  if (known_count > 1) {
    Note({.kind = term.kind == TermKind::kEarliest ? StepKind::kEarliestOf : StepKind::kLatestOf,
          .day = chosen->day});
  }
  // None of them, and none required: then the choice itself is what is waited for.
  if (known_count == 0 && awaited_.size() == awaited_before &&
      term.presence == Presence::kRequired) {
    awaited_.insert(awaited_.end(), absent_.begin() + static_cast<std::ptrdiff_t>(absent_before),
                    absent_.end());
  }
  return chosen;
}

std::optional<Moment> Run::ValueOf(const Term& term) {
  if (term.kind == TermKind::kEvent) return ValueOfEvent(term);
  if (term.kind == TermKind::kEarliest || term.kind == TermKind::kLatest) {
    return ValueOfChoice(term);
  }
  const std::optional<Moment> of = ValueOf(term.of.front());
  if (!of.has_value()) return std::nullopt;
  if (term.kind == TermKind::kAfter) {
    if (term.period.IsEmpty()) return of;
    return Moment{SpanOf(*of, term.period, term.counting).last_day, Edge::kEnd};
  }
  const bool is_start = term.kind == TermKind::kCycleStart;
  const CivilDay day = is_start ? CycleStart(term.cycle, of->day) : CycleEnd(term.cycle, of->day);
  Note({.kind = is_start ? StepKind::kCycleBegan : StepKind::kCycleEnds, .day = day});
  return Moment{day, is_start ? Edge::kBeginning : Edge::kEnd};
}

CivilDay Run::LastBySameDate(CivilDay base, Period period, const Counting& counting) {
  const MonthsLater end = LastDayBySameDate(base, period, MissingDay::kLastOfMonth);
  if (!end.is_missing) return end.day;
  const CivilDate date = DateOf(base);
  const bool is_leap_day = date.month == 2 && date.day == 29 && period.months % 12 == 0;
  const ShortMonth choice = Settle(is_leap_day ? counting.leap_day : counting.month_end,
                                   ShortMonth::kLastDay, ShortMonth::kFirstOfNext);
  const MissingDay missing =
      choice == ShortMonth::kLastDay ? MissingDay::kLastOfMonth : MissingDay::kFirstOfNextMonth;
  const CivilDay day = LastDayBySameDate(base, period, missing).day;
  Note({.kind = StepKind::kShortMonth, .day = day});
  return day;
}

Run::Span Run::SpanOf(Moment from, Period period, const Counting& counting) {
  FirstDay first = Settle(counting.first_day, FirstDay::kNotCounted, FirstDay::kCounted);
  if (first == FirstDay::kByCivilCode) {
    first = from.edge == Edge::kBeginning ? FirstDay::kCounted : FirstDay::kNotCounted;
  }
  Span span;
  span.counted_from = first == FirstDay::kCounted ? from.day : AddDays(from.day, 1);
  Note({.kind = StepKind::kCountedFrom, .day = span.counted_from, .first_day = first});
  Reading reading = Reading::kSameDate;
  if (period.months == 0) {
    span.last_day = LastDayByCivilCode(span.counted_from, period);
  } else {
    reading = Settle(counting.reading, Reading::kSameDate, Reading::kCivilCode);
    span.last_day = reading == Reading::kSameDate
                        ? LastBySameDate(AddDays(span.counted_from, -1), period, counting)
                        : LastDayByCivilCode(span.counted_from, period);
  }
  Note({.kind = StepKind::kPeriodEnds, .day = span.last_day, .period = period, .reading = reading});
  return span;
}

Moment Run::OpenWindow(Moment from) {
  if (rule_.window.cycle.starts.empty()) return from;
  const Boundary boundary =
      Settle(rule_.window.boundary, Boundary::kInclusive, Boundary::kExclusive);
  const CivilDay day = NextStart(rule_.window.cycle, from.day, boundary);
  Note({.kind = StepKind::kWindowOpens, .day = day, .boundary = boundary});
  return {day, Edge::kBeginning};
}

StatusOr<CivilDay> Run::Roll(CivilDay last_day) {
  if (rule_.holiday_roll == HolidayRoll::kStays) return last_day;
  if (working_days_ == nullptr) {
    return MakeError(model::ErrorCode::kBadRequest, "rule: it moves from holidays, none are given");
  }
  NOREN_ASSIGN_OR_RETURN(const std::optional<DayOff> off, working_days_->WhyOff(last_day));
  if (!off.has_value()) return last_day;
  Note({.kind = StepKind::kDayOff,
        .day = last_day,
        .name = off->holiday == nullptr ? std::string() : std::string(off->holiday->name),
        .off = off->reason});
  const HolidayRoll roll =
      Settle(rule_.holiday_roll, HolidayRoll::kStays, HolidayRoll::kNextWorkingDay);
  if (roll == HolidayRoll::kStays) return last_day;
  NOREN_ASSIGN_OR_RETURN(const CivilDay moved, working_days_->SameOrNext(last_day));
  Note({.kind = StepKind::kMoved, .day = moved});
  return moved;
}

std::vector<std::string> Run::Missing(CivilDay since) const {
  std::vector<std::string> missing;
  for (const std::string& name : rule_.preconditions) {
    const bool happened = std::any_of(events_.begin(), events_.end(), [&](const EventDay& event) {
      return event.name == name && event.day >= since;
    });
    if (!happened) missing.push_back(name);
  }
  return missing;
}

StatusOr<Evaluation> Run::Evaluate() {
  Evaluation result;
  const std::optional<Moment> from = ValueOf(rule_.counts_from);
  if (!from.has_value() || !awaited_.empty()) {
    result.awaits = awaited_.empty() ? absent_ : awaited_;
    result.steps = std::move(steps_);
    return result;
  }
  const Moment opening = OpenWindow(*from);
  Span span{opening.From(), opening.day};
  if (!rule_.period.IsEmpty()) span = SpanOf(opening, rule_.period, rule_.counting);
  Deadline deadline;
  NOREN_ASSIGN_OR_RETURN(deadline.last_day, Roll(span.last_day));
  deadline.locked_from = from->From();
  deadline.starts = opening.From();
  deadline.counted_from = span.counted_from;
  deadline.due_day = AddDays(deadline.last_day, 1);
  if (!model::IsInRange(deadline.due_day)) {
    return MakeError(model::ErrorCode::kBadRequest, "rule: it ends after 2199");
  }
  deadline.blocks_it = Missing(deadline.starts);
  result.deadline = std::move(deadline);
  result.steps = std::move(steps_);
  return result;
}

std::vector<CivilDay> RemindersOf(const DateRule& rule, const Deadline& deadline) {
  std::vector<CivilDay> days;
  for (const Reminder& reminder : rule.reminders) {
    const bool is_before = reminder.from == ReminderFrom::kDueDay;
    const std::int32_t sign = is_before ? -1 : 1;
    const CivilDay base = is_before ? deadline.due_day : deadline.starts;
    const CivilDay month =
        AddMonths(base, sign * reminder.period.months, MissingDay::kLastOfMonth).day;
    days.push_back(AddDays(month, sign * reminder.period.days));
  }
  std::sort(days.begin(), days.end());
  return days;
}

bool IsBetter(Direction direction, const Evaluation& candidate, const Evaluation& chosen) {
  const CivilDay a = candidate.deadline->last_day;
  const CivilDay b = chosen.deadline->last_day;
  return direction == Direction::kMaximum ? a < b : a > b;
}

// What all runs come to: the closing steps, with the candidates when there were several.
void Finish(const DateRule& rule, std::vector<CivilDay> candidates, Evaluation* result) {
  Deadline& deadline = *result->deadline;
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  if (candidates.size() > 1) {
    result->steps.push_back({.kind = StepKind::kCompeting,
                             .day = deadline.last_day,
                             .direction = rule.direction,
                             .candidates = std::move(candidates)});
  }
  if (rule.stated == Stated::kWithoutDelay) {
    result->steps.push_back({.kind = StepKind::kWithoutDelay, .period = rule.period});
  }
  result->steps.push_back({.kind = StepKind::kLastDay,
                           .day = deadline.last_day,
                           .direction = rule.direction,
                           .strictness = rule.strictness});
  for (const std::string& name : deadline.blocks_it) {
    result->steps.push_back({.kind = StepKind::kPrecondition, .name = name});
  }
  deadline.reminders = RemindersOf(rule, deadline);
}

}  // namespace

StatusOr<Evaluation> Evaluate(const DateRule& rule, std::span<const EventDay> events,
                              const WorkingDays* working_days) {
  NOREN_RETURN_IF_ERROR(Validate(rule));
  for (const EventDay& event : events) {
    if (!model::IsInRange(event.day)) {
      return MakeError(model::ErrorCode::kBadRequest, "event: a day of 1900 to 2199 expected");
    }
  }
  Answers answers;
  std::optional<Evaluation> chosen;
  std::vector<CivilDay> candidates;
  do {
    NOREN_ASSIGN_OR_RETURN(Evaluation candidate,
                           Run(rule, events, working_days, &answers).Evaluate());
    if (answers.met_count() > kMaxOpenSwitches) {
      return MakeError(model::ErrorCode::kBadRequest, "rule: too many open switches");
    }
    if (!candidate.deadline.has_value()) return candidate;
    candidates.push_back(candidate.deadline->last_day);
    if (!chosen.has_value() || IsBetter(rule.direction, candidate, *chosen)) {
      chosen = std::move(candidate);
    }
  } while (answers.Advance());
  Finish(rule, std::move(candidates), &*chosen);
  return *std::move(chosen);
}

std::string_view StandingName(Standing standing) {
  switch (standing) {
    case Standing::kWaiting:
      return "waiting";
    case Standing::kDue:
      return "due";
    case Standing::kOverdue:
      return "overdue";
    case Standing::kKept:
      return "kept";
    case Standing::kBlocked:
      return "blocked";
    case Standing::kReady:
      return "ready";
  }
  return "unknown";
}

Standing StandingOn(const DateRule& rule, const Deadline& deadline, CivilDay day) {
  const bool is_over = day > deadline.last_day;
  if (rule.direction == Direction::kMinimum) {
    if (!is_over) return Standing::kKept;
    return deadline.blocks_it.empty() ? Standing::kReady : Standing::kBlocked;
  }
  if (is_over) return Standing::kOverdue;
  return day < deadline.starts ? Standing::kWaiting : Standing::kDue;
}

bool MayActOn(const DateRule& rule, const Deadline& deadline, CivilDay day) {
  if (rule.direction == Direction::kMinimum) {
    return StandingOn(rule, deadline, day) == Standing::kReady;
  }
  return rule.early == Early::kAllowed || day >= deadline.starts;
}

}  // namespace noren::policy::calendar
