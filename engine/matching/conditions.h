// Hard conditions of both sides: a pair that fails one is in no ranking. Each has a name, a verdict
// and what was compared. The rule for both sides alike: a condition is met by a stated value only;
// a value that is not stated does not meet it.
// Source:   docs/formats/ranking.md, table 3
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/matching/rows.h"

namespace noren::matching {

enum class Condition : std::uint8_t {
  kRequiredSkill = 1,  // posting
  kRequiredLicence,    // posting
  kRequiredLanguage,   // posting
  kMinExperience,      // posting
  kMinEducation,       // posting
  kStartBy,            // posting: the person is available by then
  kOccupation,         // posting: a wish is an asked group or lies in one
  kPlace,              // posting: a wished region holds a place, or lies in one
  kWageFloor,          // person: the most that is offered reaches it
  kRegion,             // person: in the province of a wished region, or in a wished country
  kEmploymentType      // person: one of the accepted types is offered
};
std::string_view ConditionName(Condition condition);  // "required_skills", ...
Side SideOf(Condition condition);

enum class Verdict : std::uint8_t {
  kMet = 1,
  kNotMet,     // stated, and not enough
  kNotStated,  // not stated, or in a unit that cannot be compared: does not meet the condition
};
std::string_view VerdictName(Verdict verdict);

struct ConditionResult {
  Condition condition = Condition::kRequiredSkill;
  std::uint32_t index = 0;  // which required skill, licence or language; else 0
  Verdict verdict = Verdict::kMet;
  Token token;              // the asked skill, licence or language; else none
  std::int64_t asked = 0;   // level, months, ordinal, amount, day or bit set
  std::int64_t stated = 0;  // what the other side states; 0 with kNotStated
  bool operator==(const ConditionResult&) const = default;
};

// All conditions that either side states, posting's first, in the order of Condition.
std::vector<ConditionResult> CheckConditions(const PostingRow& posting, const SeekerRow& seeker);

// True if every condition is met; stops at the first that is not.
bool MeetsConditions(const PostingRow& posting, const SeekerRow& seeker);

}  // namespace noren::matching
