// What a rule comes to for given events, with the steps that led there, and how an act stands to it
// on a day.
// Source:   docs/formats/calendar_rules.md
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/base/status.h"
#include "engine/policy/calendar/date_rule.h"
#include "engine/policy/calendar/working_days.h"

namespace noren::policy::calendar {

// Something that has happened: its name in the rules, and the civil day in the operator's zone.
struct EventDay {
  std::string name;
  CivilDay day;
};

enum class StepKind : std::uint8_t {
  kEventOn = 1,  // name, day
  kEventAbsent,  // name: left out
  kEventAwaited,
  kCycleBegan,   // day: the start of the part of the cycle
  kCycleEnds,    // day: the end
  kEarliestOf,   // day
  kLatestOf,     // day
  kWindowOpens,  // day, boundary
  kCountedFrom,  // day: the first counted one; first_day
  kPeriodEnds,   // day, period, reading
  kShortMonth,   // day: stands for one that the month lacks
  kDayOff,       // day, off, name of the holiday
  kMoved,        // day: the next working day
  kCompeting,    // candidates, direction; day: the one taken
  kWithoutDelay,
  kLastDay,      // day, direction, strictness
  kPrecondition  // name: has not happened since the period began
};

struct Step {
  StepKind kind = StepKind::kLastDay;
  CivilDay day = {};
  std::string name = {};
  Period period = {};
  FirstDay first_day = FirstDay::kNotCounted;
  Reading reading = Reading::kSameDate;
  Boundary boundary = Boundary::kInclusive;
  OffReason off = OffReason::kHoliday;
  Direction direction = Direction::kMaximum;
  Strictness strictness = Strictness::kLimit;
  std::vector<CivilDay> candidates = {};  // rising
};

struct Deadline {
  CivilDay locked_from;   // what it counts from is over: nothing is used from here on
  CivilDay starts;        // the window opens, or the period begins
  CivilDay counted_from;  // the first counted day
  CivilDay last_day;
  CivilDay due_day;                    // the day after: a maximum is overdue, a minimum is over
  std::vector<CivilDay> reminders;     // rising
  std::vector<std::string> blocks_it;  // preconditions that have not happened since `starts`
};

struct Evaluation {
  std::optional<Deadline> deadline;  // nothing: it has not begun
  std::vector<std::string> awaits;   // the events it waits for, when it has not begun
  std::vector<Step> steps;
};

// Applies `rule` to what has happened.
//   working_days  only for a rule that moves from holidays; else may be null
//   errors        kBadRequest: Validate refuses the rule; over 8 open switches are met; a day
//                 outside 1900 to 2199; a day that may move and whose holidays are not known
StatusOr<Evaluation> Evaluate(const DateRule& rule, std::span<const EventDay> events,
                              const WorkingDays* working_days);

enum class Standing : std::uint8_t {
  kWaiting = 1,  // a maximum whose window has not opened
  kDue,          // a maximum up to its last day
  kOverdue,      // a maximum after it
  kKept,         // a minimum up to its last day
  kBlocked,      // a minimum after it, with a precondition missing
  kReady         // a minimum after it
};
std::string_view StandingName(Standing standing);  // "overdue"
Standing StandingOn(const DateRule& rule, const Deadline& deadline, CivilDay day);
// A maximum: at any time, or from its window on; a minimum: when it is ready.
bool MayActOn(const DateRule& rule, const Deadline& deadline, CivilDay day);

}  // namespace noren::policy::calendar
