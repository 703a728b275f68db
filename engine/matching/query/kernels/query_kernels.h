// The inner loops of a query, once per instruction set: the same results bit for bit, so that any
// of them can be held against the scalar one.
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/matching/index/block.h"
#include "engine/matching/index/bounds.h"
#include "engine/matching/index/pair_lists.h"
#include "engine/matching/query/kernels/lane_program.h"

namespace noren::matching {

enum class KernelSet : std::uint8_t {
  kBest = 0,  // the best that this machine has
  kScalar,
  kPortable,  // SSE4, NEON, ...: what Highway knows besides the next two
  kAvx2,
  kAvx512,  // with VBMI, VBMI2 and VNNI
};
std::string_view KernelSetName(KernelSet set);

// A term that is dense in a segment.
struct DenseTerm {
  const std::uint8_t* most = nullptr;  // kSegmentBlocks bytes
  std::uint16_t units = 0;             // units x most_counted fits 16 bits
  std::uint8_t most_counted = 0xFF;    // more than this counts as this
};

inline constexpr std::int32_t kLacksRequired = -1;

struct QueryKernels {
  KernelSet set = KernelSet::kScalar;
  // Lanes in use that may meet the filter; wide lanes by wage, employment, experience and education
  // alone.
  std::uint64_t (*filter)(const Block& block, const LaneProgram& program) = nullptr;
  // The units of all lanes without skills; the lanes that have at least `need`.
  std::uint64_t (*units)(const Block& block, const LaneProgram& program, std::uint32_t need,
                         LaneSums& sums) = nullptr;
  // The lanes that have at least `need` with the units of their skills added to `sums`.
  std::uint64_t (*skills)(const Block& block, const SkillProgram& program, const LaneSums& sums,
                          std::uint32_t need) = nullptr;
  // sums[b] += units x min(most[b], most_counted) for kSegmentBlocks blocks, saturating.
  void (*add_dense)(std::span<const DenseTerm> terms, std::uint16_t* sums) = nullptr;
  // Indices of least <= bounds[i] < below, ascending. `found` has room for `size` + 16.
  std::size_t (*collect)(const std::uint16_t* bounds, std::size_t size, std::uint32_t least,
                         std::uint32_t below, std::uint32_t* found) = nullptr;
  // Entries that pass, in their order, slots and words side by side; room for `size` + 16.
  std::size_t (*filter_pairs)(const PairView& list, const PairFilter& filter, Slot* slots,
                              std::uint32_t* words) = nullptr;
  // Points of each record, or kLacksRequired.
  void (*score_records)(std::span<const SkillRecord* const> records, const RecordProgram& program,
                        std::int32_t* points) = nullptr;
};

// Null when this machine (or build) lacks the set.
const QueryKernels* KernelsFor(KernelSet set);

}  // namespace noren::matching
