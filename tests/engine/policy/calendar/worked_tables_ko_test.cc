// The worked date tables of the Korean clause document, row by row (section 7), and the dates in
// the acceptance statements of its clauses.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/policy/calendar/zone.h"
#include "tests/engine/policy/calendar/operator_rules.h"

namespace noren::policy::calendar {
namespace {

using ::testing::ElementsAre;

const WorkingDays& KoreanWorkingDays() {
  static const StatusOr<HolidayTable> kTable = HolidayTable::Make(Country::kKorea);
  static const WorkingDays kDays(*kTable, {});
  return kDays;
}

std::string InKorea(CivilDate date, std::int64_t utc_hour, std::int64_t utc_minute) {
  const UnixSeconds instant{(DayOf(date).days_since_1970 * std::int64_t{24} + utc_hour) * 3600 +
                            utc_minute * 60};
  return model::ToIso(Zone::Find("Asia/Seoul")->DayAt(instant).value());
}

std::string MapoLast(const DateRule& rule, const std::string& end) {
  return LastDay(rule, {On("withdrawal", end)});
}

// Section 7.1, M-52; D-3, D-4, MI-15.
struct HalfYearRow {
  std::string end;
  std::string starts;
  std::string last;
  std::string first_day_not_counted;
  std::string strictly_after;
  int days;
};
const std::vector<HalfYearRow>& HalfYearRows() {
  static const std::vector<HalfYearRow> kRows = {
      {"2024-02-29", "2024-07-01", "2024-07-15", "2024-07-16", "2024-07-15", 137},
      {"2024-12-31", "2025-01-01", "2025-01-15", "2025-01-16", "2025-01-15", 15},
      {"2025-01-01", "2025-01-01", "2025-01-15", "2025-01-16", "2025-07-15", 14},
      {"2025-01-02", "2025-07-01", "2025-07-15", "2025-07-16", "2025-07-15", 194},
      {"2025-01-15", "2025-07-01", "2025-07-15", "2025-07-16", "2025-07-15", 181},
      {"2025-03-10", "2025-07-01", "2025-07-15", "2025-07-16", "2025-07-15", 127},
      {"2025-06-30", "2025-07-01", "2025-07-15", "2025-07-16", "2025-07-15", 15},
      {"2025-07-01", "2025-07-01", "2025-07-15", "2025-07-16", "2026-01-15", 14},
      {"2025-07-02", "2026-01-01", "2026-01-15", "2026-01-16", "2026-01-15", 197},
      {"2025-12-31", "2026-01-01", "2026-01-15", "2026-01-16", "2026-01-15", 15},
      {"2026-01-01", "2026-01-01", "2026-01-15", "2026-01-16", "2026-07-15", 14},
  };
  return kRows;
}

TEST(KoreanTables, M52HalfYearWindows) {
  DateRule not_counted = MapoDestruction();
  not_counted.counting.first_day = FirstDay::kNotCounted;
  DateRule exclusive = MapoDestruction();
  exclusive.window.boundary = Boundary::kExclusive;
  for (const HalfYearRow& row : HalfYearRows()) {
    const Deadline deadline = DeadlineOf(MapoDestruction(), {On("withdrawal", row.end)});
    EXPECT_EQ(model::ToIso(deadline.starts), row.starts) << row.end;
    EXPECT_EQ(model::ToIso(deadline.last_day), row.last) << row.end;
    EXPECT_EQ(MapoLast(not_counted, row.end), row.first_day_not_counted) << row.end;
    EXPECT_EQ(MapoLast(exclusive, row.end), row.strictly_after) << row.end;
    EXPECT_EQ(deadline.last_day.days_since_1970 - DayIn(row.end).days_since_1970, row.days);
  }
}

// The same rows with nothing settled: of a maximum the earliest, which is the default column.
TEST(KoreanTables, M52WithEverySwitchOpenIsTheProtectiveReading) {
  DateRule open = MapoDestruction();
  open.counting.first_day = FirstDay::kOpen;
  open.window.boundary = Boundary::kOpen;
  for (const HalfYearRow& row : HalfYearRows()) EXPECT_EQ(MapoLast(open, row.end), row.last);
}

TEST(KoreanTables, M52WaitsFrom14To197Days) {
  int shortest = 1000;
  int longest = 0;
  for (CivilDay end = DayOf({2020, 1, 1}); end < DayOf({2030, 1, 1}); end = AddDays(end, 1)) {
    const Deadline deadline = DeadlineOf(MapoDestruction(), {{"withdrawal", end}});
    const int days = deadline.last_day.days_since_1970 - end.days_since_1970;
    shortest = std::min(shortest, days);
    longest = std::max(longest, days);
  }
  EXPECT_EQ(shortest, 14);
  EXPECT_EQ(longest, 197);
}

// D-1: the day is the one in Korea.
TEST(KoreanTables, M52InstantsAreConvertedBeforeTheirDayIsTaken) {
  EXPECT_EQ(InKorea({2024, 12, 31}, 15, 30), "2025-01-01");
  EXPECT_EQ(MapoLast(MapoDestruction(), InKorea({2024, 12, 31}, 15, 30)), "2025-01-15");
  EXPECT_EQ(InKorea({2025, 1, 1}, 15, 10), "2025-01-02");
  EXPECT_EQ(MapoLast(MapoDestruction(), InKorea({2025, 1, 1}, 15, 10)), "2025-07-15");
}

// D-5: no roll-over, unless the switch says so.
TEST(KoreanTables, M52OnAWeekendMovesOnlyByTheSwitch) {
  DateRule rolls = MapoDestruction();
  rolls.holiday_roll = HolidayRoll::kNextWorkingDay;
  const std::vector<EventDay> of_2023 = {On("withdrawal", "2022-08-01")};
  EXPECT_EQ(LastDay(MapoDestruction(), of_2023), "2023-01-15");
  EXPECT_EQ(LastDay(rolls, of_2023, &KoreanWorkingDays()), "2023-01-16");
  EXPECT_EQ(MapoLast(MapoDestruction(), "2027-08-01"), "2028-01-15");
  EXPECT_EQ(LastDay(rolls, {On("withdrawal", "2027-08-01")}, &KoreanWorkingDays()), "2028-01-17");
}

TEST(KoreanTables, M52StandsByDayAndIsLockedFromTheEnd) {
  const std::vector<EventDay> events = {On("withdrawal", "2025-03-10")};
  const DateRule rule = MapoDestruction();
  const Deadline deadline = DeadlineOf(rule, events);
  EXPECT_EQ(deadline.locked_from, DayIn("2025-03-10"));
  EXPECT_THAT(deadline.reminders, ElementsAre(DayIn("2025-07-08")));
  EXPECT_EQ(StandingText(rule, events, "2025-06-30"), "waiting");
  EXPECT_EQ(StandingText(rule, events, "2025-07-01"), "due");
  EXPECT_EQ(StandingText(rule, events, "2025-07-15"), "due");
  EXPECT_EQ(StandingText(rule, events, "2025-07-16"), "overdue");
}

// M-12, M-16, M-49: the due dates of their acceptance statements.
TEST(KoreanTables, M12M16M49CountFromTheEarlierEnd) {
  EXPECT_EQ(MapoLast(MapoDestruction(), "2025-03-10"), "2025-07-15");
  EXPECT_EQ(MapoLast(MapoDestruction(), "2025-07-01"), "2025-07-15");
  const std::vector<EventDay> both = {On("withdrawal", "2025-08-01"),
                                      On("purpose_achieved", "2025-02-10")};
  EXPECT_EQ(LastDay(MapoDestruction(), both), "2025-07-15");
}

TEST(KoreanTables, M50AHoldMovesTheEnd) {
  EXPECT_EQ(
      LastDay(MapoDestruction(), {On("withdrawal", "2025-03-10"), On("hold_ends", "2027-12-31")}),
      "2028-01-15");
  // A hold alone ends nothing.
  const StatusOr<Evaluation> hold_only =
      Evaluate(MapoDestruction(), std::vector{On("hold_ends", "2027-12-31")}, nullptr);
  ASSERT_TRUE(hold_only.ok());
  EXPECT_FALSE(hold_only->deadline.has_value());
  EXPECT_THAT(hold_only->awaits, ElementsAre("purpose_achieved", "withdrawal"));
}

// MI-16.
TEST(KoreanTables, MI16EarlyDestructionIsASwitch) {
  const Deadline deadline = DeadlineOf(MapoDestruction(), {On("withdrawal", "2025-03-10")});
  EXPECT_TRUE(MayActOn(MapoDestruction(), deadline, DayIn("2025-03-10")));
  DateRule forbidden = MapoDestruction();
  forbidden.early = Early::kForbidden;
  EXPECT_FALSE(MayActOn(forbidden, deadline, DayIn("2025-06-30")));
  EXPECT_TRUE(MayActOn(forbidden, deadline, DayIn("2025-07-01")));
}

TEST(KoreanTables, M40WithoutDelayHasTheOperatorsCap) {
  const std::vector<EventDay> events = {On("requested", "2025-05-01")};
  EXPECT_EQ(LastDay(MapoAnswer(), events), "2025-05-11");
  EXPECT_EQ(StandingText(MapoAnswer(), events, "2025-05-11"), "due");
  EXPECT_EQ(StandingText(MapoAnswer(), events, "2025-05-12"), "overdue");
}

// Section 7.2.
TEST(KoreanTables, G70TenDays) {
  const std::vector<std::pair<std::string, std::string>> rows = {{"2024-05-01", "2024-05-11"},
                                                                 {"2024-02-20", "2024-03-01"},
                                                                 {"2023-02-20", "2023-03-02"},
                                                                 {"2023-12-25", "2024-01-04"}};
  for (const auto& [receipt, last] : rows) {
    EXPECT_EQ(LastDay(GojobsAnswer(), {On("requested", receipt)}), last);
  }
  EXPECT_EQ(InKorea({2024, 4, 30}, 15, 30), "2024-05-01");
  const Deadline deadline = DeadlineOf(GojobsAnswer(), {On("requested", "2024-05-01")});
  EXPECT_THAT(deadline.reminders, ElementsAre(DayIn("2024-05-08")));
  EXPECT_EQ(StandingText(GojobsAnswer(), {On("requested", "2024-05-01")}, "2024-05-12"), "overdue");
}

TEST(KoreanTables, G70SwitchesOfTheFirstDayAndOfHolidays) {
  DateRule counted = GojobsAnswer();
  counted.counting.first_day = FirstDay::kCounted;
  EXPECT_EQ(LastDay(counted, {On("requested", "2024-05-01")}), "2024-05-10");
  DateRule rolls = GojobsAnswer();
  rolls.holiday_roll = HolidayRoll::kNextWorkingDay;
  EXPECT_EQ(LastDay(rolls, {On("requested", "2024-05-01")}, &KoreanWorkingDays()), "2024-05-13");
  // 1 March 2024 is a holiday and a Friday.
  EXPECT_EQ(LastDay(rolls, {On("requested", "2024-02-20")}, &KoreanWorkingDays()), "2024-03-04");
}

// Section 7.3.
TEST(KoreanTables, G10G36TwoYearsFromTheLatestConsent) {
  struct Row {
    std::string consent, last, strict, due;
  };
  const Row rows[] = {{"2022-06-01", "2024-06-01", "2024-06-01", "2024-06-06"},
                      {"2022-05-20", "2024-05-20", "2024-05-20", "2024-05-25"},
                      {"2024-02-29", "2026-02-28", "2026-02-28", "2026-03-05"},
                      {"2022-02-28", "2024-02-28", "2024-02-29", "2024-03-04"},
                      {"2023-12-31", "2025-12-31", "2025-12-31", "2026-01-05"}};
  DateRule strict = GojobsRetention();
  strict.counts_from.of[0].counting.reading = Reading::kCivilCode;
  for (const Row& row : rows) {
    const std::vector<EventDay> events = {On("consent", row.consent)};
    EXPECT_EQ(LastDay(GojobsRetention(), events), row.last) << row.consent;
    EXPECT_EQ(LastDay(strict, events), row.strict) << row.consent;
    EXPECT_EQ(LastDay(GojobsDestruction(), events), row.due) << row.consent;
  }
}

TEST(KoreanTables, G10G36RenewalAndWithdrawal) {
  const std::vector<EventDay> renewed = {On("consent", "2022-06-01"), On("consent", "2024-05-20")};
  EXPECT_EQ(LastDay(GojobsRetention(), renewed), "2026-05-20");
  const std::vector<EventDay> withdrawn = {On("consent", "2022-06-01"),
                                           On("withdrawal", "2023-03-10")};
  EXPECT_EQ(LastDay(GojobsRetention(), withdrawn), "2023-03-10");
  EXPECT_EQ(LastDay(GojobsDestruction(), withdrawn), "2023-03-15");
  EXPECT_EQ(DeadlineOf(GojobsDestruction(), withdrawn).locked_from, DayIn("2023-03-10"));
}

// G-10, G-26, G-37: first refused day, lock and last day of destruction.
TEST(KoreanTables, G26G37AreLockedFromTheDayAfterAndOverdueAfterTheCap) {
  const std::vector<EventDay> events = {On("consent", "2022-06-01")};
  EXPECT_EQ(DueDay(GojobsRetention(), events), "2024-06-02");
  const Deadline deadline = DeadlineOf(GojobsDestruction(), events);
  EXPECT_EQ(deadline.locked_from, DayIn("2024-06-02"));
  EXPECT_EQ(deadline.last_day, DayIn("2024-06-06"));  // Memorial Day, no roll
  EXPECT_EQ(StandingText(GojobsDestruction(), events, "2024-06-07"), "overdue");
}

TEST(KoreanTables, G32G33G49CountTheCapFromTheirEvents) {
  EXPECT_EQ(LastDay(WithoutDelay("G-32", "ended"), {On("ended", "2024-06-01")}), "2024-06-06");
  EXPECT_EQ(LastDay(WithoutDelay("G-32", "ended"), {On("ended", "2024-06-03")}), "2024-06-08");
  EXPECT_EQ(LastDay(WithoutDelay("G-33", "abolished"), {On("abolished", "2024-09-02")}),
            "2024-09-07");
  EXPECT_EQ(LastDay(WithoutDelay("G-49", "changed"), {On("changed", "2024-03-04")}), "2024-03-09");
}

// Section 7.4.
TEST(KoreanTables, G97AccessRecordsAreKeptAtLeastAYear) {
  struct Row {
    std::string entry, kept_through, earliest_deletion;
  };
  const Row rows[] = {{"2023-03-01", "2024-03-01", "2024-03-02"},
                      {"2024-02-29", "2025-02-28", "2025-03-01"},
                      {"2023-02-28", "2024-02-29", "2024-03-01"}};
  for (const Row& row : rows) {
    const std::vector<EventDay> events = {On("logged", row.entry)};
    EXPECT_EQ(LastDay(GojobsLogKeeping(), events), row.kept_through);
    EXPECT_EQ(DueDay(GojobsLogKeeping(), events), row.earliest_deletion);
    EXPECT_EQ(StandingText(GojobsLogKeeping(), events, row.kept_through), "kept");
    EXPECT_EQ(StandingText(GojobsLogKeeping(), events, row.earliest_deletion), "ready");
  }
}

TEST(KoreanTables, G46G92IntervalsEndWithTheSameDate) {
  const std::vector<EventDay> trained = {On("done", "2023-04-10")};
  EXPECT_EQ(StandingText(AtLeastOnceIn(Years(1)), trained, "2024-04-10"), "due");
  EXPECT_EQ(StandingText(AtLeastOnceIn(Years(1)), trained, "2024-04-11"), "overdue");
  const std::vector<EventDay> inspected = {On("done", "2024-01-15")};
  EXPECT_EQ(StandingText(AtLeastOnceIn(Months(6)), inspected, "2024-07-15"), "due");
  EXPECT_EQ(StandingText(AtLeastOnceIn(Months(6)), inspected, "2024-07-16"), "overdue");
}

}  // namespace
}  // namespace noren::policy::calendar
