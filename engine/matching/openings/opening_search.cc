// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/opening_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <span>
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

// What a look at a block needs first, and what a posting asks for, as a rule.
constexpr std::size_t kSummaryBytes = offsetof(OpeningBlock, more_homes);
constexpr std::size_t kUsualAskedBytes = 64;
constexpr std::size_t kTakenTogether = 8;
// "Many postings" are this many times k.
constexpr std::size_t kEarlyShare = 256;

inline void Prefetch(const void* begin, std::size_t bytes) {
  constexpr std::size_t kLineBytes = 64;
  const char* at = static_cast<const char*>(begin);
  for (std::size_t i = 0; i < bytes; i += kLineBytes) __builtin_prefetch(at + i);
}

template <typename T>
void PrefetchList(const std::vector<T>& list) {
  Prefetch(list.data(), list.size() * sizeof(T));
}

// What lies outside the Opening itself and is read for nearly every person.
void PrefetchLists(const Opening& opening) {
  PrefetchList(opening.row.regions);
  PrefetchList(opening.row.occupations);
  PrefetchList(opening.row.required_skills);
  PrefetchList(opening.row.preferred_licences);
  PrefetchList(opening.row.preferred_languages);
}

struct BlockCandidate {
  std::int32_t bound = 0;
  const OpeningBlock* block = nullptr;
  LaneMask lanes = 0;  // in the person's reach
};
struct LaneCandidate {
  std::int32_t bound = 0;
  std::uint32_t lane = 0;
  const OpeningBlock* block = nullptr;
};
const Opening& OpeningOf(const LaneCandidate& candidate) {
  return *candidate.block->openings.data()[candidate.lane].opening;
}
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
  bool StandsHereFirst(const OpeningBlock& block, std::size_t lane) const;
  LaneMask LanesInReach(const OpeningBlock& block) const;
  bool CountEligible();
  std::size_t EligibleIn(const BlockCandidate& candidate);
  bool VisitBlocks();
  void BoundLanes(const BlockCandidate& candidate);
  bool VerifyEarly();
  bool VerifyLanes(std::int32_t down_to, std::size_t most);
  void VerifyTaken(std::span<const LaneCandidate> taken);
  void Verify(const LaneCandidate& candidate);

  const OpeningVersion& version_;
  const SeekerRow& seeker_;
  const OpeningQuery& query_;
  const TieRule& ties_;
  PersonProbe probe_;
  BestK<PostingRowId> best_;
  std::size_t lanes_in_reach_ = 0;
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
    Prefetch(group.blocks[index].get(), kSummaryBytes);
    return true;
  });
  VisitBits(blocks, [&](std::size_t index) {
    const OpeningBlock& block = *group.blocks[index];
    const LaneMask lanes = LanesInReach(block);
    lanes_in_reach_ += static_cast<std::size_t>(std::popcount(lanes));
    blocks_.push_back({probe_.BlockBound(block), &block, lanes});
    return true;
  });
}

// A posting stands at each of its homes; it is looked at where the person reaches it first.
bool Search::StandsHereFirst(const OpeningBlock& block, std::size_t lane) const {
  if ((block.has_earlier_homes >> lane & 1) == 0) return true;
  if (probe_.reach().empty()) return false;
  for (const EarlierHome& earlier : block.earlier_homes) {
    if (earlier.lane != lane) continue;
    for (const RegionKey& reach : probe_.reach()) {
      if (Reaches(reach, earlier.home)) return false;
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
  const LaneMask here = lanes & ~block.has_earlier_homes;
  const LaneMask decided = probe_.columns_decide() ? here & block.columns_decide : 0;
  auto count = static_cast<std::size_t>(std::popcount(decided));
  VisitBits(lanes & ~decided, [&](std::size_t lane) {
    if (!StandsHereFirst(block, lane)) return true;
    ++answer_.work.verified_count;
    if (MeetsConditions(block.openings[lane].opening->row, seeker_)) ++count;
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
    if (!is_last) Prefetch(&blocks_.front().block->conditions, sizeof(ConditionColumns));
    if (!VerifyLanes(is_last ? 0 : blocks_.front().bound, SIZE_MAX)) return false;
    if (!is_last && !VerifyEarly()) return false;
  }
  return VerifyLanes(0, SIZE_MAX);
}

void Search::BoundLanes(const BlockCandidate& candidate) {
  const OpeningBlock& block = *candidate.block;
  ++answer_.work.blocks_count;
  LaneMask lanes = candidate.lanes & ConditionMask(block.conditions, probe_.conditions());
  VisitBits(lanes, [&](std::size_t lane) {
    Prefetch(&block.terms[lane], sizeof block.terms[lane]);
    return true;
  });
  std::array<std::int32_t, kBlockLanes> bounds;
  VisitBits(lanes, [&](std::size_t lane) {
    bounds[lane] = probe_.TermsBound(block.terms[lane]);
    if (IsOut(bounds[lane]) || !StandsHereFirst(block, lane)) {
      lanes &= ~(LaneMask{1} << lane);
    } else {
      Prefetch(block.asked.data() + block.asked_begins[lane], kUsualAskedBytes);
    }
    return true;
  });
  answer_.work.bounded_count += static_cast<std::size_t>(std::popcount(lanes));
  VisitBits(lanes, [&](std::size_t lane) {
    const std::int32_t bound = bounds[lane] - probe_.ListsLoss(block, lane);
    if (IsOut(bound)) return true;
    lanes_.push_back({bound, static_cast<std::uint32_t>(lane), &block});
    std::ranges::push_heap(lanes_, BoundBelow<LaneCandidate>);
    return true;
  });
}

// Of many postings the best k so far are verified as soon as there are k, although better ones may
// come: the k-th score then leaves most of the others out.
bool Search::VerifyEarly() {
  if (query_.k > lanes_in_reach_ / kEarlyShare || lanes_.size() < query_.k) return true;
  return VerifyLanes(0, query_.k);
}

// The best first, as long as no block left may hold a better one. A few are taken at a time, so
// that their rows are on the way from memory while others are verified.
bool Search::VerifyLanes(std::int32_t down_to, std::size_t most) {
  std::array<LaneCandidate, kTakenTogether> taken;
  while (most > 0 && !lanes_.empty() && lanes_.front().bound >= down_to) {
    if (IsOut(lanes_.front().bound)) {
      lanes_.clear();
      return true;
    }
    if (!MayGoOn()) return false;
    std::size_t count = 0;
    while (count < taken.size() && !lanes_.empty() && lanes_.front().bound >= down_to) {
      std::ranges::pop_heap(lanes_, BoundBelow<LaneCandidate>);
      taken[count] = lanes_.back();
      Prefetch(&taken[count].block->openings[taken[count].lane], 1);
      lanes_.pop_back();
      ++count;
    }
    VerifyTaken(std::span(taken).first(count));
    most -= std::min(most, count);
  }
  return true;
}

void Search::VerifyTaken(std::span<const LaneCandidate> taken) {
  for (const LaneCandidate& one : taken) {
    Prefetch(&OpeningOf(one), sizeof(PostingRow) + sizeof(PreparedPosting));
  }
  for (const LaneCandidate& one : taken) PrefetchLists(OpeningOf(one));
  for (const LaneCandidate& one : taken) {
    if (!IsOut(one.bound)) Verify(one);
  }
}

void Search::Verify(const LaneCandidate& candidate) {
  const PostingRow& row = OpeningOf(candidate).row;
  ++answer_.work.verified_count;
  const bool is_decided =
      probe_.columns_decide() && (candidate.block->columns_decide >> candidate.lane & 1) != 0;
  if (!is_decided && !MeetsConditions(row, seeker_)) return;
  const std::int32_t score =
      ScoreFrom(OpeningOf(candidate).prepared, seeker_, probe_.shares(), Threshold());
  best_.Offer(row.id, score, [&] { return ties_.Of(row.id, seeker_.id); });
}

}  // namespace

OpeningAnswer SearchOpenings(const OpeningVersion& version, const SeekerRow& seeker,
                             const OpeningQuery& query, const TieRule& ties) {
  return Search(version, seeker, query, ties).Run();
}

}  // namespace noren::matching
