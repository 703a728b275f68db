// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/zone.h"

#include "engine/model/errors.h"

namespace noren::policy::calendar {
namespace {

constexpr std::int32_t kNineHours = 9 * 3600;
constexpr std::int64_t kSecondsPerDay = 86400;
constexpr model::CivilDay kFirstDay{7305};  // 1990-01-01

}  // namespace

StatusOr<Zone> Zone::Find(std::string_view name) {
  if (name == "Asia/Seoul" || name == "Asia/Tokyo") return Zone(kNineHours);
  if (name == "UTC") return Zone(0);
  return MakeError(model::ErrorCode::kBadRequest, "zone: Asia/Seoul, Asia/Tokyo or UTC expected");
}

StatusOr<model::CivilDay> Zone::DayAt(UnixSeconds instant) const {
  // Compared before it is narrowed: an instant of the far future has no day that fits.
  if (instant < StartOf(kFirstDay) ||
      instant >= StartOf({model::kLastCivilDay.days_since_1970 + 1}))
    return MakeError(model::ErrorCode::kBadRequest, "instant: of 1990 to 2199 expected");
  return model::CivilDayAt(instant, utc_offset_seconds_);
}

UnixSeconds Zone::StartOf(model::CivilDay day) const {
  return UnixSeconds{day.days_since_1970 * kSecondsPerDay - utc_offset_seconds_};
}

}  // namespace noren::policy::calendar
