// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/holidays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/policy/calendar/civil.h"
#include "tests/support/folders.h"

namespace noren::policy::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const HolidayTable& TableOf(Country country) {
  static const StatusOr<HolidayTable> kKorea = HolidayTable::Make(Country::kKorea);
  static const StatusOr<HolidayTable> kJapan = HolidayTable::Make(Country::kJapan);
  return (country == Country::kKorea ? kKorea : kJapan).value();
}

std::string Letter(HolidayKind kind) {
  switch (kind) {
    case HolidayKind::kNamed:
      return "";
    case HolidayKind::kSubstitute:
      return "s";
    case HolidayKind::kBetween:
      return "b";
    case HolidayKind::kElection:
      return "e";
    case HolidayKind::kDecreed:
      return "d";
  }
  return "?";
}

// As in tests/golden/holidays_v1.txt: "KR 2025 01-01 01-27d ...".
std::string LineOf(Country country, std::int32_t year) {
  std::string line = (country == Country::kKorea ? "KR " : "JP ") + std::to_string(year);
  for (const Holiday& holiday : TableOf(country).All()) {
    if (DateOf(holiday.day).year != year) continue;
    line += " " + model::ToIso(holiday.day).substr(5) + Letter(holiday.kind);
  }
  return line;
}

std::vector<std::string> SubstitutesIn(Country country, std::int32_t first, std::int32_t last) {
  std::vector<std::string> days;
  for (const Holiday& holiday : TableOf(country).All()) {
    const std::int32_t year = DateOf(holiday.day).year;
    if (holiday.kind == HolidayKind::kSubstitute && year >= first && year <= last) {
      days.push_back(model::ToIso(holiday.day));
    }
  }
  return days;
}

bool IsHoliday(Country country, CivilDate date) {
  return !TableOf(country).On(DayOf(date)).empty();
}

TEST(Holidays, AreThoseOfTheGoldenListInEveryYear) {
  std::ifstream file(SourceFolder() + "/tests/golden/holidays_v1.txt");
  std::set<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) lines.insert(line);
  }
  EXPECT_EQ(lines.size(), 2u * 51);
  for (const Country country : {Country::kKorea, Country::kJapan}) {
    for (std::int32_t year = kFirstHolidayYear; year <= kLastHolidayYear; ++year) {
      EXPECT_TRUE(lines.contains(LineOf(country, year))) << LineOf(country, year);
    }
  }
}

TEST(Holidays, HaveANameASourceAndAnOrder) {
  for (const Country country : {Country::kKorea, Country::kJapan}) {
    CivilDay before{};
    for (const Holiday& holiday : TableOf(country).All()) {
      EXPECT_FALSE(holiday.name.empty() || holiday.source.empty());
      EXPECT_LE(before, holiday.day);
      EXPECT_TRUE(HolidayTable::Covers(holiday.day));
      before = holiday.day;
    }
  }
  EXPECT_FALSE(HolidayTable::Covers(DayOf({1989, 12, 31})));
  EXPECT_FALSE(HolidayTable::Covers(DayOf({2041, 1, 1})));
}

// A substitute is never on a weekend, never on another holiday, and each has a day of its own.
TEST(Holidays, ASubstituteIsADayThatWouldHaveBeenAWorkingDay) {
  for (const Country country : {Country::kKorea, Country::kJapan}) {
    for (const Holiday& holiday : TableOf(country).All()) {
      if (holiday.kind != HolidayKind::kSubstitute) continue;
      EXPECT_EQ(TableOf(country).On(holiday.day).size(), 1u) << model::ToIso(holiday.day);
      EXPECT_LT(WeekdayOf(holiday.day), Weekday::kSaturday) << model::ToIso(holiday.day);
    }
  }
}

// Decree 24828 of 5 November 2013: first applied to Chuseok 2014; Children's Day also from a
// Saturday, Seollal and Chuseok from a Sunday only.
TEST(KoreanHolidays, FromDecree24828OnSeollalChuseokAndChildrensDayHaveSubstitutes) {
  EXPECT_THAT(SubstitutesIn(Country::kKorea, 1990, 2013), IsEmpty());
  EXPECT_THAT(SubstitutesIn(Country::kKorea, 2014, 2020),
              ElementsAre("2014-09-10", "2015-09-29", "2016-02-10", "2017-01-30", "2017-10-06",
                          "2018-05-07", "2018-09-26", "2019-05-06", "2020-01-27"));
  // Seollal 2021 had its last day on a Saturday, Liberation Day 2020 was one.
  EXPECT_FALSE(IsHoliday(Country::kKorea, {2021, 2, 15}));
}

// Decree 31930 of 4 August 2021: the national days, not yet Buddha's birthday and Christmas.
TEST(KoreanHolidays, FromDecree31930OnTheNationalDaysHaveSubstitutes) {
  EXPECT_THAT(SubstitutesIn(Country::kKorea, 2021, 2022),
              ElementsAre("2021-08-16", "2021-10-04", "2021-10-11", "2022-09-12", "2022-10-10"));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {2022, 5, 9}));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {2022, 12, 26}));
}

// Decree 33448 of 4 May 2023; two holidays on 5 May 2025 give one substitute.
TEST(KoreanHolidays, FromDecree33448OnBuddhasBirthdayAndChristmasHaveSubstitutes) {
  EXPECT_THAT(SubstitutesIn(Country::kKorea, 2023, 2025),
              ElementsAre("2023-01-24", "2023-05-29", "2024-02-12", "2024-05-06", "2025-03-03",
                          "2025-05-06", "2025-10-08"));
}

// Decree 36290 of 30 April 2026. The days of 2027 are those of the official calendar outline.
TEST(KoreanHolidays, From2026OnLabourDayAndConstitutionDayAreHolidaysWithSubstitutes) {
  EXPECT_FALSE(IsHoliday(Country::kKorea, {2025, 5, 1}));
  EXPECT_TRUE(IsHoliday(Country::kKorea, {2026, 5, 1}));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {2025, 7, 17}));
  EXPECT_TRUE(IsHoliday(Country::kKorea, {2026, 7, 17}));
  EXPECT_THAT(SubstitutesIn(Country::kKorea, 2027, 2027),
              ElementsAre("2027-02-09", "2027-05-03", "2027-07-19", "2027-08-16", "2027-10-04",
                          "2027-10-11", "2027-12-27"));
}

// Paragraph 2 of article 3: two substitutes never share a day. 2036: Foundation Day is the day
// before Chuseok, and the day after is a Sunday. 2039: Buddha's birthday on a Saturday before
// Labour Day on a Sunday; Chuseok on a Sunday with Foundation Day on the Monday after it.
TEST(KoreanHolidays, TwoSubstitutesThatMeetGetOneDayEach) {
  EXPECT_THAT(SubstitutesIn(Country::kKorea, 2036, 2036),
              ElementsAre("2036-01-30", "2036-03-03", "2036-05-06", "2036-10-06", "2036-10-07"));
  EXPECT_THAT(SubstitutesIn(Country::kKorea, 2039, 2039),
              ElementsAre("2039-01-26", "2039-05-02", "2039-05-03", "2039-07-18", "2039-10-04",
                          "2039-10-05", "2039-10-10", "2039-12-26"));
}

TEST(KoreanHolidays, DaysThatWereDroppedEndWithTheirYear) {
  EXPECT_TRUE(IsHoliday(Country::kKorea, {1998, 1, 2}));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {1999, 1, 2}));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {1990, 1, 3}));
  EXPECT_TRUE(IsHoliday(Country::kKorea, {1990, 10, 1}));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {1991, 10, 1}));
  EXPECT_TRUE(IsHoliday(Country::kKorea, {1990, 10, 9}));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {1991, 10, 9}));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {2012, 10, 9}));
  EXPECT_TRUE(IsHoliday(Country::kKorea, {2013, 10, 9}));
  EXPECT_TRUE(IsHoliday(Country::kKorea, {2005, 4, 5}));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {2006, 4, 5}));
  EXPECT_TRUE(IsHoliday(Country::kKorea, {2007, 7, 17}));
  EXPECT_FALSE(IsHoliday(Country::kKorea, {2008, 7, 17}));
}

// Article 34 of the Public Official Election Act, since 2004: the first Wednesday on or after so
// many days before the end of the term, a week later when a holiday is on that day or beside it.
CivilDay ElectionByAct(CivilDate end_of_term, std::int32_t days_before) {
  CivilDay day = AddDays(DayOf(end_of_term), -days_before);
  while (WeekdayOf(day) != Weekday::kWednesday) day = AddDays(day, 1);
  const auto is_named = [](CivilDay beside) {
    const auto on = TableOf(Country::kKorea).On(beside);
    return !on.empty() && on.front().kind == HolidayKind::kNamed;
  };
  const bool moves = is_named(AddDays(day, -1)) || is_named(day) || is_named(AddDays(day, 1));
  return moves ? AddDays(day, 7) : day;
}

TEST(KoreanHolidays, ElectionsAtTheEndOfATermAreOnTheDayTheActComputes) {
  std::set<CivilDay> computed;
  for (std::int32_t year = 2008; year <= 2024; year += 4) {
    computed.insert(ElectionByAct({year, 5, 29}, 50));
  }
  for (std::int32_t year = 2010; year <= 2026; year += 4) {
    computed.insert(ElectionByAct({year, 6, 30}, 30));
  }
  computed.insert(ElectionByAct({2008, 2, 24}, 70));
  computed.insert(ElectionByAct({2013, 2, 24}, 70));
  computed.insert(ElectionByAct({2022, 5, 9}, 70));
  std::set<CivilDay> listed;
  for (const Holiday& holiday : TableOf(Country::kKorea).All()) {
    if (holiday.kind == HolidayKind::kElection && DateOf(holiday.day).year >= 2007 &&
        !holiday.name.ends_with("(궐위)")) {
      listed.insert(holiday.day);
    }
  }
  EXPECT_EQ(computed, listed);
}

TEST(JapaneseHolidays, HappyMondaysBeginWithTheirYear) {
  EXPECT_TRUE(IsHoliday(Country::kJapan, {1999, 1, 15}));
  EXPECT_FALSE(IsHoliday(Country::kJapan, {2000, 1, 15}));
  EXPECT_TRUE(IsHoliday(Country::kJapan, {2000, 1, 10}));
  EXPECT_FALSE(IsHoliday(Country::kJapan, {1995, 7, 20}));
  EXPECT_TRUE(IsHoliday(Country::kJapan, {1996, 7, 20}));
  EXPECT_TRUE(IsHoliday(Country::kJapan, {2003, 7, 21}));
  EXPECT_TRUE(IsHoliday(Country::kJapan, {2002, 9, 15}));
  EXPECT_TRUE(IsHoliday(Country::kJapan, {2003, 9, 15}));
  EXPECT_FALSE(IsHoliday(Country::kJapan, {2004, 9, 15}));
}

TEST(JapaneseHolidays, TheOlympicYearsMovedThreeDays) {
  EXPECT_THAT(LineOf(Country::kJapan, 2020), ::testing::HasSubstr("07-23 07-24 08-10 09-21"));
  EXPECT_THAT(LineOf(Country::kJapan, 2021), ::testing::HasSubstr("07-22 07-23 08-08 08-09s"));
  EXPECT_THAT(LineOf(Country::kJapan, 2022), ::testing::HasSubstr("07-18 08-11 09-19"));
}

TEST(JapaneseHolidays, TheChangeOfThroneGaveTenDaysIn2019) {
  EXPECT_THAT(LineOf(Country::kJapan, 2019),
              ::testing::HasSubstr("04-29 04-30b 05-01 05-02b 05-03 05-04 05-05 05-06s"));
  EXPECT_TRUE(IsHoliday(Country::kJapan, {2019, 10, 22}));
  EXPECT_FALSE(IsHoliday(Country::kJapan, {2019, 2, 23}));
  EXPECT_FALSE(IsHoliday(Country::kJapan, {2019, 12, 23}));
}

// Until 2006 a substitute was the Monday; since 2007 it passes over holidays that follow.
TEST(JapaneseHolidays, SubstitutesPassOverHolidaysSince2007) {
  EXPECT_THAT(LineOf(Country::kJapan, 2008), ::testing::HasSubstr("05-03 05-04 05-05 05-06s"));
  EXPECT_THAT(LineOf(Country::kJapan, 2009), ::testing::HasSubstr("05-03 05-04 05-05 05-06s"));
  EXPECT_THAT(LineOf(Country::kJapan, 1992), ::testing::HasSubstr("05-03 05-04s 05-05"));
  EXPECT_THAT(LineOf(Country::kJapan, 1993), ::testing::HasSubstr("05-03 05-04b 05-05 06-09d"));
  EXPECT_THAT(LineOf(Country::kJapan, 1997), ::testing::HasSubstr("05-03 05-05"));  // 4th: Sunday
}

TEST(JapaneseHolidays, SilverWeeksHaveADayBetween) {
  for (const CivilDate date :
       {CivilDate{2009, 9, 22}, CivilDate{2015, 9, 22}, CivilDate{2026, 9, 22},
        CivilDate{2032, 9, 21}, CivilDate{2037, 9, 22}}) {
    const auto on = TableOf(Country::kJapan).On(DayOf(date));
    ASSERT_EQ(on.size(), 1u) << date.year;
    EXPECT_EQ(on.front().kind, HolidayKind::kBetween);
  }
}

}  // namespace
}  // namespace noren::policy::calendar
