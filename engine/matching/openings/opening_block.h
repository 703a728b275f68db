// Up to 64 postings that stand together: columns to decide conditions, terms to bound scores, and a
// summary to bound all of them at once.
// Source:   docs/design/0005-openings.md
// Threads:  immutable once made; a change makes a new block
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/matching/openings/condition_kernels.h"
#include "engine/matching/openings/opening.h"

namespace noren::matching {

using LaneMask = std::uint64_t;  // bit l: lane l

struct RegionLanes {
  RegionKey key;
  LaneMask lanes = 0;
};

// What no posting of the block exceeds.
struct BlockSummary {
  // Over the postings that ask for something.
  std::array<std::uint16_t, kFeatureCount> least_shares{};
  std::int32_t most_side_bound = 0;  // over those that ask for nothing; 0: none
  bool all_ask_nothing = true;
  std::int64_t most_wage_min = 0;
  std::int64_t most_wage_max = 0;
  std::vector<PathNumber> occupations;  // ascending; kUncountedPath may be one of them
  std::vector<PathNumber> regions;
  bool has_near_regions = false;
};

struct OpeningBlock {
  BlockSummary summary;
  LaneMask used = 0;
  LaneMask columns_decide = 0;
  std::vector<RegionLanes> regions;  // by key
  ConditionColumns conditions;
  std::array<OpeningTerms, kBlockLanes> terms;
  std::vector<AskedToken> asked;
  std::array<std::shared_ptr<const Opening>, kBlockLanes> openings;
};

// 1..64 postings, in the order of their keys.
std::shared_ptr<const OpeningBlock> MakeBlock(
    std::span<const std::shared_ptr<const Opening>> openings);

// The lanes in `block` that have a place of this key.
LaneMask LanesIn(const OpeningBlock& block, const RegionKey& key);

}  // namespace noren::matching
