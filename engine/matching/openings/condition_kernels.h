// The hard conditions that a block of postings decides by columns, for 64 postings at once. A mask
// leaves out only pairs that fail a condition; what passes is verified on the rows.
// Source:   docs/design/0005-openings.md
// Threads:  pure functions; the instruction set is chosen once, at the first call
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace noren::matching {

inline constexpr std::size_t kBlockLanes = 64;

// Numbers are clamped to a common range on both sides, which keeps their order: a comparison can
// become true by it, never false. 0 is "no condition" but for start_by, where kNoStartBy is.
inline constexpr std::uint16_t kNoStartBy = 0xFFFF;
struct alignas(64) ConditionColumns {
  std::array<std::uint8_t, kBlockLanes> min_education{};    // 1 + level
  std::array<std::uint8_t, kBlockLanes> currency{};         // 0: no wage stated
  std::array<std::uint16_t, kBlockLanes> employment{};      // offered, as bits
  std::array<std::uint16_t, kBlockLanes> min_experience{};  // 1 + months
  std::array<std::uint16_t, kBlockLanes> start_by{};        // day, 0..kNoStartBy - 1
  std::array<std::uint32_t, kBlockLanes> wage_max{};        // per month
  std::array<std::uint64_t, kBlockLanes> required{};        // signature of what is required
};

struct PersonConditions {
  std::uint8_t education = 0;            // 1 + level; 0: not stated
  std::uint8_t currency = 0;             // of the floor; 0: no floor
  std::uint16_t employment = 0;          // accepted, as bits; 0: any
  std::uint16_t experience = 0;          // 1 + months; 0: not stated
  std::uint16_t available = kNoStartBy;  // day; kNoStartBy: not stated
  std::uint32_t wage_floor = 0;
  std::uint64_t held = 0;  // signature of everything held
};

// Bit l is set when lane l may meet every condition. Lanes that hold no posting are garbage: the
// caller masks them.
std::uint64_t ConditionMask(const ConditionColumns& columns, const PersonConditions& person);
// The same, lane by lane: what the kernels are tested against.
std::uint64_t ConditionMaskScalar(const ConditionColumns& columns, const PersonConditions& person);

// Calls `visit(name)` once per instruction set that this machine has, ConditionMask using that one
// meanwhile. For tests: not while another thread is ranking.
void ForEachInstructionSet(const std::function<void(std::string_view)>& visit);

}  // namespace noren::matching
