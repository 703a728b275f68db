// Public holidays of Korea and Japan, by rule: the acts and decrees with the day from which each
// applies, and as data the days that a decision named one by one (elections, temporary holidays,
// ceremonies). Days that nobody has decided yet are not there.
// Source:   docs/formats/calendar_rules.md (the rules, and what is known to differ elsewhere)
// Threads:  immutable once made.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/model/civil_day.h"

namespace noren::policy::calendar {

enum class Country : std::uint8_t { kKorea = 1, kJapan = 2 };

enum class HolidayKind : std::uint8_t {
  kNamed = 1,   // the act or decree names it
  kSubstitute,  // in place of one that is lost to a weekend or another holiday
  kBetween,     // between two holidays (Japan's citizens' holiday)
  kElection,
  kDecreed,  // decided for one year
};
std::string_view HolidayKindName(HolidayKind kind);  // "substitute"

struct Holiday {
  model::CivilDay day;
  HolidayKind kind = HolidayKind::kNamed;
  // In the country's language; of a substitute, what it stands in for. Both live as long as the
  // program.
  std::string_view name;
  std::string_view source;  // the act or decree
};

inline constexpr std::int32_t kFirstHolidayYear = 1990;
inline constexpr std::int32_t kLastHolidayYear = 2040;

class HolidayTable {
 public:
  // kInternal: the lunar calendar cannot be had.
  static StatusOr<HolidayTable> Make(Country country);

  Country country() const { return country_; }
  static bool Covers(model::CivilDay day);
  // By day; two on one day are both there.
  std::span<const Holiday> All() const { return holidays_; }
  // Those of one day; empty when it is none, or not covered.
  std::span<const Holiday> On(model::CivilDay day) const;

 private:
  HolidayTable(Country country, std::vector<Holiday> holidays);

  Country country_;
  std::vector<Holiday> holidays_;
};

// The two sets of rules, one year each; in no order. Used by HolidayTable.
StatusOr<std::vector<Holiday>> KoreanHolidays(std::int32_t year);
std::vector<Holiday> JapaneseHolidays(std::int32_t year);

}  // namespace noren::policy::calendar
