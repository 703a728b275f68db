// SPDX-License-Identifier: Apache-2.0
#include "engine/model/validation.h"

namespace noren::model {

void Problems::CheckRange(std::int64_t value, std::int64_t min, std::int64_t max,
                          std::string_view field) {
  if (value >= min && value <= max) return;
  Add(ErrorCode::kOutOfRange, field, std::to_string(min) + " to " + std::to_string(max));
}

void Problems::CheckCount(std::size_t count, std::size_t min, std::size_t max,
                          std::string_view field) {
  if (count < min) {
    Add(ErrorCode::kMissingField, field, "at least " + std::to_string(min));
  } else if (count > max) {
    Add(ErrorCode::kTooLarge, field, "at most " + std::to_string(max));
  }
}

std::string Problems::ItemPath(std::string_view field, std::size_t index, std::string_view member) {
  std::string path(field);
  path.append("[").append(std::to_string(index)).append("]");
  if (!member.empty()) path.append(".").append(member);
  return path;
}

void CheckSkillLevels(const std::vector<SkillLevel>& skills, std::string_view field,
                      Problems* problems) {
  problems->CheckCount(skills.size(), 0, kMaxSkills, field);
  problems->CheckCodes(skills, field, "skill",
                       [](const SkillLevel& s) -> const SkillCode& { return s.code; });
  for (std::size_t i = 0; i < skills.size(); ++i) {
    problems->CheckRange(skills[i].level, kMinSkillLevel, kMaxSkillLevel,
                         Problems::ItemPath(field, i, "level"));
  }
}

void CheckLanguageLevels(const std::vector<LanguageLevel>& languages, std::string_view field,
                         Problems* problems) {
  problems->CheckCount(languages.size(), 0, kMaxLanguages, field);
  problems->CheckCodes(languages, field, "language",
                       [](const LanguageLevel& l) -> const LanguageCode& { return l.code; });
  for (std::size_t i = 0; i < languages.size(); ++i) {
    problems->CheckRange(languages[i].level, kMinLanguageLevel, kMaxLanguageLevel,
                         Problems::ItemPath(field, i, "level"));
  }
}

void CheckLicences(const std::vector<LicenceCode>& licences, std::string_view field,
                   Problems* problems) {
  problems->CheckCount(licences.size(), 0, kMaxLicences, field);
  problems->CheckCodes(licences, field, {},
                       [](const LicenceCode& l) -> const LicenceCode& { return l; });
}

void CheckEducation(Education education, std::string_view field, Problems* problems) {
  problems->CheckRange(static_cast<int>(education), 0, kEducationCount - 1, field);
}

void CheckDay(CivilDay day, std::string_view field, Problems* problems) {
  if (!IsInRange(day)) problems->Add(ErrorCode::kOutOfRange, field, "1900-01-01 to 2199-12-31");
}

void CheckCurrency(Currency currency, std::string_view field, Problems* problems) {
  problems->CheckRange(static_cast<int>(currency), static_cast<int>(Currency::kKrw),
                       static_cast<int>(Currency::kEur), field);
}

}  // namespace noren::model
