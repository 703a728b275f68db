// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "engine/intake/noren_row.h"

namespace noren::intake {
namespace {

using model::ErrorCode;
using model::JsonValue;

// Reads each item of the list `name` with `read(item, item_path)`.
template <typename Item, typename ReadItem>
std::vector<Item> ReadList(const JsonValue& object, std::string_view path, std::string_view name,
                           RowNotes* notes, ReadItem read) {
  std::vector<Item> items;
  const JsonValue::Array* array = ReadArray(object, path, name, notes);
  if (array == nullptr) return items;
  const std::string field = JoinPath(path, name);
  for (std::size_t i = 0; i < array->size(); ++i)
    items.push_back(read((*array)[i], ItemPath(field, i)));
  return items;
}

// The code member of a list item, or an empty text that resolves to nothing after a note.
const JsonValue& RequireMember(const JsonValue& item, std::string_view path, std::string_view name,
                               RowNotes* notes) {
  static const JsonValue nothing;
  if (item.object() == nullptr) {
    notes->Error(path, ErrorCode::kBadRequest, "Write an object in { }.");
    return nothing;
  }
  const JsonValue* member = item.Find(name);
  if (member == nullptr || member->is_null()) {
    notes->Error(JoinPath(path, name), ErrorCode::kMissingField, "Required; add it.");
    return nothing;
  }
  return *member;
}

}  // namespace

std::uint8_t ReadSmall(const JsonValue& object, std::string_view path, std::string_view name,
                       int min, int max, RowNotes* notes) {
  const JsonValue* member = object.Find(name);
  const std::string field = JoinPath(path, name);
  if (member == nullptr || member->is_null()) {
    notes->Error(field, ErrorCode::kMissingField, "Required; add it.");
    return 0;
  }
  const auto value = ReadInteger(object, path, name, notes);
  if (!value.has_value()) return 0;
  if (*value < min || *value > max) {
    notes->Error(
        field, ErrorCode::kOutOfRange,
        "Write a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ".");
    return 0;
  }
  return static_cast<std::uint8_t>(*value);
}

void ReadWeight(const JsonValue& object, std::string_view path, std::string_view name,
                std::optional<std::uint8_t>* weight, RowNotes* notes) {
  const JsonValue* member = object.Find(name);
  if (member == nullptr || member->is_null()) return;
  *weight = ReadSmall(object, path, name, 0, model::kMaxWeight, notes);
}

std::vector<model::SkillLevel> ReadSkillLevels(const JsonValue& object, std::string_view path,
                                               CodeResolver* resolver, RowNotes* notes) {
  constexpr std::array<std::string_view, 2> kMembers = {"skill", "level"};
  return ReadList<model::SkillLevel>(
      object, path, "skills", notes, [&](const JsonValue& item, const std::string& at) {
        NoteUnknownMembers(item, at, kMembers, notes);
        model::SkillLevel skill;
        const JsonValue& code = RequireMember(item, at, "skill", notes);
        if (item.object() == nullptr) return skill;
        if (!code.is_null()) skill.code = resolver->Skill(code, JoinPath(at, "skill"));
        skill.level =
            ReadSmall(item, at, "level", model::kMinSkillLevel, model::kMaxSkillLevel, notes);
        return skill;
      });
}

std::vector<model::LanguageLevel> ReadLanguageLevels(const JsonValue& object, std::string_view path,
                                                     CodeResolver* resolver, RowNotes* notes) {
  constexpr std::array<std::string_view, 2> kMembers = {"language", "level"};
  return ReadList<model::LanguageLevel>(
      object, path, "languages", notes, [&](const JsonValue& item, const std::string& at) {
        NoteUnknownMembers(item, at, kMembers, notes);
        model::LanguageLevel language;
        const JsonValue& code = RequireMember(item, at, "language", notes);
        if (item.object() == nullptr) return language;
        if (!code.is_null()) language.code = resolver->Language(code, JoinPath(at, "language"));
        const JsonValue& level = RequireMember(item, at, "level", notes);
        if (!level.is_null())
          language.level = resolver->LanguageLevel(level, language.code, JoinPath(at, "level"));
        return language;
      });
}

std::vector<model::LicenceCode> ReadLicences(const JsonValue& object, std::string_view path,
                                             CodeResolver* resolver, RowNotes* notes) {
  return ReadList<model::LicenceCode>(
      object, path, "licences", notes,
      [&](const JsonValue& item, const std::string& at) { return resolver->Licence(item, at); });
}

std::vector<model::OccupationCode> ReadOccupations(const JsonValue& object, std::string_view path,
                                                   CodeResolver* resolver, RowNotes* notes) {
  return ReadList<model::OccupationCode>(
      object, path, "occupations", notes,
      [&](const JsonValue& item, const std::string& at) { return resolver->Occupation(item, at); });
}

std::vector<model::RegionCode> ReadRegions(const JsonValue& object, std::string_view path,
                                           CodeResolver* resolver, RowNotes* notes) {
  return ReadList<model::RegionCode>(
      object, path, "regions", notes,
      [&](const JsonValue& item, const std::string& at) { return resolver->Region(item, at); });
}

model::EmploymentTypes ReadEmploymentTypes(const JsonValue& object, std::string_view path,
                                           CodeResolver* resolver, RowNotes* notes) {
  model::EmploymentTypes types;
  const auto listed = ReadList<std::optional<model::EmploymentType>>(
      object, path, "employment_types", notes, [&](const JsonValue& item, const std::string& at) {
        const auto type = resolver->EmploymentType(item, at);
        if (type.has_value() && types.Has(*type)) {
          notes->Error(at, ErrorCode::kDuplicateValue,
                       "The same form of employment stands there already; remove one.");
        }
        if (type.has_value()) types.Add(*type);
        return type;
      });
  return types;
}

std::optional<std::uint16_t> ReadExperience(const JsonValue& object, std::string_view path,
                                            RowNotes* notes) {
  const auto months = ReadInteger(object, path, "experience_months", notes);
  if (!months.has_value()) return std::nullopt;
  if (*months < 0 || *months > model::kMaxExperienceMonths) {
    notes->Error(JoinPath(path, "experience_months"), ErrorCode::kOutOfRange,
                 "Write months from 0 to " + std::to_string(model::kMaxExperienceMonths) + ".");
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(*months);
}

std::optional<model::Education> ReadEducation(const JsonValue& object, std::string_view path,
                                              CodeResolver* resolver) {
  const JsonValue* member = object.Find("education");
  if (member == nullptr || member->is_null()) return std::nullopt;
  return resolver->Education(*member, JoinPath(path, "education"));
}

WageUnit ReadWageUnit(const JsonValue& wage, std::string_view path, RowNotes* notes) {
  WageUnit unit;
  const std::string currency = RequireText(wage, path, "currency", 3, notes);
  unit.currency = model::FindCurrency(currency);
  if (!unit.currency.has_value()) {
    notes->Error(JoinPath(path, "currency"), ErrorCode::kUnknownCode,
                 "Write KRW, JPY, USD or EUR.");
  }
  if (const auto per = ReadText(wage, path, "per", notes)) unit.per = *per;
  if (!PerMonth(0, unit.per).has_value()) {
    notes->Error(JoinPath(path, "per"), ErrorCode::kBadRequest,
                 "Write month, year, week, day or hour.");
  }
  return unit;
}

std::optional<std::int64_t> ReadAmount(const JsonValue& wage, std::string_view path,
                                       std::string_view name, const WageUnit& unit,
                                       RowNotes* notes) {
  const auto amount = ReadInteger(wage, path, name, notes);
  if (!amount.has_value()) return std::nullopt;
  const auto per_month = PerMonth(static_cast<double>(*amount), unit.per);
  if (per_month.has_value() && (*per_month < 1 || *per_month > model::kMaxWagePerMonth)) {
    notes->Error(JoinPath(path, name), ErrorCode::kOutOfRange,
                 "Write an amount from 1 up, in whole units.");
  }
  return per_month;
}

}  // namespace noren::intake
