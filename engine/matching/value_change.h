// One change of one stated value: what a person or a company could really do, and the smallest such
// changes that let a pair in or raise its score. Found by trying: the score after a change is that
// of the changed rows.
// Source:   docs/formats/ranking.md, section Explanation
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/matching/conditions.h"
#include "engine/matching/rows.h"

namespace noren::matching {

// In the order in which changes of equal size are named.
enum class ChangedField : std::uint8_t {
  kSkillLevel = 0,  // person: of `token`
  kLanguageLevel,   // person: of `token`
  kExperience,      // person: months
  kEducation,       // person: ISCED level
  kAvailableDay,    // person: days since 1970-01-01, earlier
  kUpdatedDay,      // person: days since 1970-01-01, later
  kLicence,         // person: adds `token`
  kOccupationWish,  // person: adds an asked group, `token` is its own
  kRegionWish,      // person: adds a place of the posting, `token` is its own
  kEmploymentType,  // person: accepts more types, as bits
  kWageFloor,       // person: units per month, lower
  kWageOffer,       // posting: the promised wage, higher; the possible one at least that
  kWageMost,        // posting: the possible wage, higher
  kOfferedTypes     // posting: offers more types, as bits
};
inline constexpr std::size_t kChangedFieldCount = 14;
std::string_view ChangedFieldName(ChangedField field);  // "skill_level", ...
Side SideOf(ChangedField field);                        // whose value it is

struct ValueChange {
  ChangedField field = ChangedField::kSkillLevel;
  Token token;
  std::optional<std::int64_t> from;  // nullopt: not stated, or not in the list
  std::int64_t to = 0;               // 1 for what is added to a list
  // In thousandths of the field's whole scale, rounded up: what makes changes comparable.
  std::int32_t size = 0;
  bool operator==(const ValueChange&) const = default;
};

// The rows with the change made. `change` was made for these rows.
void Apply(const ValueChange& change, PostingRow& posting, SeekerRow& seeker);

// For one failing condition: the least that meets it, on the side that is asked. nullopt when
// nothing that side can state would.
std::optional<ValueChange> ChangeThatMeets(const ConditionResult& failing,
                                           const PostingRow& posting, const SeekerRow& seeker);

// For an eligible pair: per field and token the smallest change after which the pair is still
// eligible and its score above `score_to_reach`; smaller ones first, then by field and token. Empty
// when no single change suffices.
std::vector<ValueChange> ChangesThatReach(std::int32_t score_to_reach, const PostingRow& posting,
                                          const SeekerRow& seeker);

}  // namespace noren::matching
