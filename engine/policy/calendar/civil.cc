// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/civil.h"

#include "absl/time/civil_time.h"
#include "engine/model/errors.h"

namespace noren::policy::calendar {
namespace {

constexpr std::int32_t kMaxMonths = 200 * 12;
constexpr std::int32_t kMaxDays = 200 * 366;

absl::CivilDay ToAbseil(CivilDay day) { return absl::CivilDay(1970, 1, 1) + day.days_since_1970; }

CivilDay FromAbseil(absl::CivilDay day) {
  return CivilDay{static_cast<std::int32_t>(day - absl::CivilDay(1970, 1, 1))};
}

Status MalformedPeriod() {
  return MakeError(model::ErrorCode::kBadRequest,
                   "period: ISO 8601 with years, months, weeks and days expected");
}

// Reads digits from the front of `text`; -1 when there are none or too many.
std::int32_t TakeNumber(std::string_view& text) {
  std::size_t size = 0;
  std::int32_t value = 0;
  while (size < text.size() && text[size] >= '0' && text[size] <= '9') {
    if (size == 5) return -1;
    value = value * 10 + (text[size] - '0');
    ++size;
  }
  text.remove_prefix(size);
  return size == 0 ? -1 : value;
}

}  // namespace

CivilDay DayOf(const CivilDate& date) {
  return FromAbseil(absl::CivilDay(date.year, date.month, date.day));
}

CivilDate DateOf(CivilDay day) {
  const absl::CivilDay civil = ToAbseil(day);
  return {static_cast<std::int32_t>(civil.year()), civil.month(), civil.day()};
}

CivilDay AddDays(CivilDay day, std::int32_t days) { return CivilDay{day.days_since_1970 + days}; }

Weekday WeekdayOf(CivilDay day) {
  return static_cast<Weekday>(static_cast<int>(absl::GetWeekday(ToAbseil(day))));
}

CivilDay NthWeekday(std::int32_t year, std::int32_t month, Weekday weekday, std::int32_t nth) {
  const CivilDay first = DayOf({year, month, 1});
  const int ahead =
      (static_cast<int>(weekday) - static_cast<int>(WeekdayOf(first)) + 7) % 7 + 7 * (nth - 1);
  return AddDays(first, ahead);
}

StatusOr<Period> ParsePeriod(std::string_view text) {
  constexpr std::string_view kUnits = "YMWD";
  if (text.size() < 3 || text[0] != 'P') return MalformedPeriod();
  text.remove_prefix(1);
  Period period;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    const std::int32_t number = TakeNumber(text);
    if (number < 0 || text.empty()) return MalformedPeriod();
    const std::size_t unit = kUnits.find(text[0], next_unit);
    if (unit == std::string_view::npos) return MalformedPeriod();
    next_unit = unit + 1;
    text.remove_prefix(1);
    if (unit == 0) period.months += number * 12;
    if (unit == 1) period.months += number;
    if (unit == 2) period.days += number * 7;
    if (unit == 3) period.days += number;
  }
  if (period.months > kMaxMonths || period.days > kMaxDays) return MalformedPeriod();
  return period;
}

std::string ToIso(Period period) {
  if (period.IsEmpty()) return "P0D";
  std::string text = "P";
  if (period.months >= 12) text += std::to_string(period.months / 12) + "Y";
  if (period.months % 12 != 0) text += std::to_string(period.months % 12) + "M";
  if (period.days != 0) text += std::to_string(period.days) + "D";
  return text;
}

MonthsLater AddMonths(CivilDay day, std::int32_t months, MissingDay missing) {
  const absl::CivilDay from = ToAbseil(day);
  const absl::CivilMonth month = absl::CivilMonth(from) + months;
  const absl::CivilDay wanted = absl::CivilDay(month) + (from.day() - 1);
  if (absl::CivilMonth(wanted) == month) return {FromAbseil(wanted), false};
  const CivilDay next_month = FromAbseil(absl::CivilDay(month + 1));
  return {missing == MissingDay::kLastOfMonth ? AddDays(next_month, -1) : next_month, true};
}

CivilDay LastDayByCivilCode(CivilDay first, Period period) {
  if (period.months == 0) return AddDays(first, period.days - 1);
  const MonthsLater end = AddMonths(first, period.months, MissingDay::kLastOfMonth);
  return AddDays(end.day, period.days - (end.is_missing ? 0 : 1));
}

MonthsLater LastDayBySameDate(CivilDay base, Period period, MissingDay missing) {
  MonthsLater end = AddMonths(base, period.months, missing);
  end.day = AddDays(end.day, period.days);
  return end;
}

CivilDay DayOfAge(CivilDay born, std::int32_t years) {
  if (years == 0) return born;
  return AddDays(LastDayByCivilCode(born, Period{years * 12, 0}), 1);
}

std::int32_t AgeOn(CivilDay born, CivilDay day) {
  const std::int32_t years = DateOf(day).year - DateOf(born).year;
  return day < DayOfAge(born, years) ? years - 1 : years;
}

}  // namespace noren::policy::calendar
