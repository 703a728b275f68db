// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/person_probe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>

#include "engine/matching/conditions.h"
#include "tests/engine/matching/market.h"
#include "tests/engine/matching/openings/random_openings.h"

namespace noren::matching {
namespace {

template <typename Visit>
void ForEachBlock(const OpeningVersion& version, Visit visit) {
  for (const auto& group : version.groups) {
    for (const auto& block : group->blocks) {
      if (block != nullptr) visit(*block);
    }
  }
}

std::size_t LanesCount(const OpeningBlock& block) {
  return static_cast<std::size_t>(std::popcount(block.used));
}

// Goal: the bounds leave nobody out. Every pair of a large mixed market, with extremes and rows
// wider than the numbers; the bound of a posting is at least the score, that of a block at least
// the bounds of its postings.
TEST(PersonProbe, BoundsAreAtLeastTheScore) {
  const RowPool pool(3, 700, 150);
  const OpeningTree tree(pool.openings);
  const OpeningTree::Reading reading = tree.Read();
  std::size_t exact = 0;
  std::size_t pairs = 0;
  for (const SeekerRow& seeker : pool.seekers) {
    PersonProbe probe(seeker, reading.version());
    ForEachBlock(reading.version(), [&](const OpeningBlock& block) {
      const std::int32_t block_bound = probe.BlockBound(block);
      for (std::size_t lane = 0; lane < LanesCount(block); ++lane) {
        const std::int32_t bound = probe.LaneBound(block, lane);
        const std::int32_t score = ScorePair(block.openings[lane].opening->row, seeker).score;
        ASSERT_GE(bound, score) << "posting " << block.openings[lane].opening->row.id.value;
        ASSERT_GE(block_bound, bound);
        if (block.openings[lane].key.home != block.openings[lane].opening->homes.front()) continue;
        exact += bound == score ? 1 : 0;
        ++pairs;
      }
    });
  }
  // Only wide rows, shared hashes and several related skills of one asked skill make them differ.
  EXPECT_GT(exact, pairs * 7 / 10);
}

// Goal: columns and homes leave out only pairs that fail a condition, and decide alone where they
// say so. A posting passes when it does at one of its homes.
TEST(PersonProbe, ColumnsAndReachAgreeWithTheConditions) {
  const RowPool pool(4, 700, 150);
  const OpeningTree tree(pool.openings);
  const OpeningTree::Reading reading = tree.Read();
  struct Seen {
    bool passes = false;
    bool columns_decide = false;
  };
  std::size_t decided = 0;
  std::size_t left_out = 0;
  for (const SeekerRow& seeker : pool.seekers) {
    const PersonProbe probe(seeker, reading.version());
    std::map<PostingRowId, Seen> seen;
    ForEachBlock(reading.version(), [&](const OpeningBlock& block) {
      LaneMask reach = probe.reach().empty() ? block.used : 0;
      for (const RegionKey& key : probe.reach()) reach |= LanesIn(block, key);
      const LaneMask lanes = reach & ConditionMask(block.conditions, probe.conditions());
      for (std::size_t lane = 0; lane < LanesCount(block); ++lane) {
        Seen& one = seen[block.openings[lane].opening->row.id];
        one.passes = one.passes || (lanes >> lane & 1) != 0;
        one.columns_decide = (block.columns_decide >> lane & 1) != 0;
      }
    });
    for (const PostingRow& row : pool.openings) {
      const bool meets = MeetsConditions(row, seeker);
      const Seen& one = seen[row.id];
      ASSERT_TRUE(one.passes || !meets) << "posting " << row.id.value;
      left_out += one.passes ? 0 : 1;
      if (!probe.columns_decide() || !one.columns_decide) continue;
      ASSERT_EQ(one.passes, meets) << "posting " << row.id.value;
      ++decided;
    }
  }
  EXPECT_GT(decided, 10'000u);
  EXPECT_GT(left_out, 10'000u);
}

TEST(PersonProbe, ReachIsTheProvinceOrTheCountryOfAWish) {
  model::Profile profile = BareProfile();
  profile.regions = {Region("KR-11440"), Region("KR-11680"), Region("JP")};
  const OpeningTree tree({});
  const OpeningTree::Reading reading = tree.Read();
  const SeekerRow seeker = Row(1, profile);
  const PersonProbe probe(seeker, reading.version());
  const PlainTokens tokens;
  const RegionPath province = PathOf(Region("KR-11"), tokens);
  const RegionPath country = PathOf(Region("JP"), tokens);
  std::vector<RegionKey> expected = {{province.levels[0], province.levels[1]},
                                     {country.levels[0], Token{}}};
  std::ranges::sort(expected);
  EXPECT_TRUE(std::ranges::equal(probe.reach(), expected));
}

TEST(PersonProbe, WithoutAWishedRegionEveryPostingIsInReach) {
  SeekerRow seeker = Row(1, BareProfile());
  seeker.regions.clear();
  const OpeningTree tree({});
  const OpeningTree::Reading reading = tree.Read();
  EXPECT_TRUE(PersonProbe(seeker, reading.version()).reach().empty());
}

}  // namespace
}  // namespace noren::matching
