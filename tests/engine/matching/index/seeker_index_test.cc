// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/seeker_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "tests/engine/matching/index/random_rows.h"

namespace noren::matching {
namespace {

using Rows = std::map<std::uint64_t, SeekerRow>;

bool SameRow(const SeekerRow& a, const SeekerRow& b) {
  return a.id == b.id && a.occupations == b.occupations && a.skills == b.skills &&
         a.regions == b.regions && a.licences == b.licences && a.languages == b.languages &&
         a.employment_types == b.employment_types && a.wage_floor == b.wage_floor &&
         a.experience_months == b.experience_months && a.education == b.education &&
         a.available_day == b.available_day && a.updated_day == b.updated_day &&
         a.weights == b.weights;
}

std::vector<SeekerRow> RowsOf(const Rows& rows) {
  std::vector<SeekerRow> list;
  for (const auto& [id, row] : rows) list.push_back(row);
  return list;
}

// Terms of a row with the level each needs.
std::map<std::uint64_t, std::uint8_t> TokensOf(const SeekerRow& row) {
  std::map<std::uint64_t, std::uint8_t> tokens;
  const auto paths = [&tokens](const auto& list) {
    for (const auto& path : list) {
      for (std::size_t d = 0; d < path.depth(); ++d) tokens[path.levels[d].value] = 1;
    }
  };
  paths(row.occupations);
  paths(row.regions);
  for (const LeveledToken& one : row.skills) tokens[one.token.value] = one.level;
  for (const LeveledToken& one : row.languages) tokens[one.token.value] = one.level;
  for (const Token one : row.licences) tokens[one.value] = 1;
  return tokens;
}

testing::AssertionResult BoundsCover(const SeekerIndex::View& view, Slot slot,
                                     const SeekerRow& row) {
  const std::uint32_t b = slot / kLanes;
  for (const auto& [token, level] : TokensOf(row)) {
    const std::optional<TermId> term = view.terms().Find({token});
    if (!term) return testing::AssertionFailure() << "no term for token " << token;
    const BoundChunk* chunk = view.bounds(b / kSegmentBlocks, *term);
    const auto block = static_cast<std::uint16_t>(b % kSegmentBlocks);
    if (chunk == nullptr || chunk->MostIn(block) < level) {
      return testing::AssertionFailure() << "bound of token " << token << " below " << int{level};
    }
  }
  return testing::AssertionSuccess();
}

// Every pair of wishes lists the slot, with the columns of now.
testing::AssertionResult PairsList(const SeekerIndex::View& view, Slot slot,
                                   const SeekerRow& row) {
  const Block& block = view.block(slot / kLanes);
  const std::size_t lane = slot % kLanes;
  PairColumns columns{block.wage()[lane], block.employment()[lane], block.experience()[lane],
                      block.education()[lane], block.skills(lane).version};
  for (const OccupationPath& occupation : row.occupations) {
    for (const RegionPath& region : row.regions) {
      const auto o = view.terms().Find(occupation.levels[occupation.depth() - 1]);
      const auto r = view.terms().Find(region.levels[region.depth() - 1]);
      const PairView list = view.pairs(*o, *r);
      std::size_t found = 0;
      for (std::size_t i = 0; i < list.size; ++i)
        found += list.slots[i] == slot && list.packed[i] == columns.Packed() ? 1 : 0;
      if (found != 1) return testing::AssertionFailure() << "listed " << found << " times";
    }
  }
  return testing::AssertionSuccess();
}

void ExpectHolds(const SeekerIndex& index, const Rows& rows) {
  const SeekerIndex::View view = index.Read();
  EXPECT_EQ(view.people_count(), rows.size());
  for (const auto& [id, row] : rows) {
    const std::optional<Slot> slot = view.Find({id});
    ASSERT_TRUE(slot.has_value()) << id;
    EXPECT_TRUE(SameRow(view.RowAt(*slot), row)) << id;
    EXPECT_TRUE(BoundsCover(view, *slot, row)) << id;
    EXPECT_TRUE(PairsList(view, *slot, row)) << id;
  }
}

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
  EXPECT_EQ(block.skills(slot % kLanes).count, 0U);
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
  EXPECT_FALSE(view.MayHaveDoubles());
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

// A reader that began before a move keeps the old slots alive; it sees doubles, never a gap.
TEST(SeekerIndexMaintain, HidesNobodyFromAReaderThatBeganBeforeAMove) {
  RandomRows random(11);
  SeekerIndex index;
  const OccupationPath wish = random.Occupation();
  for (std::uint64_t id = 1; id <= kLanes; ++id) {
    SeekerRow row = random.Seeker(id);
    row.occupations = {wish};
    index.Upsert(row);
  }
  {
    const SeekerIndex::View early = index.Read();
    for (int i = 0; i < 50; ++i) index.MaintainStep();
    EXPECT_TRUE(early.MayHaveDoubles());
    std::set<std::uint64_t> seen;
    for (std::uint32_t b = 0; b < early.block_count(); ++b) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        if ((early.block(b).live() >> lane & 1) != 0) seen.insert(early.block(b).id(lane).value);
      }
    }
    EXPECT_EQ(seen.size(), kLanes);
  }
  while (index.MaintainStep()) {
  }
  EXPECT_EQ(LiveLanes(index), kLanes);
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
