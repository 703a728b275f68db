// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/date_rule.h"

#include <gtest/gtest.h>

#include <functional>

#include "engine/model/errors.h"
#include "tests/engine/policy/calendar/operator_rules.h"

namespace noren::policy::calendar {
namespace {

TEST(Cycles, FindTheirStartsAndEnds) {
  EXPECT_EQ(CycleStart(kHalfYears, DayIn("2025-06-30")), DayIn("2025-01-01"));
  EXPECT_EQ(CycleStart(kHalfYears, DayIn("2025-07-01")), DayIn("2025-07-01"));
  EXPECT_EQ(CycleStart(kFiscalYear, DayIn("2026-03-31")), DayIn("2025-04-01"));
  EXPECT_EQ(CycleEnd(kHalfYears, DayIn("2025-07-01")), DayIn("2025-12-31"));
  EXPECT_EQ(CycleEnd(kFiscalYear, DayIn("2025-04-01")), DayIn("2026-03-31"));
  EXPECT_EQ(NextStart(kHalfYears, DayIn("2025-07-01"), Boundary::kInclusive), DayIn("2025-07-01"));
  EXPECT_EQ(NextStart(kHalfYears, DayIn("2025-07-01"), Boundary::kExclusive), DayIn("2026-01-01"));
}

TEST(Cycles, NeedRisingDaysThatEveryYearHas) {
  EXPECT_TRUE(IsValid(kHalfYears));
  EXPECT_FALSE(IsValid(Cycle{}));
  EXPECT_FALSE(IsValid(Cycle{{{7, 1}, {1, 1}}}));
  EXPECT_FALSE(IsValid(Cycle{{{1, 1}, {1, 1}}}));
  EXPECT_FALSE(IsValid(Cycle{{{2, 29}}}));
  EXPECT_FALSE(IsValid(Cycle{{{13, 1}}}));
  EXPECT_FALSE(IsValid(Cycle{{{0, 1}}}));
  EXPECT_FALSE(IsValid(Cycle{{{4, 31}}}));
  EXPECT_FALSE(IsValid(Cycle{{{4, 0}}}));
}

TEST(DateRule, ThoseOfTheFiveOperatorsAreValid) {
  for (const DateRule& rule :
       {MapoDestruction(), MapoAnswer(), GojobsRetention(), GojobsDestruction(), GojobsAnswer(),
        GojobsLogKeeping(), SapporoStudents(), SapporoOthers(), KyodoDisposal(),
        KyodoRegisterEntry(), KyodoAnswer(), OpenupRequestPapers(), AtLeastOnceIn(Years(1))}) {
    EXPECT_TRUE(Validate(rule).ok()) << rule.id << Validate(rule);
  }
}

void ExpectRefused(const std::function<void(DateRule*)>& spoil, const DateRule& good) {
  DateRule rule = good;
  spoil(&rule);
  EXPECT_EQ(model::CodeOf(Validate(rule)), model::ErrorCode::kBadRequest);
  EXPECT_EQ(model::CodeOf(Evaluate(rule, {}, nullptr).status()), model::ErrorCode::kBadRequest);
}

TEST(DateRule, RefusesTermsThatMakeNoSense) {
  ExpectRefused([](DateRule* rule) { rule->id.clear(); }, MapoAnswer());
  ExpectRefused([](DateRule* rule) { rule->counts_from = Event(""); }, MapoAnswer());
  ExpectRefused([](DateRule* rule) { rule->counts_from.of = {Event("x")}; }, MapoAnswer());
  ExpectRefused([](DateRule* rule) { rule->counts_from.period = Days(1); }, MapoAnswer());
  ExpectRefused([](DateRule* rule) { rule->counts_from.cycle = kHalfYears; }, MapoAnswer());
  ExpectRefused([](DateRule* rule) { rule->counts_from = LatestOf({}); }, MapoAnswer());
  ExpectRefused([](DateRule* rule) { rule->counts_from = EndOfCycle(Event("x"), {}); },
                MapoAnswer());
  ExpectRefused(
      [](DateRule* rule) {
        rule->counts_from = EndOfCycle(Event("x"), {{{2, 29}}});
      },
      MapoAnswer());
  ExpectRefused([](DateRule* rule) { rule->counts_from = After(Event("x"), Days(-1)); },
                MapoAnswer());
  ExpectRefused([](DateRule* rule) { rule->counts_from = After(Event("x"), Years(201)); },
                MapoAnswer());
  ExpectRefused(
      [](DateRule* rule) {
        rule->counts_from = After(Event("x"), Days(1));
        rule->counts_from.of.push_back(Event("y"));
      },
      MapoAnswer());
}

TEST(DateRule, RefusesTreesThatAreTooLarge) {
  ExpectRefused(
      [](DateRule* rule) {
        for (int i = 0; i < 8; ++i) rule->counts_from = After(rule->counts_from, Days(1));
      },
      MapoAnswer());
  ExpectRefused(
      [](DateRule* rule) { rule->counts_from = LatestOf(std::vector<Term>(64, Event("x"))); },
      MapoAnswer());
}

TEST(DateRule, RefusesWhatItsDirectionHasNoUseFor) {
  ExpectRefused([](DateRule* rule) { rule->preconditions = {"mail"}; }, MapoAnswer());
  ExpectRefused([](DateRule* rule) { rule->early = Early::kForbidden; }, SapporoOthers());
  ExpectRefused([](DateRule* rule) { rule->stated = Stated::kWithoutDelay; }, SapporoOthers());
  ExpectRefused([](DateRule* rule) { rule->window.cycle = {{{7, 1}, {1, 1}}}; }, MapoDestruction());
  ExpectRefused([](DateRule* rule) { rule->period = {0, -1}; }, MapoAnswer());
  ExpectRefused(
      [](DateRule* rule) {
        rule->reminders = {{ReminderFrom::kOpening, Years(300)}};
      },
      MapoAnswer());
}

}  // namespace
}  // namespace noren::policy::calendar
