// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/model/errors.h"
#include "tests/engine/policy/calendar/operator_rules.h"

namespace noren::policy::calendar {
namespace {

using ::testing::ElementsAre;

const WorkingDays& KoreanWorkingDays() {
  static const StatusOr<HolidayTable> kTable = HolidayTable::Make(Country::kKorea);
  static const WorkingDays kDays(*kTable, {});
  return kDays;
}

DateRule Simple(Direction direction, Period period) {
  DateRule rule;
  rule.id = "simple";
  rule.direction = direction;
  rule.counts_from = Event("event");
  rule.period = period;
  return rule;
}

std::vector<StepKind> KindsOf(const Evaluation& evaluation) {
  std::vector<StepKind> kinds;
  for (const Step& step : evaluation.steps) kinds.push_back(step.kind);
  return kinds;
}

TEST(Evaluate, SaysEveryStepOfTheWay) {
  const std::vector<EventDay> events = {On("withdrawal", "2025-03-10")};
  const StatusOr<Evaluation> evaluation = Evaluate(MapoDestruction(), events, nullptr);
  ASSERT_TRUE(evaluation.ok());
  EXPECT_THAT(KindsOf(*evaluation),
              ElementsAre(StepKind::kEventAbsent, StepKind::kEventOn, StepKind::kEventAbsent,
                          StepKind::kWindowOpens, StepKind::kCountedFrom, StepKind::kPeriodEnds,
                          StepKind::kLastDay));
  EXPECT_EQ(evaluation->steps[4].first_day, FirstDay::kCounted);
  EXPECT_EQ(evaluation->steps[4].day, DayIn("2025-07-01"));
  EXPECT_EQ(evaluation->steps[6].day, DayIn("2025-07-15"));
}

TEST(Evaluate, ShowsTheReadingsThatCompete) {
  const std::vector<EventDay> events = {On("event", "2023-02-28")};
  for (const Direction direction : {Direction::kMaximum, Direction::kMinimum}) {
    const StatusOr<Evaluation> evaluation = Evaluate(Simple(direction, Years(1)), events, nullptr);
    ASSERT_TRUE(evaluation.ok());
    const auto competing =
        std::find_if(evaluation->steps.begin(), evaluation->steps.end(),
                     [](const Step& step) { return step.kind == StepKind::kCompeting; });
    ASSERT_NE(competing, evaluation->steps.end());
    EXPECT_THAT(competing->candidates, ElementsAre(DayIn("2024-02-28"), DayIn("2024-02-29")));
    EXPECT_EQ(model::ToIso(evaluation->deadline->last_day),
              direction == Direction::kMaximum ? "2024-02-28" : "2024-02-29");
  }
}

TEST(Evaluate, SaysNothingOfReadingsThatAgree) {
  const std::vector<EventDay> events = {On("event", "2025-06-15")};
  const StatusOr<Evaluation> evaluation =
      Evaluate(Simple(Direction::kMaximum, Years(1)), events, nullptr);
  ASSERT_TRUE(evaluation.ok());
  EXPECT_THAT(KindsOf(*evaluation), ElementsAre(StepKind::kEventOn, StepKind::kCountedFrom,
                                                StepKind::kPeriodEnds, StepKind::kLastDay));
}

TEST(Evaluate, TakesTheSwitchesForShortMonthsAndLeapDays) {
  const auto last = [](const std::string& event, Period period, ShortMonth month_end,
                       ShortMonth leap_day) {
    DateRule rule = Simple(Direction::kMaximum, period);
    rule.counting.reading = Reading::kSameDate;
    rule.counting.month_end = month_end;
    rule.counting.leap_day = leap_day;
    return LastDay(rule, {On("event", event)});
  };
  constexpr ShortMonth kLast = ShortMonth::kLastDay;
  constexpr ShortMonth kFirst = ShortMonth::kFirstOfNext;
  EXPECT_EQ(last("2025-08-31", Months(1), kLast, kFirst), "2025-09-30");
  EXPECT_EQ(last("2025-08-31", Months(1), kFirst, kLast), "2025-10-01");
  EXPECT_EQ(last("2024-02-29", Years(1), kFirst, kLast), "2025-02-28");
  EXPECT_EQ(last("2024-02-29", Years(1), kLast, kFirst), "2025-03-01");
  // 29 February in a period of months is the end of a month like another.
  EXPECT_EQ(last("2024-01-29", Months(13), kFirst, kLast), "2025-03-01");
  EXPECT_EQ(last("2024-02-29", Months(12), ShortMonth::kOpen, ShortMonth::kOpen), "2025-02-28");
}

TEST(Evaluate, AnOpenHolidaySwitchStaysForAMaximumAndMovesForAMinimum) {
  const std::vector<EventDay> events = {On("event", "2024-05-01")};
  DateRule maximum = Simple(Direction::kMaximum, Days(10));
  maximum.holiday_roll = HolidayRoll::kOpen;
  EXPECT_EQ(LastDay(maximum, events, &KoreanWorkingDays()), "2024-05-11");
  DateRule minimum = Simple(Direction::kMinimum, Days(10));
  minimum.holiday_roll = HolidayRoll::kOpen;
  EXPECT_EQ(LastDay(minimum, events, &KoreanWorkingDays()), "2024-05-13");
}

TEST(Evaluate, NamesTheHolidayItMovesFrom) {
  DateRule rule = Simple(Direction::kMaximum, Days(5));
  rule.holiday_roll = HolidayRoll::kNextWorkingDay;
  const std::vector<EventDay> events = {On("event", "2025-10-03")};
  const StatusOr<Evaluation> evaluation = Evaluate(rule, events, &KoreanWorkingDays());
  ASSERT_TRUE(evaluation.ok());
  EXPECT_EQ(model::ToIso(evaluation->deadline->last_day), "2025-10-10");
  const Step& off = evaluation->steps[3];
  EXPECT_EQ(off.kind, StepKind::kDayOff);
  EXPECT_EQ(off.off, OffReason::kHoliday);
  EXPECT_EQ(off.name, "추석 전날");  // the substitute is called after what it stands for
}

TEST(Evaluate, RefusesToMoveWithoutKnowingTheHolidays) {
  DateRule rule = Simple(Direction::kMaximum, Days(10));
  rule.holiday_roll = HolidayRoll::kNextWorkingDay;
  const std::vector<EventDay> now = {On("event", "2025-01-01")};
  EXPECT_EQ(model::CodeOf(Evaluate(rule, now, nullptr).status()), model::ErrorCode::kBadRequest);
  const std::vector<EventDay> far = {On("event", "2041-01-01")};
  EXPECT_EQ(model::CodeOf(Evaluate(rule, far, &KoreanWorkingDays()).status()),
            model::ErrorCode::kBadRequest);
}

TEST(Evaluate, RefusesDaysOutsideTheCalendar) {
  const std::vector<EventDay> late = {On("event", "2199-12-31")};
  EXPECT_EQ(model::CodeOf(Evaluate(Simple(Direction::kMaximum, Days(1)), late, nullptr).status()),
            model::ErrorCode::kBadRequest);
  const std::vector<EventDay> beyond = {{"event", AddDays(model::kLastCivilDay, 1)}};
  EXPECT_EQ(model::CodeOf(Evaluate(Simple(Direction::kMaximum, {}), beyond, nullptr).status()),
            model::ErrorCode::kBadRequest);
}

TEST(Evaluate, RefusesTooManyOpenSwitches) {
  Counting open;
  open.first_day = FirstDay::kOpen;
  DateRule rule = Simple(Direction::kMaximum, {});
  rule.counts_from = LatestOf(std::vector<Term>(4, After(Event("event"), Years(1), open)));
  const std::vector<EventDay> events = {On("event", "2025-01-01")};
  EXPECT_TRUE(Evaluate(rule, events, nullptr).ok());
  rule.counts_from = LatestOf(std::vector<Term>(5, After(Event("event"), Years(1), open)));
  EXPECT_EQ(model::CodeOf(Evaluate(rule, events, nullptr).status()), model::ErrorCode::kBadRequest);
}

TEST(Evaluate, WaitsForRequiredEventsAndLeavesOptionalOnesOut) {
  const StatusOr<Evaluation> nothing = Evaluate(SapporoStudents(), {}, nullptr);
  ASSERT_TRUE(nothing.ok());
  EXPECT_FALSE(nothing->deadline.has_value());
  EXPECT_THAT(nothing->awaits, ElementsAre("graduation"));
  // The optional event alone is not enough.
  const std::vector<EventDay> confirmed = {On("continuation_confirmed", "2026-01-01")};
  const StatusOr<Evaluation> alone = Evaluate(SapporoStudents(), confirmed, nullptr);
  ASSERT_TRUE(alone.ok());
  EXPECT_THAT(alone->awaits, ElementsAre("graduation"));
  DateRule optional = Simple(Direction::kMaximum, Days(1));
  optional.counts_from = OptionalEvent("event");
  EXPECT_THAT(Evaluate(optional, {}, nullptr)->awaits, ElementsAre("event"));
}

TEST(Evaluate, AnOptionalChoiceOfNothingIsLeftOut) {
  Term hold = EarliestOf({OptionalEvent("court"), OptionalEvent("audit")});
  hold.presence = Presence::kOptional;
  DateRule rule = Simple(Direction::kMaximum, Days(1));
  rule.counts_from = LatestOf({Event("event"), hold});
  EXPECT_EQ(LastDay(rule, {On("event", "2025-01-01")}), "2025-01-02");
  EXPECT_EQ(LastDay(rule, {On("event", "2025-01-01"), On("audit", "2025-03-01")}), "2025-03-02");
}

TEST(Evaluate, TakesTheLastOrTheFirstOfSeveralEvents) {
  DateRule rule = Simple(Direction::kMaximum, Days(1));
  const std::vector<EventDay> events = {On("event", "2025-02-01"), On("event", "2025-01-01"),
                                        On("event", "2025-03-01")};
  EXPECT_EQ(LastDay(rule, events), "2025-03-02");
  rule.counts_from.occurrence = Occurrence::kFirst;
  EXPECT_EQ(LastDay(rule, events), "2025-01-02");
}

TEST(Evaluate, WithoutAPeriodTheDayItselfIsTheLast) {
  EXPECT_EQ(LastDay(Simple(Direction::kMaximum, {}), {On("event", "2025-05-05")}), "2025-05-05");
}

TEST(Evaluate, EndsOfDaysAreFollowedByTheNextDay) {
  DateRule rule = Simple(Direction::kMaximum, {});
  rule.counts_from = EndOfCycle(Event("event"), kFiscalYear);
  const Deadline deadline = DeadlineOf(rule, {On("event", "2025-05-05")});
  EXPECT_EQ(deadline.last_day, DayIn("2026-03-31"));
  EXPECT_EQ(deadline.locked_from, DayIn("2026-04-01"));
  EXPECT_EQ(deadline.counted_from, DayIn("2026-04-01"));
}

// Every settled combination of switches.
std::vector<Counting> SettledCountings() {
  std::vector<Counting> all;
  for (const FirstDay first : {FirstDay::kNotCounted, FirstDay::kCounted}) {
    for (const Reading reading : {Reading::kSameDate, Reading::kCivilCode}) {
      for (const ShortMonth month : {ShortMonth::kLastDay, ShortMonth::kFirstOfNext}) {
        for (const ShortMonth leap : {ShortMonth::kLastDay, ShortMonth::kFirstOfNext}) {
          all.push_back({first, reading, month, leap});
        }
      }
    }
  }
  return all;
}

// Oracle: the open rule takes the earliest or latest of all rules that settle every switch.
RC_GTEST_PROP(Evaluate, OpenSwitchesTakeTheBestOfAllSettledRules, ()) {
  DateRule rule = MapoDestruction();
  rule.direction = *rc::gen::element(Direction::kMaximum, Direction::kMinimum);
  rule.period = {*rc::gen::inRange(0, 30), *rc::gen::inRange(1, 40)};
  const std::vector<EventDay> events = {{"withdrawal", CivilDay{*rc::gen::inRange(7305, 25000)}}};
  std::vector<CivilDay> settled;
  for (const Boundary boundary : {Boundary::kInclusive, Boundary::kExclusive}) {
    for (const Counting& counting : SettledCountings()) {
      rule.window.boundary = boundary;
      rule.counting = counting;
      settled.push_back(DeadlineOf(rule, events).last_day);
    }
  }
  rule.window.boundary = Boundary::kOpen;
  rule.counting = {FirstDay::kOpen, Reading::kOpen, ShortMonth::kOpen, ShortMonth::kOpen};
  const auto [earliest, latest] = std::minmax_element(settled.begin(), settled.end());
  RC_ASSERT(DeadlineOf(rule, events).last_day ==
            (rule.direction == Direction::kMaximum ? *earliest : *latest));
}

// Oracle: counts the days of a period one by one, and passes over days off one by one.
RC_GTEST_PROP(Evaluate, DaysAreCountedLikeOnFingers, ()) {
  DateRule rule = Simple(Direction::kMaximum, Days(*rc::gen::inRange(1, 60)));
  rule.holiday_roll = HolidayRoll::kNextWorkingDay;
  const bool counts_first = *rc::gen::arbitrary<bool>();
  rule.counting.first_day = counts_first ? FirstDay::kCounted : FirstDay::kNotCounted;
  const CivilDay event{*rc::gen::inRange(7305, 25000)};
  CivilDay day = event;
  for (std::int32_t counted = counts_first ? 1 : 0; counted < rule.period.days; ++counted) {
    day = AddDays(day, 1);
  }
  while (KoreanWorkingDays().WhyOff(day)->has_value()) day = AddDays(day, 1);
  const std::vector<EventDay> events = {{"event", event}};
  RC_ASSERT(DeadlineOf(rule, events, &KoreanWorkingDays()).last_day == day);
}

// Later events never bring a "latest" forward, and the due day is always the day after.
RC_GTEST_PROP(Evaluate, ALaterConfirmationNeverShortensAMinimum, ()) {
  const CivilDay registered{*rc::gen::inRange(7305, 15000)};
  const CivilDay confirmed = AddDays(registered, *rc::gen::inRange(-500, 3000));
  const Deadline before = DeadlineOf(SapporoOthers(), {{"registered", registered}});
  const Deadline after =
      DeadlineOf(SapporoOthers(), {{"registered", registered}, {"status_confirmed", confirmed}});
  RC_ASSERT(after.last_day >= before.last_day);
  RC_ASSERT(after.due_day == AddDays(after.last_day, 1));
  RC_ASSERT((after.last_day > before.last_day) <= (confirmed > registered));
}

TEST(Standing, HasANameForEachWayAnActMayStand) {
  EXPECT_EQ(StandingName(Standing::kWaiting), "waiting");
  EXPECT_EQ(StandingName(Standing::kBlocked), "blocked");
}

TEST(Standing, AMinimumMayBeActedOnOnlyWhenItIsReady) {
  const std::vector<EventDay> silent = {On("graduation", "2026-03-25")};
  const Deadline blocked = DeadlineOf(SapporoStudents(), silent);
  EXPECT_FALSE(MayActOn(SapporoStudents(), blocked, DayIn("2027-04-01")));
  const std::vector<EventDay> asked = {On("graduation", "2026-03-25"),
                                       On("continuation_mail", "2026-10-01")};
  const Deadline ready = DeadlineOf(SapporoStudents(), asked);
  EXPECT_FALSE(MayActOn(SapporoStudents(), ready, DayIn("2027-03-31")));
  EXPECT_TRUE(MayActOn(SapporoStudents(), ready, DayIn("2027-04-01")));
}

}  // namespace
}  // namespace noren::policy::calendar
