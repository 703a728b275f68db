// SPDX-License-Identifier: Apache-2.0
#include "server/cli/officer_time.h"

#include "engine/model/civil_day.h"
#include "server/cli/failure.h"

namespace noren::cli {

StatusOr<std::int64_t> ParseDay(const std::string& text, const std::string& option) {
  constexpr std::int64_t kDaySeconds = 86400;
  const StatusOr<model::CivilDay> day = model::ParseCivilDay(text);
  if (!day.ok()) return UsageError(option + ": a day such as 2026-01-31");
  return day->days_since_1970 * kDaySeconds;
}

}  // namespace noren::cli
