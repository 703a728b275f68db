// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "engine/intake/noren_row.h"

namespace noren::intake {
namespace {

using model::ErrorCode;
using model::JsonValue;

constexpr std::array<std::string_view, 6> kPostingMembers = {"noren", "ref",         "company",
                                                             "title", "description", "posting"};
constexpr std::array<std::string_view, 7> kBodyMembers = {
    "occupations", "regions", "employment_types", "wage", "required", "preferred", "weights"};
constexpr std::array<std::string_view, 4> kWageMembers = {"min", "max", "currency", "per"};
constexpr std::array<std::string_view, 8> kRequiredMembers = {
    "skills",    "licences", "languages",  "experience_months",
    "education", "start_by", "occupation", "region"};
constexpr std::array<std::string_view, 5> kPreferredMembers = {"skills", "licences", "languages",
                                                               "education", "start_by"};
constexpr std::array<std::string_view, 12> kWeightMembers = {
    "occupation",      "skills",     "licences",       "languages", "region",       "wage",
    "employment_type", "experience", "related_skills", "education", "availability", "recency"};

std::optional<model::WageOffer> ReadWageOffer(const JsonValue& body, RowNotes* notes) {
  constexpr std::string_view kPath = "posting.wage";
  const JsonValue* wage = ReadObject(body, "posting", "wage", notes);
  if (wage == nullptr) return std::nullopt;
  NoteUnknownMembers(*wage, kPath, kWageMembers, notes);
  const WageUnit unit = ReadWageUnit(*wage, kPath, notes);
  const auto min = ReadAmount(*wage, kPath, "min", unit, notes);
  const auto max = ReadAmount(*wage, kPath, "max", unit, notes);
  if (!min.has_value() && !max.has_value()) {
    notes->Error(kPath, ErrorCode::kMissingField, "Give min, max or both; or leave wage out.");
    return std::nullopt;
  }
  if (!unit.currency.has_value()) return std::nullopt;
  return model::WageOffer{min.value_or(max.value_or(0)), max.value_or(min.value_or(0)),
                          *unit.currency};
}

// True or false; absent is false.
bool ReadFlag(const JsonValue& object, std::string_view path, std::string_view name,
              RowNotes* notes) {
  const JsonValue* member = object.Find(name);
  if (member == nullptr || member->is_null()) return false;
  const auto value = member->boolean();
  if (!value.has_value()) {
    notes->Error(JoinPath(path, name), ErrorCode::kBadRequest,
                 "Write true or false without quotes.");
  }
  return value.value_or(false);
}

model::HardConditions ReadRequired(const JsonValue& body, CodeResolver* resolver, RowNotes* notes) {
  constexpr std::string_view kPath = "posting.required";
  model::HardConditions required;
  const JsonValue* object = ReadObject(body, "posting", "required", notes);
  if (object == nullptr) return required;
  NoteUnknownMembers(*object, kPath, kRequiredMembers, notes);
  required.skills = ReadSkillLevels(*object, kPath, resolver, notes);
  required.licences = ReadLicences(*object, kPath, resolver, notes);
  required.languages = ReadLanguageLevels(*object, kPath, resolver, notes);
  required.min_experience_months = ReadExperience(*object, kPath, notes);
  required.min_education = ReadEducation(*object, kPath, resolver);
  required.start_by = ReadDay(*object, kPath, "start_by", notes);
  required.occupation = ReadFlag(*object, kPath, "occupation", notes);
  required.region = ReadFlag(*object, kPath, "region", notes);
  return required;
}

// Calls `read(item, path)` for each object of the list.
template <typename ReadItem>
void ForEachItem(const JsonValue& object, std::string_view name,
                 std::span<const std::string_view> members, RowNotes* notes, ReadItem read) {
  constexpr std::string_view kPath = "posting.preferred";
  const JsonValue::Array* array = ReadArray(object, kPath, name, notes);
  if (array == nullptr) return;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const JsonValue& item = (*array)[i];
    const std::string path = ItemPath(JoinPath(kPath, name), i);
    if (item.object() == nullptr) {
      notes->Error(path, ErrorCode::kBadRequest, "Write an object in { }.");
      continue;
    }
    NoteUnknownMembers(item, path, members, notes);
    read(item, path);
  }
}

// The member, or null after a note.
const JsonValue* Require(const JsonValue& item, std::string_view path, std::string_view name,
                         RowNotes* notes) {
  const JsonValue* member = item.Find(name);
  if (member != nullptr && !member->is_null()) return member;
  notes->Error(JoinPath(path, name), ErrorCode::kMissingField, "Required; add it.");
  return nullptr;
}

void ReadPreferred(const JsonValue& body, CodeResolver* resolver, model::Posting* posting,
                   RowNotes* notes) {
  constexpr std::array<std::string_view, 2> kSkillMembers = {"skill", "weight"};
  constexpr std::array<std::string_view, 2> kLicenceMembers = {"licence", "weight"};
  constexpr std::array<std::string_view, 3> kLanguageMembers = {"language", "level", "weight"};
  const JsonValue* object = ReadObject(body, "posting", "preferred", notes);
  if (object == nullptr) return;
  NoteUnknownMembers(*object, "posting.preferred", kPreferredMembers, notes);
  posting->preferred_education = ReadEducation(*object, "posting.preferred", resolver);
  posting->preferred_start_by = ReadDay(*object, "posting.preferred", "start_by", notes);
  ForEachItem(*object, "skills", kSkillMembers, notes,
              [&](const JsonValue& item, const std::string& path) {
                model::PreferredSkill& skill = posting->preferred_skills.emplace_back();
                if (const JsonValue* code = Require(item, path, "skill", notes)) {
                  skill.code = resolver->Skill(*code, JoinPath(path, "skill"));
                }
                skill.weight = ReadSmall(item, path, "weight", 1, model::kMaxWeight, notes);
              });
  ForEachItem(*object, "licences", kLicenceMembers, notes,
              [&](const JsonValue& item, const std::string& path) {
                model::PreferredLicence& licence = posting->preferred_licences.emplace_back();
                if (const JsonValue* code = Require(item, path, "licence", notes)) {
                  licence.code = resolver->Licence(*code, JoinPath(path, "licence"));
                }
                licence.weight = ReadSmall(item, path, "weight", 1, model::kMaxWeight, notes);
              });
  ForEachItem(*object, "languages", kLanguageMembers, notes,
              [&](const JsonValue& item, const std::string& path) {
                model::PreferredLanguage& language = posting->preferred_languages.emplace_back();
                if (const JsonValue* code = Require(item, path, "language", notes)) {
                  language.code = resolver->Language(*code, JoinPath(path, "language"));
                }
                if (const JsonValue* level = Require(item, path, "level", notes)) {
                  language.level =
                      resolver->LanguageLevel(*level, language.code, JoinPath(path, "level"));
                }
                language.weight = ReadSmall(item, path, "weight", 1, model::kMaxWeight, notes);
              });
}

model::FeatureWeights ReadWeights(const JsonValue& body, RowNotes* notes) {
  constexpr std::string_view kPath = "posting.weights";
  model::FeatureWeights weights;
  const JsonValue* object = ReadObject(body, "posting", "weights", notes);
  if (object == nullptr) return weights;
  NoteUnknownMembers(*object, kPath, kWeightMembers, notes);
  ReadWeight(*object, kPath, "occupation", &weights.occupation, notes);
  ReadWeight(*object, kPath, "skills", &weights.skills, notes);
  ReadWeight(*object, kPath, "licences", &weights.licences, notes);
  ReadWeight(*object, kPath, "languages", &weights.languages, notes);
  ReadWeight(*object, kPath, "region", &weights.region, notes);
  ReadWeight(*object, kPath, "wage", &weights.wage, notes);
  ReadWeight(*object, kPath, "employment_type", &weights.employment_type, notes);
  ReadWeight(*object, kPath, "experience", &weights.experience, notes);
  ReadWeight(*object, kPath, "related_skills", &weights.related_skills, notes);
  ReadWeight(*object, kPath, "education", &weights.education, notes);
  ReadWeight(*object, kPath, "availability", &weights.availability, notes);
  ReadWeight(*object, kPath, "recency", &weights.recency, notes);
  return weights;
}

}  // namespace

ParsedPosting ReadPostingRow(const JsonValue& row, const IntakeContext& context, RowNotes* notes) {
  // The weight of a preference, not of a body.
  constexpr std::array<std::string_view, 1> kOwnMembers = {"weight"};
  NoteForbidden(row, Subjects::kPeopleAndPostings, context.forbidden, kOwnMembers, notes);
  NoteUnknownMembers(row, "", kPostingMembers, notes);
  CodeResolver resolver(context.dictionary, Words::kMustResolve, notes);
  ParsedPosting parsed;
  model::Posting& posting = parsed.posting;
  posting.reference = RequireText(row, "", "ref", kMaxReferenceSizeBytes, notes);
  posting.company = RequireText(row, "", "company", kMaxReferenceSizeBytes, notes);
  posting.title = RequireText(row, "", "title", model::kMaxTitleSizeBytes, notes);
  posting.description = ReadText(row, "", "description", notes).value_or("");
  const JsonValue* body = ReadObject(row, "", "posting", notes);
  if (body == nullptr) {
    if (row.Find("posting") == nullptr || row.Find("posting")->is_null()) {
      notes->Error("posting", ErrorCode::kMissingField, "Required; add it.");
    }
    return parsed;
  }
  NoteUnknownMembers(*body, "posting", kBodyMembers, notes);
  posting.occupations = ReadOccupations(*body, "posting", &resolver, notes);
  posting.regions = ReadRegions(*body, "posting", &resolver, notes);
  posting.employment_types = ReadEmploymentTypes(*body, "posting", &resolver, notes);
  posting.wage = ReadWageOffer(*body, notes);
  posting.required = ReadRequired(*body, &resolver, notes);
  ReadPreferred(*body, &resolver, &posting, notes);
  posting.weights = ReadWeights(*body, notes);
  notes->AddValidation(model::ProblemsOf(posting));
  return parsed;
}

}  // namespace noren::intake
