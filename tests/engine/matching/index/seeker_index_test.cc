// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/seeker_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "tests/engine/matching/index/index_checks.h"
#include "tests/engine/matching/index/random_rows.h"

namespace noren::matching {
namespace {

std::size_t LiveLanes(const SeekerIndex& index) {
  const SeekerIndex::View view = index.Read();
  std::size_t live = 0;
  for (std::uint32_t b = 0; b < view.block_count(); ++b)
    live += static_cast<std::size_t>(std::popcount(view.block(b).live()));
  return live;
}

Rows Population(RandomRows& random, std::size_t count) {
  Rows rows;
  for (std::uint64_t id = 1; id <= count; ++id) rows[id] = random.Seeker(id);
  return rows;
}

TEST(SeekerIndexBuild, GivesEveryRowBackExactly) {
  RandomRows random(1);
  const Rows rows = Population(random, 3000);
  SeekerIndex index;
  index.Build(RowsOf(rows));
  ExpectHolds(index, rows);
  EXPECT_EQ(LiveLanes(index), rows.size());
}

TEST(SeekerIndexBuild, CrossesSegmentsWithBoundsOfTheirOwn) {
  RandomRows random(2);
  Rows rows;
  for (std::uint64_t id = 1; id <= kSegmentBlocks * kLanes + 100; ++id) {
    SeekerRow row;
    row.id = {id};
    row.skills = {{RandomRows::SkillToken(id % 7), static_cast<std::uint8_t>(1 + id % 5)}};
    rows[id] = row;
  }
  SeekerIndex index;
  index.Build(RowsOf(rows));
  EXPECT_EQ(index.Read().segment_count(), 2U);
  ExpectHolds(index, rows);
}

TEST(SeekerIndexUpdate, KeepsUpWithAModelThroughUpsertsErasuresAndMaintenance) {
  for (const std::uint64_t seed : {3U, 4U, 5U}) {
    RandomRows random(seed);
    Rows rows = Population(random, 500);
    SeekerIndex index;
    index.Build(RowsOf(rows));
    for (int step = 0; step < 3000; ++step) {
      const std::uint64_t id = 1 + random.Below(900);
      if (random.OneIn(3)) {
        EXPECT_EQ(index.Erase({id}), rows.erase(id) == 1);
      } else {
        rows[id] = random.Seeker(id);
        index.Upsert(rows[id]);
      }
      if (random.OneIn(2)) index.MaintainStep();
      if (step % 500 == 499) ExpectHolds(index, rows);
    }
    while (index.MaintainStep()) {
    }
    ExpectHolds(index, rows);
    EXPECT_EQ(LiveLanes(index), rows.size());
  }
}

TEST(SeekerIndexUpdate, ErasesEveryTraceOfAPersonFromTheBlock) {
  RandomRows random(6);
  SeekerIndex index;
  SeekerRow row = random.Seeker(7);
  row.occupations = {random.Occupation()};
  row.regions = {random.Region()};
  row.skills = {{RandomRows::SkillToken(1), 4}};
  index.Upsert(row);
  const Slot slot = *index.Read().Find({7});
  ASSERT_TRUE(index.Erase({7}));
  const SeekerIndex::View view = index.Read();
  EXPECT_EQ(view.Find({7}), std::nullopt);
  const Block& block = view.block(slot / kLanes);
  EXPECT_EQ(block.live(), 0U);
  EXPECT_EQ(block.id(slot % kLanes).value, 0U);
  EXPECT_EQ(block.skills(slot % kLanes).count(), 0U);
  EXPECT_EQ(block.occupation_group(0)[slot % kLanes], 0);
  EXPECT_EQ(block.province(0)[slot % kLanes], 0);
  EXPECT_FALSE(index.Erase({7}));
}

TEST(SeekerIndexUpdate, AnErasedPersonWhoReturnsIsFoundOnce) {
  RandomRows random(8);
  SeekerIndex index;
  for (int round = 0; round < 200; ++round) {
    const SeekerRow row = random.Seeker(1);
    index.Upsert(row);
    ExpectHolds(index, {{1, row}});
    EXPECT_EQ(LiveLanes(index), 1U);
    ASSERT_TRUE(index.Erase({1}));
  }
}

// A lane whose versions ran out is asked itself; its lists do not grow without end.
TEST(SeekerIndexUpdate, StaysExactAfterMoreUpdatesThanALaneHasVersions) {
  RandomRows random(9);
  SeekerIndex index;
  SeekerRow row = random.Seeker(1);
  row.occupations = {random.Occupation()};
  row.regions = {random.Region()};
  for (int i = 0; i < 500; ++i) {
    row.wage_floor = {1 + i % 3, model::Currency::kKrw};
    index.Upsert(row);
    index.MaintainStep();
  }
  const SeekerIndex::View view = index.Read();
  EXPECT_EQ(view.block(0).skills(0).version, PairPacking::kMaxVersion);
  const PairView list =
      view.pairs(*view.terms().Find(row.occupations[0].levels[row.occupations[0].depth() - 1]),
                 *view.terms().Find(row.regions[0].levels[row.regions[0].depth() - 1]));
  EXPECT_LE(list.size, 32U);
  ExpectHolds(index, {{1, row}});
}

TEST(SeekerIndexMaintain, LowersBoundsToTheTruth) {
  SeekerIndex index;
  SeekerRow row;
  row.id = {1};
  row.skills = {{RandomRows::SkillToken(1), 5}};
  index.Upsert(row);
  row.skills = {{RandomRows::SkillToken(1), 2}};
  index.Upsert(row);
  const TermId term = *index.terms().Find(RandomRows::SkillToken(1));
  EXPECT_EQ(index.Read().bounds(0, term)->MostIn(0), 5);
  while (index.MaintainStep()) {
  }
  EXPECT_EQ(index.Read().bounds(0, term)->MostIn(0), 2);
  index.Erase({1});
  while (index.MaintainStep()) {
  }
  EXPECT_EQ(index.Read().bounds(0, term), nullptr);
}

TEST(SeekerIndexMaintain, GathersTheTailIntoBlocksOfOneOccupation) {
  RandomRows random(10);
  Rows rows;
  SeekerIndex index;
  std::vector<OccupationPath> wishes = {random.Occupation(), random.Occupation(),
                                        random.Occupation()};
  for (std::uint64_t id = 1; id <= 600; ++id) {
    SeekerRow row = random.Seeker(id);
    row.occupations = {wishes[id % 3]};
    rows[id] = row;
    index.Upsert(row);
  }
  while (index.MaintainStep()) {
  }
  ExpectHolds(index, rows);
  EXPECT_EQ(LiveLanes(index), rows.size());
  const SeekerIndex::View view = index.Read();
  view.ForEachLeftBehind([](std::uint32_t, std::uint64_t) { FAIL() << "a move has not ended"; });
  std::size_t pure = 0;
  for (std::uint32_t b = 0; b < view.block_count(); ++b) {
    std::set<std::vector<OccupationPath>> kinds;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if ((view.block(b).live() >> lane & 1) != 0)
        kinds.insert(view.RowAt(static_cast<Slot>(b * kLanes + lane)).occupations);
    }
    pure += kinds.size() == 1 ? 1 : 0;
  }
  EXPECT_GE(pure, 6U);
}

// Ids of the lanes that a view has to look at, as often as they stand there.
std::multiset<std::uint64_t> IdsIn(const SeekerIndex::View& view) {
  std::multiset<std::uint64_t> ids;
  for (std::uint32_t b = 0; b < view.block_count(); ++b) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if ((view.live(b) >> lane & 1) != 0) ids.insert(view.block(b).id(lane).value);
    }
  }
  return ids;
}

// A block full of strays, so that the next steps move them.
class SeekerIndexMove : public testing::Test {
 protected:
  void SetUp() override {
    RandomRows random(11);
    const OccupationPath wish = random.Occupation();
    for (std::uint64_t id = 1; id <= kLanes; ++id) {
      SeekerRow row = random.Seeker(id);
      row.occupations = {wish};
      index_.Upsert(row);
      ids_.insert(id);
    }
  }
  SeekerIndex index_;
  std::multiset<std::uint64_t> ids_;
};

TEST_F(SeekerIndexMove, ShowsEverybodyOnceToReadersThatBeganBeforeAndInTheMiddle) {
  {
    const SeekerIndex::View before = index_.Read();  // so that the move cannot end
    for (int i = 0; i < 50; ++i) index_.MaintainStep();
    const SeekerIndex::View during = index_.Read();
    EXPECT_NE(during.lanes_left_behind(0), 0U);
    EXPECT_EQ(during.block_count(), before.block_count() + 1);
    EXPECT_EQ(IdsIn(before), ids_);
    EXPECT_EQ(IdsIn(during), ids_);
  }
  while (index_.MaintainStep()) {
  }
  EXPECT_EQ(IdsIn(index_.Read()), ids_);
  EXPECT_EQ(LiveLanes(index_), kLanes);
}

TEST_F(SeekerIndexMove, KeepsAReaderFromTheMiddleWholeWhileTheMoveEnds) {
  std::optional<SeekerIndex::View> before(index_.Read());
  for (int i = 0; i < 50; ++i) index_.MaintainStep();
  const SeekerIndex::View during = index_.Read();
  before.reset();
  for (int i = 0; i < 50; ++i) index_.MaintainStep();
  EXPECT_EQ(index_.Read().lanes_left_behind(0), 0U);  // it has ended
  EXPECT_EQ(IdsIn(during), ids_);
}

TEST_F(SeekerIndexMove, ErasesSomebodyWhoIsBeingMovedFromBothPlaces) {
  const SeekerIndex::View before = index_.Read();
  for (int i = 0; i < 50; ++i) index_.MaintainStep();
  const SeekerIndex::View during = index_.Read();
  EXPECT_TRUE(index_.Erase({7}));
  ids_.erase(7);
  EXPECT_EQ(IdsIn(before), ids_);
  EXPECT_EQ(IdsIn(during), ids_);
}

TEST(SeekerIndexThreads, ReadersSeeWholeRowsWhileTheWriterChangesThem) {
  RandomRows random(12);
  SeekerIndex index;
  // Every row says its own generation in three places; a torn row would disagree.
  const auto row_of = [](std::uint64_t id, std::int32_t generation) {
    SeekerRow row;
    row.id = {id};
    row.experience_months = generation % 60;
    row.updated_day = generation;
    row.wage_floor = {1 + generation % 60, model::Currency::kKrw};
    OccupationPath path;
    path.levels[0] = {0x100 + id % 5};
    row.occupations = {path};
    return row;
  };
  for (std::uint64_t id = 1; id <= 300; ++id) index.Upsert(row_of(id, 0));
  std::atomic<bool> stop{false};
  std::atomic<std::size_t> torn{0};
  std::atomic<std::size_t> missing{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&, t] {
      RandomRows mine(static_cast<std::uint64_t>(100 + t));
      SeekerRow row;
      while (!stop.load()) {
        const SeekerIndex::View view = index.Read();
        const std::uint64_t id = 1 + mine.Below(300);
        const std::optional<Slot> slot = view.Find({id});
        if (!slot) {
          ++missing;
          continue;
        }
        if (*slot / kLanes >= view.block_count()) continue;
        view.ReadRow(*slot, row);
        const std::int32_t generation = row.updated_day.value_or(0);
        torn += row.id.value != 0 && (row.experience_months != generation % 60 ||
                                      row.wage_floor->amount_per_month != 1 + generation % 60)
                    ? 1
                    : 0;
      }
    });
  }
  for (std::int32_t generation = 1; generation <= 4000; ++generation) {
    index.Upsert(row_of(1 + random.Below(300), generation));
    index.MaintainStep();
  }
  stop.store(true);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn.load(), 0U);
  EXPECT_EQ(missing.load(), 0U);
}

}  // namespace
}  // namespace noren::matching
