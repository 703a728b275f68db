// Days of the Korean lunisolar calendar, from ICU's "dangi" calendar (meridian of Seoul): a few
// times in a century they differ from the Chinese ones by a day.
// Source:   docs/design/0016-the-calendar.md
// Threads:  pure function.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "crypto/base/status.h"
#include "engine/model/civil_day.h"

namespace noren::policy::calendar {

// The civil day of a day of an ordinary (not leap) lunar month in the lunar year that begins in the
// civil year `year`. kInternal: ICU has no such calendar.
StatusOr<model::CivilDay> KoreanLunarDay(std::int32_t year, std::int32_t month, std::int32_t day);

}  // namespace noren::policy::calendar
