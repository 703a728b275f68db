// Where a person is: a lane of a block.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace noren::matching {

inline constexpr std::size_t kLanes = 64;

using Slot = std::uint32_t;  // block * kLanes + lane
constexpr std::uint32_t BlockOf(Slot slot) { return static_cast<std::uint32_t>(slot / kLanes); }
constexpr std::size_t LaneOf(Slot slot) { return slot % kLanes; }

}  // namespace noren::matching
