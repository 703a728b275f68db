// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/about_when.h"

#include <array>
#include <string>

#include "engine/model/errors.h"
#include "engine/policy/calendar/civil.h"

namespace noren::policy {
namespace {

using calendar::CivilDate;
using calendar::MissingDay;
using model::CivilDay;

constexpr std::size_t kMaxBytes = 64;
constexpr std::int32_t kMonthsOfYear = 12;
constexpr std::int32_t kFirstYear = 1900, kLastYear = 2198;
// What may stand behind the last number: "about" in words.
constexpr std::array<std::string_view, 5> kEndings = {"頃", "ごろ", "경", "쯤", "about"};
constexpr std::array<std::string_view, 8> kBetween = {"年", "月", "日", "년", "월", "일", "-", "/"};

Status Unread() {
  return model::MakeFieldError(model::ErrorCode::kBadRequest, "around",
                               "2023, 2023-04, 2023-04-15");
}

template <std::size_t size>
bool TakeOne(std::string_view& text, const std::array<std::string_view, size>& words) {
  for (const std::string_view word : words) {
    if (!text.starts_with(word)) continue;
    text.remove_prefix(word.size());
    return true;
  }
  return false;
}

void SkipSpaces(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

// The number at the beginning; -1: there is none, or it is too long.
std::int32_t TakeNumber(std::string_view& text) {
  std::int32_t number = -1;
  for (std::size_t digits = 0; !text.empty() && text[0] >= '0' && text[0] <= '9'; ++digits) {
    if (digits == 4) return -1;
    number = (number < 0 ? 0 : number) * 10 + (text[0] - '0');
    text.remove_prefix(1);
  }
  return number;
}

bool Exists(const CivilDate& date) {
  return date.year >= kFirstYear && date.year <= kLastYear && date.month >= 1 &&
         date.month <= kMonthsOfYear && date.day >= 1 && date.day <= 31 &&
         calendar::DateOf(calendar::DayOf({date.year, date.month, 1})) ==
             CivilDate{date.year, date.month, 1} &&
         calendar::DateOf(
             calendar::AddDays(calendar::DayOf({date.year, date.month, 1}), date.day - 1)) == date;
}

CivilDay Later(CivilDay day, std::int32_t months) {
  return calendar::AddMonths(day, months, MissingDay::kLastOfMonth).day;
}

// `months` from the day on, and the tolerance on both sides.
DaySpan Months(CivilDay first, std::int32_t months) {
  return {Later(first, -kToleranceMonths),
          calendar::AddDays(Later(first, months + kToleranceMonths), -1)};
}

}  // namespace

StatusOr<DaySpan> AboutWhen(std::string_view text) {
  if (text.size() > kMaxBytes) return Unread();
  std::array<std::int32_t, 3> parts{};
  std::size_t count = 0;
  SkipSpaces(text);
  while (count < parts.size()) {
    const std::int32_t number = TakeNumber(text);
    if (number < 0) break;
    parts.at(count++) = number;
    if (!TakeOne(text, kBetween)) break;
    SkipSpaces(text);
  }
  SkipSpaces(text);
  TakeOne(text, kEndings);
  SkipSpaces(text);
  if (count == 0 || !text.empty()) return Unread();
  const CivilDate date{parts[0], count > 1 ? parts[1] : 1, count > 2 ? parts[2] : 1};
  if (!Exists(date)) return Unread();
  const CivilDay first = calendar::DayOf(date);
  if (count == 1) return Months(first, kMonthsOfYear);
  if (count == 2) return Months(first, 1);
  return DaySpan{Later(first, -kToleranceMonths), Later(first, kToleranceMonths)};
}

}  // namespace noren::policy
