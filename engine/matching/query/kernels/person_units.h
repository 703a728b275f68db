// The person's side of a two-sided score, as a bound for 64 lanes: full, less what the wishes for
// occupation and region surely lose.
// Source:   docs/formats/ranking.md (score)
// Threads:  pure function.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "engine/matching/query/kernels/lane_program.h"

namespace noren::matching {

// One unit of a two-sided score, and a side's units.
inline constexpr std::int32_t kScorePerUnit = 500;
inline constexpr std::uint16_t kSideUnits = 20000;
inline constexpr std::uint16_t kNothingAskedUnits = kSideUnits / 2;

// Adds to `sums`; the lanes that have at least `need` then.
//   occupation_fit, region_fit    thousandths, more than 1000 counting as 1000
std::uint64_t AddPersonUnits(const Block& block, const LaneSums& occupation_fit,
                             const LaneSums& region_fit, std::uint32_t need, LaneSums& sums);

}  // namespace noren::matching
