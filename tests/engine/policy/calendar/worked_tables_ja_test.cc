// The worked dates of the Japanese clause document: the reference values of section 0.1, the
// acceptance statements of its clauses and the table of section 4.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/policy/calendar/operator_rules.h"

namespace noren::policy::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct ReferenceRow {
  std::string base, one_year, one_year_due, seven_years, seven_years_due;
};
const std::vector<ReferenceRow>& ReferenceRows() {
  static const std::vector<ReferenceRow> kRows = {
      {"2020-02-28", "2021-02-28", "2021-03-01", "2027-02-28", "2027-03-01"},
      {"2020-02-29", "2021-02-28", "2021-03-01", "2027-02-28", "2027-03-01"},
      {"2021-02-28", "2022-02-28", "2022-03-01", "2028-02-29", "2028-03-01"},
      {"2017-02-28", "2018-02-28", "2018-03-01", "2024-02-29", "2024-03-01"},
      {"2023-02-28", "2024-02-29", "2024-03-01", "2030-02-28", "2030-03-01"},
      {"2024-02-29", "2025-02-28", "2025-03-01", "2031-02-28", "2031-03-01"},
      {"2018-06-15", "2019-06-15", "2019-06-16", "2025-06-15", "2025-06-16"},
      {"2019-12-31", "2020-12-31", "2021-01-01", "2026-12-31", "2027-01-01"}};
  return kRows;
}

DateRule MinimumOf(Period period) {
  DateRule rule = SapporoOthers();
  rule.period = period;
  return rule;
}

TEST(JapaneseTables, ReferenceValuesOfMinima) {
  for (const ReferenceRow& row : ReferenceRows()) {
    const std::vector<EventDay> events = {On("registered", row.base)};
    EXPECT_EQ(LastDay(MinimumOf(Years(1)), events), row.one_year) << row.base;
    EXPECT_EQ(DueDay(MinimumOf(Years(1)), events), row.one_year_due) << row.base;
    EXPECT_EQ(LastDay(MinimumOf(Years(7)), events), row.seven_years) << row.base;
    EXPECT_EQ(DueDay(MinimumOf(Years(7)), events), row.seven_years_due) << row.base;
  }
}

// For a maximum the earlier of the two readings: they part on the last day of February.
TEST(JapaneseTables, ReferenceValuesOfMaxima) {
  for (const ReferenceRow& row : ReferenceRows()) {
    const std::string last = LastDay(OpenupRequestPapers(), {On("answered", row.base)});
    EXPECT_EQ(last, row.base == "2023-02-28" ? "2024-02-28" : row.one_year) << row.base;
  }
}

TEST(JapaneseTables, K61TwoWeeksIsATargetThatDoesNotMove) {
  EXPECT_EQ(LastDay(KyodoAnswer(), {On("accepted", "2024-02-20")}), "2024-03-05");
  EXPECT_EQ(LastDay(KyodoAnswer(), {On("accepted", "2025-02-20")}), "2025-03-06");
  EXPECT_EQ(LastDay(KyodoAnswer(), {On("accepted", "2024-12-20")}), "2025-01-03");
  EXPECT_EQ(StandingText(KyodoAnswer(), {On("accepted", "2025-02-20")}, "2025-03-06"), "due");
  EXPECT_EQ(StandingText(KyodoAnswer(), {On("accepted", "2025-02-20")}, "2025-03-07"), "overdue");
  EXPECT_THAT(DeadlineOf(KyodoAnswer(), {On("accepted", "2024-02-20")}).reminders,
              ElementsAre(DayIn("2024-03-01")));
}

// The same with the switch on, in an office that closes over New Year.
TEST(JapaneseTables, K61WithTheHolidaySwitchPassesOverNewYear) {
  const StatusOr<HolidayTable> table = HolidayTable::Make(Country::kJapan);
  ASSERT_TRUE(table.ok());
  DateRule rolls = KyodoAnswer();
  rolls.holiday_roll = HolidayRoll::kNextWorkingDay;
  const WorkingDays week(*table, {});
  EXPECT_EQ(LastDay(rolls, {On("accepted", "2024-12-20")}, &week), "2025-01-03");
  const WorkingDays office(*table, {.closed = {{{12, 29}, {1, 3}}}});
  EXPECT_EQ(LastDay(rolls, {On("accepted", "2024-12-20")}, &office), "2025-01-06");
}

TEST(JapaneseTables, FiscalYearsAreThoseOfTheirApril) {
  EXPECT_EQ(FiscalYearOf(DayIn("2026-03-25")), 2025);
  EXPECT_EQ(FiscalYearOf(DayIn("2025-09-30")), 2025);
  EXPECT_EQ(FiscalYearOf(DayIn("2026-03-31")), 2025);
  EXPECT_EQ(FiscalYearOf(DayIn("2026-04-01")), 2026);
  EXPECT_EQ(CycleEnd(kFiscalYear, DayIn("2025-04-01")), DayIn("2026-03-31"));
}

TEST(JapaneseTables, S62OneYearAfterTheGraduationYear) {
  const std::vector<EventDay> events = {On("graduation", "2026-03-25"),
                                        On("continuation_mail", "2026-04-01")};
  EXPECT_EQ(StandingText(SapporoStudents(), events, "2027-03-31"), "kept");
  EXPECT_EQ(StandingText(SapporoStudents(), events, "2027-04-01"), "ready");
}

// S-62 (a) to (g).
TEST(JapaneseTables, S62MoreCases) {
  const auto due = [](const std::vector<EventDay>& events) {
    return DueDay(SapporoStudents(), events);
  };
  EXPECT_EQ(due({On("graduation", "2026-03-25")}), "2027-04-01");
  EXPECT_EQ(due({On("graduation", "2025-09-30")}), "2027-04-01");
  EXPECT_EQ(due({On("graduation", "2026-04-01")}), "2028-04-01");
  const auto confirmed = [&due](const std::string& day) {
    return due({On("graduation", "2026-03-25"), On("continuation_confirmed", day)});
  };
  EXPECT_EQ(confirmed("2026-02-10"), "2027-04-01");
  EXPECT_EQ(confirmed("2026-09-10"), "2027-09-11");
  EXPECT_EQ(confirmed("2027-03-31"), "2028-04-01");
  EXPECT_EQ(confirmed("2027-04-01"), "2028-04-02");
  // Confirmed and no student any more: the other rule, from that day.
  EXPECT_EQ(DueDay(SapporoOthers(),
                   {On("registered", "2024-05-01"), On("status_confirmed", "2026-09-10")}),
            "2033-09-11");
  // The recorded year is corrected by one.
  EXPECT_EQ(due({On("graduation", "2027-03-25")}), "2028-04-01");
  // Registered as a student when the year is over: already due.
  EXPECT_LT(DeadlineOf(SapporoStudents(), {On("graduation", "2025-03-25")}).due_day,
            DayIn("2026-06-01"));
}

// The other reading of S-62: one year from the beginning of that fiscal year.
TEST(JapaneseTables, S62FromTheStartOfTheFiscalYear) {
  DateRule from_start = SapporoStudents();
  from_start.counts_from = LatestOf(
      {StartOfCycle(Event("graduation"), kFiscalYear), OptionalEvent("continuation_confirmed")});
  EXPECT_EQ(LastDay(from_start, {On("graduation", "2026-03-25")}), "2026-03-31");
  EXPECT_EQ(DueDay(from_start, {On("graduation", "2026-03-25")}), "2026-04-01");
}

TEST(JapaneseTables, S63WithoutAContinuationMailItIsBlocked) {
  const std::vector<EventDay> events = {On("graduation", "2026-03-25")};
  EXPECT_EQ(StandingText(SapporoStudents(), events, "2027-04-01"), "blocked");
  EXPECT_THAT(DeadlineOf(SapporoStudents(), events).blocks_it, ElementsAre("continuation_mail"));
  // A mail of before the period does not ask about it.
  EXPECT_EQ(StandingText(SapporoStudents(),
                         {On("graduation", "2026-03-25"), On("continuation_mail", "2026-03-31")},
                         "2027-04-01"),
            "blocked");
}

TEST(JapaneseTables, S63TheMailsAreScheduledThroughTheYear) {
  EXPECT_THAT(DeadlineOf(SapporoStudents(), {On("graduation", "2026-03-25")}).reminders,
              ElementsAre(DayIn("2026-04-01"), DayIn("2026-07-01"), DayIn("2026-10-01"),
                          DayIn("2027-01-01"), DayIn("2027-03-02")));
}

TEST(JapaneseTables, S65SevenYearsWithoutConfirmation) {
  const std::vector<EventDay> events = {On("registered", "2018-06-15")};
  EXPECT_EQ(StandingText(SapporoOthers(), events, "2025-06-15"), "kept");
  EXPECT_EQ(StandingText(SapporoOthers(), events, "2025-06-16"), "ready");
  EXPECT_THAT(DeadlineOf(SapporoOthers(), events).blocks_it, IsEmpty());
}

// S-65 (a) to (f), and S-27: the dates come along when the operator changes.
TEST(JapaneseTables, S65MoreCases) {
  EXPECT_EQ(DueDay(SapporoOthers(), {On("registered", "2020-02-29")}), "2027-03-01");
  EXPECT_EQ(LastDay(SapporoOthers(), {On("registered", "2020-02-29")}), "2027-02-28");
  EXPECT_EQ(DueDay(SapporoOthers(), {On("registered", "2021-02-28")}), "2028-03-01");
  EXPECT_EQ(StandingText(SapporoOthers(), {On("registered", "2021-02-28")}, "2028-02-29"), "kept");
  EXPECT_EQ(DueDay(SapporoOthers(),
                   {On("registered", "2018-06-15"), On("status_confirmed", "2023-01-10")}),
            "2030-01-11");
  // Mails that the operator sends confirm nothing.
  EXPECT_EQ(DueDay(SapporoOthers(), {On("registered", "2018-06-15"), On("mail", "2024-05-01")}),
            "2025-06-16");
  // The job was down: it is still ready days later.
  EXPECT_EQ(StandingText(SapporoOthers(), {On("registered", "2018-06-15")}, "2025-06-21"), "ready");
  // Became a student on 2025-05-01, graduation year 2027.
  EXPECT_EQ(DueDay(SapporoStudents(), {On("graduation", "2028-03-25")}), "2029-04-01");
}

// S-45, S-47, K-30, O-10, O-64.
TEST(JapaneseTables, S45S47K30O10O64Intervals) {
  const std::vector<EventDay> inspected = {On("done", "2025-01-31")};
  EXPECT_EQ(LastDay(AtLeastOnceIn(Months(6)), inspected), "2025-07-31");
  EXPECT_EQ(StandingText(AtLeastOnceIn(Months(6)), inspected, "2025-08-01"), "overdue");
  const std::vector<EventDay> leap_day = {On("done", "2024-02-29")};
  EXPECT_EQ(StandingText(AtLeastOnceIn(Years(1)), leap_day, "2025-02-28"), "due");
  EXPECT_EQ(StandingText(AtLeastOnceIn(Years(1)), leap_day, "2025-03-01"), "overdue");
  EXPECT_EQ(StandingText(AtLeastOnceIn(Years(3)), leap_day, "2027-02-28"), "due");
  EXPECT_EQ(StandingText(AtLeastOnceIn(Years(3)), leap_day, "2027-03-01"), "overdue");
}

TEST(JapaneseTables, K29ByBothBases) {
  const std::vector<EventDay> trained = {On("done", "2024-06-10")};
  EXPECT_EQ(StandingText(AtLeastOnceIn(Years(1)), trained, "2025-06-10"), "due");
  EXPECT_EQ(StandingText(AtLeastOnceIn(Years(1)), trained, "2025-06-11"), "overdue");
  // By fiscal year: after one in 2024, one is due by the end of 2025.
  DateRule by_fiscal_year = AtLeastOnceIn(Years(1));
  by_fiscal_year.counts_from = EndOfCycle(Event("done"), kFiscalYear);
  EXPECT_EQ(StandingText(by_fiscal_year, trained, "2026-03-31"), "due");
  EXPECT_EQ(StandingText(by_fiscal_year, trained, "2026-04-01"), "overdue");
}

TEST(JapaneseTables, K45DisposalTheDayAfterAndTheRegisterTwoYearsOn) {
  const std::vector<EventDay> events = {On("registration_ends", "2025-09-30")};
  EXPECT_EQ(StandingText(KyodoDisposal(), events, "2025-09-30"), "kept");
  EXPECT_EQ(StandingText(KyodoDisposal(), events, "2025-10-01"), "ready");
  EXPECT_EQ(LastDay(KyodoRegisterEntry(), events), "2027-09-30");
  EXPECT_EQ(DueDay(KyodoRegisterEntry(), events), "2027-10-01");
}

// O-81, O-84, K-77.
TEST(JapaneseTables, O81K77PapersAreDeletedWithinAYear) {
  const auto last = [](const std::vector<EventDay>& events) {
    return LastDay(OpenupRequestPapers(), events);
  };
  EXPECT_EQ(last({On("answered", "2024-02-29")}), "2025-02-28");
  EXPECT_EQ(StandingText(OpenupRequestPapers(), {On("answered", "2024-02-29")}, "2025-03-01"),
            "overdue");
  EXPECT_EQ(last({On("answered", "2023-02-28")}), "2024-02-28");
  EXPECT_EQ(last({On("answered", "2025-06-30")}), "2026-06-30");
  EXPECT_EQ(last({On("refused", "2025-06-30")}), "2026-06-30");
  EXPECT_EQ(last({On("request_withdrawn", "2025-06-30")}), "2026-06-30");
  EXPECT_EQ(last({On("answered", "2025-06-30"), On("answered", "2025-08-01")}), "2026-08-01");
  const StatusOr<Evaluation> unanswered = Evaluate(OpenupRequestPapers(), {}, nullptr);
  ASSERT_TRUE(unanswered.ok());
  EXPECT_FALSE(unanswered->deadline.has_value());
  EXPECT_THAT(unanswered->awaits, ElementsAre("answered", "refused", "request_withdrawn"));
}

}  // namespace
}  // namespace noren::policy::calendar
