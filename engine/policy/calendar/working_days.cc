// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/working_days.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"

namespace noren::policy::calendar {

WorkingDays::WorkingDays(const HolidayTable& holidays, WorkWeek week)
    : holidays_(&holidays), week_(std::move(week)) {}

bool WorkingDays::IsClosed(CivilDay day) const {
  const CivilDate date = DateOf(day);
  const MonthDay today{date.month, date.day};
  return std::any_of(week_.closed.begin(), week_.closed.end(), [today](const ClosedDays& span) {
    const bool passes_new_year = span.last < span.first;
    return passes_new_year ? today >= span.first || today <= span.last
                           : today >= span.first && today <= span.last;
  });
}

StatusOr<std::optional<DayOff>> WorkingDays::WhyOff(CivilDay day) const {
  if (!HolidayTable::Covers(day)) {
    return MakeError(model::ErrorCode::kBadRequest, "holidays are known for 1990 to 2040");
  }
  // A holiday on a Sunday is named as the holiday: it says more.
  const std::span<const Holiday> holidays = holidays_->On(day);
  if (!holidays.empty()) return DayOff{OffReason::kHoliday, &holidays.front()};
  const Weekday weekday = WeekdayOf(day);
  if (week_.sunday_is_off && weekday == Weekday::kSunday) return DayOff{OffReason::kSunday};
  if (week_.saturday_is_off && weekday == Weekday::kSaturday) return DayOff{OffReason::kSaturday};
  if (IsClosed(day)) return DayOff{OffReason::kClosed};
  return std::optional<DayOff>();
}

StatusOr<CivilDay> WorkingDays::SameOrNext(CivilDay day) const {
  for (std::int32_t days = 0; days < 366; ++days) {
    const CivilDay candidate = AddDays(day, days);
    NOREN_ASSIGN_OR_RETURN(const std::optional<DayOff> off, WhyOff(candidate));
    if (!off.has_value()) return candidate;
  }
  return MakeError(model::ErrorCode::kBadRequest, "the operator has no working day");
}

}  // namespace noren::policy::calendar
