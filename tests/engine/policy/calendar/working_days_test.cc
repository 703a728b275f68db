// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/working_days.h"

#include <gtest/gtest.h>

#include "engine/model/errors.h"

namespace noren::policy::calendar {
namespace {

const HolidayTable& Korea() {
  static const StatusOr<HolidayTable> kTable = HolidayTable::Make(Country::kKorea);
  return *kTable;
}
const HolidayTable& Japan() {
  static const StatusOr<HolidayTable> kTable = HolidayTable::Make(Country::kJapan);
  return *kTable;
}

TEST(WorkingDays, SayWhyADayIsOff) {
  const WorkingDays days(Korea(), {});
  EXPECT_EQ(days.WhyOff(DayOf({2025, 10, 4}))->value().reason, OffReason::kSaturday);
  EXPECT_EQ(days.WhyOff(DayOf({2025, 9, 28}))->value().reason, OffReason::kSunday);
  const DayOff substitute = days.WhyOff(DayOf({2025, 10, 8}))->value();
  EXPECT_EQ(substitute.reason, OffReason::kHoliday);
  EXPECT_EQ(substitute.holiday->kind, HolidayKind::kSubstitute);
  EXPECT_FALSE(days.WhyOff(DayOf({2025, 10, 10}))->has_value());
}

TEST(WorkingDays, PassOverALongHoliday) {
  const WorkingDays days(Korea(), {});
  EXPECT_EQ(days.SameOrNext(DayOf({2025, 10, 2})).value(), DayOf({2025, 10, 2}));
  EXPECT_EQ(days.SameOrNext(DayOf({2025, 10, 3})).value(), DayOf({2025, 10, 10}));
}

TEST(WorkingDays, AreTheOperatorsOwnWeekAndClosure) {
  const WorkingDays with_saturdays(Japan(), {.saturday_is_off = false});
  EXPECT_FALSE(with_saturdays.WhyOff(DayOf({2025, 1, 4}))->has_value());
  const WorkingDays office(Japan(), {.closed = {{{12, 29}, {1, 3}}}});
  EXPECT_EQ(office.WhyOff(DayOf({2025, 1, 3}))->value().reason, OffReason::kClosed);
  EXPECT_EQ(office.WhyOff(DayOf({2024, 12, 30}))->value().reason, OffReason::kClosed);
  EXPECT_FALSE(office.WhyOff(DayOf({2024, 12, 27}))->has_value());
  EXPECT_EQ(office.SameOrNext(DayOf({2024, 12, 28})).value(), DayOf({2025, 1, 6}));
}

TEST(WorkingDays, AreNotGuessedWhereHolidaysAreUnknown) {
  const WorkingDays days(Korea(), {});
  EXPECT_EQ(model::CodeOf(days.WhyOff(DayOf({1989, 12, 31})).status()),
            model::ErrorCode::kBadRequest);
  EXPECT_EQ(model::CodeOf(days.SameOrNext(DayOf({2041, 1, 1})).status()),
            model::ErrorCode::kBadRequest);
  // 31 December 2040 is a Monday; the closure of the operator leads out of what is known.
  const WorkingDays closed(Korea(), {.closed = {{{12, 31}, {12, 31}}}});
  EXPECT_EQ(model::CodeOf(closed.SameOrNext(DayOf({2040, 12, 31})).status()),
            model::ErrorCode::kBadRequest);
  const WorkingDays never(Korea(), {.closed = {{{1, 1}, {12, 31}}}});
  EXPECT_EQ(model::CodeOf(never.SameOrNext(DayOf({2025, 1, 1})).status()),
            model::ErrorCode::kBadRequest);
}

}  // namespace
}  // namespace noren::policy::calendar
