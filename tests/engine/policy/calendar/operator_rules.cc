// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/policy/calendar/operator_rules.h"

#include <gtest/gtest.h>

#include <utility>

namespace noren::policy::calendar {

DateRule MapoDestruction() {
  const Term ends = EarliestOf({OptionalEvent("purpose_achieved"), OptionalEvent("withdrawal")});
  DateRule rule;
  rule.id = "mapo.destruction";
  rule.counts_from = LatestOf({ends, OptionalEvent("hold_ends")});
  rule.window = {kHalfYears, Boundary::kInclusive};
  rule.period = Days(15);
  rule.reminders = {{ReminderFrom::kOpening, Days(7)}};
  rule.clauses = {"M-49", "M-50", "M-52"};
  return rule;
}

DateRule WithoutDelay(std::string id, std::string event) {
  DateRule rule;
  rule.id = std::move(id);
  rule.stated = Stated::kWithoutDelay;
  rule.counts_from = calendar::Event(std::move(event));
  rule.period = Days(5);
  return rule;
}

DateRule MapoAnswer() {
  DateRule rule = WithoutDelay("mapo.answer", "requested");
  rule.period = Days(10);
  rule.clauses = {"M-40"};
  return rule;
}

DateRule GojobsRetention() {
  DateRule rule;
  rule.id = "gojobs.retention";
  rule.counts_from =
      EarliestOf({After(calendar::Event("consent"), Years(2)), OptionalEvent("withdrawal")});
  rule.clauses = {"G-10", "G-36"};
  return rule;
}

DateRule GojobsDestruction() {
  DateRule rule = GojobsRetention();
  rule.id = "gojobs.destruction";
  rule.stated = Stated::kWithoutDelay;
  rule.period = Days(5);
  rule.clauses = {"G-26", "G-32", "G-37"};
  return rule;
}

DateRule GojobsAnswer() {
  DateRule rule;
  rule.id = "gojobs.answer";
  rule.counts_from = calendar::Event("requested");
  rule.period = Days(10);
  rule.reminders = {{ReminderFrom::kOpening, Days(7)}};
  rule.clauses = {"G-70"};
  return rule;
}

DateRule GojobsLogKeeping() {
  DateRule rule;
  rule.id = "gojobs.access_log";
  rule.direction = Direction::kMinimum;
  rule.counts_from = calendar::Event("logged");
  rule.period = Years(1);
  rule.clauses = {"G-97"};
  return rule;
}

DateRule AtLeastOnceIn(Period period) {
  DateRule rule;
  rule.id = "interval";
  rule.counts_from = calendar::Event("done");
  rule.period = period;
  return rule;
}

DateRule SapporoStudents() {
  DateRule rule;
  rule.id = "sapporo-ui.students";
  rule.direction = Direction::kMinimum;
  rule.counts_from = LatestOf({EndOfCycle(calendar::Event("graduation"), kFiscalYear),
                               OptionalEvent("continuation_confirmed")});
  rule.period = Years(1);
  rule.preconditions = {"continuation_mail"};
  rule.reminders = {{ReminderFrom::kOpening, {}},
                    {ReminderFrom::kOpening, Months(3)},
                    {ReminderFrom::kOpening, Months(6)},
                    {ReminderFrom::kOpening, Months(9)},
                    {ReminderFrom::kDueDay, Days(30)}};
  rule.clauses = {"S-62", "S-63"};
  return rule;
}

DateRule SapporoOthers() {
  DateRule rule;
  rule.id = "sapporo-ui.others";
  rule.direction = Direction::kMinimum;
  rule.counts_from = LatestOf({calendar::Event("registered"), OptionalEvent("status_confirmed")});
  rule.period = Years(7);
  rule.clauses = {"S-65"};
  return rule;
}

DateRule KyodoDisposal() {
  DateRule rule;
  rule.id = "kyodo-kanagawa.disposal";
  rule.direction = Direction::kMinimum;
  rule.counts_from = calendar::Event("registration_ends");
  rule.clauses = {"K-45"};
  return rule;
}

DateRule KyodoRegisterEntry() {
  DateRule rule = KyodoDisposal();
  rule.id = "kyodo-kanagawa.register";
  rule.period = Years(2);
  return rule;
}

DateRule KyodoAnswer() {
  DateRule rule;
  rule.id = "kyodo-kanagawa.answer";
  rule.strictness = Strictness::kTarget;
  rule.counts_from = calendar::Event("accepted");
  rule.period = Days(14);
  rule.reminders = {{ReminderFrom::kOpening, Days(10)}};
  rule.clauses = {"K-61"};
  return rule;
}

DateRule OpenupRequestPapers() {
  DateRule rule;
  rule.id = "openup-it.request_papers";
  rule.counts_from = LatestOf(
      {OptionalEvent("answered"), OptionalEvent("refused"), OptionalEvent("request_withdrawn")});
  rule.period = Years(1);
  rule.clauses = {"O-81", "O-84"};
  return rule;
}

CivilDay DayIn(const std::string& iso) {
  const StatusOr<CivilDay> day = model::ParseCivilDay(iso);
  EXPECT_TRUE(day.ok()) << iso;
  return day.value_or(CivilDay{});
}

EventDay On(std::string name, const std::string& iso) { return {std::move(name), DayIn(iso)}; }

Deadline DeadlineOf(const DateRule& rule, const std::vector<EventDay>& events,
                    const WorkingDays* working_days) {
  const StatusOr<Evaluation> evaluation = Evaluate(rule, events, working_days);
  EXPECT_TRUE(evaluation.ok()) << evaluation.status();
  if (!evaluation.ok() || !evaluation->deadline.has_value()) {
    ADD_FAILURE() << rule.id << " has no date";
    return {};
  }
  return *evaluation->deadline;
}

std::string LastDay(const DateRule& rule, const std::vector<EventDay>& events,
                    const WorkingDays* working_days) {
  return model::ToIso(DeadlineOf(rule, events, working_days).last_day);
}

std::string DueDay(const DateRule& rule, const std::vector<EventDay>& events) {
  return model::ToIso(DeadlineOf(rule, events).due_day);
}

std::string StandingText(const DateRule& rule, const std::vector<EventDay>& events,
                         const std::string& today) {
  return std::string(StandingName(StandingOn(rule, DeadlineOf(rule, events), DayIn(today))));
}

}  // namespace noren::policy::calendar
