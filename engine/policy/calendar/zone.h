// From an instant to the civil day it is for an operator. The zones are those of the policy file;
// they have had one offset since 1989 (Seoul's last summer time ended in October 1988), so that the
// days of 1990 and later need no table of transitions; a test compares that with ICU's zone data.
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/base/clock.h"
#include "crypto/base/status.h"
#include "engine/model/civil_day.h"

namespace noren::policy::calendar {

class Zone {
 public:
  // "Asia/Seoul", "Asia/Tokyo" or "UTC". kBadRequest: another name.
  static StatusOr<Zone> Find(std::string_view name);

  // kBadRequest: before 1990 or after 2199 there.
  StatusOr<model::CivilDay> DayAt(UnixSeconds instant) const;
  // 00:00 of `day` there: the instant from which what ended the day before is over.
  UnixSeconds StartOf(model::CivilDay day) const;

 private:
  explicit Zone(std::int32_t utc_offset_seconds) : utc_offset_seconds_(utc_offset_seconds) {}
  std::int32_t utc_offset_seconds_;
};

}  // namespace noren::policy::calendar
