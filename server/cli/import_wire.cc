// SPDX-License-Identifier: Apache-2.0
#include "server/cli/import_wire.h"

#include <optional>
#include <string>
#include <vector>

namespace noren::cli {
namespace {

std::int8_t Small(std::uint8_t value) { return static_cast<std::int8_t>(value); }

template <typename Code>
std::vector<std::string> Texts(const std::vector<Code>& codes) {
  std::vector<std::string> texts;
  for (const Code& code : codes) texts.push_back(code.text());
  return texts;
}

template <typename WireLevel, typename Level>
std::vector<WireLevel> Levels(const std::vector<Level>& levels) {
  std::vector<WireLevel> result;
  for (const Level& level : levels) {
    WireLevel& one = result.emplace_back();
    one.code = level.code.text();
    one.level = Small(level.level);
  }
  return result;
}

template <typename Preferred>
std::vector<wire::WeightedCode> Weighted(const std::vector<Preferred>& preferred) {
  std::vector<wire::WeightedCode> result;
  for (const Preferred& one : preferred) {
    wire::WeightedCode& code = result.emplace_back();
    code.code = one.code.text();
    code.weight = Small(one.weight);
  }
  return result;
}

std::vector<std::string> EmploymentTexts(model::EmploymentTypes types) {
  std::vector<std::string> texts;
  for (int i = 0; i < model::kEmploymentTypeCount; ++i) {
    const auto type = static_cast<model::EmploymentType>(i);
    if (types.Has(type)) texts.emplace_back(model::EmploymentTypeName(type));
  }
  return texts;
}

wire::Money Money(std::int64_t amount, model::Currency currency) {
  wire::Money money;
  money.amount = amount;
  money.currency = std::string(model::CurrencyName(currency));
  return money;
}

std::int8_t Small(const std::optional<std::uint8_t>& value) { return Small(*value); }

wire::Preferences ToWire(const model::Preferences& preferences) {
  wire::Preferences result;
  if (preferences.occupation) result.__set_occupation(Small(preferences.occupation));
  if (preferences.region) result.__set_region(Small(preferences.region));
  if (preferences.wage) result.__set_wage(Small(preferences.wage));
  if (preferences.employment_type) result.__set_employment_type(Small(preferences.employment_type));
  if (preferences.skills) result.__set_skills(Small(preferences.skills));
  return result;
}

wire::FeatureWeights ToWire(const model::FeatureWeights& weights) {
  wire::FeatureWeights result;
  if (weights.occupation) result.__set_occupation(Small(weights.occupation));
  if (weights.skills) result.__set_skills(Small(weights.skills));
  if (weights.licences) result.__set_licences(Small(weights.licences));
  if (weights.languages) result.__set_languages(Small(weights.languages));
  if (weights.region) result.__set_region(Small(weights.region));
  if (weights.wage) result.__set_wage(Small(weights.wage));
  if (weights.employment_type) result.__set_employment_type(Small(weights.employment_type));
  if (weights.experience) result.__set_experience(Small(weights.experience));
  if (weights.related_skills) result.__set_related_skills(Small(weights.related_skills));
  if (weights.education) result.__set_education(Small(weights.education));
  if (weights.availability) result.__set_availability(Small(weights.availability));
  if (weights.recency) result.__set_recency(Small(weights.recency));
  return result;
}

void SetConditions(const model::HardConditions& required, wire::Posting* posting) {
  posting->required_skills = Levels<wire::SkillLevel>(required.skills);
  posting->required_licences = Texts(required.licences);
  posting->required_languages = Levels<wire::LanguageLevel>(required.languages);
  if (required.min_experience_months) {
    posting->__set_min_experience_months(*required.min_experience_months);
  }
  if (required.min_education) {
    posting->__set_min_education(static_cast<std::int8_t>(*required.min_education));
  }
  if (required.start_by) posting->__set_start_by(model::ToIso(*required.start_by));
  if (required.occupation) posting->__set_occupation_required(true);
  if (required.region) posting->__set_region_required(true);
}

void SetPreferences(const model::Posting& posting, wire::Posting* result) {
  result->preferred_skills = Weighted(posting.preferred_skills);
  result->preferred_licences = Weighted(posting.preferred_licences);
  for (const model::PreferredLanguage& language : posting.preferred_languages) {
    wire::WeightedLevel& one = result->preferred_languages.emplace_back();
    one.code = language.code.text();
    one.level = Small(language.level);
    one.weight = Small(language.weight);
  }
  if (posting.preferred_education) {
    result->__set_preferred_education(static_cast<std::int8_t>(*posting.preferred_education));
  }
  if (posting.preferred_start_by) {
    result->__set_preferred_start_by(model::ToIso(*posting.preferred_start_by));
  }
  result->__set_weights(ToWire(posting.weights));
}

}  // namespace

wire::Profile ToWire(const model::Profile& profile) {
  wire::Profile result;
  result.occupations = Texts(profile.occupations);
  result.skills = Levels<wire::SkillLevel>(profile.skills);
  result.regions = Texts(profile.regions);
  result.licences = Texts(profile.licences);
  result.languages = Levels<wire::LanguageLevel>(profile.languages);
  result.employment_types = EmploymentTexts(profile.employment_types);
  if (profile.wage_floor) {
    result.__set_wage_floor(
        Money(profile.wage_floor->amount_per_month, profile.wage_floor->currency));
  }
  if (profile.experience_months) result.__set_experience_months(*profile.experience_months);
  if (profile.education) result.__set_education(static_cast<std::int8_t>(*profile.education));
  if (profile.available_from) result.__set_available_from(model::ToIso(*profile.available_from));
  if (profile.confirmed_on) result.__set_confirmed_on(model::ToIso(*profile.confirmed_on));
  result.__set_preferences(ToWire(profile.preferences));
  return result;
}

wire::Posting ToWire(const model::Posting& posting) {
  wire::Posting result;
  result.title = posting.title;
  result.company = posting.company;
  result.reference = posting.reference;
  result.description = posting.description;
  result.occupations = Texts(posting.occupations);
  result.regions = Texts(posting.regions);
  result.employment_types = EmploymentTexts(posting.employment_types);
  if (posting.wage) {
    result.__set_wage_min(Money(posting.wage->min_per_month, posting.wage->currency));
    result.__set_wage_max(Money(posting.wage->max_per_month, posting.wage->currency));
  }
  SetConditions(posting.required, &result);
  SetPreferences(posting, &result);
  return result;
}

}  // namespace noren::cli
