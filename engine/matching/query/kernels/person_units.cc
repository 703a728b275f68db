// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/kernels/person_units.h"

#include <algorithm>
#include <array>

namespace noren::matching {
namespace {

constexpr std::uint32_t kFull = 1000;
constexpr std::size_t kSkillsWeight = 0;
constexpr std::size_t kOccupationWeight = 1;
constexpr std::size_t kRegionWeight = 2;
static_assert(kPersonWeightFeatures[kSkillsWeight] == Feature::kSkills &&
              kPersonWeightFeatures[kOccupationWeight] == Feature::kOccupation &&
              kPersonWeightFeatures[kRegionWeight] == Feature::kRegion);

// At most what `weight` of `all` is in units, times what is missing to the full fit. A feature's
// share is not below its part of all weights, whether the others are asked or not.
std::uint32_t Lost(std::uint32_t weight, std::uint32_t units_per_weight, std::uint16_t fit) {
  const std::uint32_t missing = kFull - std::min<std::uint32_t>(fit, kFull);
  return weight * units_per_weight * missing / kFull;
}

}  // namespace

std::uint64_t AddPersonUnits(const Block& block, const LaneSums& occupation_fit,
                             const LaneSums& region_fit, std::uint32_t need, LaneSums& sums) {
  std::array<std::uint16_t, kLanes> side;
  side.fill(kNothingAskedUnits);
  if (block.shape().weights) {
    std::array<std::uint16_t, kLanes> all{};
    for (std::size_t which = 0; which < kPersonWeights; ++which) {
      const std::uint8_t* weight = block.weight(which);
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        all[lane] = static_cast<std::uint16_t>(all[lane] + weight[lane]);
    }
    const std::uint8_t* occupation = block.weight(kOccupationWeight);
    const std::uint8_t* region = block.weight(kRegionWeight);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (all[lane] == 0) continue;
      const std::uint32_t per_weight = kSideUnits / all[lane];
      side[lane] = static_cast<std::uint16_t>(
          kSideUnits - Lost(occupation[lane], per_weight, occupation_fit.of[lane]) -
          Lost(region[lane], per_weight, region_fit.of[lane]));
    }
  }
  std::uint64_t lanes = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const std::uint32_t sum = std::min<std::uint32_t>(sums.of[lane] + side[lane], kMostUnits);
    sums.of[lane] = static_cast<std::uint16_t>(sum);
    lanes |= std::uint64_t{sum >= need} << lane;
  }
  return lanes;
}

}  // namespace noren::matching
