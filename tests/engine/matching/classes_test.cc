// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/cards/classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "crypto/base/encoding.h"
#include "tests/engine/matching/market.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

using testing::IsEmpty;

ClassTable Build(std::span<const SeekerRow> rows, std::uint32_t k) {
  StatusOr<ClassTable> table = BuildClasses(rows, {k, 20000});
  EXPECT_OK(table);
  return *std::move(table);
}

const SeekerRow& RowOfId(std::span<const SeekerRow> rows, SeekerRowId id) {
  return *std::ranges::find(rows, id, &SeekerRow::id);
}

template <std::size_t kLevels>
bool SomePathStartsWith(const std::vector<TokenPath<kLevels>>& paths,
                        const TokenPath<kLevels>& prefix) {
  return std::ranges::any_of(paths, [&](const TokenPath<kLevels>& path) {
    return SharedDepth(path, prefix) == prefix.depth();
  });
}

template <typename T>
bool IsInBand(const std::optional<T>& value, const std::optional<Band>& band) {
  if (!band) return true;
  return value && band->begin <= *value && *value < band->end;
}

bool IsTrueOf(const CoarseRow& shown, const SeekerRow& member) {
  return SomePathStartsWith(member.occupations, shown.occupation) &&
         SomePathStartsWith(member.regions, shown.region) &&
         IsInBand(member.experience_months, shown.experience_months) &&
         IsInBand(member.education, shown.education);
}

TEST(BuildClasses, EveryClassHasAtLeastKMembersAndEverybodyIsInOne) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const auto people = static_cast<std::size_t>(*rc::gen::inRange(0, 120));
    const auto k = static_cast<std::uint32_t>(*rc::gen::inRange(2, 9));
    const Market market = RandomMarket(seed, people, 0);
    const ClassTable table = Build(market.seekers, k);
    std::multiset<SeekerRowId> seen;
    for (const SeekerClass& made : table.classes) {
      RC_ASSERT(made.members.size() >= k);
      seen.insert(made.members.begin(), made.members.end());
    }
    if (people < k) {
      RC_ASSERT(table.classes.empty());
      return;
    }
    RC_ASSERT(seen.size() == people);
    for (const SeekerRow& row : market.seekers) RC_ASSERT(seen.count(row.id) == 1u);
  }));
}

TEST(BuildClasses, WhatIsShownIsTrueOfEveryMember) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Market market = RandomMarket(seed, 80, 0);
    for (const SeekerClass& made : Build(market.seekers, 3).classes) {
      for (const SeekerRowId member : made.members) {
        RC_ASSERT(IsTrueOf(made.row, RowOfId(market.seekers, member)));
      }
    }
  }));
}

TEST(BuildClasses, NoTwoClassesShowTheSameRow) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const ClassTable table = Build(RandomMarket(seed, 100, 0).seekers, 3);
    for (std::size_t i = 0; i < table.classes.size(); ++i) {
      RC_ASSERT(table.classes[i].id == i);
      if (i > 0) RC_ASSERT(table.classes[i - 1].row < table.classes[i].row);
    }
  }));
}

TEST(BuildClasses, DoesNotDependOnTheOrderOfRows) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Market market = RandomMarket(seed, 60, 0);
    const ClassTable before = Build(market.seekers, 3);
    SeededRandom random(seed);
    for (std::size_t i = market.seekers.size(); i > 1; --i) {
      std::swap(market.seekers[i - 1], market.seekers[random.Below(i)]);
    }
    RC_ASSERT(Build(market.seekers, 3) == before);
  }));
}

// Goal: the coarse row shows only what the hierarchies show. Wage, skills, licences, languages,
// preferences and availability may change at will: the table stays the same.
TEST(BuildClasses, DoesNotDependOnWhatIsNotShown) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Market market = RandomMarket(seed, 60, 0);
    const ClassTable before = Build(market.seekers, 3);
    for (SeekerRow& row : market.seekers) {
      row.skills = {{Token{row.id.value}, 5}};
      row.licences.clear();
      row.languages.clear();
      row.wage_floor = model::Wage{12345, model::Currency::kKrw};
      row.employment_types = {};
      row.available_day = 5;
      row.weights = {};
    }
    RC_ASSERT(Build(market.seekers, 3) == before);
  }));
}

TEST(BuildClasses, SplitsDownToTheFinestLevelThatKPeopleShare) {
  std::vector<SeekerRow> rows;
  model::Profile profile = BareProfile();
  profile.experience_months = 40;
  profile.education = model::Education::kBachelor;
  for (std::uint64_t id = 1; id <= 3; ++id) rows.push_back(Row(id, profile));
  const ClassTable table = Build(rows, 3);
  ASSERT_EQ(table.classes.size(), 1u);
  EXPECT_EQ(table.classes[0].row.occupation, rows[0].occupations[0]);
  EXPECT_EQ(table.classes[0].row.region, rows[0].regions[0]);
  EXPECT_EQ(table.classes[0].row.experience_months, (Band{36, 84}));
  EXPECT_EQ(table.classes[0].row.education, (Band{6, 7}));
}

TEST(BuildClasses, OneOddPersonPullsTheirNeighboursIntoTheCoarserClass) {
  std::vector<SeekerRow> rows;
  model::Profile profile = BareProfile();
  for (std::uint64_t id = 1; id <= 3; ++id) rows.push_back(Row(id, profile));
  profile.occupations = {Isco("ISCO-2513")};
  rows.push_back(Row(4, profile));
  // Three of 2512 could stand alone, but then one person would be left: a class of one.
  const ClassTable table = Build(rows, 3);
  ASSERT_EQ(table.classes.size(), 1u);
  EXPECT_EQ(table.classes[0].members.size(), 4u);
  EXPECT_EQ(table.classes[0].row.occupation.depth(), 3u);
}

TEST(BuildClasses, AMemberWithSeveralWishesGoesWhereMostCouldGo) {
  std::vector<SeekerRow> rows;
  model::Profile profile = BareProfile();
  for (std::uint64_t id = 1; id <= 2; ++id) rows.push_back(Row(id, profile));
  profile.occupations = {Isco("ISCO-7212"), Isco("ISCO-2512")};
  rows.push_back(Row(3, profile));
  const ClassTable table = Build(rows, 3);
  ASSERT_EQ(table.classes.size(), 1u);
  EXPECT_EQ(table.classes[0].row.occupation, PathOf(Isco("ISCO-2512"), PlainTokens()));
}

TEST(BuildClasses, AHierarchyThatSplitsNothingYetIsTriedAgain) {
  // Two welders in Japan cannot stand alone, so occupation splits nothing at first; once the
  // regions are apart, the three in Korea are shown down to their unit group.
  std::vector<SeekerRow> rows;
  for (std::uint64_t id = 1; id <= 3; ++id) rows.push_back(Row(id, BareProfile()));
  model::Profile far = BareProfile();
  far.regions = {Region("JP-14101")};
  for (std::uint64_t id = 4; id <= 6; ++id) rows.push_back(Row(id, far));
  far.occupations = {Isco("ISCO-7212")};
  for (std::uint64_t id = 7; id <= 8; ++id) rows.push_back(Row(id, far));
  const ClassTable table = Build(rows, 3);
  ASSERT_EQ(table.classes.size(), 2u);
  const bool korea_first = table.classes[0].members.size() == 3;
  const SeekerClass& korea = table.classes[korea_first ? 0 : 1];
  const SeekerClass& japan = table.classes[korea_first ? 1 : 0];
  EXPECT_EQ(korea.row.occupation.depth(), 4u);
  EXPECT_EQ(japan.members.size(), 5u);
  EXPECT_EQ(japan.row.occupation.depth(), 0u);
  EXPECT_EQ(japan.row.region.depth(), 4u);
}

SeekerRow WithOccupations(std::uint64_t id, std::vector<std::uint64_t> majors) {
  SeekerRow row;
  row.id = SeekerRowId{id};
  for (const std::uint64_t major : majors) row.occupations.push_back({{Token{major}}});
  return row;
}

TEST(BuildClasses, WhoStayedIsNotSplitIntoARowThatExistsAlready) {
  // Three state 1 alone. Three more could go to 1, too, but each has another wish that more people
  // have; those people all go to 9, so the three stay. Split again, they would make a second class
  // that shows 1.
  std::vector<SeekerRow> rows;
  std::uint64_t id = 0;
  for (int i = 0; i < 3; ++i) rows.push_back(WithOccupations(++id, {1}));
  for (const std::uint64_t other : {2u, 3u, 4u}) {
    rows.push_back(WithOccupations(++id, {1, other}));
    for (int i = 0; i < 6; ++i) rows.push_back(WithOccupations(++id, {other, 9}));
  }
  const ClassTable table = Build(rows, 3);
  ASSERT_EQ(table.classes.size(), 3u);
  EXPECT_EQ(table.classes[0].row, CoarseRow{});
  EXPECT_EQ(table.classes[0].members.size(), 3u);
  EXPECT_EQ(table.classes[1].row.occupation.levels[0], Token{1});
  EXPECT_EQ(table.classes[2].row.occupation.levels[0], Token{9});
}

TEST(BuildClasses, OnePersonAtTheBoundaryMakesOrUnmakesEverything) {
  const Market market = RandomMarket(5, 3, 0);
  EXPECT_FALSE(Build(market.seekers, 3).classes.empty());
  EXPECT_THAT(Build(std::span(market.seekers).first(2), 3).classes, IsEmpty());
  EXPECT_THAT(Build({}, 3).classes, IsEmpty());
}

TEST(BuildClasses, RefusesAKOutOfRange) {
  for (const std::uint32_t k : {0u, 1u, kMaxClassSize + 1}) {
    EXPECT_THAT(BuildClasses({}, {k, 0}), StatusIs(StatusCode::kInvalidArgument)) << k;
  }
}

TEST(BuildClasses, RefusesARowIdThatOccursTwice) {
  const std::vector<SeekerRow> rows = {Row(1, BareProfile()), Row(1, BareProfile())};
  EXPECT_THAT(BuildClasses(rows, {2, 0}), StatusIs(StatusCode::kInvalidArgument));
}

TEST(ClassTableCodec, RoundTripsEveryTable) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const ClassTable table = Build(RandomMarket(seed, 50, 0).seekers, 3);
    const StatusOr<ClassTable> back = DecodeClassTable(EncodeClassTable(table));
    RC_ASSERT(back.ok());
    RC_ASSERT(*back == table);
  }));
}

TEST(ClassTableCodec, RefusesEveryTruncationAndAnExtraByte) {
  Bytes bytes = EncodeClassTable(Build(RandomMarket(1, 12, 0).seekers, 3));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(DecodeClassTable(ByteSpan(bytes).first(size)), StatusIs(StatusCode::kDataLoss))
        << size;
  }
  bytes.push_back(0);
  EXPECT_THAT(DecodeClassTable(bytes), StatusIs(StatusCode::kDataLoss));
}

ClassTable TwoClasses() {
  ClassTable table;
  table.k = 2;
  table.classes.resize(2);
  table.classes[0].members = {SeekerRowId{1}, SeekerRowId{2}};
  table.classes[1].id = 1;
  table.classes[1].row.region.levels[0] = Token{5};
  table.classes[1].members = {SeekerRowId{3}, SeekerRowId{4}};
  return table;
}

TEST(ClassTableCodec, RefusesUnsoundTables) {
  EXPECT_OK(DecodeClassTable(EncodeClassTable(TwoClasses())));
  const auto refuses = [](const char* what, auto change) {
    ClassTable table = TwoClasses();
    change(table);
    EXPECT_THAT(DecodeClassTable(EncodeClassTable(table)), StatusIs(StatusCode::kDataLoss)) << what;
  };
  refuses("k of one", [](ClassTable& t) { t.k = 1; });
  refuses("class below k", [](ClassTable& t) { t.classes[0].members.pop_back(); });
  refuses("member twice", [](ClassTable& t) { t.classes[1].members[0] = SeekerRowId{2}; });
  refuses("members unsorted",
          [](ClassTable& t) { std::swap(t.classes[0].members[0], t.classes[0].members[1]); });
  refuses("classes unsorted", [](ClassTable& t) { std::swap(t.classes[0], t.classes[1]); });
  refuses("hole in a path",
          [](ClassTable& t) { t.classes[1].row.occupation.levels[2] = Token{9}; });
  refuses("empty band", [](ClassTable& t) { t.classes[1].row.education = Band{3, 3}; });
}

ClassTable GoldenTable() {
  ClassTable table;
  table.k = 3;
  table.epoch_day = 20454;
  table.classes.resize(2);
  SeekerClass& open = table.classes[0];
  open.row.education = Band{5, 9};
  open.members = {SeekerRowId{7}, SeekerRowId{8}, SeekerRowId{9}};
  SeekerClass& fine = table.classes[1];
  fine.id = 1;
  fine.row.occupation.levels = {Token{0x0102030405060708}, Token{2}, Token{3}, Token{4}};
  fine.row.region.levels = {Token{11}, Token{12}};
  fine.row.experience_months = Band{36, 84};
  fine.members = {SeekerRowId{1}, SeekerRowId{2}, SeekerRowId{3}, SeekerRowId{0xFFFFFFFFFFFFFFFF}};
  return table;
}

TEST(ClassTableCodec, AgreesWithTheGoldenFile) {
  std::ifstream file(SourceFolder() + "/tests/golden/class_table_v1.hex");
  std::string line;
  std::string hex;
  while (std::getline(file, line)) hex += line;
  ASSERT_OK_AND_ASSIGN(const Bytes golden, HexDecode(hex));
  EXPECT_EQ(HexEncode(EncodeClassTable(GoldenTable())), hex);
  EXPECT_THAT(DecodeClassTable(golden), IsOkAndHolds(GoldenTable()));
}

}  // namespace
}  // namespace noren::matching
