// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/opening_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <set>

#include "tests/engine/matching/market.h"
#include "tests/engine/matching/openings/random_openings.h"

namespace noren::matching {
namespace {

std::set<std::uint64_t> IdsOf(const OpeningVersion& version) {
  std::set<std::uint64_t> ids;
  for (const auto& group : version.groups) {
    for (const auto& block : group->blocks) {
      if (block == nullptr) continue;
      for (const auto& opening : block->openings) {
        if (opening.opening != nullptr) ids.insert(opening.opening->row.id.value);
      }
    }
  }
  return ids;
}

void CheckBlock(const OpeningBlock& block) {
  const auto count = static_cast<std::size_t>(std::popcount(block.used));
  ASSERT_GT(count, 0u);
  ASSERT_EQ(block.used, count == 64 ? ~LaneMask{0} : (LaneMask{1} << count) - 1);
  for (std::size_t lane = 0; lane < kBlockLanes; ++lane) {
    ASSERT_EQ(block.openings[lane].opening != nullptr, lane < count);
  }
  for (std::size_t lane = 1; lane < count; ++lane) {
    ASSERT_LT(block.openings[lane - 1].key, block.openings[lane].key);
  }
  for (std::size_t lane = 0; lane < count; ++lane) {
    const Opening& opening = *block.openings[lane].opening;
    const RegionKey& home = block.openings[lane].key.home;
    ASSERT_NE(std::ranges::find(opening.homes, home), opening.homes.end());
    ASSERT_NE(LanesIn(block, home) >> lane & 1, 0u);
    ASSERT_EQ(block.has_earlier_homes >> lane & 1, home != opening.homes.front() ? 1u : 0u);
  }
}

// Everything that one version says of itself: lanes, groups, and no two blocks overlapping.
void CheckVersion(const OpeningVersion& version) {
  std::size_t blocks = 0;
  std::map<std::uint64_t, std::size_t> places;  // at how many homes a posting still has to be seen
  std::map<ClusterKey, ClusterKey> ranges;
  for (const auto& group : version.groups) {
    std::map<RegionKey, BlockMask> homes;
    for (std::size_t index = 0; index < kGroupBlocks; ++index) {
      const auto& block = group->blocks[index];
      ASSERT_EQ(block != nullptr, (group->used >> index & 1) != 0);
      if (block == nullptr) continue;
      CheckBlock(*block);
      ++blocks;
      const auto count = static_cast<std::size_t>(std::popcount(block->used));
      for (std::size_t lane = 0; lane < count; ++lane) {
        const Opening& opening = *block->openings[lane].opening;
        --places.try_emplace(opening.row.id.value, opening.homes.size()).first->second;
      }
      ranges.emplace(block->openings[0].key, block->openings[count - 1].key);
      VisitHomes(*block,
                 [&](const HomeLanes& lanes) { homes[lanes.home] |= BlockMask{1} << index; });
    }
    ASSERT_EQ(group->homes.size(), homes.size());
    for (const HomeBlocks& held : group->homes) ASSERT_EQ(homes[held.home], held.blocks);
  }
  EXPECT_EQ(version.blocks_count, blocks);
  EXPECT_EQ(version.openings_count, places.size());
  for (const auto& [id, unseen] : places) ASSERT_EQ(unseen, 0u) << id;
  std::optional<ClusterKey> last;
  for (const auto& [first, end] : ranges) {
    ASSERT_TRUE(!last || *last < first);
    last = end;
  }
}

TEST(OpeningTree, KeepsItsOrderUnderAnyChanges) {
  const RowPool pool(5, 400, 1);
  SeededRandom random(6);
  std::vector<PostingRow> first;
  std::set<std::uint64_t> ids;
  for (std::uint64_t id = 1; id <= 1'000; ++id) {
    first.push_back(pool.AnyOpening(random, id));
    ids.insert(id);
  }
  OpeningTree tree(first);
  CheckVersion(tree.Read().version());
  std::uint64_t number = 0;
  for (int step = 0; step < 6'000; ++step) {
    // Growing, then shrinking to nearly nothing, then growing again.
    const bool erase = random.Below(100) < (step / 2'000 == 1 ? 90u : 20u);
    const std::uint64_t id = 1 + random.Below(2'500);
    if (!erase) {
      tree.Upsert(pool.AnyOpening(random, id));
      ids.insert(id);
      ++number;
    } else if (tree.Erase(PostingRowId{id})) {
      ASSERT_EQ(ids.erase(id), 1u);
      ++number;
    } else {
      ASSERT_FALSE(ids.contains(id));
    }
    if (step % 200 != 0) continue;
    const OpeningTree::Reading reading = tree.Read();
    CheckVersion(reading.version());
    ASSERT_EQ(reading.version().number, number);
    ASSERT_EQ(IdsOf(reading.version()), ids);
  }
}

TEST(OpeningTree, ReusesTheBlocksOfClosedPostings) {
  const RowPool pool(5, 400, 1);
  SeededRandom random(6);
  OpeningTree tree({});
  std::size_t groups = 0;
  for (int round = 0; round < 4; ++round) {
    for (std::uint64_t id = 1; id <= 3'000; ++id) tree.Upsert(pool.AnyOpening(random, id));
    if (round == 0) groups = tree.Read().version().groups.size();
    for (std::uint64_t id = 1; id <= 3'000; ++id) ASSERT_TRUE(tree.Erase(PostingRowId{id}));
    ASSERT_EQ(tree.Read().version().blocks_count, 0u);
  }
  // Room for half as much again: blocks split at other places every time.
  EXPECT_LE(tree.Read().version().groups.size(), groups + groups / 2 + 1);
}

TEST(OpeningTree, JoinsBlocksThatBecameThin) {
  const RowPool pool(5, 400, 1);
  SeededRandom random(6);
  std::vector<PostingRow> rows;
  for (std::uint64_t id = 1; id <= 6'400; ++id) {
    rows.push_back(pool.AnyOpening(random, id));
    rows.back().regions.resize(std::min<std::size_t>(rows.back().regions.size(), 1));
  }
  OpeningTree tree(rows);
  for (std::uint64_t id = 1; id <= 6'400; ++id) {
    if (id % 10 == 0) continue;
    ASSERT_TRUE(tree.Erase(PostingRowId{id}));
  }
  const OpeningTree::Reading reading = tree.Read();
  EXPECT_EQ(reading.version().openings_count, 640u);
  // A thin block stays only beside one that is too full to take it in.
  EXPECT_LE(reading.version().blocks_count, 640u / 16);
}

TEST(OpeningTree, AVersionThatIsReadDoesNotChange) {
  const RowPool pool(5, 400, 1);
  SeededRandom random(6);
  std::vector<PostingRow> rows;
  for (std::uint64_t id = 1; id <= 500; ++id) rows.push_back(pool.AnyOpening(random, id));
  OpeningTree tree(rows);
  const OpeningTree::Reading reading = tree.Read();
  const std::set<std::uint64_t> before = IdsOf(reading.version());
  for (std::uint64_t id = 1; id <= 500; ++id) {
    ASSERT_TRUE(tree.Erase(PostingRowId{id}));
    tree.Upsert(pool.AnyOpening(random, 1'000 + id));
  }
  EXPECT_EQ(IdsOf(reading.version()), before);
  CheckVersion(reading.version());
  const std::set<std::uint64_t> after = IdsOf(tree.Read().version());
  EXPECT_EQ(after.size(), 500u);
  EXPECT_FALSE(after.contains(1));
}

}  // namespace
}  // namespace noren::matching
