// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/lunisolar.h"

#include <gtest/gtest.h>

#include "engine/policy/calendar/civil.h"

namespace noren::policy::calendar {
namespace {

CivilDay LunarDay(std::int32_t year, std::int32_t month, std::int32_t day) {
  const StatusOr<CivilDay> found = KoreanLunarDay(year, month, day);
  EXPECT_TRUE(found.ok());
  return found.value_or(CivilDay{});
}

// New Year's Days as the observatory published them; those of 1997, 2027 and 2028 are a day after
// the Chinese ones.
TEST(KoreanLunarDay, FindsThePublishedNewYears) {
  const CivilDate published[] = {{1990, 1, 27}, {1997, 2, 8},  {2000, 2, 5},  {2006, 1, 29},
                                 {2012, 1, 23}, {2017, 1, 28}, {2023, 1, 22}, {2024, 2, 10},
                                 {2025, 1, 29}, {2026, 2, 17}, {2027, 2, 7},  {2028, 1, 27}};
  for (const CivilDate& date : published) {
    EXPECT_EQ(LunarDay(date.year, 1, 1), DayOf(date)) << date.year;
  }
}

TEST(KoreanLunarDay, FindsBuddhasBirthdayAndChuseok) {
  EXPECT_EQ(LunarDay(2023, 4, 8), DayOf({2023, 5, 27}));
  EXPECT_EQ(LunarDay(2025, 4, 8), DayOf({2025, 5, 5}));
  EXPECT_EQ(LunarDay(2020, 8, 15), DayOf({2020, 10, 1}));
  EXPECT_EQ(LunarDay(2025, 8, 15), DayOf({2025, 10, 6}));
  EXPECT_EQ(LunarDay(2026, 8, 15), DayOf({2026, 9, 25}));
}

// 2033 has its leap month after the eleventh one; calendars that place it earlier have Chuseok in
// October.
TEST(KoreanLunarDay, PlacesTheLeapMonthOf2033AfterChuseok) {
  EXPECT_EQ(LunarDay(2033, 8, 15), DayOf({2033, 9, 8}));
  EXPECT_EQ(LunarDay(2034, 1, 1), DayOf({2034, 2, 19}));
}

// A lunar month has 29 or 30 days, and a year 12 or 13 of them.
TEST(KoreanLunarDay, GivesMonthsAndYearsOfPossibleLength) {
  for (std::int32_t year = 1990; year <= 2040; ++year) {
    const int year_days =
        LunarDay(year + 1, 1, 1).days_since_1970 - LunarDay(year, 1, 1).days_since_1970;
    EXPECT_TRUE((year_days >= 353 && year_days <= 355) || (year_days >= 383 && year_days <= 385))
        << year << ": " << year_days;
    EXPECT_EQ(LunarDay(year, 8, 15).days_since_1970 - LunarDay(year, 8, 1).days_since_1970, 14);
  }
}

}  // namespace
}  // namespace noren::policy::calendar
