// The features a score is made of, whose interest a term expresses, and how much each side cares.
// Source:   docs/formats/ranking.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace noren::matching {

// Whose interest it is: the posting's terms say how well the person fits what is asked, the
// person's terms how well the posting fits what the person wishes.
enum class Side : std::uint8_t { kPosting = 0, kPerson = 1 };

enum class Feature : std::uint8_t {
  kSkills = 0,
  kOccupation,
  kRegion,
  kWage,
  kExperience,
  kLicences,
  kLanguages,
  kEmploymentType,
  kRelatedSkills,
  kEducation,
  kAvailability,
  kRecency,
  kNothingAsked  // the one term of a side that asks for nothing; it has no weight
};
inline constexpr std::size_t kFeatureCount = 12;  // without kNothingAsked
using FeatureSet = std::array<bool, kFeatureCount>;

std::string_view FeatureName(Feature feature);  // "skills", "occupation", ...
std::string_view SideName(Side side);           // "posting", "person"

// 0..10 per feature; 0 means "do not count this". Only the ratios matter: see Apportion in
// scoring/score.h. A person weighs occupation, region, wage, employment type and skills; the rest
// of a person's weights is 0.
inline constexpr std::uint8_t kMaxWeight = 10;
struct Weights {
  std::array<std::uint8_t, kFeatureCount> of{};
  std::uint8_t& operator[](Feature feature) { return of[static_cast<std::size_t>(feature)]; }
  std::uint8_t operator[](Feature feature) const { return of[static_cast<std::size_t>(feature)]; }
  bool operator==(const Weights&) const = default;
};

}  // namespace noren::matching
