// When registrations end and are destroyed, under the five operators: the worked dates, and a slow
// count over days that the engine has to agree with.
// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/retention_due.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using calendar::CivilDate;
using calendar::EventDay;
using calendar::Standing;
using model::CivilDay;

CivilDay Day(std::string_view text) { return model::ParseCivilDay(text).value(); }
EventDay On(std::string name, std::string_view day) { return {std::move(name), Day(day)}; }

RetentionDue DueOf(const Policy& policy, const std::vector<EventDay>& events,
                   std::string_view today) {
  const auto due = RetentionDueOf(policy, events, Day(today));
  EXPECT_OK(due);
  EXPECT_TRUE(due.ok() && due->has_value());
  return due.ok() && *due ? **due : RetentionDue();
}
std::string Dates(const RetentionDue& due) {
  return model::ToIso(due.kept_until) + " " + model::ToIso(due.destroy_by);
}

// G-10, G-26, G-36, G-37
TEST(RetentionDue, GojobsKeepsTwoYearsFromTheLatestConsentOrUntilLeaving) {
  const Policy gojobs = OperatorPolicy("gojobs");
  EXPECT_EQ(Dates(DueOf(gojobs, {On("consent", "2022-06-01")}, "2024-06-01")),
            "2024-06-01 2024-06-06");
  EXPECT_EQ(Dates(DueOf(gojobs, {On("consent", "2024-02-29")}, "2024-06-01")),
            "2026-02-28 2026-03-05");
  EXPECT_EQ(Dates(DueOf(gojobs, {On("consent", "2022-06-01"), On("reconsent", "2024-05-20")},
                        "2024-06-01")),
            "2026-05-20 2026-05-25");
  EXPECT_EQ(Dates(DueOf(gojobs,
                        {On("consent", "2022-06-01"), On("withdrawal_of_membership", "2023-03-10")},
                        "2023-03-10")),
            "2023-03-10 2023-03-15");
  const auto standing = [&](std::string_view today) {
    return DueOf(gojobs, {On("consent", "2022-06-01")}, today).standing;
  };
  EXPECT_EQ(standing("2024-06-01"), Standing::kKept);
  EXPECT_EQ(standing("2024-06-02"), Standing::kDue);
  EXPECT_EQ(standing("2024-06-06"), Standing::kDue);
  EXPECT_EQ(standing("2024-06-07"), Standing::kOverdue);
}

// G-37: what comes after the end of a maximum renews nothing.
TEST(RetentionDue, ALateConsentDoesNotRenew) {
  const Policy gojobs = OperatorPolicy("gojobs");
  const std::vector<EventDay> last = {On("consent", "2022-06-01"), On("reconsent", "2024-06-01")};
  EXPECT_EQ(Dates(DueOf(gojobs, last, "2024-06-02")), "2026-06-01 2026-06-06");
  const std::vector<EventDay> late = {On("reconsent", "2024-06-02"), On("consent", "2022-06-01")};
  EXPECT_EQ(Dates(DueOf(gojobs, late, "2024-06-02")), "2024-06-01 2024-06-06");
  const std::vector<EventDay> twice = {On("consent", "2022-06-01"), On("reconsent", "2024-05-20"),
                                       On("reconsent", "2026-05-21")};
  EXPECT_EQ(Dates(DueOf(gojobs, twice, "2026-05-21")), "2026-05-20 2026-05-25");
}

// M-49: the purpose may be achieved first.
TEST(RetentionDue, ThePurposeEndsTheKeepingWhereDestructionCountsFromIt) {
  const Policy mapo = OperatorPolicy("mapo");
  const std::vector<EventDay> both = {On("consent", "2024-01-05"),
                                      On("purpose_achieved", "2025-02-10"),
                                      On("withdrawal_of_membership", "2025-08-01")};
  EXPECT_EQ(Dates(DueOf(mapo, both, "2025-08-01")), "2025-02-10 2025-07-15");
  const std::vector<EventDay> later = {On("consent", "2024-01-05"),
                                       On("purpose_achieved", "2025-08-02"),
                                       On("withdrawal_of_membership", "2025-08-01")};
  EXPECT_EQ(Dates(DueOf(mapo, later, "2025-08-02")), "2025-08-01 2026-01-15");
  const Policy kyodo = OperatorPolicy("kyodo-kanagawa");
  const std::vector<EventDay> none = {On("purpose_achieved", "2025-02-10")};
  const auto due = RetentionDueOf(kyodo, none, Day("2025-02-10"));
  ASSERT_OK(due);
  EXPECT_FALSE(due->has_value()) << "this policy does not count from it";
}

// M-12, M-52
TEST(RetentionDue, MapoDestroysInTheHalfYearAfterLeaving) {
  const Policy mapo = OperatorPolicy("mapo");
  const auto due = [&](std::string_view left, std::string_view today) {
    return DueOf(mapo, {On("registered", "2020-01-01"), On("withdrawal_of_membership", left)},
                 today);
  };
  EXPECT_EQ(Dates(due("2025-03-10", "2025-03-11")), "2025-03-10 2025-07-15");
  EXPECT_EQ(Dates(due("2025-07-01", "2025-07-02")), "2025-07-01 2025-07-15");
  EXPECT_EQ(due("2025-03-10", "2025-03-11").standing, Standing::kWaiting);
  EXPECT_EQ(due("2025-03-10", "2025-07-01").standing, Standing::kDue);
  EXPECT_EQ(due("2025-03-10", "2025-07-16").standing, Standing::kOverdue);
  const auto member =
      RetentionDueOf(mapo, std::vector{On("registered", "2020-01-01")}, Day("2025-01-01"));
  ASSERT_OK(member);
  EXPECT_FALSE(member->has_value()) << "until they leave";
}

// S-62, S-63
TEST(RetentionDue, SapporosStudentsEndAfterTheMailAndAYear) {
  const Policy sapporo = OperatorPolicy("sapporo-ui");
  std::vector<EventDay> student = {On("registered", "2025-05-01"),
                                   On("graduation_year", "2025-04-01")};
  RetentionDue due = DueOf(sapporo, student, "2027-04-01");
  EXPECT_EQ(model::ToIso(due.kept_until), "2027-03-31");
  EXPECT_EQ(due.standing, Standing::kBlocked) << "no mail was ever sent";
  EXPECT_THAT(due.blocked_by, testing::ElementsAre("continuation_mail_sent"));
  student.push_back(On("continuation_mail_sent", "2026-05-01"));
  EXPECT_EQ(DueOf(sapporo, student, "2027-03-31").standing, Standing::kKept);
  due = DueOf(sapporo, student, "2027-04-01");
  EXPECT_EQ(due.standing, Standing::kDue);
  EXPECT_EQ(due.retention, "sapporo-ui.student");
  student.push_back(On("continuation_confirmed", "2026-09-10"));
  EXPECT_EQ(model::ToIso(DueOf(sapporo, student, "2027-04-01").kept_until), "2027-09-10");
}

// S-65
TEST(RetentionDue, SapporosOthersEndAfterSevenYearsOfSilence) {
  const Policy sapporo = OperatorPolicy("sapporo-ui");
  const auto until = [&](std::vector<EventDay> events) {
    return model::ToIso(DueOf(sapporo, events, "2020-01-01").kept_until);
  };
  EXPECT_EQ(until({On("registered", "2018-06-15")}), "2025-06-15");
  EXPECT_EQ(until({On("registered", "2021-02-28")}), "2028-02-29");
  EXPECT_EQ(until({On("registered", "2018-06-15"), On("status_confirmed", "2023-01-10")}),
            "2030-01-10");
}

// S-35, S-57, S-58
TEST(RetentionDue, SapporosLeaversAreNotKeptToTheEndOfAPeriod) {
  const Policy sapporo = OperatorPolicy("sapporo-ui");
  const std::vector<EventDay> left = {On("registered", "2025-05-01"),
                                      On("cancelled", "2026-03-10")};
  EXPECT_EQ(Dates(DueOf(sapporo, left, "2026-03-10")), "2026-03-10 2026-03-11");
  const auto standing = [&](std::string_view today) {
    return DueOf(sapporo, left, today).standing;
  };
  EXPECT_EQ(standing("2026-03-10"), Standing::kKept);
  EXPECT_EQ(standing("2026-03-11"), Standing::kDue);
  EXPECT_EQ(standing("2026-03-12"), Standing::kOverdue);
  // Nor does a mail that was never sent keep who asks to go.
  const std::vector<EventDay> student = {On("registered", "2025-05-01"),
                                         On("graduation_year", "2025-04-01"),
                                         On("cancelled", "2027-06-01")};
  EXPECT_EQ(Dates(DueOf(sapporo, student, "2027-06-02")), "2027-06-01 2027-06-02");
  EXPECT_EQ(DueOf(sapporo, student, "2027-06-02").standing, Standing::kDue);
}

TEST(RetentionDue, WhereThePolicyStatesNoEndThereIsNone) {
  const auto due = RetentionDueOf(OperatorPolicy("openup-it"),
                                  std::vector{On("registered", "2020-01-01")}, Day("2026-01-01"));
  ASSERT_OK(due);
  EXPECT_FALSE(due->has_value());
}

TEST(RetentionNotices, AreDueOnTheirDaysUntilOneIsSent) {
  const Policy sapporo = OperatorPolicy("sapporo-ui");
  const std::vector<EventDay> student = {On("registered", "2025-05-01"),
                                         On("graduation_year", "2025-04-01")};
  const auto asked = [&](std::string_view today, std::vector<CivilDay> sent) {
    const RetentionDue due = DueOf(sapporo, student, today);
    const auto notices = NoticesBefore(sapporo, due);
    EXPECT_OK(notices);
    EXPECT_EQ(notices->size(), 5u);
    const auto notice = NoticeDue(*notices, sent, due, Day(today));
    return notice ? model::ToIso(notice->day) : std::string("none");
  };
  EXPECT_EQ(asked("2026-03-01", {}), "none");
  EXPECT_EQ(asked("2026-04-01", {}), "2026-04-01");
  EXPECT_EQ(asked("2026-05-01", {Day("2026-04-01")}), "none");
  EXPECT_EQ(asked("2026-08-01", {Day("2026-04-01")}), "2026-07-05");
  EXPECT_EQ(asked("2027-05-01", {}), "2027-03-02") << "blocked: it is still to be sent";
  const Policy gojobs = OperatorPolicy("gojobs");
  const RetentionDue member = DueOf(gojobs, {On("consent", "2022-06-01")}, "2024-05-03");
  const auto reconsent = NoticesBefore(gojobs, member);
  ASSERT_OK(reconsent);
  ASSERT_EQ(reconsent->size(), 1u);
  EXPECT_EQ(model::ToIso((*reconsent)[0].day), "2024-05-03");
}

// The slow counts: no arithmetic on months, only one day after another.
CivilDay Next(CivilDay day) { return {day.days_since_1970 + 1}; }
bool IsMonthEnd(CivilDay day) { return calendar::DateOf(Next(day)).day == 1; }
// The day of the same date `years` on; in a month without it the last.
CivilDay SameDateLater(CivilDay from, std::int32_t years) {
  const CivilDate start = calendar::DateOf(from);
  CivilDay day = from;
  for (;;) {
    const CivilDate date = calendar::DateOf(day);
    const bool is_month = date.year == start.year + years && date.month == start.month;
    if (is_month && (date.day == start.day || (date.day < start.day && IsMonthEnd(day))))
      return day;
    day = Next(day);
  }
}
// Civil codes would end it the day before the date that corresponds to the first counted day; of
// the two the earlier is kept to. They differ at a leap day only.
CivilDay TwoYearsFrom(CivilDay day) {
  const CivilDay by_code = {SameDateLater(Next(day), 2).days_since_1970 - 1};
  return std::min(SameDateLater(day, 2), by_code);
}
CivilDay DaysOn(CivilDay day, int count) {
  for (int i = 0; i < count; ++i) day = Next(day);
  return day;
}
CivilDay HalfYearFrom(CivilDay day) {
  for (;; day = Next(day)) {
    const CivilDate date = calendar::DateOf(day);
    if (date.day == 1 && (date.month == 1 || date.month == 7)) return day;
  }
}

CivilDay SomeDay() { return {*rc::gen::inRange(12000, 24000)}; }

RC_GTEST_PROP(RetentionDueIsTheSlowCount, Gojobs, ()) {
  static const Policy gojobs = OperatorPolicy("gojobs");
  const CivilDay consent = SomeDay();
  const CivilDay again = DaysOn(consent, *rc::gen::inRange(0, 900));
  const bool left = *rc::gen::arbitrary<bool>();
  const CivilDay leaving = DaysOn(consent, *rc::gen::inRange(0, 900));
  std::vector<EventDay> events = {{"consent", consent}, {"reconsent", again}};
  if (left) events.push_back({"withdrawal_of_membership", leaving});
  const auto due = RetentionDueOf(gojobs, events, consent);
  RC_ASSERT(due.ok() && due->has_value());
  CivilDay end = TwoYearsFrom(consent);
  if (!(end < again)) end = TwoYearsFrom(again);  // later, it would be a new registration
  if (left) end = std::min(end, leaving);
  RC_ASSERT((*due)->kept_until == end);
  RC_ASSERT((*due)->destroy_by == DaysOn(end, 5));
}

RC_GTEST_PROP(RetentionDueIsTheSlowCount, Mapo, ()) {
  static const Policy mapo = OperatorPolicy("mapo");
  const CivilDay left = SomeDay();
  const std::vector<EventDay> events = {{"withdrawal_of_membership", left}};
  const auto due = RetentionDueOf(mapo, events, left);
  RC_ASSERT(due.ok() && due->has_value());
  RC_ASSERT((*due)->kept_until == left);
  RC_ASSERT((*due)->destroy_by == DaysOn(HalfYearFrom(left), 14));
}

RC_GTEST_PROP(RetentionDueIsTheSlowCount, SapporosOthers, ()) {
  static const Policy sapporo = OperatorPolicy("sapporo-ui");
  const CivilDay registered = SomeDay();
  const CivilDay confirmed = DaysOn(registered, *rc::gen::inRange(0, 3000));
  const std::vector<EventDay> events = {{"registered", registered},
                                        {"status_confirmed", confirmed}};
  const auto due = RetentionDueOf(sapporo, events, registered);
  RC_ASSERT(due.ok() && due->has_value());
  const CivilDay by_code = {SameDateLater(Next(confirmed), 7).days_since_1970 - 1};
  RC_ASSERT((*due)->kept_until == std::max(SameDateLater(confirmed, 7), by_code));
}

RC_GTEST_PROP(RetentionDueIsTheSlowCount, StandingsFollowTheDays, ()) {
  static const Policy gojobs = OperatorPolicy("gojobs");
  const CivilDay consent = SomeDay();
  const std::vector<EventDay> events = {{"consent", consent}};
  const CivilDay today = DaysOn(consent, *rc::gen::inRange(0, 760));
  const auto due = RetentionDueOf(gojobs, events, today);
  RC_ASSERT(due.ok() && due->has_value());
  const RetentionDue& is = **due;
  const Standing expected = !(is.kept_until < today)   ? Standing::kKept
                            : !(is.destroy_by < today) ? Standing::kDue
                                                       : Standing::kOverdue;
  RC_ASSERT(is.standing == expected);
}

}  // namespace
}  // namespace noren::policy
