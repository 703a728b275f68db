// Which days count as working days: not on the weekend, no public holiday, not closed by the
// operator.
// Threads:  immutable; `holidays` must outlive it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/base/status.h"
#include "engine/policy/calendar/civil.h"
#include "engine/policy/calendar/holidays.h"

namespace noren::policy::calendar {

// Days of every year on which the operator is closed, first to last; the span may pass the end of
// the year (29 December to 3 January).
struct ClosedDays {
  MonthDay first;
  MonthDay last;
};

struct WorkWeek {
  bool saturday_is_off = true;
  bool sunday_is_off = true;
  std::vector<ClosedDays> closed = {};
};

// Why a day is no working day.
enum class OffReason : std::uint8_t { kSaturday = 1, kSunday, kHoliday, kClosed };
struct DayOff {
  OffReason reason = OffReason::kSunday;
  const Holiday* holiday = nullptr;  // kHoliday
};

class WorkingDays {
 public:
  WorkingDays(const HolidayTable& holidays, WorkWeek week);

  // Nothing: a working day. kBadRequest: a day whose holidays are not known.
  StatusOr<std::optional<DayOff>> WhyOff(CivilDay day) const;
  // `day` itself, or the first working day after it. kBadRequest: holidays not known that far, or
  // no working day within a year.
  StatusOr<CivilDay> SameOrNext(CivilDay day) const;

 private:
  bool IsClosed(CivilDay day) const;

  const HolidayTable* holidays_;
  WorkWeek week_;
};

}  // namespace noren::policy::calendar
