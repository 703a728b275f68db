// The market that workload W1 is drawn from: how popular skills, occupations and regions are, which
// skills an occupation uses, which licences go with it.
// Source:   docs/formats/w1.md (model)
// Threads:  const after construction.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "datasets/generate/w1/w1_random.h"

namespace noren::w1 {

inline constexpr std::uint64_t kSeed = 20260101;
inline constexpr std::uint64_t kSeekerFamily = kSeed + 1;
inline constexpr std::uint64_t kPostingFamily = kSeed + 2;
inline constexpr std::uint64_t kCentreFamily = kSeed + 3;
inline constexpr std::uint64_t kSeekerVectorFamily = kSeed + 4;
inline constexpr std::uint64_t kPostingVectorFamily = kSeed + 5;

inline constexpr std::uint32_t kSkillsCount = 14'000;
inline constexpr std::uint32_t kOccupationsCount = 430;
inline constexpr std::uint32_t kRegionsCount = 250;
inline constexpr std::uint32_t kLicencesCount = 600;
inline constexpr std::uint32_t kOccupationSkillsCount = 200;
inline constexpr std::uint32_t kTypicalLicencesCount = 6;
inline constexpr std::uint32_t kSubMajorGroupsCount = 43;
inline constexpr std::uint32_t kMinorGroupsCount = 129;
inline constexpr std::uint32_t kUnitsPerSubMajor = 10;

// The groups above a unit group of occupations.
constexpr std::uint32_t SubMajorOf(std::uint32_t occupation) {
  return occupation / kUnitsPerSubMajor;
}
constexpr std::uint32_t MinorOf(std::uint32_t occupation) {
  constexpr std::array<std::uint32_t, kUnitsPerSubMajor> kMinorOfUnit = {0, 0, 0, 1, 1,
                                                                         1, 2, 2, 2, 2};
  return 3 * SubMajorOf(occupation) + kMinorOfUnit[occupation % kUnitsPerSubMajor];
}

class Model {
 public:
  Model();

  std::uint32_t DrawSkill(Stream& stream) const { return skills_.Draw(stream); }
  std::uint32_t DrawOccupation(Stream& stream) const { return occupations_.Draw(stream); }
  std::uint32_t DrawRegion(Stream& stream) const { return regions_.Draw(stream); }
  // The more popular of two draws: what is advertised is what is common.
  std::uint32_t DrawAdvertisedOccupation(Stream& stream) const;
  std::uint32_t DrawAdvertisedRegion(Stream& stream) const;

  std::uint32_t DrawSkillOf(std::uint32_t occupation, Stream& stream) const {
    return skills_of_[occupation][ranks_.Draw(stream)];
  }
  // The skills an occupation uses most, from rank 0.
  std::uint32_t SkillOf(std::uint32_t occupation, std::uint32_t rank) const {
    return skills_of_[occupation][rank];
  }
  static std::uint32_t TypicalLicence(std::uint32_t occupation, std::uint32_t which);

 private:
  explicit Model(Stream stream);
  void DrawSkillTables(Stream& stream);

  Cumulative skills_;
  std::vector<double> occupation_weights_;
  Cumulative occupations_;
  std::vector<double> region_weights_;
  Cumulative regions_;
  Cumulative ranks_;
  std::vector<std::vector<std::uint16_t>> skills_of_;  // by occupation, most used first
};

// A region at most three ids away, around the end.
inline std::uint32_t NeighbourRegion(std::uint32_t home, Stream& stream) {
  return (home + kRegionsCount + stream.Below(7) - 3) % kRegionsCount;
}

}  // namespace noren::w1
