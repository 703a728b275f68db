// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/opening_block.h"

#include <algorithm>

#include "crypto/base/check.h"

namespace noren::matching {
namespace {

template <typename T>
void SortUnique(std::vector<T>& list) {
  std::ranges::sort(list);
  const auto rest = std::ranges::unique(list);
  list.erase(rest.begin(), rest.end());
  list.shrink_to_fit();
}

void SetConditions(const OpeningConditions& c, std::size_t lane, ConditionColumns& columns) {
  columns.min_education[lane] = c.min_education;
  columns.currency[lane] = c.currency;
  columns.employment[lane] = c.employment;
  columns.min_experience[lane] = c.min_experience;
  columns.start_by[lane] = c.start_by;
  columns.wage_max[lane] = c.wage_max;
  columns.required[lane] = c.required;
}

void AddRegions(const Opening& opening, LaneMask lane, std::vector<RegionLanes>& regions) {
  for (const RegionKey& key : opening.region_keys) {
    const auto at = std::ranges::lower_bound(regions, key, {}, &RegionLanes::key);
    if (at != regions.end() && at->key == key) {
      at->lanes |= lane;
    } else {
      regions.insert(at, {key, lane});
    }
  }
}

template <std::size_t kMost>
void AddNumbers(const std::array<PathNumber, kMost>& numbers, std::vector<PathNumber>& all) {
  for (const PathNumber number : numbers) {
    if (number != kNoPath) all.push_back(number);
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
  summary.most_wage_min = std::max(summary.most_wage_min, terms.wage_min);
  summary.most_wage_max = std::max(summary.most_wage_max, terms.wage_max);
  AddNumbers(terms.occupations, summary.occupations);
  AddNumbers(terms.regions, summary.regions);
  if (terms.near_regions_count != 0) summary.has_near_regions = true;
}

void AddOpening(std::shared_ptr<const Opening> opening, std::size_t lane, OpeningBlock& block) {
  const LaneMask bit = LaneMask{1} << lane;
  block.used |= bit;
  if (opening->conditions.columns_decide) block.columns_decide |= bit;
  SetConditions(opening->conditions, lane, block.conditions);
  AddRegions(*opening, bit, block.regions);
  block.terms[lane] = opening->terms;
  block.terms[lane].asked_begin = static_cast<std::uint32_t>(block.asked.size());
  block.asked.insert(block.asked.end(), opening->asked.begin(), opening->asked.end());
  AddTerms(opening->terms, block.summary);
  block.openings[lane] = std::move(opening);
}

}  // namespace

std::shared_ptr<const OpeningBlock> MakeBlock(
    std::span<const std::shared_ptr<const Opening>> openings) {
  NOREN_CHECK(!openings.empty() && openings.size() <= kBlockLanes, "a block has 1 to 64 postings");
  auto block = std::make_unique<OpeningBlock>();
  for (std::size_t lane = 0; lane < openings.size(); ++lane) {
    AddOpening(openings[lane], lane, *block);
  }
  SortUnique(block->summary.occupations);
  SortUnique(block->summary.regions);
  block->regions.shrink_to_fit();
  block->asked.shrink_to_fit();
  return block;
}

LaneMask LanesIn(const OpeningBlock& block, const RegionKey& key) {
  const auto at = std::ranges::lower_bound(block.regions, key, {}, &RegionLanes::key);
  return at != block.regions.end() && at->key == key ? at->lanes : 0;
}

}  // namespace noren::matching
