// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/prepared.h"

#include <algorithm>

#include "engine/matching/scoring/score.h"

namespace noren::matching {
namespace {

struct AskedSkill {
  Token token;
  std::uint8_t weight = 0;
};

std::vector<AskedSkill> AskedSkillsOf(const PostingRow& row) {
  std::vector<AskedSkill> asked;
  asked.reserve(row.required_skills.size() + row.preferred_skills.size());
  for (const LeveledToken& skill : row.required_skills) asked.push_back({skill.token, kMaxWeight});
  for (const WeightedToken& skill : row.preferred_skills) {
    asked.push_back({skill.token, skill.weight});
  }
  return asked;
}

TokenTable AskedTable(std::vector<AskedSkill> asked) {
  std::ranges::sort(asked, {}, &AskedSkill::token);
  std::vector<TokenTable::Entry> entries;
  for (const AskedSkill& skill : asked) {
    const std::uint32_t once = PreparedSkills::PackAsked(skill.weight, 1);
    if (!entries.empty() && entries.back().token == skill.token) {
      entries.back().value += once;
    } else {
      entries.push_back({skill.token, once});
    }
  }
  return TokenTable(entries);
}

// The asked skills themselves and what is related to them, by token.
void FillLinks(const PostingRow& row, const std::vector<AskedSkill>& asked,
               PreparedSkills& skills) {
  std::vector<RelatedSkill> all = row.related_skills;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    all.push_back({asked[i].token, static_cast<std::uint16_t>(i), kFullFit});
  }
  std::ranges::sort(all);
  std::vector<TokenTable::Entry> entries;
  for (const RelatedSkill& related : all) {
    if (!entries.empty() && entries.back().token == related.token) {
      skills.links.back().last = false;
    } else {
      entries.push_back({related.token, static_cast<std::uint32_t>(skills.links.size() + 1)});
    }
    skills.links.push_back({related.asked, related.closeness, true});
  }
  skills.related = TokenTable(entries);
}

PreparedSkills SkillsOf(const PostingRow& row) {
  PreparedSkills skills;
  const std::vector<AskedSkill> asked = AskedSkillsOf(row);
  skills.count = static_cast<std::uint32_t>(asked.size());
  for (const AskedSkill& skill : asked) {
    skills.most += std::uint32_t{skill.weight} * model::kMaxSkillLevel;
    skills.weights.push_back(skill.weight);
  }
  skills.asked = AskedTable(asked);
  if (!row.related_skills.empty()) FillLinks(row, asked, skills);
  return skills;
}

TokenTable NearTable(const PostingRow& row) {
  std::vector<TokenTable::Entry> entries;
  for (const NearRegion& near : row.near_regions) entries.push_back({near.region, near.fit});
  return TokenTable(entries);
}

std::int32_t SumOfWeights(const std::vector<WeightedToken>& list) {
  std::int32_t sum = 0;
  for (const WeightedToken& one : list) sum += one.weight;
  return sum;
}

}  // namespace

PreparedPosting::PreparedPosting(const PostingRow& from)
    : row(&from),
      shares(PostingShares(from)),
      features(FeaturesOf(shares)),
      skills(SkillsOf(from)),
      near_regions(NearTable(from)),
      licence_weights(SumOfWeights(from.preferred_licences)),
      language_weights(SumOfWeights(from.preferred_languages)) {}

}  // namespace noren::matching
