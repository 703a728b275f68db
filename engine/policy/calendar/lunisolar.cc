// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/lunisolar.h"

#include <unicode/calendar.h>
#include <unicode/locid.h>
#include <unicode/simpletz.h>

#include <cmath>
#include <memory>
#include <string_view>

namespace noren::policy::calendar {
namespace {

// ICU counts Korean years from the legendary founding in 2333 BC.
constexpr std::int32_t kDangiEpoch = 2333;
constexpr std::int32_t kNineHoursMs = 9 * 3600 * 1000;
constexpr double kMsPerDay = 86'400'000.0;

}  // namespace

StatusOr<model::CivilDay> KoreanLunarDay(std::int32_t year, std::int32_t month, std::int32_t day) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::SimpleTimeZone zone(kNineHoursMs, icu::UnicodeString("+09:00"));
  const std::unique_ptr<icu::Calendar> calendar(
      icu::Calendar::createInstance(zone, icu::Locale("ko_KR@calendar=dangi"), error));
  // Without its data ICU falls back to another calendar, silently.
  if (U_FAILURE(error) != 0 || calendar == nullptr ||
      std::string_view(calendar->getType()) != "dangi") {
    return Internal("the ICU here has no dangi calendar");
  }
  calendar->clear();
  calendar->set(UCAL_EXTENDED_YEAR, year + kDangiEpoch);
  calendar->set(UCAL_MONTH, month - 1);
  calendar->set(UCAL_IS_LEAP_MONTH, 0);
  calendar->set(UCAL_DATE, day);
  const double instant_ms = calendar->getTime(error);
  if (U_FAILURE(error) != 0) return Internal("ICU cannot compute a day of the dangi calendar");
  return model::CivilDay{
      static_cast<std::int32_t>(std::floor((instant_ms + kNineHoursMs) / kMsPerDay))};
}

}  // namespace noren::policy::calendar
