// SPDX-License-Identifier: Apache-2.0
#include "engine/model/civil_day.h"

#include <chrono>
#include <cstdio>

#include "engine/model/errors.h"

namespace noren::model {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;

// The number in text[begin, begin + size), or -1.
int DigitsAt(std::string_view text, std::size_t begin, std::size_t size) {
  int value = 0;
  for (const char c : text.substr(begin, size)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

bool IsInRange(CivilDay day) { return day >= kFirstCivilDay && day <= kLastCivilDay; }

StatusOr<CivilDay> ParseCivilDay(std::string_view text) {
  const auto malformed = [] {
    return MakeError(ErrorCode::kBadRequest, "day: YYYY-MM-DD of 1900 to 2199 expected");
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return malformed();
  const int year = DigitsAt(text, 0, 4);
  const int month = DigitsAt(text, 5, 2);
  const int day = DigitsAt(text, 8, 2);
  if (year < 0 || month < 0 || day < 0) return malformed();
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return malformed();
  const CivilDay result{
      static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count())};
  if (!IsInRange(result)) return malformed();
  return result;
}

std::string ToIso(CivilDay day) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(day.days_since_1970))};
  char buffer[32];
  const int size =
      std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return std::string(buffer, static_cast<std::size_t>(size));
}

CivilDay CivilDayAt(UnixSeconds time, std::int32_t utc_offset_seconds) {
  const std::int64_t local = time.value + utc_offset_seconds;
  std::int64_t days = local / kSecondsPerDay;
  if (local % kSecondsPerDay < 0) --days;
  return CivilDay{static_cast<std::int32_t>(days)};
}

}  // namespace noren::model
