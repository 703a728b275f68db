// The public holidays of Korea: the Regulation on Holidays of Public Offices (a presidential
// decree) and, since 2022, the Act on Public Holidays, with the decree that brought or dropped each
// day.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/policy/calendar/civil.h"
#include "engine/policy/calendar/holidays.h"
#include "engine/policy/calendar/lunisolar.h"

namespace noren::policy::calendar {
namespace {

// Sources: decree numbers with the day they were promulgated.
constexpr std::string_view kRegulation = "관공서의 공휴일에 관한 규정 제2조";
constexpr std::string_view kSubstituteArticle = "관공서의 공휴일에 관한 규정 제3조";
constexpr std::string_view kElectionArticle = "공직선거법 제34조, 규정 제2조제10호의2";
constexpr std::string_view kDesignated = "임시공휴일 지정 (규정 제2조 정부에서 수시 지정하는 날)";

// From when on a holiday that is lost has a substitute.
constexpr CivilDate kDecree24828 = {2013, 11, 5};  // Seollal, Chuseok, Children's Day
constexpr CivilDate kDecree31930 = {2021, 8, 4};   // the national days
constexpr CivilDate kDecree33448 = {2023, 5, 4};   // Buddha's birthday, Christmas
constexpr CivilDate kDecree36290 = {2026, 5, 1};   // Labour Day, Constitution Day

enum class Moved : std::uint8_t { kNever, kFromSunday, kFromWeekend };
enum class Reckoning : std::uint8_t { kSolar, kLunar };

struct NamedDay {
  std::string_view name;
  Reckoning reckoning = Reckoning::kSolar;
  MonthDay date;
  std::int32_t offset_days = 0;
  std::int32_t first_year = kFirstHolidayYear;
  std::int32_t last_year = kLastHolidayYear;
  Moved moved = Moved::kNever;
  CivilDate moved_since = {};
};

// In the order of the year; a day that was dropped and came back has two lines. The second New
// Year's day went with decree 15939 (1998), Hangul Day and Armed Forces Day with 13155 (1990),
// Arbor Day and Constitution Day with 18893 (2005); Hangul Day is back since 2013 (amendment of
// December 2012), Constitution Day since the Act's amendment of 10 February 2026; Labour Day is in
// it since its amendment of April 2026.
constexpr NamedDay kNamedDays[] = {
    {.name = "1월 1일", .date = {1, 1}},
    {.name = "1월 2일", .date = {1, 2}, .last_year = 1998},
    {.name = "설날 전날",
     .reckoning = Reckoning::kLunar,
     .date = {1, 1},
     .offset_days = -1,
     .moved = Moved::kFromSunday,
     .moved_since = kDecree24828},
    {.name = "설날",
     .reckoning = Reckoning::kLunar,
     .date = {1, 1},
     .moved = Moved::kFromSunday,
     .moved_since = kDecree24828},
    {.name = "설날 다음날",
     .reckoning = Reckoning::kLunar,
     .date = {1, 1},
     .offset_days = 1,
     .moved = Moved::kFromSunday,
     .moved_since = kDecree24828},
    {.name = "3·1절", .date = {3, 1}, .moved = Moved::kFromWeekend, .moved_since = kDecree31930},
    {.name = "식목일", .date = {4, 5}, .last_year = 2005},
    {.name = "노동절",
     .date = {5, 1},
     .first_year = 2026,
     .moved = Moved::kFromWeekend,
     .moved_since = kDecree36290},
    {.name = "부처님오신날",
     .reckoning = Reckoning::kLunar,
     .date = {4, 8},
     .moved = Moved::kFromWeekend,
     .moved_since = kDecree33448},
    {.name = "어린이날", .date = {5, 5}, .moved = Moved::kFromWeekend, .moved_since = kDecree24828},
    {.name = "현충일", .date = {6, 6}},
    {.name = "제헌절", .date = {7, 17}, .last_year = 2007},
    {.name = "제헌절",
     .date = {7, 17},
     .first_year = 2026,
     .moved = Moved::kFromWeekend,
     .moved_since = kDecree36290},
    {.name = "광복절", .date = {8, 15}, .moved = Moved::kFromWeekend, .moved_since = kDecree31930},
    {.name = "추석 전날",
     .reckoning = Reckoning::kLunar,
     .date = {8, 15},
     .offset_days = -1,
     .moved = Moved::kFromSunday,
     .moved_since = kDecree24828},
    {.name = "추석",
     .reckoning = Reckoning::kLunar,
     .date = {8, 15},
     .moved = Moved::kFromSunday,
     .moved_since = kDecree24828},
    {.name = "추석 다음날",
     .reckoning = Reckoning::kLunar,
     .date = {8, 15},
     .offset_days = 1,
     .moved = Moved::kFromSunday,
     .moved_since = kDecree24828},
    {.name = "국군의 날", .date = {10, 1}, .last_year = 1990},
    {.name = "개천절", .date = {10, 3}, .moved = Moved::kFromWeekend, .moved_since = kDecree31930},
    {.name = "한글날", .date = {10, 9}, .last_year = 1990},
    {.name = "한글날",
     .date = {10, 9},
     .first_year = 2013,
     .moved = Moved::kFromWeekend,
     .moved_since = kDecree31930},
    {.name = "기독탄신일",
     .date = {12, 25},
     .moved = Moved::kFromWeekend,
     .moved_since = kDecree33448},
};

struct OneOffDay {
  CivilDate date;
  HolidayKind kind = HolidayKind::kElection;
  std::string_view name;
  std::string_view source;
};

// Before 6 September 2006 (decree 19674) the government designated every election day; since then
// those at the end of a term are holidays by themselves, and those after a vacancy are designated.
constexpr OneOffDay kOneOffDays[] = {
    {{1991, 3, 26}, HolidayKind::kElection, "구·시·군의회의원선거", kDesignated},
    {{1991, 6, 20}, HolidayKind::kElection, "시·도의회의원선거", kDesignated},
    {{1992, 3, 24}, HolidayKind::kElection, "제14대 국회의원선거", kDesignated},
    {{1992, 12, 18}, HolidayKind::kElection, "제14대 대통령선거", kDesignated},
    {{1995, 6, 27}, HolidayKind::kElection, "제1회 전국동시지방선거", kDesignated},
    {{1996, 4, 11}, HolidayKind::kElection, "제15대 국회의원선거", kDesignated},
    {{1997, 12, 18}, HolidayKind::kElection, "제15대 대통령선거", kDesignated},
    {{1998, 6, 4}, HolidayKind::kElection, "제2회 전국동시지방선거", kDesignated},
    {{2000, 4, 13}, HolidayKind::kElection, "제16대 국회의원선거", kDesignated},
    {{2002, 6, 13}, HolidayKind::kElection, "제3회 전국동시지방선거", kDesignated},
    {{2002, 7, 1}, HolidayKind::kDecreed, "월드컵 성공 개최 기념", kDesignated},
    {{2002, 12, 19}, HolidayKind::kElection, "제16대 대통령선거", kDesignated},
    {{2004, 4, 15}, HolidayKind::kElection, "제17대 국회의원선거", kDesignated},
    {{2006, 5, 31}, HolidayKind::kElection, "제4회 전국동시지방선거", kDesignated},
    {{2007, 12, 19}, HolidayKind::kElection, "제17대 대통령선거", kElectionArticle},
    {{2008, 4, 9}, HolidayKind::kElection, "제18대 국회의원선거", kElectionArticle},
    {{2010, 6, 2}, HolidayKind::kElection, "제5회 전국동시지방선거", kElectionArticle},
    {{2012, 4, 11}, HolidayKind::kElection, "제19대 국회의원선거", kElectionArticle},
    {{2012, 12, 19}, HolidayKind::kElection, "제18대 대통령선거", kElectionArticle},
    {{2014, 6, 4}, HolidayKind::kElection, "제6회 전국동시지방선거", kElectionArticle},
    {{2015, 8, 14}, HolidayKind::kDecreed, "광복 70주년 임시공휴일", kDesignated},
    {{2016, 4, 13}, HolidayKind::kElection, "제20대 국회의원선거", kElectionArticle},
    {{2016, 5, 6}, HolidayKind::kDecreed, "임시공휴일", kDesignated},
    {{2017, 5, 9}, HolidayKind::kElection, "제19대 대통령선거 (궐위)", kDesignated},
    {{2017, 10, 2}, HolidayKind::kDecreed, "임시공휴일", kDesignated},
    {{2018, 6, 13}, HolidayKind::kElection, "제7회 전국동시지방선거", kElectionArticle},
    {{2020, 4, 15}, HolidayKind::kElection, "제21대 국회의원선거", kElectionArticle},
    {{2020, 8, 17}, HolidayKind::kDecreed, "임시공휴일", kDesignated},
    {{2022, 3, 9}, HolidayKind::kElection, "제20대 대통령선거", kElectionArticle},
    {{2022, 6, 1}, HolidayKind::kElection, "제8회 전국동시지방선거", kElectionArticle},
    {{2023, 10, 2}, HolidayKind::kDecreed, "임시공휴일", kDesignated},
    {{2024, 4, 10}, HolidayKind::kElection, "제22대 국회의원선거", kElectionArticle},
    {{2024, 10, 1}, HolidayKind::kDecreed, "국군의 날 임시공휴일", kDesignated},
    {{2025, 1, 27}, HolidayKind::kDecreed, "임시공휴일", kDesignated},
    {{2025, 6, 3}, HolidayKind::kElection, "제21대 대통령선거 (궐위)", kDesignated},
    {{2026, 6, 3}, HolidayKind::kElection, "제9회 전국동시지방선거", kElectionArticle},
};

// A named day in its year.
struct Occurrence {
  CivilDay day;
  const NamedDay* named = nullptr;

  Moved moved() const { return day < DayOf(named->moved_since) ? Moved::kNever : named->moved; }
};

StatusOr<std::vector<Occurrence>> OccurrencesOf(std::int32_t year) {
  std::vector<Occurrence> found;
  for (const NamedDay& named : kNamedDays) {
    if (year < named.first_year || year > named.last_year) continue;
    CivilDay day = DayOf({year, named.date.month, named.date.day});
    if (named.reckoning == Reckoning::kLunar) {
      NOREN_ASSIGN_OR_RETURN(day, KoreanLunarDay(year, named.date.month, named.date.day));
    }
    found.push_back({AddDays(day, named.offset_days), &named});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Occurrence& a, const Occurrence& b) { return a.day < b.day; });
  return found;
}

// The days of one date, `begin` to `end`, that are owed a substitute: on a weekend each one that
// the decree moves from there, on a working day all but one of those that meet.
std::vector<const Occurrence*> OwedOf(std::span<const Occurrence> same_day) {
  const Weekday weekday = WeekdayOf(same_day.front().day);
  const bool is_weekend = weekday == Weekday::kSaturday || weekday == Weekday::kSunday;
  std::vector<const Occurrence*> owed;
  for (const Occurrence& one : same_day) {
    const Moved moved = one.moved();
    if (moved == Moved::kNever) continue;
    if (weekday == Weekday::kSaturday && moved == Moved::kFromSunday) continue;
    owed.push_back(&one);
  }
  if (!is_weekend && owed.size() >= same_day.size()) {
    owed.erase(owed.begin(), owed.end() - static_cast<std::ptrdiff_t>(same_day.size() - 1));
  }
  return owed;
}

// Article 3: the first day after `lost` that is no holiday and no other's substitute; a Saturday
// passes it on.
CivilDay SubstituteFor(CivilDay lost, const std::vector<Holiday>& taken) {
  const auto is_taken = [&taken](CivilDay day) {
    return std::any_of(taken.begin(), taken.end(),
                       [day](const Holiday& holiday) { return holiday.day == day; });
  };
  CivilDay day = AddDays(lost, 1);
  while (is_taken(day) || WeekdayOf(day) >= Weekday::kSaturday) day = AddDays(day, 1);
  return day;
}

}  // namespace

StatusOr<std::vector<Holiday>> KoreanHolidays(std::int32_t year) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<Occurrence> occurrences, OccurrencesOf(year));
  std::vector<Holiday> holidays;
  for (const Occurrence& one : occurrences) {
    holidays.push_back({one.day, HolidayKind::kNamed, one.named->name, kRegulation});
  }
  for (const OneOffDay& one : kOneOffDays) {
    if (one.date.year == year)
      holidays.push_back({DayOf(one.date), one.kind, one.name, one.source});
  }
  for (auto begin = occurrences.begin(); begin != occurrences.end();) {
    const auto end = std::find_if(begin, occurrences.end(),
                                  [&](const Occurrence& one) { return one.day != begin->day; });
    for (const Occurrence* lost : OwedOf(std::span(begin, end))) {
      holidays.push_back({SubstituteFor(lost->day, holidays), HolidayKind::kSubstitute,
                          lost->named->name, kSubstituteArticle});
    }
    begin = end;
  }
  return holidays;
}

}  // namespace noren::policy::calendar
