// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/explain.h"

#include <string_view>
#include <utility>

namespace noren::policy::calendar {
namespace {

using model::Language;

// A sentence in each language. {day} {name} {period} {days} are filled in.
struct Sentence {
  std::string_view ko, ja, en;
  std::string_view In(Language language) const {
    if (language == Language::kKorean) return ko;
    return language == Language::kJapanese ? ja : en;
  }
};

constexpr Sentence kEventOn = {"{name}: {day}", "{name}：{day}", "{name}: {day}"};
constexpr Sentence kEventAbsent = {"{name}: 아직 없음, 계산에서 제외",
                                   "{name}：まだなし、計算に入れない",
                                   "{name}: has not happened, left out"};
constexpr Sentence kEventAwaited = {"{name}: 아직 없음, 기한이 시작되지 않음",
                                    "{name}：まだなし、期間は始まらない",
                                    "{name}: has not happened, nothing has begun"};
constexpr Sentence kCycleBegan = {"그 날이 속한 기간의 첫날: {day}",
                                  "その日の属する期の初日：{day}",
                                  "the first day of the term it is in: {day}"};
constexpr Sentence kCycleEnds = {"그 날이 속한 기간의 마지막 날: {day}",
                                 "その日の属する期の末日：{day}",
                                 "the last day of the term it is in: {day}"};
constexpr Sentence kEarliest = {"그중 가장 이른 날: {day}", "このうち最も早い日：{day}",
                                "the earliest of these: {day}"};
constexpr Sentence kLatest = {"그중 가장 늦은 날: {day}", "このうち最も遅い日：{day}",
                              "the latest of these: {day}"};
constexpr Sentence kWindowOnOrAfter = {"그 날 이후(그 날 포함) 처음 시작되는 기간: {day}부터",
                                       "その日以後（当日を含む）に初めて始まる期：{day}から",
                                       "the first term that begins on that day or later: {day}"};
constexpr Sentence kWindowAfter = {"그 날보다 뒤에 처음 시작되는 기간: {day}부터",
                                   "その日より後に初めて始まる期：{day}から",
                                   "the first term that begins later than that day: {day}"};
constexpr Sentence kFirstCounted = {"첫날 산입, {day}부터 계산", "初日を算入し、{day}から数える",
                                    "the first day counts: counted from {day}"};
constexpr Sentence kFirstNotCounted = {"첫날 불산입, {day}부터 계산",
                                       "初日は算入せず、{day}から数える",
                                       "the first day does not count: counted from {day}"};
constexpr Sentence kDaysEnd = {"{period}의 마지막 날: {day}", "{period}の末日：{day}",
                               "{period} end with {day}"};
constexpr Sentence kEndBySameDate = {"{period}의 마지막 날(같은 날짜): {day}",
                                     "{period}の末日（同じ日付の日）：{day}",
                                     "{period} end with the same date: {day}"};
constexpr Sentence kEndByCivilCode = {
    "{period}의 마지막 날(기산일에 해당한 날의 전날): {day}",
    "{period}の末日（起算日に応当する日の前日）：{day}",
    "{period} end with the day before the one that corresponds: {day}"};
constexpr Sentence kShortMonth = {"그 달에 해당일이 없음: {day}로 봄",
                                  "その月に応当する日がない：{day}とする",
                                  "that month lacks the day: {day} stands for it"};
constexpr Sentence kSaturday = {"{day}: 토요일", "{day}：土曜日", "{day} is a Saturday"};
constexpr Sentence kSunday = {"{day}: 일요일", "{day}：日曜日", "{day} is a Sunday"};
constexpr Sentence kHoliday = {"{day}: 공휴일({name})", "{day}：休日（{name}）",
                               "{day} is a public holiday ({name})"};
constexpr Sentence kClosed = {"{day}: 운영자 휴무일", "{day}：運営者の休業日",
                              "{day}: the operator is closed"};
constexpr Sentence kMoved = {"다음 근무일로 옮김: {day}", "次の営業日に移す：{day}",
                             "moved to the next working day: {day}"};
constexpr Sentence kEarlierTaken = {"해석에 따라 {days}: 최대 기한이므로 이른 날 {day}",
                                    "解釈により {days}：上限なので早い日 {day}",
                                    "readings give {days}: of a maximum the earliest, {day}"};
constexpr Sentence kLaterTaken = {"해석에 따라 {days}: 최소 기간이므로 늦은 날 {day}",
                                  "解釈により {days}：下限なので遅い日 {day}",
                                  "readings give {days}: of a minimum the latest, {day}"};
constexpr Sentence kWithoutDelay = {"지체 없이; 운영자가 정한 한도 {period}",
                                    "遅滞なく；運営者の定めた上限 {period}",
                                    "without delay; the operator's limit is {period}"};
constexpr Sentence kLastOfMaximum = {"마지막 날 {day}, 다음 날 0시부터 기한 경과",
                                     "末日 {day}、翌日0時から期限超過",
                                     "last day {day}, overdue from 00:00 of the next day"};
constexpr Sentence kLastOfTarget = {"목표일 {day}, 다음 날 0시부터 목표 경과",
                                    "目標日 {day}、翌日0時から目標超過",
                                    "target day {day}, missed from 00:00 of the next day"};
constexpr Sentence kLastOfMinimum = {"{day}까지 유지, 다음 날 0시부터 가능",
                                     "{day}まで維持、翌日0時から可能",
                                     "kept through {day}, possible from 00:00 of the next day"};
constexpr Sentence kPrecondition = {"{name}: 기간이 시작된 뒤 아직 없음, 실행할 수 없음",
                                    "{name}：期間が始まってからまだなし、実行できない",
                                    "{name}: has not happened since it began, so it is blocked"};

const Sentence& OffSentence(OffReason reason) {
  switch (reason) {
    case OffReason::kSaturday:
      return kSaturday;
    case OffReason::kSunday:
      return kSunday;
    case OffReason::kHoliday:
      return kHoliday;
    case OffReason::kClosed:
      break;
  }
  return kClosed;
}

const Sentence& EndSentence(const Step& step) {
  if (step.period.months == 0) return kDaysEnd;
  return step.reading == Reading::kCivilCode ? kEndByCivilCode : kEndBySameDate;
}

const Sentence& LastDaySentence(const Step& step) {
  if (step.direction == Direction::kMinimum) return kLastOfMinimum;
  return step.strictness == Strictness::kTarget ? kLastOfTarget : kLastOfMaximum;
}

const Sentence& SentenceOf(const Step& step) {
  switch (step.kind) {
    case StepKind::kEventOn:
      return kEventOn;
    case StepKind::kEventAbsent:
      return kEventAbsent;
    case StepKind::kEventAwaited:
      return kEventAwaited;
    case StepKind::kCycleBegan:
      return kCycleBegan;
    case StepKind::kCycleEnds:
      return kCycleEnds;
    case StepKind::kEarliestOf:
      return kEarliest;
    case StepKind::kLatestOf:
      return kLatest;
    case StepKind::kWindowOpens:
      return step.boundary == Boundary::kInclusive ? kWindowOnOrAfter : kWindowAfter;
    case StepKind::kCountedFrom:
      return step.first_day == FirstDay::kCounted ? kFirstCounted : kFirstNotCounted;
    case StepKind::kPeriodEnds:
      return EndSentence(step);
    case StepKind::kShortMonth:
      return kShortMonth;
    case StepKind::kDayOff:
      return OffSentence(step.off);
    case StepKind::kMoved:
      return kMoved;
    case StepKind::kCompeting:
      return step.direction == Direction::kMaximum ? kEarlierTaken : kLaterTaken;
    case StepKind::kWithoutDelay:
      return kWithoutDelay;
    case StepKind::kLastDay:
      return LastDaySentence(step);
    case StepKind::kPrecondition:
      break;
  }
  return kPrecondition;
}

std::string CountOf(std::int32_t count, const Sentence& unit, Language language) {
  std::string text = std::to_string(count);
  if (language == Language::kEnglish) text += ' ';
  text += unit.In(language);
  if (language == Language::kEnglish && count != 1) text += 's';
  return text;
}

// "2 years", "1 year 6 months", "15 days".
std::string PeriodText(Period period, Language language) {
  constexpr Sentence kYear = {"년", "年", "year"};
  constexpr Sentence kMonth = {"개월", "か月", "month"};
  constexpr Sentence kDay = {"일", "日", "day"};
  std::vector<std::string> parts;
  if (period.months >= 12) parts.push_back(CountOf(period.months / 12, kYear, language));
  if (period.months % 12 != 0) parts.push_back(CountOf(period.months % 12, kMonth, language));
  if (period.days != 0 || parts.empty()) parts.push_back(CountOf(period.days, kDay, language));
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " ") + part;
  return text;
}

std::string ListOf(const std::vector<CivilDay>& days) {
  std::string text;
  for (const CivilDay day : days) text += (text.empty() ? "" : ", ") + model::ToIso(day);
  return text;
}

// What is filled in is not searched again.
std::string Fill(std::string_view sentence, const std::map<std::string_view, std::string>& values) {
  std::string text;
  while (!sentence.empty()) {
    const std::size_t open = sentence.find('{');
    if (open == std::string_view::npos) break;
    const std::size_t close = sentence.find('}', open);
    text += sentence.substr(0, open);
    const auto value = values.find(sentence.substr(open + 1, close - open - 1));
    if (value != values.end()) text += value->second;
    sentence.remove_prefix(close + 1);
  }
  return text += sentence;
}

std::string LineOf(const Step& step, Language language, const EventLabels& labels) {
  const auto label = labels.find(step.name);
  return Fill(SentenceOf(step).In(language),
              {{"day", model::ToIso(step.day)},
               {"name", label == labels.end() ? step.name : label->second},
               {"period", PeriodText(step.period, language)},
               {"days", ListOf(step.candidates)}});
}

}  // namespace

std::vector<std::string> Explain(const DateRule& rule, const Evaluation& evaluation,
                                 Language language, const EventLabels& labels) {
  std::string head = rule.id;
  for (const std::string& clause : rule.clauses) {
    head += (&clause == &rule.clauses.front() ? " (" : ", ") + clause;
  }
  if (!rule.clauses.empty()) head += ")";
  std::vector<std::string> lines = {std::move(head)};
  for (const Step& step : evaluation.steps) lines.push_back(LineOf(step, language, labels));
  return lines;
}

}  // namespace noren::policy::calendar
