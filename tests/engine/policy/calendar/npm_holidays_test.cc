// Our holidays beside those of the npm packages date-holidays and @holiday-jp/holiday_jp. Every day
// on which they differ is explained here, and an explanation that explains nothing fails too.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/policy/calendar/civil.h"
#include "engine/policy/calendar/holidays.h"

namespace noren::policy::calendar {
namespace {

using Days = std::set<CivilDay>;

// "KR date-holidays" -> its days.
std::map<std::string, Days> Packages() {
  std::map<std::string, Days> packages;
  std::ifstream file(NOREN_NPM_HOLIDAYS);
  for (std::string line; std::getline(file, line);) {
    const std::size_t last_space = line.rfind(' ');
    const StatusOr<CivilDay> day = model::ParseCivilDay(line.substr(last_space + 1));
    EXPECT_TRUE(day.ok()) << line;
    if (day.ok()) packages[line.substr(0, last_space)].insert(*day);
  }
  return packages;
}

Days DaysOf(const HolidayTable& table) {
  Days days;
  for (const Holiday& holiday : table.All()) days.insert(holiday.day);
  return days;
}

std::string Listed(const Days& days) {
  std::string text;
  for (const CivilDay day : days) text += model::ToIso(day) + " ";
  return text;
}

Days Without(const Days& from, const Days& what) {
  Days left;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(),
                      std::inserter(left, left.end()));
  return left;
}

CivilDay SeollalOf(const HolidayTable& table, std::int32_t year) {
  for (const Holiday& holiday : table.All()) {
    if (DateOf(holiday.day).year == year && holiday.name == "설날" &&
        holiday.kind == HolidayKind::kNamed) {
      return holiday.day;
    }
  }
  ADD_FAILURE() << "no Seollal in " << year;
  return {};
}

bool IsSeollalOrChuseok(std::string_view name) {
  return name.starts_with("설날") || name.starts_with("추석");
}

// A reason for a day that only one side has.
struct Difference {
  std::string why;
  Days days;
};

// Days that the package has no rule for: dropped before it was written, decided for one year, or
// Labour Day with what it pushes on.
std::vector<Difference> LackingInDateHolidays(const HolidayTable& table) {
  Difference dropped{"holidays that were dropped before 2008", {}};
  Difference one_off{"elections and days designated for one year", {}};
  Difference labour{"Labour Day, a public holiday since 2026, and its substitutes", {}};
  Difference eve{"the day before Seollal: the package begins its three days with Seollal", {}};
  Difference chuseok{"Chuseok 2033: the package's calendar puts the leap month before it", {}};
  Difference pushed{"a substitute that passes over Children's Day", {}};
  for (const Holiday& holiday : table.All()) {
    const CivilDate date = DateOf(holiday.day);
    if ((date.month == 1 && date.day == 2 && !IsSeollalOrChuseok(holiday.name)) ||
        holiday.name == "식목일" || holiday.name == "국군의 날" ||
        (holiday.name == "제헌절" && date.year < 2008)) {
      dropped.days.insert(holiday.day);
    }
    if (holiday.kind == HolidayKind::kElection || holiday.kind == HolidayKind::kDecreed) {
      one_off.days.insert(holiday.day);
    }
    if (holiday.name == "노동절") labour.days.insert(holiday.day);
    if (holiday.name == "설날 전날" && holiday.kind == HolidayKind::kNamed) {
      eve.days.insert(holiday.day);
    }
    if (date.year == 2033 && holiday.name.starts_with("추석")) chuseok.days.insert(holiday.day);
  }
  pushed.days.insert(DayOf({2036, 5, 6}));
  return {dropped, one_off, labour, eve, chuseok, pushed};
}

std::vector<Difference> OnlyInDateHolidays(const HolidayTable& table) {
  Difference hangul{"Hangul Day, which was no holiday from 1991 to 2012", {}};
  for (std::int32_t year = 1991; year <= 2012; ++year) hangul.days.insert(DayOf({year, 10, 9}));
  Difference third{"the second day after Seollal, which is none", {}};
  for (std::int32_t year = kFirstHolidayYear; year <= kLastHolidayYear; ++year) {
    third.days.insert(AddDays(SeollalOf(table, year), 2));
  }
  Difference chuseok{"Chuseok 2033, a month late", {}};
  for (std::int32_t day = 6; day <= 8; ++day) chuseok.days.insert(DayOf({2033, 10, day}));
  return {hangul, third, chuseok};
}

void ExpectExplained(const Days& differing, const std::vector<Difference>& reasons) {
  Days unexplained = differing;
  for (const Difference& reason : reasons) {
    const bool explains_any =
        std::any_of(reason.days.begin(), reason.days.end(),
                    [&differing](CivilDay day) { return differing.contains(day); });
    EXPECT_TRUE(explains_any) << reason.why;
    unexplained = Without(unexplained, reason.days);
  }
  EXPECT_EQ(Listed(unexplained), "");
}

TEST(NpmHolidays, JapanIsExactlyWhatHolidayJpHas) {
  const StatusOr<HolidayTable> table = HolidayTable::Make(Country::kJapan);
  ASSERT_TRUE(table.ok());
  const Days theirs = Packages()["JP holiday_jp"];
  ASSERT_GT(theirs.size(), 800u);
  EXPECT_EQ(Listed(Without(DaysOf(*table), theirs)), "");
  EXPECT_EQ(Listed(Without(theirs, DaysOf(*table))), "");
}

// date-holidays has citizens' holidays as single dates and lacks the one of 2032: Respect for the
// Aged Day is on 20 September and the equinox on the 22nd, so that the 21st lies between.
TEST(NpmHolidays, JapanDiffersFromDateHolidaysByOneCitizensHoliday) {
  const StatusOr<HolidayTable> table = HolidayTable::Make(Country::kJapan);
  ASSERT_TRUE(table.ok());
  const Days theirs = Packages()["JP date-holidays"];
  ASSERT_GT(theirs.size(), 800u);
  EXPECT_EQ(Listed(Without(DaysOf(*table), theirs)), "2032-09-21 ");
  EXPECT_EQ(Listed(Without(theirs, DaysOf(*table))), "");
}

TEST(NpmHolidays, KoreaDiffersFromDateHolidaysOnlyWhereWeKnowWhy) {
  const StatusOr<HolidayTable> table = HolidayTable::Make(Country::kKorea);
  ASSERT_TRUE(table.ok());
  const Days ours = DaysOf(*table);
  const Days theirs = Packages()["KR date-holidays"];
  ASSERT_GT(theirs.size(), 800u);
  ExpectExplained(Without(ours, theirs), LackingInDateHolidays(*table));
  ExpectExplained(Without(theirs, ours), OnlyInDateHolidays(*table));
}

}  // namespace
}  // namespace noren::policy::calendar
