// Profiles and postings of the wire_codec.
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "server/services/wire_codec.h"

namespace noren::server {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

std::string Range(std::int64_t min, std::int64_t max) {
  return std::to_string(min) + ".." + std::to_string(max);
}

// Fills values in one after another; the first problem stays.
class FieldReader {
 public:
  template <typename Number>
  void Take(std::int64_t value, std::int64_t min, std::int64_t max, const std::string& field,
            Number& out) {
    if (value < min || value > max) return Refuse(ErrorCode::kBadRequest, field, Range(min, max));
    out = static_cast<Number>(value);
  }
  void TakeIf(bool is_set, std::int64_t value, std::int64_t max, const std::string& field,
              std::optional<std::uint8_t>& out) {
    if (is_set) Take(value, 0, max, field, out.emplace());
  }

  template <typename CodeType>
  void TakeCode(const std::string& text, const std::string& field, CodeType& out) {
    StatusOr<CodeType> code = CodeType::Parse(text);
    if (!code.ok()) return Refuse(ErrorCode::kUnknownCode, field, "malformed code");
    out = *std::move(code);
  }
  template <typename CodeType>
  void TakeCodes(const std::vector<std::string>& texts, const std::string& field,
                 std::vector<CodeType>& out) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      TakeCode(texts[i], At(field, i), out.emplace_back());
    }
  }
  template <typename WireLevel, typename ModelLevel>
  void TakeLevels(const std::vector<WireLevel>& levels, int max, const std::string& field,
                  std::vector<ModelLevel>& out) {
    for (std::size_t i = 0; i < levels.size(); ++i) {
      ModelLevel& level = out.emplace_back();
      TakeCode(levels[i].code, At(field, i) + ".code", level.code);
      Take(levels[i].level, 1, max, At(field, i) + ".level", level.level);
    }
  }
  template <typename ModelWeighted>
  void TakeWeighted(const std::vector<wire::WeightedCode>& items, const std::string& field,
                    std::vector<ModelWeighted>& out) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      ModelWeighted& item = out.emplace_back();
      TakeCode(items[i].code, At(field, i) + ".code", item.code);
      Take(items[i].weight, 1, model::kMaxWeight, At(field, i) + ".weight", item.weight);
    }
  }

  void TakeMoney(const wire::Money& money, const std::string& field, model::Wage& out) {
    Take(money.amount, 1, model::kMaxWagePerMonth, field + ".amount", out.amount_per_month);
    const auto currency = model::FindCurrency(money.currency);
    if (!currency)
      return Refuse(ErrorCode::kBadRequest, field + ".currency", "KRW, JPY, USD or EUR");
    out.currency = *currency;
  }
  void TakeDay(const std::string& text, const std::string& field,
               std::optional<model::CivilDay>& out) {
    const StatusOr<model::CivilDay> day = model::ParseCivilDay(text);
    if (!day.ok()) return Refuse(ErrorCode::kBadRequest, field, "a day as YYYY-MM-DD");
    out = *day;
  }
  void TakeEducation(std::int64_t value, const std::string& field,
                     std::optional<model::Education>& out) {
    std::uint8_t level = 0;
    Take(value, 0, model::kEducationCount - 1, field, level);
    out = static_cast<model::Education>(level);
  }
  void TakeEmploymentTypes(const std::vector<std::string>& names, const std::string& field,
                           model::EmploymentTypes& out) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto type = model::FindEmploymentType(names[i]);
      if (!type) return Refuse(ErrorCode::kBadRequest, At(field, i), "not a type of employment");
      if (out.Has(*type)) return Refuse(ErrorCode::kBadRequest, At(field, i), "named twice");
      out.Add(*type);
    }
  }

  void Refuse(ErrorCode code, const std::string& field, std::string_view detail) {
    if (status_.ok()) status_ = MakeFieldError(code, field, detail);
  }
  const Status& status() const { return status_; }

 private:
  static std::string At(const std::string& field, std::size_t index) {
    return field + "[" + std::to_string(index) + "]";
  }
  Status status_;
};

void TakePreferences(const wire::Preferences& in, FieldReader& reader, model::Preferences& out) {
  const std::string at = "profile.preferences.";
  constexpr std::int64_t kMax = model::kMaxWeight;
  reader.TakeIf(in.__isset.occupation, in.occupation, kMax, at + "occupation", out.occupation);
  reader.TakeIf(in.__isset.region, in.region, kMax, at + "region", out.region);
  reader.TakeIf(in.__isset.wage, in.wage, kMax, at + "wage", out.wage);
  reader.TakeIf(in.__isset.employment_type, in.employment_type, kMax, at + "employment_type",
                out.employment_type);
  reader.TakeIf(in.__isset.skills, in.skills, kMax, at + "skills", out.skills);
}

void TakeWeights(const wire::FeatureWeights& in, FieldReader& reader, model::FeatureWeights& out) {
  const std::string at = "posting.weights.";
  constexpr std::int64_t kMax = model::kMaxWeight;
  reader.TakeIf(in.__isset.occupation, in.occupation, kMax, at + "occupation", out.occupation);
  reader.TakeIf(in.__isset.skills, in.skills, kMax, at + "skills", out.skills);
  reader.TakeIf(in.__isset.licences, in.licences, kMax, at + "licences", out.licences);
  reader.TakeIf(in.__isset.languages, in.languages, kMax, at + "languages", out.languages);
  reader.TakeIf(in.__isset.region, in.region, kMax, at + "region", out.region);
  reader.TakeIf(in.__isset.wage, in.wage, kMax, at + "wage", out.wage);
  reader.TakeIf(in.__isset.employment_type, in.employment_type, kMax, at + "employment_type",
                out.employment_type);
  reader.TakeIf(in.__isset.experience, in.experience, kMax, at + "experience", out.experience);
  reader.TakeIf(in.__isset.related_skills, in.related_skills, kMax, at + "related_skills",
                out.related_skills);
  reader.TakeIf(in.__isset.education, in.education, kMax, at + "education", out.education);
  reader.TakeIf(in.__isset.availability, in.availability, kMax, at + "availability",
                out.availability);
  reader.TakeIf(in.__isset.recency, in.recency, kMax, at + "recency", out.recency);
}

// One figure stands for both ends.
void TakeOffer(const wire::Posting& in, FieldReader& reader, std::optional<model::WageOffer>& out) {
  if (!in.__isset.wage_min && !in.__isset.wage_max) return;
  model::Wage least;
  model::Wage most;
  if (in.__isset.wage_min) reader.TakeMoney(in.wage_min, "posting.wage_min", least);
  if (in.__isset.wage_max) reader.TakeMoney(in.wage_max, "posting.wage_max", most);
  if (!in.__isset.wage_min) least = most;
  if (!in.__isset.wage_max) most = least;
  if (least.currency != most.currency) {
    reader.Refuse(ErrorCode::kBadRequest, "posting.wage_max.currency", "not that of wage_min");
  }
  out = model::WageOffer{least.amount_per_month, most.amount_per_month, least.currency};
}

void TakeRequirements(const wire::Posting& in, FieldReader& reader, model::HardConditions& out) {
  reader.TakeLevels(in.required_skills, model::kMaxSkillLevel, "posting.required_skills",
                    out.skills);
  reader.TakeCodes(in.required_licences, "posting.required_licences", out.licences);
  reader.TakeLevels(in.required_languages, model::kMaxLanguageLevel, "posting.required_languages",
                    out.languages);
  if (in.__isset.min_experience_months) {
    reader.Take(in.min_experience_months, 0, model::kMaxExperienceMonths,
                "posting.min_experience_months", out.min_experience_months.emplace());
  }
  if (in.__isset.min_education) {
    reader.TakeEducation(in.min_education, "posting.min_education", out.min_education);
  }
  if (in.__isset.start_by) reader.TakeDay(in.start_by, "posting.start_by", out.start_by);
  out.occupation = in.__isset.occupation_required && in.occupation_required;
  out.region = in.__isset.region_required && in.region_required;
}

void TakeWishes(const wire::Posting& in, FieldReader& reader, model::Posting& out) {
  reader.TakeWeighted(in.preferred_skills, "posting.preferred_skills", out.preferred_skills);
  reader.TakeWeighted(in.preferred_licences, "posting.preferred_licences", out.preferred_licences);
  reader.TakeLevels(in.preferred_languages, model::kMaxLanguageLevel, "posting.preferred_languages",
                    out.preferred_languages);
  for (std::size_t i = 0; i < in.preferred_languages.size(); ++i) {
    reader.Take(in.preferred_languages[i].weight, 1, model::kMaxWeight,
                "posting.preferred_languages[" + std::to_string(i) + "].weight",
                out.preferred_languages[i].weight);
  }
  if (in.__isset.preferred_education) {
    reader.TakeEducation(in.preferred_education, "posting.preferred_education",
                         out.preferred_education);
  }
  if (in.__isset.preferred_start_by) {
    reader.TakeDay(in.preferred_start_by, "posting.preferred_start_by", out.preferred_start_by);
  }
  if (in.__isset.weights) TakeWeights(in.weights, reader, out.weights);
}

wire::Preferences PreferencesToWire(const model::Preferences& preferences) {
  const auto narrow = [](const std::optional<std::uint8_t>& weight) {
    return static_cast<std::int8_t>(*weight);
  };
  wire::Preferences out;
  if (preferences.occupation) out.__set_occupation(narrow(preferences.occupation));
  if (preferences.region) out.__set_region(narrow(preferences.region));
  if (preferences.wage) out.__set_wage(narrow(preferences.wage));
  if (preferences.employment_type) out.__set_employment_type(narrow(preferences.employment_type));
  if (preferences.skills) out.__set_skills(narrow(preferences.skills));
  return out;
}

template <typename CodeType>
std::vector<std::string> TextsOf(const std::vector<CodeType>& codes) {
  std::vector<std::string> texts;
  for (const CodeType& code : codes) texts.push_back(code.text());
  return texts;
}

template <typename WireLevel, typename ModelLevel>
std::vector<WireLevel> LevelsToWire(const std::vector<ModelLevel>& levels) {
  std::vector<WireLevel> out(levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    out[i].code = levels[i].code.text();
    out[i].level = static_cast<std::int8_t>(levels[i].level);
  }
  return out;
}

std::vector<std::string> EmploymentTypesToWire(model::EmploymentTypes types) {
  std::vector<std::string> names;
  for (int i = 0; i < model::kEmploymentTypeCount; ++i) {
    const auto type = static_cast<model::EmploymentType>(i);
    if (types.Has(type)) names.emplace_back(model::EmploymentTypeName(type));
  }
  return names;
}

}  // namespace

StatusOr<model::Profile> ProfileFromWire(const wire::Profile& profile) {
  FieldReader reader;
  model::Profile out;
  reader.TakeCodes(profile.occupations, "profile.occupations", out.occupations);
  reader.TakeLevels(profile.skills, model::kMaxSkillLevel, "profile.skills", out.skills);
  reader.TakeCodes(profile.regions, "profile.regions", out.regions);
  reader.TakeCodes(profile.licences, "profile.licences", out.licences);
  reader.TakeLevels(profile.languages, model::kMaxLanguageLevel, "profile.languages",
                    out.languages);
  reader.TakeEmploymentTypes(profile.employment_types, "profile.employment_types",
                             out.employment_types);
  if (profile.__isset.wage_floor) {
    reader.TakeMoney(profile.wage_floor, "profile.wage_floor", out.wage_floor.emplace());
  }
  if (profile.__isset.experience_months) {
    reader.Take(profile.experience_months, 0, model::kMaxExperienceMonths,
                "profile.experience_months", out.experience_months.emplace());
  }
  if (profile.__isset.education)
    reader.TakeEducation(profile.education, "profile.education", out.education);
  if (profile.__isset.available_from) {
    reader.TakeDay(profile.available_from, "profile.available_from", out.available_from);
  }
  if (profile.__isset.confirmed_on) {
    reader.TakeDay(profile.confirmed_on, "profile.confirmed_on", out.confirmed_on);
  }
  if (profile.__isset.preferences) TakePreferences(profile.preferences, reader, out.preferences);
  NOREN_RETURN_IF_ERROR(reader.status());
  return out;
}

StatusOr<model::Posting> PostingFromWire(const wire::Posting& posting) {
  FieldReader reader;
  model::Posting out;
  out.company = posting.company;
  out.reference = posting.reference;
  out.title = posting.title;
  out.description = posting.description;
  reader.TakeCodes(posting.occupations, "posting.occupations", out.occupations);
  reader.TakeCodes(posting.regions, "posting.regions", out.regions);
  reader.TakeEmploymentTypes(posting.employment_types, "posting.employment_types",
                             out.employment_types);
  TakeOffer(posting, reader, out.wage);
  TakeRequirements(posting, reader, out.required);
  TakeWishes(posting, reader, out);
  NOREN_RETURN_IF_ERROR(reader.status());
  return out;
}

wire::Profile ToWire(const model::Profile& profile) {
  wire::Profile out;
  out.occupations = TextsOf(profile.occupations);
  out.skills = LevelsToWire<wire::SkillLevel>(profile.skills);
  out.regions = TextsOf(profile.regions);
  out.licences = TextsOf(profile.licences);
  out.languages = LevelsToWire<wire::LanguageLevel>(profile.languages);
  out.employment_types = EmploymentTypesToWire(profile.employment_types);
  if (profile.wage_floor) {
    wire::Money money;
    money.amount = profile.wage_floor->amount_per_month;
    money.currency = std::string(model::CurrencyName(profile.wage_floor->currency));
    out.__set_wage_floor(money);
  }
  if (profile.experience_months) out.__set_experience_months(*profile.experience_months);
  if (profile.education) out.__set_education(static_cast<std::int8_t>(*profile.education));
  if (profile.available_from) out.__set_available_from(model::ToIso(*profile.available_from));
  if (profile.confirmed_on) out.__set_confirmed_on(model::ToIso(*profile.confirmed_on));
  out.__set_preferences(PreferencesToWire(profile.preferences));
  return out;
}

}  // namespace noren::server
