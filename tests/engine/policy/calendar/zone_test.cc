// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/zone.h"

#include <gtest/gtest.h>
#include <unicode/basictz.h>
#include <unicode/timezone.h>

#include <memory>

#include "engine/model/errors.h"
#include "engine/policy/calendar/civil.h"

namespace noren::policy::calendar {
namespace {

constexpr std::int64_t kHour = 3600;

UnixSeconds UtcInstant(CivilDate date, std::int64_t hour, std::int64_t minute) {
  return UnixSeconds{DayOf(date).days_since_1970 * 24 * kHour + hour * kHour + minute * 60};
}

TEST(Zone, AnInstantBelongsToTheDayOfTheOperator) {
  const Zone seoul = Zone::Find("Asia/Seoul").value();
  EXPECT_EQ(seoul.DayAt(UtcInstant({2024, 12, 31}, 14, 59)).value(), DayOf({2024, 12, 31}));
  EXPECT_EQ(seoul.DayAt(UtcInstant({2024, 12, 31}, 15, 0)).value(), DayOf({2025, 1, 1}));
  EXPECT_EQ(Zone::Find("UTC")->DayAt(UtcInstant({2024, 12, 31}, 23, 59)).value(),
            DayOf({2024, 12, 31}));
}

TEST(Zone, ADayBeginsAtItsMidnightThere) {
  const Zone tokyo = Zone::Find("Asia/Tokyo").value();
  EXPECT_EQ(tokyo.StartOf(DayOf({2025, 7, 16})), UtcInstant({2025, 7, 15}, 15, 0));
  EXPECT_EQ(tokyo.DayAt(tokyo.StartOf(DayOf({2025, 7, 16}))).value(), DayOf({2025, 7, 16}));
}

TEST(Zone, RefusesNamesAndInstantsItDoesNotKnow) {
  EXPECT_EQ(model::CodeOf(Zone::Find("Europe/Paris").status()), model::ErrorCode::kBadRequest);
  EXPECT_EQ(model::CodeOf(Zone::Find("").status()), model::ErrorCode::kBadRequest);
  const Zone seoul = Zone::Find("Asia/Seoul").value();
  const UnixSeconds first = seoul.StartOf(DayOf({1990, 1, 1}));
  EXPECT_TRUE(seoul.DayAt(first).ok());
  EXPECT_EQ(model::CodeOf(seoul.DayAt(UnixSeconds{first.value - 1}).status()),
            model::ErrorCode::kBadRequest);
  const UnixSeconds end = seoul.StartOf(DayOf({2200, 1, 1}));
  EXPECT_TRUE(seoul.DayAt(UnixSeconds{end.value - 1}).ok());
  EXPECT_EQ(model::CodeOf(seoul.DayAt(end).status()), model::ErrorCode::kBadRequest);
  EXPECT_EQ(model::CodeOf(seoul.DayAt(UnixSeconds{INT64_MAX}).status()),
            model::ErrorCode::kBadRequest);
  EXPECT_EQ(model::CodeOf(seoul.DayAt(UnixSeconds{INT64_MIN}).status()),
            model::ErrorCode::kBadRequest);
}

// The one offset of each zone is right at every hour of 1990 to 2040: the zone data of ICU knows no
// transition in between.
TEST(Zone, TheZoneDataHasNoOtherOffsetFrom1990To2040) {
  for (const char* name : {"Asia/Seoul", "Asia/Tokyo"}) {
    const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(name));
    const auto* basic = dynamic_cast<const icu::BasicTimeZone*>(zone.get());
    ASSERT_NE(basic, nullptr);
    const double first_ms = static_cast<double>(UtcInstant({1990, 1, 1}, 0, 0).value) * 1000;
    const double end_ms = static_cast<double>(UtcInstant({2041, 1, 1}, 0, 0).value) * 1000;
    icu::TimeZoneTransition transition;
    const bool changes = basic->getNextTransition(first_ms, true, transition) != 0;
    EXPECT_FALSE(changes && transition.getTime() < end_ms) << name;
    UErrorCode error = U_ZERO_ERROR;
    std::int32_t raw_ms = 0;
    std::int32_t summer_ms = 0;
    zone->getOffset(first_ms, 0, raw_ms, summer_ms, error);
    ASSERT_TRUE(U_SUCCESS(error));
    EXPECT_EQ(raw_ms + summer_ms, 9 * kHour * 1000) << name;
  }
}

}  // namespace
}  // namespace noren::policy::calendar
