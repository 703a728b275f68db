// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/calendar/holidays.h"

#include <algorithm>
#include <utility>

#include "engine/policy/calendar/civil.h"

namespace noren::policy::calendar {

std::string_view HolidayKindName(HolidayKind kind) {
  switch (kind) {
    case HolidayKind::kNamed:
      return "named";
    case HolidayKind::kSubstitute:
      return "substitute";
    case HolidayKind::kBetween:
      return "between";
    case HolidayKind::kElection:
      return "election";
    case HolidayKind::kDecreed:
      return "decreed";
  }
  return "unknown";
}

HolidayTable::HolidayTable(Country country, std::vector<Holiday> holidays)
    : country_(country), holidays_(std::move(holidays)) {}

StatusOr<HolidayTable> HolidayTable::Make(Country country) {
  std::vector<Holiday> all;
  for (std::int32_t year = kFirstHolidayYear; year <= kLastHolidayYear; ++year) {
    std::vector<Holiday> of_year;
    if (country == Country::kKorea) {
      NOREN_ASSIGN_OR_RETURN(of_year, KoreanHolidays(year));
    } else {
      of_year = JapaneseHolidays(year);
    }
    all.insert(all.end(), of_year.begin(), of_year.end());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Holiday& a, const Holiday& b) { return a.day < b.day; });
  return HolidayTable(country, std::move(all));
}

bool HolidayTable::Covers(model::CivilDay day) {
  const std::int32_t year = DateOf(day).year;
  return year >= kFirstHolidayYear && year <= kLastHolidayYear;
}

std::span<const Holiday> HolidayTable::On(model::CivilDay day) const {
  const auto [begin, end] = std::equal_range(
      holidays_.begin(), holidays_.end(), Holiday{day, HolidayKind::kNamed, {}, {}},
      [](const Holiday& a, const Holiday& b) { return a.day < b.day; });
  return std::span(holidays_).subspan(static_cast<std::size_t>(begin - holidays_.begin()),
                                      static_cast<std::size_t>(end - begin));
}

}  // namespace noren::policy::calendar
