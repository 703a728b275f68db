// Days, periods and recurring days of the civil calendar, and how a period is counted in it.
// Arithmetic is Abseil's civil time; a result outside the years 1900 to 2199 is the caller's to
// refuse (model::IsInRange).
// Source:   docs/formats/calendar_rules.md
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/status.h"
#include "engine/model/civil_day.h"

namespace noren::policy::calendar {

using model::CivilDay;

// A day of every year: the 1st of January, the 1st of April.
struct MonthDay {
  std::int32_t month = 1;  // 1..12
  std::int32_t day = 1;    // 1..31
  auto operator<=>(const MonthDay&) const = default;
};

struct CivilDate {
  std::int32_t year = 1970;
  std::int32_t month = 1;
  std::int32_t day = 1;
  bool operator==(const CivilDate&) const = default;
};

// `date` must exist.
CivilDay DayOf(const CivilDate& date);
CivilDate DateOf(CivilDay day);
CivilDay AddDays(CivilDay day, std::int32_t days);

enum class Weekday : std::uint8_t {
  kMonday = 0,
  kTuesday,
  kWednesday,
  kThursday,
  kFriday,
  kSaturday,
  kSunday
};
Weekday WeekdayOf(CivilDay day);
// The nth (1..4) such weekday of a month.
CivilDay NthWeekday(std::int32_t year, std::int32_t month, Weekday weekday, std::int32_t nth);

// Months first, then days. Never negative.
struct Period {
  std::int32_t months = 0;  // a year is twelve
  std::int32_t days = 0;    // a week is seven
  bool operator==(const Period&) const = default;
  bool IsEmpty() const { return months == 0 && days == 0; }
};
// ISO 8601: "P2Y", "P6M", "P2W", "P10D", "P1Y6M", "P0D". kBadRequest: anything else, or over 200
// years.
StatusOr<Period> ParsePeriod(std::string_view text);
std::string ToIso(Period period);

// What stands for a day that its month does not have.
enum class MissingDay : std::uint8_t { kLastOfMonth, kFirstOfNextMonth };

// A day of a month that may not have it.
struct MonthsLater {
  CivilDay day;
  bool is_missing = false;  // the month lacks the day; `day` stands for it
};
MonthsLater AddMonths(CivilDay day, std::int32_t months, MissingDay missing);

// The last day of a period whose first counted day is `first`, as civil codes count: the day before
// the corresponding day, or the last day of the month that lacks it.
//   period   not empty
CivilDay LastDayByCivilCode(CivilDay first, Period period);
// The last day of the same period by its date: the day `base`, the one before the first counted
// day, has in the month in which the period ends.
MonthsLater LastDayBySameDate(CivilDay base, Period period, MissingDay missing);

// The first day on which somebody born on `born` has the age `years`; the day of birth counts.
CivilDay DayOfAge(CivilDay born, std::int32_t years);
// The age on `day`, which is not before `born`.
std::int32_t AgeOn(CivilDay born, CivilDay day);

}  // namespace noren::policy::calendar
