// The worked dates of the five operators, computed from their files.
// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/policy/calendar/evaluate.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

model::CivilDay Day(std::string_view iso) { return *model::ParseCivilDay(iso); }

struct Happened {
  std::string_view event, day;
};
struct Worked {
  std::string_view file, rule;
  std::vector<Happened> events;
  std::string_view last_day, due_day;
};
std::ostream& operator<<(std::ostream& out, const Worked& worked) {
  return out << worked.file << " " << worked.rule << " " << worked.last_day;
}

calendar::Evaluation EvaluationOf(const calendar::DateRule& rule,
                                  const std::vector<Happened>& happened) {
  std::vector<calendar::EventDay> events;
  for (const Happened& one : happened) events.push_back({std::string(one.event), Day(one.day)});
  return *calendar::Evaluate(rule, events, nullptr);
}

class WorkedDate : public testing::TestWithParam<Worked> {};

TEST_P(WorkedDate, IsTheOneOfTheTable) {
  const Worked& worked = GetParam();
  const Policy policy = OperatorPolicy(worked.file);
  const bool is_retention = worked.rule.starts_with("keep:");
  const std::string_view id = is_retention ? worked.rule.substr(5) : worked.rule;
  ASSERT_OK_AND_ASSIGN(const calendar::DateRule rule,
                       is_retention ? StatedRetention(policy, id) : StatedDateRule(policy, id));
  EXPECT_FALSE(rule.clauses.empty());
  const calendar::Evaluation evaluation = EvaluationOf(rule, worked.events);
  ASSERT_TRUE(evaluation.deadline);
  EXPECT_EQ(model::ToIso(evaluation.deadline->last_day), worked.last_day);
  EXPECT_EQ(model::ToIso(evaluation.deadline->due_day), worked.due_day);
}

const Worked kWorked[] = {
    {"mapo", "destroy", {{"retention_ended", "2024-12-31"}}, "2025-01-15", "2025-01-16"},
    {"mapo", "destroy", {{"retention_ended", "2025-01-01"}}, "2025-01-15", "2025-01-16"},
    {"mapo", "destroy", {{"retention_ended", "2025-01-02"}}, "2025-07-15", "2025-07-16"},
    {"mapo", "destroy", {{"retention_ended", "2025-07-01"}}, "2025-07-15", "2025-07-16"},
    {"mapo", "destroy", {{"retention_ended", "2025-07-02"}}, "2026-01-15", "2026-01-16"},
    {"mapo",
     "destroy",
     {{"purpose_achieved", "2025-02-10"}, {"retention_ended", "2025-08-01"}},
     "2025-07-15",
     "2025-07-16"},
    {"mapo", "answer", {{"request_received", "2025-05-01"}}, "2025-05-11", "2025-05-12"},
    {"mapo",
     "keep:person",
     {{"withdrawal_of_membership", "2025-03-10"}},
     "2025-03-10",
     "2025-03-11"},
    {"gojobs", "answer", {{"request_received", "2024-05-01"}}, "2024-05-11", "2024-05-12"},
    {"gojobs", "answer", {{"request_received", "2024-02-20"}}, "2024-03-01", "2024-03-02"},
    {"gojobs", "answer", {{"request_received", "2023-12-25"}}, "2024-01-04", "2024-01-05"},
    {"gojobs", "destroy", {{"retention_ended", "2024-06-01"}}, "2024-06-06", "2024-06-07"},
    {"gojobs", "keep:member", {{"consent", "2022-06-01"}}, "2024-06-01", "2024-06-02"},
    {"gojobs", "keep:member", {{"consent", "2024-02-29"}}, "2026-02-28", "2026-03-01"},
    {"gojobs", "keep:member", {{"consent", "2022-02-28"}}, "2024-02-28", "2024-02-29"},
    {"gojobs",
     "keep:member",
     {{"consent", "2022-06-01"}, {"reconsent", "2024-05-20"}},
     "2026-05-20",
     "2026-05-21"},
    {"gojobs",
     "keep:member",
     {{"consent", "2022-06-01"}, {"withdrawal_of_membership", "2023-03-10"}},
     "2023-03-10",
     "2023-03-11"},
    {"gojobs", "log", {{"log_entry", "2024-02-29"}}, "2025-02-28", "2025-03-01"},
    {"gojobs", "log", {{"log_entry", "2023-02-28"}}, "2024-02-29", "2024-03-01"},
    {"sapporo-ui", "student_year", {{"graduation_year", "2026-03-25"}}, "2027-03-31", "2027-04-01"},
    {"sapporo-ui",
     "student_year",
     {{"graduation_year", "2026-03-25"}, {"continuation_confirmed", "2026-09-10"}},
     "2027-09-10",
     "2027-09-11"},
    {"sapporo-ui",
     "student_year",
     {{"graduation_year", "2026-03-25"}, {"continuation_confirmed", "2026-02-10"}},
     "2027-03-31",
     "2027-04-01"},
    {"sapporo-ui", "seven_years", {{"registered", "2018-06-15"}}, "2025-06-15", "2025-06-16"},
    {"sapporo-ui", "seven_years", {{"registered", "2020-02-29"}}, "2027-02-28", "2027-03-01"},
    {"sapporo-ui", "keep:non_student", {{"registered", "2021-02-28"}}, "2028-02-29", "2028-03-01"},
    {"sapporo-ui",
     "seven_years",
     {{"registered", "2018-06-15"}, {"status_confirmed", "2023-01-10"}},
     "2030-01-10",
     "2030-01-11"},
    {"kyodo-kanagawa", "answer", {{"request_received", "2024-02-20"}}, "2024-03-05", "2024-03-06"},
    {"kyodo-kanagawa", "training", {{"last_training", "2024-06-10"}}, "2025-06-10", "2025-06-11"},
    {"kyodo-kanagawa", "course", {{"last_course", "2024-02-29"}}, "2027-02-28", "2027-03-01"},
    {"openup-it", "papers", {{"answered", "2024-02-29"}}, "2025-02-28", "2025-03-01"},
    {"openup-it", "papers", {{"answered", "2023-02-28"}}, "2024-02-28", "2024-02-29"},
};

INSTANTIATE_TEST_SUITE_P(Operators, WorkedDate, testing::ValuesIn(kWorked));

class EveryRule : public testing::TestWithParam<OperatorFile> {};

TEST_P(EveryRule, IsOneTheCalendarTakes) {
  const Policy policy = OperatorPolicy(GetParam().name);
  for (const Entry* entry : policy.statement->All("date_rule")) {
    EXPECT_OK(StatedDateRule(policy, entry->id).status()) << entry->id;
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, EveryRule, testing::ValuesIn(kOperatorFiles), OperatorName);

TEST(StatedDateRule, ACapIsWithoutDelayAndATargetATarget) {
  const Policy mapo = OperatorPolicy("mapo");
  EXPECT_EQ(StatedDateRule(mapo, "answer")->stated, calendar::Stated::kWithoutDelay);
  const Policy kyodo = OperatorPolicy("kyodo-kanagawa");
  EXPECT_EQ(StatedDateRule(kyodo, "answer")->strictness, calendar::Strictness::kTarget);
  EXPECT_EQ(StatedDateRule(kyodo, "answer")->stated, calendar::Stated::kPeriod);
}

TEST(StatedDateRule, ACancellationWaitsForTheMail) {
  const Policy sapporo = OperatorPolicy("sapporo-ui");
  ASSERT_OK_AND_ASSIGN(const calendar::DateRule rule, StatedDateRule(sapporo, "student_year"));
  const calendar::Evaluation without = EvaluationOf(rule, {{"graduation_year", "2026-03-25"}});
  ASSERT_TRUE(without.deadline);
  EXPECT_EQ(calendar::StandingOn(rule, *without.deadline, Day("2027-04-01")),
            calendar::Standing::kBlocked);
  const calendar::Evaluation sent = EvaluationOf(
      rule, {{"graduation_year", "2026-03-25"}, {"continuation_mail_sent", "2026-05-01"}});
  EXPECT_EQ(calendar::StandingOn(rule, *sent.deadline, Day("2027-03-31")),
            calendar::Standing::kKept);
  EXPECT_EQ(calendar::StandingOn(rule, *sent.deadline, Day("2027-04-01")),
            calendar::Standing::kReady);
}

TEST(StatedDateRule, OfNothingIsNotFound) {
  EXPECT_THAT(StatedDateRule(OperatorPolicy("mapo"), "nothing"), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(StatedRetention(OperatorPolicy("mapo"), "nothing"), StatusIs(StatusCode::kNotFound));
}

TEST(StatedRetention, ThatIsNotStatedFixesNoDate) {
  EXPECT_THAT(StatedRetention(OperatorPolicy("openup-it"), "applicant"),
              StatusIs(StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace noren::policy
