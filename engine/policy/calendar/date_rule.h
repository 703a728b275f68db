// A rule that fixes a date, as data: from which event it counts, how long, and the switches that
// settle how days are counted. A switch may be left open: then both answers are worked out, and the
// direction of the rule decides, the earlier date for a maximum and the later one for a minimum.
// Source:   docs/formats/calendar_rules.md
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/policy/calendar/civil.h"

namespace noren::policy::calendar {

// Whether the first day of a period is the day it counts from, or the next one.
enum class FirstDay : std::uint8_t {
  kNotCounted,
  kCounted,
  kByCivilCode,  // counted when what it counts from is the beginning of that day
  kOpen
};
// Where a period of months or years ends.
enum class Reading : std::uint8_t {
  kSameDate,   // with the day of the same date
  kCivilCode,  // with the day before the one that corresponds to the first counted day
  kOpen
};
// What ends a period by its date, in a month that lacks the day.
enum class ShortMonth : std::uint8_t { kLastDay, kFirstOfNext, kOpen };
// "On or after" a day that is itself a boundary.
enum class Boundary : std::uint8_t { kInclusive, kExclusive, kOpen };
// A last day that is no working day.
enum class HolidayRoll : std::uint8_t { kStays, kNextWorkingDay, kOpen };

struct Counting {
  FirstDay first_day = FirstDay::kByCivilCode;
  Reading reading = Reading::kOpen;
  ShortMonth month_end = ShortMonth::kLastDay;  // the 29th to 31st of a month
  ShortMonth leap_day = ShortMonth::kLastDay;   // 29 February, a whole number of years on
  bool operator==(const Counting&) const = default;
};

// A part of the year that comes back: half-years {1 January, 1 July}, the fiscal year {1 April}.
struct Cycle {
  std::vector<MonthDay> starts;  // rising, at least one, no 29 February
  bool operator==(const Cycle&) const = default;
};
bool IsValid(const Cycle& cycle);
CivilDay CycleStart(const Cycle& cycle, CivilDay day);  // the last start on or before `day`
CivilDay CycleEnd(const Cycle& cycle, CivilDay day);    // the day before the next start after it
// The first start on (kInclusive) or after `day`; `boundary` is not kOpen.
CivilDay NextStart(const Cycle& cycle, CivilDay day, Boundary boundary);
inline constexpr MonthDay kAprilFirst{4, 1};
// The fiscal year by the year in which it begins on 1 April: 31 March 2026 is of fiscal year 2025.
std::int32_t FiscalYearOf(CivilDay day);

enum class TermKind : std::uint8_t {
  kEvent = 1,
  kAfter,       // the last day of a period that counts from of[0]
  kCycleStart,  // of the part of the cycle that of[0] is in
  kCycleEnd,
  kEarliest,  // of those that are known
  kLatest
};
// An event that has not happened, or a choice of which nothing is known, leaves a rule without a
// date (kRequired), or is left out of the earliest or latest it is part of (kOptional).
enum class Presence : std::uint8_t { kRequired, kOptional };
// Which of several events of one name counts.
enum class Occurrence : std::uint8_t { kLast, kFirst };

// A day, as an expression over events.
struct Term {
  TermKind kind = TermKind::kEvent;
  std::string event = {};                     // kEvent
  Presence presence = Presence::kRequired;    // kEvent, kEarliest, kLatest
  Occurrence occurrence = Occurrence::kLast;  // kEvent
  Period period = {};                         // kAfter
  Counting counting = {};                     // kAfter
  Cycle cycle = {};                           // kCycleStart, kCycleEnd
  std::vector<Term> of = {};                  // all but kEvent
  bool operator==(const Term&) const = default;
};
Term Event(std::string name);
Term OptionalEvent(std::string name);
Term After(Term term, Period period, Counting counting = {});
Term StartOfCycle(Term term, Cycle cycle);
Term EndOfCycle(Term term, Cycle cycle);
Term EarliestOf(std::vector<Term> terms);
Term LatestOf(std::vector<Term> terms);

enum class Direction : std::uint8_t {
  kMaximum = 1,  // to be done by the last day
  kMinimum       // not before the day after the last day
};
// A target that is missed is overdue like a limit, but is called a target wherever it is shown.
enum class Strictness : std::uint8_t { kLimit = 1, kTarget };
// "Without delay" is its own value: the period is the operator's cap and is not in the notice.
enum class Stated : std::uint8_t { kPeriod = 1, kWithoutDelay };
// Whether the act may be done before the window opens.
enum class Early : std::uint8_t { kAllowed, kForbidden };

// The window that opens with the first start of a cycle on or after the day counted from.
struct Window {
  Cycle cycle;  // without starts: no window
  Boundary boundary = Boundary::kInclusive;
  bool operator==(const Window&) const = default;
};

enum class ReminderFrom : std::uint8_t { kOpening = 1, kDueDay };
// A day on which somebody is told: so long after the opening, or before the due day.
struct Reminder {
  ReminderFrom from = ReminderFrom::kOpening;
  Period period;
  bool operator==(const Reminder&) const = default;
};

struct DateRule {
  std::string id;  // "mapo.destruction"
  Direction direction = Direction::kMaximum;
  Strictness strictness = Strictness::kLimit;
  Stated stated = Stated::kPeriod;
  Term counts_from;
  Window window = {};
  Period period = {};  // empty: the day itself is the last
  Counting counting = {};
  HolidayRoll holiday_roll = HolidayRoll::kStays;
  Early early = Early::kAllowed;
  std::vector<std::string> preconditions = {};  // events without which a minimum never falls due
  std::vector<Reminder> reminders = {};
  std::vector<std::string> clauses = {};  // ids of the operator's clauses
  bool operator==(const DateRule&) const = default;
};

// kBadRequest: a term without what its kind needs or with what it has no use for, a cycle that is
// none, terms over 8 deep or over 64 in all, a period over 200 years, preconditions or "early"
// where the direction has no use for them, no id.
Status Validate(const DateRule& rule);

}  // namespace noren::policy::calendar
