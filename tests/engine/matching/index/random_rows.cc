// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/index/random_rows.h"

#include <algorithm>
#include <set>

namespace noren::matching {
namespace {

// A tree: a node's token is made of its path, so that it has one parent.
template <typename Path>
Path TreePath(RandomRows& random, std::uint64_t base, std::uint64_t width) {
  Path path;
  std::uint64_t node = base;
  const std::size_t depth = random.OneIn(5) ? 1 + random.Below(4) : Path::kLevelCount;
  for (std::size_t d = 0; d < depth; ++d) {
    node = node * 8 + 1 + random.Below(width);
    path.levels[d] = {node};
  }
  return path;
}

template <typename T>
void SortUnique(std::vector<T>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

template <typename TokenOf>
std::vector<LeveledToken> Leveled(RandomRows& random, std::size_t count, std::uint8_t most,
                                  TokenOf token_of) {
  std::set<Token> tokens;
  while (tokens.size() < count) tokens.insert(token_of(random.Below(90)));
  std::vector<LeveledToken> list;
  for (const Token token : tokens)
    list.push_back({token, static_cast<std::uint8_t>(1 + random.Below(most))});
  return list;
}

}  // namespace

OccupationPath RandomRows::Occupation() { return TreePath<OccupationPath>(*this, 0x20000, 2); }
RegionPath RandomRows::Region() { return TreePath<RegionPath>(*this, 0x30000, 3); }

SeekerRow RandomRows::Seeker(std::uint64_t id) {
  SeekerRow row;
  row.id = {id};
  const bool large = OneIn(12);  // often more than a block holds
  for (std::uint64_t i = Below(large ? 6 : 4); i > 0; --i) row.occupations.push_back(Occupation());
  for (std::uint64_t i = Below(large ? 9 : 4); i > 0; --i) row.regions.push_back(Region());
  SortUnique(row.occupations);
  SortUnique(row.regions);
  row.skills = Leveled(*this, Below(large ? 40 : 9), 5, SkillToken);
  row.languages = Leveled(*this, Below(large ? 7 : 3), 6, LanguageToken);
  for (std::uint64_t i = Below(large ? 10 : 3); i > 0; --i)
    row.licences.push_back(LicenceToken(Below(12)));
  SortUnique(row.licences);
  for (std::uint64_t i = Below(4); i > 0; --i)
    row.employment_types.Add(static_cast<model::EmploymentType>(Below(8)));
  if (!OneIn(4)) {
    const auto currency = static_cast<model::Currency>(OneIn(6) ? 2 : 1);
    row.wage_floor = {static_cast<std::int64_t>(1 + Below(OneIn(3) ? 4'000'000 : 63)), currency};
  }
  if (!OneIn(4)) row.experience_months = static_cast<std::int32_t>(Below(OneIn(3) ? 840 : 60));
  if (!OneIn(4)) row.education = static_cast<std::uint8_t>(Below(9));
  if (OneIn(3)) row.available_day = static_cast<std::int32_t>(20000 + Below(900));
  if (OneIn(3)) row.updated_day = static_cast<std::int32_t>(19000 + Below(900));
  if (OneIn(2)) {
    for (const Feature f : {Feature::kSkills, Feature::kOccupation, Feature::kRegion,
                            Feature::kWage, Feature::kEmploymentType}) {
      row.weights[f] = static_cast<std::uint8_t>(Below(11));
    }
  }
  return row;
}

}  // namespace noren::matching
