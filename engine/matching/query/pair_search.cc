// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/pair_search.h"

#include <algorithm>
#include <array>

#include "engine/matching/query/kernels/lane_tests.h"

namespace noren::matching {
namespace {

constexpr std::size_t kMostLists = 4096;
constexpr std::size_t kRoom = 16;   // what a kernel may write beyond its results
constexpr std::size_t kAhead = 32;  // entries whose records are on the way

bool HasUnits(const LaneProgram& lanes) {
  return lanes.constant != 0 || !lanes.occupations.empty() || !lanes.regions.empty() ||
         !lanes.licences.empty() || lanes.experience.units != 0 || lanes.education.units != 0;
}

void PrefetchLicences(const Block& block, std::size_t lane) {
  for (std::size_t s = 0; s < block.shape().licences; ++s)
    __builtin_prefetch(block.licence(s) + lane);
}

// Whether the lane is still what the entry was written for, and its columns say all of it.
bool IsCurrent(const SkillRecord& record, std::uint32_t word) {
  return record.wide == 0 && record.version == word >> PairPacking::kVersionShift &&
         record.version != PairPacking::kMaxVersion;
}

}  // namespace

std::optional<std::size_t> PairSearch::Prepare(const SeekerIndex::View& view,
                                               const CompiledQuery& query) {
  lists_.clear();
  const std::size_t pairs = query.pair_occupations.size() * query.pair_regions.size();
  if (pairs == 0 || pairs > kMostLists || query.by_rows) return std::nullopt;
  if (view.terms().has_conflicts()) return std::nullopt;  // then lists do not hold everybody
  std::size_t entries = 0;
  for (const TermId occupation : query.pair_occupations) {
    for (const TermId region : query.pair_regions) {
      const PairView list = view.pairs(occupation, region);
      if (list.size == 0) continue;
      lists_.push_back(list);
      entries += list.size;
    }
  }
  return entries;
}

void PairSearch::Gather(const SearchContext& context) {
  std::size_t entries = 0;
  for (const PairView& list : lists_) entries += list.size;
  if (slots_.size() < entries + kRoom) {
    slots_.resize(entries + kRoom);
    words_.resize(entries + kRoom);
  }
  count_ = 0;
  for (const PairView& list : lists_) {
    count_ += context.kernels.filter_pairs(list, context.query.pairs, slots_.data() + count_,
                                           words_.data() + count_);
  }
}

// Whoever wishes for several of the pairs, or changed, is on the lists more than once. Slots that
// are newer than the view, or left behind in it, are left out.
void PairSearch::DropDoubles(const SeekerIndex::View& view) {
  const std::uint32_t block_count = view.block_count();
  if (seen_.size() < block_count) seen_.resize(block_count);
  Slot* const slots = slots_.data();
  std::uint32_t* const words = words_.data();
  std::uint64_t* const seen = seen_.data();
  view.ForEachLeftBehind([seen](std::uint32_t b, std::uint64_t lanes) { seen[b] = lanes; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const Slot slot = slots[i];
    const std::uint32_t b = BlockOf(slot);
    if (b >= block_count) continue;
    const std::uint64_t before = seen[b];
    slots[kept] = slot;
    words[kept] = words[i];
    kept += 1 - (before >> LaneOf(slot) & 1);
    seen[b] = before | std::uint64_t{1} << LaneOf(slot);
  }
  count_ = kept;
  for (std::size_t i = 0; i < kept; ++i) seen[BlockOf(slots[i])] = 0;
  view.ForEachLeftBehind([seen](std::uint32_t b, std::uint64_t) { seen[b] = 0; });
}

Status PairSearch::VerifyAll(const SearchContext& context, PointsVerifier& verifier) {
  const SeekerIndex::View& view = context.view;
  const LaneProgram& lanes = context.query.lanes;
  const bool has_units = HasUnits(lanes);
  const bool has_licences = !lanes.filter.licences_all.empty();
  std::array<const Block*, kAhead> blocks{};  // of the entries from i on, in a ring
  const auto ask_for = [&](std::size_t i) {
    if (i >= count_) return;
    const Block& block = view.block(BlockOf(slots_[i]));
    block.PrefetchRecordOnce(LaneOf(slots_[i]));
    if (has_licences) PrefetchLicences(block, LaneOf(slots_[i]));
    blocks[i % kAhead] = &block;
  };
  for (std::size_t i = 0; i < kAhead; ++i) ask_for(i);
  for (std::size_t i = 0; i < count_; ++i) {
    if (context.limits.Reached()) return context.limits.Error();
    // Of the block only the record is touched, as long as that decides.
    const Block& block = *blocks[i % kAhead];
    const std::size_t lane = LaneOf(slots_[i]);
    ask_for(i + kAhead);
    const SkillRecord& record = block.skills(lane);
    if (record.live == 0) continue;
    if (!IsCurrent(record, words_[i])) {
      verifier.VerifyRow(block, lane, context.selection);
      continue;
    }
    if (has_licences && !HasLicences(block, lanes.filter, lane)) continue;
    verifier.PushNarrow(block, lane, has_units ? UnitsOfLane(block, lanes, lane) : 0,
                        context.selection);
  }
  verifier.Flush(context.selection);
  return OkStatus();
}

Status PairSearch::Run(const SearchContext& context, PointsVerifier& verifier) {
  Gather(context);
  DropDoubles(context.view);
  return VerifyAll(context, verifier);
}

}  // namespace noren::matching
