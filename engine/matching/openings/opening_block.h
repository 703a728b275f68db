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

struct HomeLanes {
  RegionKey home;
  LaneMask lanes = 0;
};

// A few numbers, or "uncounted" when there are more.
class PathNumberSet {
 public:
  void Add(PathNumber number);
  std::span<const PathNumber> numbers() const { return std::span(numbers_).first(count_); }

 private:
  std::array<PathNumber, 16> numbers_{};
  std::uint8_t count_ = 0;
};

// What the postings of a block ask for in skills, all together.
struct AskedSkills {
  static constexpr std::size_t kBits = 2048;

  bool MayAsk(TokenHash hash) const {
    return (hashes.data()[hash % kBits / 64] >> (hash % 64) & 1) != 0;
  }
  void Add(std::span<const AskedToken> skills);  // of one posting
  void AddUncounted() { is_uncounted = true; }

  std::array<std::uint64_t, kBits / 64> hashes{};
  // Over the postings that ask for skills: the least sum of weights and number of skills, and the
  // most weight and times of one hash.
  std::uint32_t least_weights = UINT32_MAX;
  std::uint32_t least_count = UINT32_MAX;
  std::uint32_t most_weight = 0;
  std::uint32_t most_times = 0;
  bool some_ask_none = false;
  bool is_uncounted = false;  // for some posting nothing of this is known
};

// What no posting of the block exceeds.
struct BlockSummary {
  // Over the postings that ask for something.
  std::array<std::uint16_t, kFeatureCount> least_shares{};
  std::int32_t most_side_bound = 0;  // over those that ask for nothing; 0: none
  bool all_ask_nothing = true;
  PathNumberSet occupations;
  PathNumberSet regions;
  AskedSkills skills;
};

// A posting at one of its homes.
struct OpeningAt {
  std::shared_ptr<const Opening> opening;
  ClusterKey key;
};

// A posting of the block that stands at an earlier home, too.
struct EarlierHome {
  std::size_t lane = 0;
  RegionKey home;
};

struct alignas(64) OpeningBlock {
  BlockSummary summary;
  LaneMask used = 0;
  LaneMask columns_decide = 0;
  LaneMask has_earlier_homes = 0;
  HomeLanes first_home;
  std::vector<HomeLanes> more_homes;  // ascending
  std::vector<EarlierHome> earlier_homes;
  std::vector<AskedToken> asked;
  ConditionColumns conditions;
  std::array<std::uint32_t, kBlockLanes> asked_begins{};  // in `asked`
  std::array<OpeningTerms, kBlockLanes> terms;
  std::array<OpeningAt, kBlockLanes> openings;
};

// 1..64 postings, in the order of their keys.
std::shared_ptr<const OpeningBlock> MakeBlock(std::span<const OpeningAt> openings);

// The lanes of `block` that a wish reaches.
inline LaneMask LanesIn(const OpeningBlock& block, const RegionKey& reach) {
  LaneMask lanes = Reaches(reach, block.first_home.home) ? block.first_home.lanes : 0;
  for (const HomeLanes& at : block.more_homes) {
    if (Reaches(reach, at.home)) lanes |= at.lanes;
  }
  return lanes;
}
// Calls `visit(home_lanes)` for each home.
template <typename Visit>
void VisitHomes(const OpeningBlock& block, Visit visit) {
  visit(block.first_home);
  for (const HomeLanes& at : block.more_homes) visit(at);
}

}  // namespace noren::matching
