// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/query/random_queries.h"

#include <algorithm>
#include <set>

namespace noren::matching {
namespace {

template <std::size_t kLevels>
Token AnyNode(RandomRows& random, const TokenPath<kLevels>& path) {
  if (random.OneIn(40)) return {0x999000 + random.Below(3)};  // nobody has it
  return path.levels[random.Below(path.depth())];
}

template <typename MakeToken>
std::vector<Token> Tokens(RandomRows& random, std::uint64_t most, MakeToken make) {
  std::set<Token> tokens;
  for (std::uint64_t i = random.Below(most + 1); i > 0; --i) tokens.insert(make());
  return {tokens.begin(), tokens.end()};
}

template <typename MakeToken>
std::vector<TokenPoints> Points(RandomRows& random, std::uint64_t most, MakeToken make) {
  std::vector<TokenPoints> points;
  const std::uint64_t highest = random.OneIn(10) ? 256 : 12;
  for (const Token token : Tokens(random, most, make))
    points.push_back({token, static_cast<std::uint8_t>(random.Below(highest))});
  return points;
}

std::int32_t Months(RandomRows& random) {
  return static_cast<std::int32_t>(random.Below(random.OneIn(3) ? 400 : 63));
}

model::Currency Currency(RandomRows& random) {
  return static_cast<model::Currency>(random.OneIn(6) ? 2 : 1);
}

void AddConditions(RandomRows& random, PointsQuery& query) {
  const auto occupation = [&] { return AnyNode(random, random.Occupation()); };
  const auto region = [&] { return AnyNode(random, random.Region()); };
  if (random.OneIn(2)) query.occupations_any = Tokens(random, 3, occupation);
  if (random.OneIn(2)) query.regions_any = Tokens(random, 3, region);
  if (random.OneIn(8)) query.licences_all = {RandomRows::LicenceToken(random.Below(13))};
  if (random.OneIn(8)) query.skills_all = {RandomRows::SkillToken(random.Below(91))};
  if (random.OneIn(4)) query.min_experience_months = Months(random) / 3;
  if (random.OneIn(4))
    query.min_education = static_cast<std::uint8_t>(random.Below(random.OneIn(20) ? 256 : 5));
  if (random.OneIn(3)) {
    query.wage_at_most = {static_cast<std::int64_t>(random.Below(random.OneIn(2) ? 4'000'000 : 64)),
                          Currency(random)};
  }
  for (std::uint64_t i = random.Below(3); i > 0; --i)
    query.employment_types.Add(static_cast<model::EmploymentType>(random.Below(8)));
}

Weights RandomWeights(RandomRows& random) {
  Weights weights;
  for (std::uint8_t& weight : weights.of) weight = static_cast<std::uint8_t>(random.Below(11));
  return weights;
}

template <typename MakePath>
auto Paths(RandomRows& random, std::uint64_t most, MakePath make) {
  std::vector<decltype(make())> paths;
  for (std::uint64_t i = random.Below(most + 1); i > 0; --i) paths.push_back(make());
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

template <typename MakeToken>
std::vector<WeightedToken> Preferred(RandomRows& random, std::uint64_t most, std::uint64_t level,
                                     MakeToken make) {
  std::vector<WeightedToken> list;
  for (const Token token : Tokens(random, most, make)) {
    list.push_back({token, static_cast<std::uint8_t>(level == 0 ? 0 : 1 + random.Below(level)),
                    static_cast<std::uint8_t>(1 + random.Below(10))});
  }
  return list;
}

void AddRequirements(RandomRows& random, PostingRow& posting) {
  if (random.OneIn(4)) posting.required_skills = {{RandomRows::SkillToken(random.Below(90)), 1}};
  if (random.OneIn(8)) posting.required_licences = {RandomRows::LicenceToken(random.Below(12))};
  if (random.OneIn(8))
    posting.required_languages = {{RandomRows::LanguageToken(random.Below(90)), 2}};
  if (random.OneIn(4)) posting.min_experience_months = Months(random) / 3;
  if (random.OneIn(4)) posting.min_education = static_cast<std::uint8_t>(random.Below(5));
  if (random.OneIn(8)) posting.start_by_day = static_cast<std::int32_t>(20000 + random.Below(900));
  posting.occupation_is_condition = random.OneIn(4);
  posting.region_is_condition = random.OneIn(4);
}

// What the ranking adds to a posting: skills near the asked ones, regions near its places.
void AddRelated(RandomRows& random, PostingRow& posting) {
  const std::size_t asked = posting.required_skills.size() + posting.preferred_skills.size();
  std::set<Token> related;
  for (std::uint64_t i = random.Below(4); i > 0 && asked > 0; --i)
    related.insert(RandomRows::SkillToken(random.Below(90)));
  for (const Token token : related) {
    posting.related_skills.push_back({token, static_cast<std::uint16_t>(random.Below(asked)),
                                      static_cast<std::uint16_t>(1 + random.Below(1000))});
  }
  std::set<Token> near;
  for (std::uint64_t i = random.Below(3); i > 0; --i) near.insert(AnyNode(random, random.Region()));
  for (const Token token : near)
    posting.near_regions.push_back({token, static_cast<std::uint16_t>(1 + random.Below(1000))});
}

}  // namespace

PointsQuery RandomPointsQuery(RandomRows& random) {
  PointsQuery query;
  query.id = {random.Below(1000)};
  AddConditions(random, query);
  query.skills = Points(random, 14, [&] { return RandomRows::SkillToken(random.Below(91)); });
  query.occupations = Points(random, 5, [&] { return AnyNode(random, random.Occupation()); });
  query.regions = Points(random, 4, [&] { return AnyNode(random, random.Region()); });
  query.licences = Points(random, 2, [&] { return RandomRows::LicenceToken(random.Below(13)); });
  if (random.OneIn(2)) {
    query.experience_months =
        ThresholdPoints{Months(random), static_cast<std::uint8_t>(random.Below(30))};
  }
  if (random.OneIn(2)) {
    query.education = ThresholdPoints{static_cast<std::int32_t>(random.Below(9)),
                                      static_cast<std::uint8_t>(random.Below(30))};
  }
  return query;
}

PostingRow RandomPostingRow(RandomRows& random) {
  PostingRow posting;
  posting.id = {random.Below(1000)};
  posting.occupations = Paths(random, 3, [&] { return random.Occupation(); });
  posting.regions = Paths(random, 3, [&] { return random.Region(); });
  for (std::uint64_t i = random.Below(4); i > 0; --i)
    posting.employment_types.Add(static_cast<model::EmploymentType>(random.Below(8)));
  if (!random.OneIn(4)) {
    const auto least =
        static_cast<std::int64_t>(1 + random.Below(random.OneIn(3) ? 4'000'000 : 63));
    posting.wage = {least, least + static_cast<std::int64_t>(random.Below(20)), Currency(random)};
  }
  AddRequirements(random, posting);
  const auto skill = [&] { return RandomRows::SkillToken(random.Below(90)); };
  const auto licence = [&] { return RandomRows::LicenceToken(random.Below(12)); };
  const auto language = [&] { return RandomRows::LanguageToken(random.Below(90)); };
  posting.preferred_skills = Preferred(random, 12, 0, skill);
  posting.preferred_licences = Preferred(random, 3, 0, licence);
  posting.preferred_languages = Preferred(random, 3, 6, language);
  if (random.OneIn(3)) posting.preferred_education = static_cast<std::uint8_t>(random.Below(9));
  if (random.OneIn(3))
    posting.start_wished_by_day = static_cast<std::int32_t>(20000 + random.Below(900));
  if (random.OneIn(3)) posting.as_of_day = static_cast<std::int32_t>(19000 + random.Below(1900));
  AddRelated(random, posting);
  posting.weights = RandomWeights(random);
  return posting;
}

void MakeOdd(RandomRows& random, SeekerRow& row) {
  switch (random.Below(7)) {
    case 0:  // a licence's token as a skill
      row.skills = {{RandomRows::LicenceToken(random.Below(12)), 5}};
      break;
    case 1:  // a skill's token as an occupation
      row.occupations = {{{RandomRows::SkillToken(random.Below(90))}}};
      break;
    case 2: {  // a known unit under another parent
      OccupationPath path = random.Occupation();
      OccupationPath other = random.Occupation();
      while (other.depth() < 2) other = random.Occupation();  // a path has no gaps
      path.levels[0] = other.levels[0];
      if (path.depth() > 1) path.levels[1] = other.levels[1];
      row.occupations = {path};
      break;
    }
    case 3:
      row.education = static_cast<std::uint8_t>(14 + random.Below(40));
      break;
    case 4:
      row.experience_months = random.OneIn(2) ? -5 : 100'000;
      break;
    case 5:
      row.wage_floor = model::Wage{std::int64_t{1} << 60, Currency(random)};
      break;
    default:
      row.weights[Feature::kRecency] = 7;
      break;
  }
}

}  // namespace noren::matching
