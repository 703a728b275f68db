// "About when" as a form says it, as the days that may be meant: a month or a day with a month
// before and after it, a year with a month at either end. Help for a search, and no proof.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "crypto/base/status.h"
#include "engine/model/civil_day.h"

namespace noren::policy {

inline constexpr std::int32_t kToleranceMonths = 1;

struct DaySpan {
  model::CivilDay first, last;  // both are in it
  bool Holds(model::CivilDay day) const { return !(day < first) && !(last < day); }
  bool operator==(const DaySpan&) const = default;
};
// "2023", "2023-04", "2023-04-15", "2023/4", each also with a word for "about" behind it; and with
// the Japanese or Korean words for year, month and day behind the numbers.
//   errors   kBadRequest: another form, or a day that does not exist
StatusOr<DaySpan> AboutWhen(std::string_view text);

}  // namespace noren::policy
