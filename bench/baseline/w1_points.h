// What W1 gives points for, over the workload's own codes: shared by the plain engines.
// Source:   docs/formats/w1.md (queries)
// Threads:  const after construction.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "datasets/generate/w1/w1_postings.h"
#include "datasets/generate/w1/w1_seekers.h"

namespace noren::bench {

inline constexpr std::uint8_t kOccupationPoints = 20;
inline constexpr std::uint8_t kMinorGroupPoints = 12;
inline constexpr std::uint8_t kSubMajorGroupPoints = 8;
inline constexpr std::uint8_t kRegionPoints = 15;
inline constexpr std::uint8_t kLicencePoints = 20;
inline constexpr std::uint8_t kExperiencePoints = 10;
inline constexpr std::uint8_t kEducationPoints = 10;
inline constexpr std::uint8_t kRequiredSkillPoints = 10;

// The weight of every skill, 0 for those not asked for. Kept between postings: setting and clearing
// touch only the skills of the posting.
class SkillWeights {
 public:
  void Set(const w1::Posting& posting, bool required_too) {
    for (std::size_t i = 0; i < posting.preferred_skills.size(); ++i) {
      of_[posting.preferred_skills[i]] = posting.weights[i];
    }
    if (!required_too) return;
    for (const std::uint16_t skill : posting.required_skills) of_[skill] = kRequiredSkillPoints;
  }
  void Clear(const w1::Posting& posting) {
    for (const std::uint16_t skill : posting.preferred_skills) of_[skill] = 0;
    for (const std::uint16_t skill : posting.required_skills) of_[skill] = 0;
  }
  std::int32_t ScoreOf(const w1::Seekers& seekers, std::size_t index) const {
    std::int32_t sum = 0;
    const std::uint32_t end = seekers.skills.begins[index + 1];
    for (std::uint32_t i = seekers.skills.begins[index]; i < end; ++i) {
      sum += of_[seekers.skills.ids[i]] * seekers.levels[i];
    }
    return sum;
  }

 private:
  std::array<std::uint8_t, w1::kSkillsCount> of_{};
};

// The groups of a posting's occupations, each once.
inline std::vector<std::uint16_t> DistinctGroups(const std::vector<std::uint16_t>& occupations,
                                                 std::uint32_t (*group_of)(std::uint32_t)) {
  std::vector<std::uint16_t> groups;
  for (const std::uint16_t occupation : occupations) {
    const auto group = static_cast<std::uint16_t>(group_of(occupation));
    // The occupations ascend, and so do their groups.
    if (groups.empty() || groups.back() != group) groups.push_back(group);
  }
  return groups;
}

inline std::int32_t ThresholdPointsOf(const w1::Seekers& seekers, std::size_t index,
                                      const w1::Posting& posting) {
  return (seekers.experiences[index] >= posting.min_experience ? kExperiencePoints : 0) +
         (seekers.educations[index] >= posting.min_education ? kEducationPoints : 0);
}

}  // namespace noren::bench
