// The holidays of Japan: the Act on National Holidays (Act No. 178 of 1948) with the amendments
// that brought, moved or dropped each day, and the acts about single days.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/policy/calendar/civil.h"
#include "engine/policy/calendar/holidays.h"

namespace noren::policy::calendar {
namespace {

constexpr std::string_view kAct = "国民の祝日に関する法律第2条";
constexpr std::string_view kSubstituteArticle = "国民の祝日に関する法律第3条第2項";
constexpr std::string_view kBetweenArticle = "国民の祝日に関する法律第3条第3項";
constexpr std::string_view kOlympics = "東京オリンピック競技大会等特別措置法";
constexpr std::string_view kAccession =
    "天皇の即位の日及び即位礼正殿の儀の行われる日を休日とする法律";

// Act 43 of 2005: since then a substitute passes over holidays that follow.
constexpr std::int32_t kPassingOverSince = 2007;

enum class Placed : std::uint8_t { kOnDate, kOnMonday, kSpringEquinox, kAutumnEquinox };

struct NamedDay {
  std::string_view name;
  std::int32_t first_year = kFirstHolidayYear;
  std::int32_t last_year = kLastHolidayYear;
  Placed placed = Placed::kOnDate;
  MonthDay date;         // kOnMonday: the month
  std::int32_t nth = 0;  // kOnMonday: which
  std::string_view source = kAct;
};

constexpr NamedDay kNamedDays[] = {
    {.name = "元日", .date = {1, 1}},
    {.name = "成人の日", .last_year = 1999, .date = {1, 15}},
    {.name = "成人の日", .first_year = 2000, .placed = Placed::kOnMonday, .date = {1, 1}, .nth = 2},
    {.name = "建国記念の日", .date = {2, 11}},
    {.name = "天皇誕生日", .first_year = 2020, .date = {2, 23}},
    {.name = "春分の日", .placed = Placed::kSpringEquinox, .date = {3, 20}},
    {.name = "みどりの日", .last_year = 2006, .date = {4, 29}},
    {.name = "昭和の日", .first_year = 2007, .date = {4, 29}},
    {.name = "即位の日",
     .first_year = 2019,
     .last_year = 2019,
     .date = {5, 1},
     .source = kAccession},
    {.name = "憲法記念日", .date = {5, 3}},
    {.name = "みどりの日", .first_year = 2007, .date = {5, 4}},
    {.name = "こどもの日", .date = {5, 5}},
    {.name = "海の日", .first_year = 1996, .last_year = 2002, .date = {7, 20}},
    {.name = "海の日",
     .first_year = 2003,
     .last_year = 2019,
     .placed = Placed::kOnMonday,
     .date = {7, 1},
     .nth = 3},
    {.name = "海の日", .first_year = 2020, .last_year = 2020, .date = {7, 23}, .source = kOlympics},
    {.name = "海の日", .first_year = 2021, .last_year = 2021, .date = {7, 22}, .source = kOlympics},
    {.name = "海の日", .first_year = 2022, .placed = Placed::kOnMonday, .date = {7, 1}, .nth = 3},
    {.name = "山の日", .first_year = 2016, .last_year = 2019, .date = {8, 11}},
    {.name = "山の日", .first_year = 2020, .last_year = 2020, .date = {8, 10}, .source = kOlympics},
    {.name = "山の日", .first_year = 2021, .last_year = 2021, .date = {8, 8}, .source = kOlympics},
    {.name = "山の日", .first_year = 2022, .date = {8, 11}},
    {.name = "敬老の日", .last_year = 2002, .date = {9, 15}},
    {.name = "敬老の日", .first_year = 2003, .placed = Placed::kOnMonday, .date = {9, 1}, .nth = 3},
    {.name = "秋分の日", .placed = Placed::kAutumnEquinox, .date = {9, 23}},
    {.name = "体育の日", .last_year = 1999, .date = {10, 10}},
    {.name = "体育の日",
     .first_year = 2000,
     .last_year = 2019,
     .placed = Placed::kOnMonday,
     .date = {10, 1},
     .nth = 2},
    {.name = "スポーツの日",
     .first_year = 2020,
     .last_year = 2020,
     .date = {7, 24},
     .source = kOlympics},
    {.name = "スポーツの日",
     .first_year = 2021,
     .last_year = 2021,
     .date = {7, 23},
     .source = kOlympics},
    {.name = "スポーツの日",
     .first_year = 2022,
     .placed = Placed::kOnMonday,
     .date = {10, 1},
     .nth = 2},
    {.name = "即位礼正殿の儀の行われる日",
     .first_year = 2019,
     .last_year = 2019,
     .date = {10, 22},
     .source = kAccession},
    {.name = "文化の日", .date = {11, 3}},
    {.name = "勤労感謝の日", .date = {11, 23}},
    {.name = "天皇誕生日", .last_year = 2018, .date = {12, 23}},
};

// Holidays that are no national holidays: nothing is moved for them.
struct OneOffDay {
  CivilDate date;
  std::string_view name;
  std::string_view source;
};
constexpr OneOffDay kOneOffDays[] = {
    {{1990, 11, 12}, "即位礼正殿の儀", "即位礼正殿の儀の行われる日を休日とする法律"},
    {{1993, 6, 9},
     "皇太子徳仁親王の結婚の儀",
     "皇太子徳仁親王の結婚の儀の行われる日を休日とする法律"},
};

// The day of March or September on which the equinox falls in Japan, by the approximation used for
// 1980 to 2099, in millionths of a day. The government fixes the day each February for the year
// after.
std::int32_t EquinoxDay(std::int64_t base_1980, std::int32_t year) {
  constexpr std::int64_t kYearlyDrift = 242'194;
  const std::int64_t years = year - 1980;
  const std::int64_t millionths = base_1980 + kYearlyDrift * years - (years / 4) * 1'000'000;
  return static_cast<std::int32_t>(millionths / 1'000'000);
}

CivilDay PlaceOf(const NamedDay& named, std::int32_t year) {
  switch (named.placed) {
    case Placed::kOnDate:
      break;
    case Placed::kOnMonday:
      return NthWeekday(year, named.date.month, Weekday::kMonday, named.nth);
    case Placed::kSpringEquinox:
      return DayOf({year, 3, EquinoxDay(20'843'100, year)});
    case Placed::kAutumnEquinox:
      return DayOf({year, 9, EquinoxDay(23'248'800, year)});
  }
  return DayOf({year, named.date.month, named.date.day});
}

const Holiday* FindDay(std::span<const Holiday> holidays, CivilDay day) {
  const auto found = std::find_if(holidays.begin(), holidays.end(),
                                  [day](const Holiday& holiday) { return holiday.day == day; });
  return found == holidays.end() ? nullptr : &*found;
}

// Article 3, paragraph 2: what a national holiday on a Sunday gives. Before 2007 it was the Monday
// alone; no national holiday was ever on it.
CivilDay SubstituteFor(CivilDay sunday, std::span<const Holiday> national) {
  CivilDay day = AddDays(sunday, 1);
  while (DateOf(sunday).year >= kPassingOverSince && FindDay(national, day) != nullptr) {
    day = AddDays(day, 1);
  }
  return day;
}

// Article 3, paragraph 3: a day between two national holidays. Before 2007 not on a Sunday.
bool IsBetween(CivilDay day, std::span<const Holiday> national) {
  if (FindDay(national, day) != nullptr) return false;
  if (WeekdayOf(day) == Weekday::kSunday && DateOf(day).year < kPassingOverSince) return false;
  return FindDay(national, AddDays(day, -1)) != nullptr &&
         FindDay(national, AddDays(day, 1)) != nullptr;
}

}  // namespace

std::vector<Holiday> JapaneseHolidays(std::int32_t year) {
  std::vector<Holiday> national;
  for (const NamedDay& named : kNamedDays) {
    if (year < named.first_year || year > named.last_year) continue;
    national.push_back({PlaceOf(named, year), HolidayKind::kNamed, named.name, named.source});
  }
  std::vector<Holiday> holidays = national;
  for (const Holiday& holiday : national) {
    if (WeekdayOf(holiday.day) != Weekday::kSunday) continue;
    holidays.push_back({SubstituteFor(holiday.day, national), HolidayKind::kSubstitute,
                        holiday.name, kSubstituteArticle});
  }
  for (const Holiday& holiday : national) {
    const CivilDay next = AddDays(holiday.day, 1);
    if (!IsBetween(next, national) || FindDay(holidays, next) != nullptr) continue;
    holidays.push_back({next, HolidayKind::kBetween, "国民の休日", kBetweenArticle});
  }
  for (const OneOffDay& one : kOneOffDays) {
    if (one.date.year != year) continue;
    holidays.push_back({DayOf(one.date), HolidayKind::kDecreed, one.name, one.source});
  }
  return holidays;
}

}  // namespace noren::policy::calendar
