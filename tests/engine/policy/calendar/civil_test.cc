// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/civil.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "engine/model/errors.h"

namespace noren::policy::calendar {
namespace {

constexpr Period Years(std::int32_t years) { return {years * 12, 0}; }

std::string LastByCode(CivilDate base, Period period) {
  return model::ToIso(LastDayByCivilCode(AddDays(DayOf(base), 1), period));
}
std::string SameDate(CivilDate base, Period period, MissingDay missing) {
  return model::ToIso(LastDayBySameDate(DayOf(base), period, missing).day);
}

bool IsLeapYear(std::int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
std::int32_t DaysInMonth(std::int32_t year, std::int32_t month) {
  const std::int32_t days[] = {31, IsLeapYear(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
                               31};
  return days[month - 1];
}

TEST(CivilDays, AgreeWithTheModelsDays) {
  EXPECT_EQ(model::ToIso(DayOf({2024, 2, 29})), "2024-02-29");
  EXPECT_EQ(DateOf(model::ParseCivilDay("1999-12-31").value()), (CivilDate{1999, 12, 31}));
  EXPECT_EQ(WeekdayOf(DayOf({2026, 11, 23})), Weekday::kMonday);
  EXPECT_EQ(WeekdayOf(DayOf({2023, 1, 15})), Weekday::kSunday);
  EXPECT_EQ(WeekdayOf(DayOf({2028, 1, 15})), Weekday::kSaturday);
  EXPECT_EQ(NthWeekday(2026, 9, Weekday::kMonday, 3), DayOf({2026, 9, 21}));
  EXPECT_EQ(NthWeekday(2024, 1, Weekday::kMonday, 1), DayOf({2024, 1, 1}));
}

TEST(Periods, AreReadAndWrittenAsIso8601) {
  EXPECT_EQ(ParsePeriod("P2Y").value(), (Period{24, 0}));
  EXPECT_EQ(ParsePeriod("P6M").value(), (Period{6, 0}));
  EXPECT_EQ(ParsePeriod("P2W").value(), (Period{0, 14}));
  EXPECT_EQ(ParsePeriod("P1Y6M10D").value(), (Period{18, 10}));
  EXPECT_EQ(ParsePeriod("P0D").value(), (Period{0, 0}));
  EXPECT_EQ(ToIso({24, 0}), "P2Y");
  EXPECT_EQ(ToIso({18, 10}), "P1Y6M10D");
  EXPECT_EQ(ToIso({0, 14}), "P14D");
  EXPECT_EQ(ToIso({0, 0}), "P0D");
}

TEST(Periods, RefuseWhatIsNoPeriod) {
  for (const std::string text : {"", "P", "2Y", "P2", "PY", "P2Y3Y", "P2D3M", "P-1D", "P1.5Y",
                                 "P2Y ", "PT5M", "p2y", "P201Y", "P100000D", "P2y", "P99999W"}) {
    EXPECT_EQ(model::CodeOf(ParsePeriod(text).status()), model::ErrorCode::kBadRequest) << text;
  }
}

RC_GTEST_PROP(Periods, SurviveBeingWrittenAndRead, ()) {
  const Period period{*rc::gen::inRange(0, 2400), *rc::gen::inRange(0, 5000)};
  RC_ASSERT(ParsePeriod(ToIso(period)).value() == period);
}

// The reference values of the Japanese clause table, section 0.1.
TEST(LastDay, ByCivilCodeIsTheDayBeforeTheCorrespondingDayOrTheMonthsEnd) {
  struct Row {
    CivilDate base;
    std::string one_year;
    std::string seven_years;
  };
  const Row rows[] = {
      {{2020, 2, 28}, "2021-02-28", "2027-02-28"}, {{2020, 2, 29}, "2021-02-28", "2027-02-28"},
      {{2021, 2, 28}, "2022-02-28", "2028-02-29"}, {{2017, 2, 28}, "2018-02-28", "2024-02-29"},
      {{2023, 2, 28}, "2024-02-29", "2030-02-28"}, {{2024, 2, 29}, "2025-02-28", "2031-02-28"},
      {{2018, 6, 15}, "2019-06-15", "2025-06-15"}, {{2019, 12, 31}, "2020-12-31", "2026-12-31"}};
  for (const Row& row : rows) {
    EXPECT_EQ(LastByCode(row.base, Years(1)), row.one_year);
    EXPECT_EQ(LastByCode(row.base, Years(7)), row.seven_years);
  }
}

TEST(LastDay, OfMonthsByCivilCodeEndsMonthsThatAreTooShort) {
  EXPECT_EQ(LastByCode({2025, 1, 31}, {6, 0}), "2025-07-31");
  EXPECT_EQ(LastByCode({2025, 8, 31}, {6, 0}), "2026-02-28");
  EXPECT_EQ(LastByCode({2025, 1, 29}, {1, 0}), "2025-02-28");
  EXPECT_EQ(LastByCode({2025, 4, 30}, {1, 0}), "2025-05-31");
  EXPECT_EQ(LastByCode({2024, 2, 20}, {0, 14}), "2024-03-05");
}

TEST(LastDay, BySameDateTakesTheSwitchForADayTheMonthLacks) {
  EXPECT_EQ(SameDate({2022, 2, 28}, Years(2), MissingDay::kLastOfMonth), "2024-02-28");
  EXPECT_EQ(SameDate({2024, 2, 29}, Years(2), MissingDay::kLastOfMonth), "2026-02-28");
  EXPECT_EQ(SameDate({2024, 2, 29}, Years(2), MissingDay::kFirstOfNextMonth), "2026-03-01");
  EXPECT_EQ(SameDate({2025, 8, 31}, {1, 0}, MissingDay::kLastOfMonth), "2025-09-30");
  EXPECT_EQ(SameDate({2025, 8, 31}, {1, 0}, MissingDay::kFirstOfNextMonth), "2025-10-01");
}

// Oracle: walks day by day. The corresponding day is looked for in the month that many months on.
RC_GTEST_PROP(LastDay, ByCivilCodeAgreesWithAWalkThroughTheMonths, ()) {
  const CivilDay first{*rc::gen::inRange(7305, 7305 + 51 * 365)};
  const std::int32_t months = *rc::gen::inRange(1, 240);
  CivilDate wanted = DateOf(first);
  for (std::int32_t i = 0; i < months; ++i) {
    if (++wanted.month == 13) {
      wanted.month = 1;
      ++wanted.year;
    }
  }
  const std::int32_t length = DaysInMonth(wanted.year, wanted.month);
  const CivilDay expected =
      wanted.day > length ? DayOf({wanted.year, wanted.month, length}) : AddDays(DayOf(wanted), -1);
  RC_ASSERT(LastDayByCivilCode(first, {months, 0}) == expected);
}

// The two readings never differ by more than the days a short month lacks, and by date is never the
// later one.
RC_GTEST_PROP(LastDay, BySameDateIsNeverAfterTheCivilCodesDay, ()) {
  const CivilDay base{*rc::gen::inRange(7305, 7305 + 51 * 365)};
  const std::int32_t months = *rc::gen::inRange(1, 240);
  const CivilDay by_date = LastDayBySameDate(base, {months, 0}, MissingDay::kLastOfMonth).day;
  const CivilDay by_code = LastDayByCivilCode(AddDays(base, 1), {months, 0});
  RC_ASSERT(by_date <= by_code);
  RC_ASSERT(by_code.days_since_1970 - by_date.days_since_1970 <= 3);
  if (by_date != by_code) RC_ASSERT(DateOf(AddDays(base, 1)).day == 1);
}

// D-10, section 7.5 of the Korean table; G-52, G-110.
TEST(Age, IsReachedOnTheBirthdayOrTheDayAfterTheEndOfAShortFebruary) {
  EXPECT_EQ(DayOfAge(DayOf({2010, 3, 1}), 14), DayOf({2024, 3, 1}));
  EXPECT_EQ(AgeOn(DayOf({2010, 3, 1}), DayOf({2024, 2, 29})), 13);
  EXPECT_EQ(DayOfAge(DayOf({2008, 2, 29}), 14), DayOf({2022, 3, 1}));
  EXPECT_EQ(AgeOn(DayOf({2008, 2, 29}), DayOf({2022, 2, 28})), 13);
  EXPECT_EQ(AgeOn(DayOf({2008, 2, 29}), DayOf({2022, 3, 1})), 14);
  EXPECT_EQ(DayOfAge(DayOf({2008, 2, 29}), 16), DayOf({2024, 2, 29}));
  EXPECT_EQ(AgeOn(DayOf({2010, 3, 1}), DayOf({2010, 3, 1})), 0);
}

// S-12: the age that the city receives.
TEST(Age, OfSomebodyBornOnALeapDayIsTheOneOfTheBatchsDay) {
  EXPECT_EQ(AgeOn(DayOf({2000, 2, 29}), DayOf({2025, 2, 28})), 24);
  EXPECT_EQ(AgeOn(DayOf({2000, 2, 29}), DayOf({2025, 3, 1})), 25);
}

RC_GTEST_PROP(Age, GrowsByOneOnTheDayOfAge, ()) {
  const CivilDay born{*rc::gen::inRange(0, 20000)};
  const std::int32_t years = *rc::gen::inRange(1, 100);
  const CivilDay day = DayOfAge(born, years);
  RC_ASSERT(AgeOn(born, day) == years);
  RC_ASSERT(AgeOn(born, AddDays(day, -1)) == years - 1);
}

}  // namespace
}  // namespace noren::policy::calendar
