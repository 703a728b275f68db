// SPDX-License-Identifier: Apache-2.0
#include "tests/year/plans.h"

#include <algorithm>
#include <cstdlib>

namespace noren::year {

std::ostream& operator<<(std::ostream& out, const Plan& plan) { return out << plan.name; }

int Times() {
  const char* const text = std::getenv("NOREN_YEAR_TIMES");
  return text == nullptr ? 1 : std::max(1, std::atoi(text));
}

// Each year has the 29th of February or ends beside it, both half-years, and the end of a period
// that began with people of earlier years.
const std::vector<Plan>& Plans() {
  static const std::vector<Plan> plans = {
      {.name = "mapo",
       .versions = {{"mapo", "2023-07-03"}},
       .begins = "2023-07-03",
       .first_day = "2024-01-01",
       .last_day = "2025-01-20",
       .language = "ko",
       .people_before = 120,
       .people_during = 120,
       .answer_days = 10},
      // The next version comes in the middle: nothing is handed over before, and something after.
      {.name = "gojobs",
       .versions = {{"gojobs", "2024-06-03"}, {"gojobs-next", "2027-01-01"}},
       .begins = "2024-06-03",
       .steps_of_days = 14,
       .first_day = "2026-06-01",
       .last_day = "2027-06-11",
       .language = "ko",
       .people_before = 120,
       .people_during = 120,
       .answer_days = 10,
       .ends_with_a_file = true},
      // Seven years of silence end in it.
      {.name = "sapporo-ui",
       .versions = {{"sapporo-ui", "2025-04-01"}},
       .begins = "2025-04-01",
       .steps_of_days = 56,
       .first_day = "2032-02-02",
       .last_day = "2033-02-10",
       .language = "ja",
       .people_before = 100,
       .people_during = 60,
       .answer_days = 14},
      {.name = "kyodo-kanagawa",
       .versions = {{"kyodo-kanagawa", "2025-04-01"}},
       .begins = "2025-04-01",
       .steps_of_days = 28,
       .first_day = "2028-01-03",
       .last_day = "2029-01-15",
       .language = "ja",
       .people_before = 120,
       .people_during = 120,
       .answer_days = 14},
      {.name = "openup-it",
       .versions = {{"openup-it", "2026-10-01"}},
       .begins = "2026-10-01",
       .first_day = "2027-11-29",
       .last_day = "2028-12-12",
       .language = "ja",
       .people_before = 120,
       .people_during = 120,
       .answer_days = 14}};
  return plans;
}

}  // namespace noren::year
