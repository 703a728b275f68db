// Countries where data are kept: whether somebody has studied the country's system before, and what
// a person who asks is told of it.
// Source:   docs/formats/register_entry.md, section "Before a service starts"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/decisions.h"
#include "engine/policy/register_due.h"

namespace noren::policy {

// At home there is nothing to study. Abroad the register of countries has a study (subject: the
// code of the country) that is not over the interval of its measure.
//   errors   kPolicyIncomplete; kStorageCountry
Decision IsCountryStudied(const Policy& policy, std::span<const RegisteredStep> steps,
                          std::string_view country, UnixSeconds now);

struct CountryAnswer {
  std::string country;        // ISO 3166-1 alpha-2
  std::string name, outline;  // of the last study; empty: nobody studied it yet
  std::optional<model::CivilDay> studied;
};
// Every country abroad that the notice states; empty: nothing is handled abroad.
std::vector<CountryAnswer> AnswerOnCountries(const Policy& policy,
                                             std::span<const RegisteredStep> steps);

}  // namespace noren::policy
