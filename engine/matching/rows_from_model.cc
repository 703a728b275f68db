// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/rows_from_model.h"

#include <algorithm>

namespace noren::matching {
namespace {

// Coarse to fine: a code's ancestors come from the nearest upwards.
template <std::size_t kLevels, typename CodeType, typename TokenOf>
TokenPath<kLevels> PathWith(const CodeType& code, TokenOf token_of) {
  TokenPath<kLevels> path;
  const std::vector<CodeType> ancestors = model::AncestorsOf(code);
  std::size_t depth = 0;
  for (auto above = ancestors.rbegin(); above != ancestors.rend() && depth < kLevels; ++above) {
    path.levels[depth++] = token_of(*above);
  }
  if (depth < kLevels) path.levels[depth] = token_of(code);
  return path;
}

template <typename T>
void SortUnique(std::vector<T>& list) {
  std::ranges::sort(list);
  const auto rest = std::ranges::unique(list);
  list.erase(rest.begin(), rest.end());
}

bool IsNone(Token token) { return token.is_none(); }
bool IsNone(const LeveledToken& entry) { return entry.token.is_none(); }
bool IsNone(const WeightedToken& entry) { return entry.token.is_none(); }
template <std::size_t kLevels>
bool IsNone(const TokenPath<kLevels>& path) {
  return path.levels[0].is_none();
}

template <typename... Lists>
Status CheckTokens(const Lists&... lists) {
  const auto holds_none = [](const auto& list) {
    return std::ranges::any_of(list, [](const auto& entry) { return IsNone(entry); });
  };
  if ((holds_none(lists) || ...)) return Internal("matching: the token source gave no token");
  return OkStatus();
}

template <typename Row, typename Source>
void FillPaths(Row& row, const Source& source, const TokenSource& tokens) {
  for (const auto& code : source.occupations) row.occupations.push_back(PathOf(code, tokens));
  for (const auto& code : source.regions) row.regions.push_back(PathOf(code, tokens));
  SortUnique(row.occupations);
  SortUnique(row.regions);
}

std::vector<LeveledToken> SkillTokens(const std::vector<model::SkillLevel>& skills,
                                      const TokenSource& tokens) {
  std::vector<LeveledToken> list;
  for (const auto& skill : skills) list.push_back({tokens.OfSkill(skill.code), skill.level});
  SortUnique(list);
  return list;
}

std::vector<LeveledToken> LanguageTokens(const std::vector<model::LanguageLevel>& languages,
                                         const TokenSource& tokens) {
  std::vector<LeveledToken> list;
  for (const auto& language : languages) {
    list.push_back({tokens.OfLanguage(language.code), language.level});
  }
  SortUnique(list);
  return list;
}

std::vector<Token> LicenceTokens(const std::vector<model::LicenceCode>& licences,
                                 const TokenSource& tokens) {
  std::vector<Token> list;
  for (const auto& licence : licences) list.push_back(tokens.OfLicence(licence));
  SortUnique(list);
  return list;
}

void FillPreferred(PostingRow& row, const model::Posting& posting, const TokenSource& tokens) {
  for (const auto& skill : posting.preferred_skills) {
    row.preferred_skills.push_back({tokens.OfSkill(skill.code), 0, skill.weight});
  }
  for (const auto& licence : posting.preferred_licences) {
    row.preferred_licences.push_back({tokens.OfLicence(licence.code), 0, licence.weight});
  }
  for (const auto& language : posting.preferred_languages) {
    row.preferred_languages.push_back(
        {tokens.OfLanguage(language.code), language.level, language.weight});
  }
  SortUnique(row.preferred_skills);
  SortUnique(row.preferred_licences);
  SortUnique(row.preferred_languages);
  if (posting.preferred_education) {
    row.preferred_education = static_cast<std::uint8_t>(*posting.preferred_education);
  }
  if (posting.preferred_start_by) {
    row.start_wished_by_day = posting.preferred_start_by->days_since_1970;
  }
}

void FillRequired(PostingRow& row, const model::HardConditions& required,
                  const TokenSource& tokens) {
  row.required_skills = SkillTokens(required.skills, tokens);
  row.required_licences = LicenceTokens(required.licences, tokens);
  row.required_languages = LanguageTokens(required.languages, tokens);
  row.min_experience_months = required.min_experience_months;
  if (required.min_education) {
    row.min_education = static_cast<std::uint8_t>(*required.min_education);
  }
  if (required.start_by) row.start_by_day = required.start_by->days_since_1970;
  row.occupation_is_condition = required.occupation;
  row.region_is_condition = required.region;
}

// `given` where something is given, else the default; never above the cap.
void SetWeight(Feature feature, const std::optional<std::uint8_t>& given, const WeightRules& rules,
               Weights& weights) {
  weights[feature] = std::min(given.value_or(rules.defaults[feature]), rules.caps[feature]);
}

Weights WeightsOf(const model::FeatureWeights& given, const WeightRules& rules) {
  Weights weights;
  SetWeight(Feature::kSkills, given.skills, rules, weights);
  SetWeight(Feature::kOccupation, given.occupation, rules, weights);
  SetWeight(Feature::kRegion, given.region, rules, weights);
  SetWeight(Feature::kWage, given.wage, rules, weights);
  SetWeight(Feature::kExperience, given.experience, rules, weights);
  SetWeight(Feature::kLicences, given.licences, rules, weights);
  SetWeight(Feature::kLanguages, given.languages, rules, weights);
  SetWeight(Feature::kEmploymentType, given.employment_type, rules, weights);
  SetWeight(Feature::kRelatedSkills, given.related_skills, rules, weights);
  SetWeight(Feature::kEducation, given.education, rules, weights);
  SetWeight(Feature::kAvailability, given.availability, rules, weights);
  SetWeight(Feature::kRecency, given.recency, rules, weights);
  return weights;
}

Weights WeightsOf(const model::Preferences& given, const WeightRules& rules) {
  Weights weights;
  SetWeight(Feature::kSkills, given.skills, rules, weights);
  SetWeight(Feature::kOccupation, given.occupation, rules, weights);
  SetWeight(Feature::kRegion, given.region, rules, weights);
  SetWeight(Feature::kWage, given.wage, rules, weights);
  SetWeight(Feature::kEmploymentType, given.employment_type, rules, weights);
  return weights;
}

}  // namespace

OccupationPath PathOf(const model::OccupationCode& code, const TokenSource& tokens) {
  return PathWith<OccupationPath::kLevelCount>(
      code, [&](const model::OccupationCode& c) { return tokens.OfOccupation(c); });
}

RegionPath PathOf(const model::RegionCode& code, const TokenSource& tokens) {
  return PathWith<RegionPath::kLevelCount>(
      code, [&](const model::RegionCode& c) { return tokens.OfRegion(c); });
}

StatusOr<SeekerRow> RowOf(SeekerRowId id, const model::Profile& profile, const TokenSource& tokens,
                          const WeightRules& rules) {
  NOREN_RETURN_IF_ERROR(model::Validate(profile));
  SeekerRow row;
  row.id = id;
  FillPaths(row, profile, tokens);
  row.skills = SkillTokens(profile.skills, tokens);
  row.licences = LicenceTokens(profile.licences, tokens);
  row.languages = LanguageTokens(profile.languages, tokens);
  row.employment_types = profile.employment_types;
  row.wage_floor = profile.wage_floor;
  row.experience_months = profile.experience_months;
  if (profile.education) row.education = static_cast<std::uint8_t>(*profile.education);
  if (profile.available_from) row.available_day = profile.available_from->days_since_1970;
  if (profile.confirmed_on) row.updated_day = profile.confirmed_on->days_since_1970;
  row.weights = WeightsOf(profile.preferences, rules);
  NOREN_RETURN_IF_ERROR(
      CheckTokens(row.occupations, row.regions, row.skills, row.licences, row.languages));
  return row;
}

StatusOr<PostingRow> RowOf(PostingRowId id, const model::Posting& posting,
                           const TokenSource& tokens, const WeightRules& rules,
                           const PostingExpander& expand) {
  NOREN_RETURN_IF_ERROR(model::Validate(posting));
  PostingRow row;
  row.id = id;
  FillPaths(row, posting, tokens);
  row.employment_types = posting.employment_types;
  row.wage = posting.wage;
  FillRequired(row, posting.required, tokens);
  FillPreferred(row, posting, tokens);
  row.weights = WeightsOf(posting.weights, rules);
  NOREN_RETURN_IF_ERROR(CheckTokens(row.occupations, row.regions, row.required_skills,
                                    row.required_licences, row.required_languages));
  NOREN_RETURN_IF_ERROR(
      CheckTokens(row.preferred_skills, row.preferred_licences, row.preferred_languages));
  if (expand) expand(row);
  return row;
}

Weights WeightRules::EngineDefaults() {
  Weights weights = AllAt(model::kDefaultWeight);
  weights[Feature::kRecency] = 0;
  return weights;
}

Weights WeightRules::AllAt(std::uint8_t weight) {
  Weights weights;
  weights.of.fill(weight);
  return weights;
}

RegionCentres CentresOf(const model::Dictionary& dictionary, const TokenSource& tokens) {
  constexpr double kMillionths = 1e-6;
  std::vector<RegionCentre> centres;
  for (const model::DictionaryEntry& entry : dictionary.Entries(model::CodeKind::kRegion)) {
    if (!entry.latitude_e6 || !entry.longitude_e6) continue;
    const auto code = model::RegionCode::Parse(entry.code);
    if (!code.ok()) continue;
    centres.push_back({PathOf(*code, tokens), *entry.latitude_e6 * kMillionths,
                       *entry.longitude_e6 * kMillionths});
  }
  return RegionCentres(centres);
}

}  // namespace noren::matching
