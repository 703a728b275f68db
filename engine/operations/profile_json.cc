// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/profile_json.h"

#include <string>
#include <utility>

#include "engine/model/civil_day.h"

namespace noren::operations {
namespace {

using model::JsonValue;

template <typename Code>
JsonValue CodesToJson(const std::vector<Code>& codes) {
  JsonValue list = JsonValue::MakeArray();
  for (const Code& code : codes) list.Append(JsonValue::Text(code.text()));
  return list;
}

template <typename Level>
JsonValue LevelsToJson(const std::vector<Level>& levels, std::string_view name) {
  JsonValue list = JsonValue::MakeArray();
  for (const Level& level : levels) {
    JsonValue entry;
    entry.Set(name, std::string_view(level.code.text())).Set("level", std::int64_t{level.level});
    list.Append(std::move(entry));
  }
  return list;
}

JsonValue TypesToJson(model::EmploymentTypes types) {
  JsonValue list = JsonValue::MakeArray();
  for (int i = 0; i < model::kEmploymentTypeCount; ++i) {
    const auto type = static_cast<model::EmploymentType>(i);
    if (types.Has(type)) list.Append(JsonValue::Text(model::EmploymentTypeName(type)));
  }
  return list;
}

JsonValue PreferencesToJson(const model::Preferences& preferences) {
  JsonValue json = JsonValue::MakeObject();
  const auto set = [&json](std::string_view name, const std::optional<std::uint8_t>& weight) {
    if (weight) json.Set(name, std::int64_t{*weight});
  };
  set("occupation", preferences.occupation);
  set("region", preferences.region);
  set("wage", preferences.wage);
  set("employment_type", preferences.employment_type);
  set("skills", preferences.skills);
  return json;
}

}  // namespace

JsonValue ProfileToJson(const model::Profile& profile) {
  JsonValue json;
  json.Set("occupations", CodesToJson(profile.occupations));
  json.Set("regions", CodesToJson(profile.regions));
  json.Set("skills", LevelsToJson(profile.skills, "skill"));
  json.Set("licences", CodesToJson(profile.licences));
  json.Set("languages", LevelsToJson(profile.languages, "language"));
  json.Set("employment_types", TypesToJson(profile.employment_types));
  json.Set("preferences", PreferencesToJson(profile.preferences));
  if (profile.wage_floor) {
    JsonValue wage;
    wage.Set("amount", profile.wage_floor->amount_per_month).Set("per", "month");
    wage.Set("currency", model::CurrencyName(profile.wage_floor->currency));
    json.Set("wage_floor", std::move(wage));
  }
  if (profile.experience_months) {
    json.Set("experience_months", std::int64_t{*profile.experience_months});
  }
  if (profile.education) json.Set("education", model::EducationName(*profile.education));
  if (profile.available_from) {
    json.Set("available_from", std::string_view(model::ToIso(*profile.available_from)));
  }
  if (profile.confirmed_on) {
    json.Set("confirmed_on", std::string_view(model::ToIso(*profile.confirmed_on)));
  }
  return json;
}

}  // namespace noren::operations
