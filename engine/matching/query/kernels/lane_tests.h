// The tests of a lane program on one lane.
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/matching/query/kernels/lane_program.h"

namespace noren::matching {

// All of filter.licences_all. False for a wide lane, whose columns are empty.
bool HasLicences(const Block& block, const LaneFilter& filter, std::size_t lane);
// Without skills, saturating.
std::uint32_t UnitsOfLane(const Block& block, const LaneProgram& program, std::size_t lane);

}  // namespace noren::matching
