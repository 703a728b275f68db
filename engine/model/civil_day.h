// A day of the civil calendar, without time and zone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/clock.h"
#include "crypto/base/status.h"

namespace noren::model {

struct CivilDay {
  std::int32_t days_since_1970 = 0;
  auto operator<=>(const CivilDay&) const = default;
};

// Years 1900 to 2199.
inline constexpr CivilDay kFirstCivilDay{-25567};
inline constexpr CivilDay kLastCivilDay{84005};

bool IsInRange(CivilDay day);
// Strictly "YYYY-MM-DD" naming a day that exists. kBadRequest otherwise.
StatusOr<CivilDay> ParseCivilDay(std::string_view text);
std::string ToIso(CivilDay day);
// The day it is at `time` in a zone that is `utc_offset_seconds` ahead of UTC.
CivilDay CivilDayAt(UnixSeconds time, std::int32_t utc_offset_seconds);

}  // namespace noren::model
