// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/openings/random_openings.h"

#include <algorithm>

#include "tests/engine/matching/market.h"

namespace noren::matching {
namespace {

bool Chance(SeededRandom& random, std::uint64_t percent) { return random.Below(100) < percent; }

template <typename T>
T Between(SeededRandom& random, T least, T most) {
  return static_cast<T>(least +
                        static_cast<T>(random.Below(static_cast<std::uint64_t>(most - least) + 1)));
}

// The tokens that the market's people have skills by.
std::vector<Token> SkillTokens() {
  const PlainTokens tokens;
  std::vector<Token> list;
  for (const char* code : {"SK-cpp", "SK-go", "SK-welding", "SK-nursing", "SK-sql", "SK-tax"}) {
    list.push_back(tokens.OfSkill(Skill(code)));
  }
  return list;
}

std::vector<RegionPath> Places() {
  std::vector<RegionPath> places;
  for (const char* code :
       {"KR", "KR-11", "KR-11440", "KR-11680", "KR-41111", "KR-41113", "JP-14101"}) {
    places.push_back(PathOf(Region(code), PlainTokens()));
  }
  return places;
}

void AddRelatedSkills(SeededRandom& random, PostingRow& row) {
  static const std::vector<Token> kTokens = SkillTokens();
  const std::size_t asked = row.required_skills.size() + row.preferred_skills.size();
  for (std::size_t i = 0; i < asked; ++i) {
    if (!Chance(random, 60)) continue;
    row.related_skills.push_back({kTokens[random.Below(kTokens.size())],
                                  static_cast<std::uint16_t>(i),
                                  Between<std::uint16_t>(random, 1, 1000)});
  }
  std::ranges::sort(row.related_skills);
}

void AddNearRegions(SeededRandom& random, PostingRow& row) {
  static const std::vector<RegionPath> kPlaces = Places();
  for (const RegionPath& place : kPlaces) {
    const std::size_t depth = place.depth();
    if (depth < 2 || !Chance(random, 30)) continue;
    const Token region = place.levels[std::min<std::size_t>(depth, 3) - 1];
    const auto same = [region](const NearRegion& near) { return near.region == region; };
    if (std::ranges::any_of(row.near_regions, same)) continue;
    row.near_regions.push_back({region, Between<std::uint16_t>(random, 1, 1000)});
  }
  std::ranges::sort(row.near_regions);
}

// Numbers beyond what the columns hold.
void MakeNumbersExtreme(SeededRandom& random, PostingRow& row) {
  row.min_experience_months = Chance(random, 50) ? -5 : 70'000;
  row.start_by_day = Chance(random, 50) ? -40 : 80'000;
  row.wage = model::WageOffer{1, Chance(random, 50) ? 5'000'000'000 : 2, model::Currency::kKrw};
  row.min_education = Chance(random, 50) ? std::uint8_t{0} : std::uint8_t{255};
}

// More of everything than the index has numbers for.
void MakeWide(SeededRandom& random, PostingRow& row) {
  for (std::uint64_t i = 0; i < 70; ++i) {
    row.preferred_skills.push_back(
        {Token{1'000'000 + i * 977}, 0, Between<std::uint8_t>(random, 1, 10)});
  }
  for (std::uint64_t i = 0; i < 9; ++i) {
    row.occupations.push_back({{Token{100 + i}, Token{200 + i}, Token{300 + i}, Token{400 + i}}});
    row.regions.push_back({{Token{500 + i}, Token{600 + i}, Token{}, Token{}}});
  }
}

void MakeExtreme(SeededRandom& random, SeekerRow& row) {
  row.experience_months = Chance(random, 50) ? -6 : 70'001;
  row.available_day = Chance(random, 50) ? -41 : 80'001;
  row.wage_floor = model::Wage{Chance(random, 50) ? 4'999'999'999 : 1, model::Currency::kKrw};
  row.education = Chance(random, 50) ? std::uint8_t{0} : std::uint8_t{255};
}

void FillWeights(SeededRandom& random, Weights& weights) {
  for (std::uint8_t& weight : weights.of) weight = Between<std::uint8_t>(random, 0, kMaxWeight);
}

}  // namespace

PostingRow RandomOpening(SeededRandom& random, std::uint64_t id) {
  PostingRow row = Row(id, RandomPosting(random));
  if (Chance(random, 50)) AddRelatedSkills(random, row);
  if (Chance(random, 50)) AddNearRegions(random, row);
  if (Chance(random, 30)) row.preferred_education = Between<std::uint8_t>(random, 0, 8);
  if (Chance(random, 30)) row.start_wished_by_day = Between(random, 90, 115);
  if (Chance(random, 50)) row.as_of_day = Between(random, 100, 500);
  row.occupation_is_condition = Chance(random, 10);
  row.region_is_condition = Chance(random, 10);
  if (Chance(random, 60)) FillWeights(random, row.weights);
  if (Chance(random, 3)) MakeNumbersExtreme(random, row);
  if (Chance(random, 3)) MakeWide(random, row);
  if (Chance(random, 3)) row.regions.clear();
  if (Chance(random, 3)) row.occupations.clear();
  return row;
}

SeekerRow RandomSeeker(SeededRandom& random, std::uint64_t id) {
  SeekerRow row = Row(id, RandomProfile(random));
  if (Chance(random, 50)) row.updated_day = Between(random, 50, 500);
  if (Chance(random, 15)) row.regions.clear();
  if (Chance(random, 10)) row.occupations.clear();
  if (Chance(random, 2)) row.regions = {RegionPath{}};
  if (Chance(random, 5)) MakeExtreme(random, row);
  return row;
}

RowPool::RowPool(std::uint64_t seed, std::size_t openings_count, std::size_t seekers_count) {
  SeededRandom random(seed);
  for (std::size_t i = 0; i < openings_count; ++i) openings.push_back(RandomOpening(random, i + 1));
  for (std::size_t i = 0; i < seekers_count; ++i) {
    seekers.push_back(RandomSeeker(random, (i + 1) * 0x9E3779B97F4A7C15u));
  }
}

PostingRow RowPool::AnyOpening(SeededRandom& random, std::uint64_t id) const {
  PostingRow row = openings[random.Below(openings.size())];
  row.id = PostingRowId{id};
  return row;
}

const SeekerRow& RowPool::AnySeeker(SeededRandom& random) const {
  return seekers[random.Below(seekers.size())];
}

}  // namespace noren::matching
