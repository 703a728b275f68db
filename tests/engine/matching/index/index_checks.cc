// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/index/index_checks.h"

#include <gtest/gtest.h>

#include "engine/matching/index/lane_codec.h"

namespace noren::matching {

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

namespace {

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
  const std::uint32_t b = BlockOf(slot);
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
testing::AssertionResult PairsList(const SeekerIndex::View& view, Slot slot, const SeekerRow& row) {
  const PairEntry entry = EntryOfLane(view.block(BlockOf(slot)), slot);
  for (const OccupationPath& occupation : row.occupations) {
    for (const RegionPath& region : row.regions) {
      const auto o = view.terms().Find(occupation.levels[occupation.depth() - 1]);
      const auto r = view.terms().Find(region.levels[region.depth() - 1]);
      const PairView list = view.pairs(*o, *r);
      std::size_t found = 0;
      for (std::size_t i = 0; i < list.size; ++i) found += list[i] == entry ? 1 : 0;
      if (found != 1) return testing::AssertionFailure() << "listed " << found << " times";
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace

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

}  // namespace noren::matching
