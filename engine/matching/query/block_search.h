// The block path: blocks in descending order of what their best lane can have, until no block can
// hold anybody among the best k.
// Source:   docs/design/0002-the-index.md
// Threads:  one owner.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "crypto/base/status.h"
#include "engine/matching/index/seeker_index.h"
#include "engine/matching/query/block_bounds.h"
#include "engine/matching/query/compiled_query.h"
#include "engine/matching/query/kernels/person_units.h"
#include "engine/matching/query/kernels/query_kernels.h"
#include "engine/matching/query/limits.h"
#include "engine/matching/query/search.h"
#include "engine/matching/query/selection.h"

namespace noren::matching {

// What a search reads and fills; all of it outlives the search.
struct SearchContext {
  const SeekerIndex::View& view;
  const CompiledQuery& query;
  const QueryKernels& kernels;
  Limits& limits;
  Selection& selection;
  SearchStats& stats;
};

// What all lanes have without skills, as units of the score; the lanes that have at least `need`.
inline std::uint64_t ColumnUnits(const QueryKernels& kernels, const CompiledQuery& query,
                                 const Block& block, std::uint32_t need, LaneSums& sums) {
  if (!query.two_sided) return kernels.units(block, query.lanes, need, sums);
  kernels.units(block, query.lanes, 0, sums);
  LaneSums occupation_fit;
  LaneSums region_fit;
  if (block.shape().weights) {
    kernels.units(block, query.person_occupation, 0, occupation_fit);
    kernels.units(block, query.person_region, 0, region_fit);
  }
  return AddPersonUnits(block, occupation_fit, region_fit, need, sums);
}

template <typename Verifier>
class BlockSearch {
 public:
  BlockSearch(const SearchContext& context, Verifier& verifier)
      : c_(context), verifier_(verifier) {}

  // All blocks in their order. With `count`, everybody who qualifies is counted into it.
  Status OpenAll(std::size_t* count) {
    for (std::uint32_t b = 0; b < c_.view.block_count(); ++b) {
      if (c_.limits.Reached()) return c_.limits.Error();
      const Block& block = c_.view.block(b);
      if (count != nullptr) *count += verifier_.CountEligible(block, Filtered(b));
      if (c_.query.by_rows) {
        VerifyAllOf(b);
      } else if (OpenColumns(b, kMostUnits, 0)) {
        OpenSkills(0);
      }
    }
    verifier_.Flush(c_.selection);
    return OkStatus();
  }

  // One block, unless nobody of it can be among the best any more. `plus_one` and `skill_units` are
  // its bounds.
  void OpenOne(std::uint32_t b, std::uint32_t plus_one, std::uint32_t skill_units) {
    if (plus_one >= LowestBound() && OpenColumns(b, skill_units, 0)) OpenSkills(0);
  }
  // The least entry of BlockBounds::plus_one() that has to be opened: never above what a saturated
  // one has.
  std::uint32_t LowestBound() const { return std::min(Needed() + 1, kMostUnits); }
  // How far apart the bounds are that one step of a search goes down.
  static std::uint32_t StepOf(const BlockBounds& bounds) {
    return std::max(1U, (bounds.most() - std::min(bounds.most(), bounds.common())) / kBands);
  }

  // `found` is memory for indices of blocks.
  Status OpenByBound(BlockBounds& bounds, std::vector<std::uint32_t>& found) {
    bounds.Compute(c_.view, c_.query, c_.kernels);
    const std::span<const std::uint16_t> plus_one = bounds.plus_one();
    found.resize(plus_one.size() + kRoom);
    const std::uint32_t step = StepOf(bounds);
    for (std::uint32_t below = bounds.most() + 1, least = 0; below > LowestBound(); below = least) {
      least = std::max(LowestBound(), below > step ? below - step : 1U);
      const std::size_t count =
          c_.kernels.collect(plus_one.data(), plus_one.size(), least, below, found.data());
      NOREN_RETURN_IF_ERROR(OpenFound(bounds, {found.data(), count}));
    }
    return OkStatus();
  }

  static constexpr std::size_t kRoom = 64;  // what a kernel may write beyond its results

 private:
  static constexpr std::uint32_t kBands = 24;
  static constexpr std::size_t kAhead = 2;   // blocks
  static constexpr std::size_t kGroup = 16;  // blocks
  static constexpr int kFewLanes = 8;

  std::uint64_t Filtered(std::uint32_t b) const {
    return c_.query.by_rows ? c_.view.live(b)
                            : c_.kernels.filter(c_.view.block(b), c_.query.lanes) &
                                  ~c_.view.lanes_left_behind(b);
  }
  void VerifyAllOf(std::uint32_t b) {
    const Block& block = c_.view.block(b);
    for (std::uint64_t lanes = c_.view.live(b); lanes != 0; lanes &= lanes - 1) {
      verifier_.VerifyRow(block, static_cast<std::size_t>(std::countr_zero(lanes)), c_.selection);
    }
  }

  // A lane below this many units is not among the best.
  std::uint32_t Needed() const {
    const std::int32_t threshold = c_.selection.threshold();
    const auto units = static_cast<std::uint32_t>((threshold + c_.query.unit - 1) / c_.query.unit);
    return std::min(units, kMostUnits);
  }

  // A block whose columns have been looked at and whose skills have not.
  struct Staged {
    const Block* block;
    std::uint64_t lanes;
  };

  // In two phases per group, so that what the second reads can be asked for in time.
  Status OpenFound(const BlockBounds& bounds, std::span<const std::uint32_t> blocks) {
    for (std::size_t i = 0; i < blocks.size();) {
      std::size_t staged = 0;
      for (; i < blocks.size() && staged < kGroup; ++i) {
        if (c_.limits.Reached()) return c_.limits.Error();
        if (i + kAhead < blocks.size()) PrefetchColumns(blocks[i + kAhead]);
        if (bounds.plus_one()[blocks[i]] < LowestBound()) continue;
        if (OpenColumns(blocks[i], bounds.skill_units(blocks[i]), staged)) ++staged;
      }
      for (std::size_t s = 0; s < staged; ++s) {
        if (s + 1 < staged) PrefetchSkills(staged_[s + 1]);
        OpenSkills(s);
      }
    }
    verifier_.Flush(c_.selection);
    return OkStatus();
  }

  void PrefetchColumns(std::uint32_t b) const {
    const Block& block = c_.view.block(b);
    __builtin_prefetch(&block);
    block.PrefetchColumns();
  }
  // Up to a few lanes, their records are read sooner than the slots of all.
  static bool WorthSkills(std::uint64_t lanes) { return std::popcount(lanes) > kFewLanes; }
  static void PrefetchSkills(const Staged& next) {
    if (WorthSkills(next.lanes)) next.block->PrefetchSlots();
  }

  // Looks at the columns; true when lanes remain, staged as `at`. `most_skill_units` of any lane.
  bool OpenColumns(std::uint32_t b, std::uint32_t most_skill_units, std::size_t at) {
    const Block& block = c_.view.block(b);
    const std::uint64_t lanes =
        c_.kernels.filter(block, c_.query.lanes) & ~c_.view.lanes_left_behind(b);
    if (lanes == 0) return false;
    ++c_.stats.blocks_opened;
    const std::uint32_t needed = Needed();
    const std::uint32_t needed_here = needed - std::min(needed, most_skill_units);
    const std::uint64_t reach = ColumnUnits(c_.kernels, c_.query, block, needed_here, sums_[at]);
    staged_[at] = {&block, lanes & (reach | block.wide())};
    return staged_[at].lanes != 0;
  }

  void OpenSkills(std::size_t at) {
    const Block& block = *staged_[at].block;
    std::uint64_t lanes = staged_[at].lanes;
    if (const std::uint32_t needed = Needed(); needed != 0 && std::popcount(lanes) > kFewLanes) {
      ++c_.stats.skills_opened;
      lanes &= block.wide() | c_.kernels.skills(block, c_.query.skills, sums_[at], needed);
    }
    for (; lanes != 0; lanes &= lanes - 1) {
      const auto lane = static_cast<std::size_t>(std::countr_zero(lanes));
      verifier_.Push(block, lane, sums_[at].of[lane], c_.selection);
    }
  }

  const SearchContext& c_;
  Verifier& verifier_;
  std::array<Staged, kGroup> staged_;
  std::array<LaneSums, kGroup> sums_;
};

}  // namespace noren::matching
