// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/policy/calendar/operator_rules.h"

namespace noren::policy::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> Lines(const DateRule& rule, const std::vector<EventDay>& events,
                               model::Language language, const EventLabels& labels = {},
                               const WorkingDays* working_days = nullptr) {
  const StatusOr<Evaluation> evaluation = Evaluate(rule, events, working_days);
  EXPECT_TRUE(evaluation.ok()) << evaluation.status();
  return Explain(rule, *evaluation, language, labels);
}

TEST(Explain, TellsTheHalfYearWindowInEnglish) {
  EXPECT_THAT(
      Lines(MapoDestruction(), {On("withdrawal", "2025-03-10")}, model::Language::kEnglish),
      ElementsAre("mapo.destruction (M-49, M-50, M-52)",
                  "purpose_achieved: has not happened, left out", "withdrawal: 2025-03-10",
                  "hold_ends: has not happened, left out",
                  "the first term that begins on that day or later: 2025-07-01",
                  "the first day counts: counted from 2025-07-01", "15 days end with 2025-07-15",
                  "last day 2025-07-15, overdue from 00:00 of the next day"));
}

TEST(Explain, TellsTheGraduationYearInJapaneseWithTheOperatorsWords) {
  const EventLabels labels = {{"graduation", "卒業年度"},
                              {"continuation_confirmed", "継続の意思確認"},
                              {"continuation_mail", "登録継続の意向確認メール"}};
  EXPECT_THAT(
      Lines(SapporoStudents(), {On("graduation", "2026-03-25")}, model::Language::kJapanese,
            labels),
      ElementsAre("sapporo-ui.students (S-62, S-63)", "卒業年度：2026-03-25",
                  "その日の属する期の末日：2026-03-31", "継続の意思確認：まだなし、計算に入れない",
                  "初日は算入せず、2026-04-01から数える", "1年の末日（同じ日付の日）：2027-03-31",
                  "2027-03-31まで維持、翌日0時から可能",
                  "登録継続の意向確認メール：期間が始まってからまだなし、実行できない"));
}

TEST(Explain, TellsCompetingReadingsHolidaysAndTheCapInKorean) {
  const StatusOr<HolidayTable> table = HolidayTable::Make(Country::kKorea);
  ASSERT_TRUE(table.ok());
  const WorkingDays days(*table, {});
  DateRule rule = GojobsDestruction();
  rule.holiday_roll = HolidayRoll::kNextWorkingDay;
  const std::vector<std::string> lines = Lines(
      rule, {On("consent", "2022-02-28")}, model::Language::kKorean, {{"consent", "동의"}}, &days);
  EXPECT_THAT(lines, ElementsAre("gojobs.destruction (G-26, G-32, G-37)", "동의: 2022-02-28",
                                 "첫날 불산입, 2022-03-01부터 계산",
                                 "2년의 마지막 날(같은 날짜): 2024-02-28",
                                 "withdrawal: 아직 없음, 계산에서 제외",
                                 "첫날 불산입, 2024-02-29부터 계산", "5일의 마지막 날: 2024-03-04",
                                 "해석에 따라 2024-03-04, 2024-03-05: 최대 기한이므로 이른 날 "
                                 "2024-03-04",
                                 "지체 없이; 운영자가 정한 한도 5일",
                                 "마지막 날 2024-03-04, 다음 날 0시부터 기한 경과"));
}

TEST(Explain, CallsATargetATarget) {
  EXPECT_EQ(Lines(KyodoAnswer(), {On("accepted", "2024-02-20")}, model::Language::kEnglish).back(),
            "target day 2024-03-05, missed from 00:00 of the next day");
}

TEST(Explain, SaysWhatARuleWaitsForAndWhatHolidayItMovedFrom) {
  EXPECT_THAT(
      Lines(GojobsAnswer(), {}, model::Language::kEnglish),
      ElementsAre("gojobs.answer (G-70)", "requested: has not happened, nothing has begun"));
  const StatusOr<HolidayTable> table = HolidayTable::Make(Country::kKorea);
  ASSERT_TRUE(table.ok());
  const WorkingDays days(*table, {});
  DateRule rule = GojobsAnswer();
  rule.holiday_roll = HolidayRoll::kNextWorkingDay;
  const std::vector<std::string> lines =
      Lines(rule, {On("requested", "2024-02-20")}, model::Language::kEnglish, {}, &days);
  EXPECT_THAT(lines, ::testing::Contains("2024-03-01 is a public holiday (3·1절)"));
  EXPECT_THAT(lines, ::testing::Contains("moved to the next working day: 2024-03-04"));
}

// No sentence of any language keeps a placeholder, or has nothing in its place.
TEST(Explain, FillsEveryPlaceholderInEveryLanguage) {
  Evaluation all;
  for (int kind = 1; kind <= static_cast<int>(StepKind::kPrecondition); ++kind) {
    for (const OffReason off :
         {OffReason::kSaturday, OffReason::kSunday, OffReason::kHoliday, OffReason::kClosed}) {
      all.steps.push_back({.kind = static_cast<StepKind>(kind),
                           .day = DayIn("2025-01-01"),
                           .name = "{day}",
                           .period = {18, 3},
                           .off = off,
                           .candidates = {DayIn("2025-01-01"), DayIn("2025-01-02")}});
    }
  }
  for (const model::Language language :
       {model::Language::kKorean, model::Language::kJapanese, model::Language::kEnglish}) {
    for (const std::string& line : Explain(MapoAnswer(), all, language, {{"{day}", "an event"}})) {
      EXPECT_THAT(line, Not(HasSubstr("{")));
      EXPECT_THAT(line, Not(HasSubstr("}")));
      EXPECT_FALSE(line.empty());
    }
  }
}

TEST(Explain, WritesPeriodsInWords) {
  DateRule rule = GojobsAnswer();
  rule.period = {18, 1};
  const auto line = [&rule](model::Language language) {
    return Lines(rule, {On("requested", "2025-01-15")}, language)[3];
  };
  EXPECT_THAT(line(model::Language::kEnglish), HasSubstr("1 year 6 months 1 day end"));
  EXPECT_THAT(line(model::Language::kKorean), HasSubstr("1년 6개월 1일의"));
  EXPECT_THAT(line(model::Language::kJapanese), HasSubstr("1年 6か月 1日の"));
}

}  // namespace
}  // namespace noren::policy::calendar
