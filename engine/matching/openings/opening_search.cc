// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/opening_search.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "engine/matching/best_k.h"
#include "engine/matching/conditions.h"
#include "engine/matching/openings/person_probe.h"

namespace noren::matching {
namespace {

// Calls `visit(index)` for each set bit, until it returns false.
template <typename Visit>
bool VisitBits(std::uint64_t bits, Visit visit) {
  for (; bits != 0; bits &= bits - 1) {
    if (!visit(static_cast<std::size_t>(std::countr_zero(bits)))) return false;
  }
  return true;
}

struct BlockCandidate {
  std::int32_t bound = 0;
  const OpeningBlock* block = nullptr;
  LaneMask lanes = 0;  // in the person's reach
};
struct LaneCandidate {
  std::int32_t bound = 0;
  const Opening* opening = nullptr;
};
template <typename Candidate>
bool BoundBelow(const Candidate& a, const Candidate& b) {
  return a.bound < b.bound;
}

class Search {
 public:
  Search(const OpeningVersion& version, const SeekerRow& seeker, const OpeningQuery& query,
         const TieRule& ties)
      : version_(version),
        seeker_(seeker),
        query_(query),
        ties_(ties),
        probe_(seeker, version),
        best_(query.k) {}

  OpeningAnswer Run() {
    answer_.version = version_.number;
    answer_.is_complete = CollectBlocks() && CountEligible() && VisitBlocks();
    answer_.ranking.best = best_.TakeSorted();
    return std::move(answer_);
  }

 private:
  bool MayGoOn() const {
    return !query_.stop.stop_requested() &&
           (!query_.deadline || std::chrono::steady_clock::now() < *query_.deadline);
  }
  std::int32_t Threshold() const { return best_.full() ? best_.worst_score() : 0; }
  bool IsOut(std::int32_t bound) const { return best_.full() && bound < best_.worst_score(); }

  bool CollectBlocks();
  void CollectGroup(const BlockGroup& group);
  bool StandsHereFirst(const OpeningAt& at) const;
  LaneMask LanesInReach(const OpeningBlock& block) const;
  bool CountEligible();
  std::size_t EligibleIn(const BlockCandidate& candidate);
  bool VisitBlocks();
  void BoundLanes(const BlockCandidate& candidate);
  bool VerifyLanes(std::int32_t down_to);
  void Verify(const Opening& opening);

  const OpeningVersion& version_;
  const SeekerRow& seeker_;
  const OpeningQuery& query_;
  const TieRule& ties_;
  PersonProbe probe_;
  BestK<PostingRowId> best_;
  std::vector<BlockCandidate> blocks_;  // a heap while they are visited
  std::vector<LaneCandidate> lanes_;    // a heap
  OpeningAnswer answer_;
};

LaneMask Search::LanesInReach(const OpeningBlock& block) const {
  if (probe_.reach().empty()) return block.used;
  LaneMask lanes = 0;
  for (const RegionKey& reach : probe_.reach()) lanes |= LanesIn(block, reach);
  return lanes;
}

void Search::CollectGroup(const BlockGroup& group) {
  BlockMask blocks = probe_.reach().empty() ? group.used : 0;
  for (const RegionKey& reach : probe_.reach()) {
    // A country comes before its provinces.
    auto at = std::ranges::lower_bound(group.homes, reach, {}, &HomeBlocks::home);
    for (; at != group.homes.end() && Reaches(reach, at->home); ++at) blocks |= at->blocks;
  }
  VisitBits(blocks, [&](std::size_t index) {
    const OpeningBlock& block = *group.blocks[index];
    blocks_.push_back({probe_.BlockBound(block), &block, LanesInReach(block)});
    return true;
  });
}

// A posting stands at each of its homes; it is looked at where the person reaches it first.
bool Search::StandsHereFirst(const OpeningAt& at) const {
  if (probe_.reach().empty()) return at.key.home == at.opening->homes.front();
  for (const RegionKey& home : at.opening->homes) {
    if (home == at.key.home) return true;
    for (const RegionKey& reach : probe_.reach()) {
      if (Reaches(reach, home)) return false;
    }
  }
  return true;
}

bool Search::CollectBlocks() {
  for (const auto& group : version_.groups) {
    if (!MayGoOn()) return false;
    CollectGroup(*group);
  }
  return true;
}

std::size_t Search::EligibleIn(const BlockCandidate& candidate) {
  const OpeningBlock& block = *candidate.block;
  const LaneMask lanes = candidate.lanes & ConditionMask(block.conditions, probe_.conditions());
  const LaneMask here = lanes & ~block.has_other_homes;
  const LaneMask decided = probe_.columns_decide() ? here & block.columns_decide : 0;
  auto count = static_cast<std::size_t>(std::popcount(decided));
  VisitBits(lanes & ~decided, [&](std::size_t lane) {
    const OpeningAt& at = block.openings[lane];
    ++answer_.work.verified_count;
    if (StandsHereFirst(at) && MeetsConditions(at.opening->row, seeker_)) ++count;
    return true;
  });
  return count;
}

bool Search::CountEligible() {
  if (query_.count == EligibleCount::kNotAsked) return true;
  for (const BlockCandidate& candidate : blocks_) {
    if (!MayGoOn()) return false;
    answer_.ranking.eligible_count += EligibleIn(candidate);
  }
  return true;
}

bool Search::VisitBlocks() {
  if (query_.k == 0) return true;
  std::ranges::make_heap(blocks_, BoundBelow<BlockCandidate>);
  while (!blocks_.empty() && !IsOut(blocks_.front().bound)) {
    if (!MayGoOn()) return false;
    std::ranges::pop_heap(blocks_, BoundBelow<BlockCandidate>);
    BoundLanes(blocks_.back());
    blocks_.pop_back();
    const bool is_last = blocks_.empty();
    if (!VerifyLanes(is_last ? 0 : blocks_.front().bound)) return false;
  }
  return VerifyLanes(0);
}

void Search::BoundLanes(const BlockCandidate& candidate) {
  const OpeningBlock& block = *candidate.block;
  ++answer_.work.blocks_count;
  const LaneMask lanes = candidate.lanes & ConditionMask(block.conditions, probe_.conditions());
  VisitBits(lanes, [&](std::size_t lane) {
    ++answer_.work.bounded_count;
    const std::int32_t bound = probe_.LaneBound(block, lane, Threshold());
    if (IsOut(bound)) return true;
    const OpeningAt& at = block.openings[lane];
    if ((block.has_other_homes >> lane & 1) != 0 && !StandsHereFirst(at)) return true;
    lanes_.push_back({bound, at.opening.get()});
    std::ranges::push_heap(lanes_, BoundBelow<LaneCandidate>);
    return true;
  });
}

// The best first, as long as no block left may hold a better one.
bool Search::VerifyLanes(std::int32_t down_to) {
  constexpr std::size_t kLooksEvery = 32;
  while (!lanes_.empty() && lanes_.front().bound >= down_to) {
    if (IsOut(lanes_.front().bound)) {
      lanes_.clear();
      return true;
    }
    if (answer_.work.verified_count % kLooksEvery == 0 && !MayGoOn()) return false;
    std::ranges::pop_heap(lanes_, BoundBelow<LaneCandidate>);
    const Opening& opening = *lanes_.back().opening;
    lanes_.pop_back();
    Verify(opening);
  }
  return true;
}

void Search::Verify(const Opening& opening) {
  ++answer_.work.verified_count;
  if (!MeetsConditions(opening.row, seeker_)) return;
  const std::int32_t score = ScoreFrom(opening.prepared, seeker_, probe_.shares(), Threshold());
  best_.Offer(opening.row.id, score, [&] { return ties_.Of(opening.row.id, seeker_.id); });
}

}  // namespace

OpeningAnswer SearchOpenings(const OpeningVersion& version, const SeekerRow& seeker,
                             const OpeningQuery& query, const TieRule& ties) {
  return Search(version, seeker, query, ties).Run();
}

}  // namespace noren::matching
