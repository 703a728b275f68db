// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/opening_block.h"

#include <algorithm>

#include "crypto/base/check.h"

namespace noren::matching {
namespace {

void SetConditions(const OpeningConditions& c, std::size_t lane, ConditionColumns& columns) {
  columns.min_education[lane] = c.min_education;
  columns.currency[lane] = c.currency;
  columns.employment[lane] = c.employment;
  columns.min_experience[lane] = c.min_experience;
  columns.start_by[lane] = c.start_by;
  columns.wage_max[lane] = c.wage_max;
  columns.required[lane] = c.required;
}

// Homes ascend with the lanes.
void AddHome(const RegionKey& home, LaneMask lane, OpeningBlock& block) {
  if (block.first_home.lanes == 0) block.first_home.home = home;
  HomeLanes* at = block.more_homes.empty() ? &block.first_home : &block.more_homes.back();
  if (at->home != home) at = &block.more_homes.emplace_back(HomeLanes{home, 0});
  at->lanes |= lane;
}

void AddEarlierHomes(const OpeningAt& at, std::size_t lane, OpeningBlock& block) {
  for (const RegionKey& home : at.opening->homes) {
    if (home == at.key.home) return;
    block.has_earlier_homes |= LaneMask{1} << lane;
    block.earlier_homes.push_back({lane, home});
  }
}

template <std::size_t kMost>
void AddNumbers(const std::array<PathNumber, kMost>& numbers, PathNumberSet& all) {
  for (const PathNumber number : numbers) {
    if (number != kNoPath) all.Add(number);
  }
}

void AddShares(const OpeningTerms& terms, BlockSummary& summary) {
  if (terms.asks_nothing) {
    summary.most_side_bound = std::max(summary.most_side_bound, terms.side_bound);
    return;
  }
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    summary.least_shares[i] = summary.all_ask_nothing
                                  ? terms.shares[i]
                                  : std::min(summary.least_shares[i], terms.shares[i]);
  }
  summary.all_ask_nothing = false;
}

void AddTerms(const OpeningTerms& terms, BlockSummary& summary) {
  AddShares(terms, summary);
  AddNumbers(terms.occupations, summary.occupations);
  AddNumbers(terms.regions, summary.regions);
  if (terms.near_regions_count != 0) summary.regions.Add(kUncountedPath);
}

void AddOpening(const OpeningAt& at, std::size_t lane, OpeningBlock& block) {
  const Opening& opening = *at.opening;
  const LaneMask bit = LaneMask{1} << lane;
  block.used |= bit;
  if (opening.conditions.columns_decide) block.columns_decide |= bit;
  SetConditions(opening.conditions, lane, block.conditions);
  AddHome(at.key.home, bit, block);
  AddEarlierHomes(at, lane, block);
  block.terms[lane] = opening.terms;
  block.asked_begins[lane] = static_cast<std::uint32_t>(block.asked.size());
  block.asked.insert(block.asked.end(), opening.asked.begin(), opening.asked.end());
  AddTerms(opening.terms, block.summary);
  if (opening.terms.skills_count == kUncounted) {
    block.summary.skills.AddUncounted();
  } else {
    block.summary.skills.Add(std::span(opening.asked).first(opening.terms.skills_count));
  }
  block.openings[lane] = at;
}

std::size_t AskedCount(std::span<const OpeningAt> openings) {
  std::size_t count = 0;
  for (const OpeningAt& at : openings) count += at.opening->asked.size();
  return count;
}

}  // namespace

void PathNumberSet::Add(PathNumber number) {
  const auto held = numbers();
  if (std::ranges::find(held, number) != held.end()) return;
  if (count_ == numbers_.size() || number == kUncountedPath) {
    numbers_[0] = kUncountedPath;
    count_ = 1;
  } else if (count_ == 0 || numbers_[0] != kUncountedPath) {
    numbers_[count_++] = number;
  }
}

void AskedSkills::Add(std::span<const AskedToken> skills) {
  if (skills.empty()) {
    some_ask_none = true;
    return;
  }
  std::uint32_t weights = 0;
  for (const AskedToken& one : skills) {
    hashes[one.hash % kBits / 64] |= std::uint64_t{1} << (one.hash % 64);
    weights += one.weight;
    std::uint32_t weight = 0;
    std::uint32_t times = 0;
    for (const AskedToken& other : skills) {
      if (other.hash != one.hash) continue;
      weight += other.weight;
      ++times;
    }
    most_weight = std::max(most_weight, weight);
    most_times = std::max(most_times, times);
  }
  least_weights = std::min(least_weights, weights);
  least_count = std::min(least_count, static_cast<std::uint32_t>(skills.size()));
}

std::shared_ptr<const OpeningBlock> MakeBlock(std::span<const OpeningAt> openings) {
  NOREN_CHECK(!openings.empty() && openings.size() <= kBlockLanes, "a block has 1 to 64 postings");
  auto block = std::make_unique<OpeningBlock>();
  block->asked.reserve(AskedCount(openings));
  for (std::size_t lane = 0; lane < openings.size(); ++lane) {
    AddOpening(openings[lane], lane, *block);
  }
  return block;
}

}  // namespace noren::matching
