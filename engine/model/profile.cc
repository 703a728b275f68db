// SPDX-License-Identifier: Apache-2.0
#include "engine/model/profile.h"

#include <array>

#include "engine/model/errors.h"
#include "engine/model/record_lists.h"
#include "engine/model/validation.h"

namespace noren::model {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kVersionWithoutConfirmation = 1;  // still read

Status Damaged() { return MakeError(ErrorCode::kDataCorrupt, "profile record"); }

// In the order of the record.
constexpr std::array kPreferences = {&Preferences::occupation, &Preferences::region,
                                     &Preferences::wage, &Preferences::employment_type,
                                     &Preferences::skills};
constexpr std::array<std::string_view, kPreferences.size()> kPreferenceFields = {
    "profile.preferences.occupation", "profile.preferences.region", "profile.preferences.wage",
    "profile.preferences.employment_type", "profile.preferences.skills"};

Preferences ReadPreferences(RecordReader* reader) {
  Preferences preferences;
  for (const auto preference : kPreferences) preferences.*preference = ReadWeight(reader);
  return preferences;
}

void CheckPreferences(const Preferences& preferences, Problems* problems) {
  for (std::size_t i = 0; i < kPreferences.size(); ++i) {
    problems->CheckRange((preferences.*kPreferences[i]).value_or(0), 0, kMaxWeight,
                         kPreferenceFields[i]);
  }
}

bool ReadStated(RecordReader* reader, std::uint8_t version, Profile* profile) {
  const auto read_wage = [](RecordReader* r) {
    Wage wage;
    wage.amount_per_month = r->I64();
    wage.currency = static_cast<Currency>(r->U8());
    return wage;
  };
  return ReadEmploymentTypes(reader, &profile->employment_types) &&
         ReadOptional(reader, &profile->wage_floor, read_wage) &&
         ReadOptional(reader, &profile->experience_months,
                      [](RecordReader* r) { return r->U16(); }) &&
         ReadOptional(reader, &profile->education,
                      [](RecordReader* r) { return static_cast<Education>(r->U8()); }) &&
         ReadOptional(reader, &profile->available_from, ReadDay) &&
         (version == kVersionWithoutConfirmation ||
          ReadOptional(reader, &profile->confirmed_on, ReadDay));
}

}  // namespace

std::vector<Status> ProblemsOf(const Profile& profile) {
  Problems problems;
  problems.CheckCount(profile.occupations.size(), 1, kMaxOccupations, "profile.occupations");
  problems.CheckCodes(profile.occupations, "profile.occupations", {},
                      [](const OccupationCode& c) -> const OccupationCode& { return c; });
  CheckSkillLevels(profile.skills, "profile.skills", &problems);
  problems.CheckCount(profile.regions.size(), 1, kMaxRegions, "profile.regions");
  problems.CheckCodes(profile.regions, "profile.regions", {},
                      [](const RegionCode& c) -> const RegionCode& { return c; });
  CheckLicences(profile.licences, "profile.licences", &problems);
  CheckLanguageLevels(profile.languages, "profile.languages", &problems);
  if (profile.wage_floor.has_value()) {
    problems.CheckRange(profile.wage_floor->amount_per_month, 1, kMaxWagePerMonth,
                        "profile.wage_floor.amount");
    CheckCurrency(profile.wage_floor->currency, "profile.wage_floor.currency", &problems);
  }
  if (profile.experience_months.has_value()) {
    problems.CheckRange(*profile.experience_months, 0, kMaxExperienceMonths,
                        "profile.experience_months");
  }
  if (profile.education.has_value())
    CheckEducation(*profile.education, "profile.education", &problems);
  if (profile.available_from.has_value())
    CheckDay(*profile.available_from, "profile.available_from", &problems);
  if (profile.confirmed_on.has_value())
    CheckDay(*profile.confirmed_on, "profile.confirmed_on", &problems);
  CheckPreferences(profile.preferences, &problems);
  return problems.Take();
}

Status Validate(const Profile& profile) {
  std::vector<Status> problems = ProblemsOf(profile);
  return problems.empty() ? OkStatus() : problems.front();
}

void WriteSkillLevel(const SkillLevel& skill, RecordWriter* writer) {
  WriteCode(skill.code, writer);
  writer->U8(skill.level);
}

bool ReadSkillLevel(RecordReader* reader, SkillLevel* skill) {
  if (!ReadCode(reader, &skill->code)) return false;
  skill->level = reader->U8();
  return true;
}

void WriteLanguageLevel(const LanguageLevel& language, RecordWriter* writer) {
  WriteCode(language.code, writer);
  writer->U8(language.level);
}

bool ReadLanguageLevel(RecordReader* reader, LanguageLevel* language) {
  if (!ReadCode(reader, &language->code)) return false;
  language->level = reader->U8();
  return true;
}

void WriteDay(CivilDay day, RecordWriter* writer) { writer->I64(day.days_since_1970); }

CivilDay ReadDay(RecordReader* reader) {
  const std::int64_t days = reader->I64();
  // What does not fit becomes the day before the range, which validation refuses.
  if (days < kFirstCivilDay.days_since_1970 || days > kLastCivilDay.days_since_1970) {
    return CivilDay{kFirstCivilDay.days_since_1970 - 1};
  }
  return CivilDay{static_cast<std::int32_t>(days)};
}

bool ReadEmploymentTypes(RecordReader* reader, EmploymentTypes* types) {
  const auto parsed = EmploymentTypes::FromBits(reader->U16());
  if (!parsed.ok()) return false;
  *types = *parsed;
  return true;
}

Bytes EncodeProfile(const Profile& profile) {
  RecordWriter writer;
  writer.U8(kVersion);
  WriteList(profile.occupations, &writer, WriteCode<OccupationCode>);
  WriteList(profile.skills, &writer, WriteSkillLevel);
  WriteList(profile.regions, &writer, WriteCode<RegionCode>);
  WriteList(profile.licences, &writer, WriteCode<LicenceCode>);
  WriteList(profile.languages, &writer, WriteLanguageLevel);
  writer.U16(profile.employment_types.bits());
  WriteOptional(profile.wage_floor, &writer, [](const Wage& wage, RecordWriter* w) {
    w->I64(wage.amount_per_month).U8(static_cast<std::uint8_t>(wage.currency));
  });
  WriteOptional(profile.experience_months, &writer,
                [](std::uint16_t months, RecordWriter* w) { w->U16(months); });
  WriteOptional(profile.education, &writer, [](Education education, RecordWriter* w) {
    w->U8(static_cast<std::uint8_t>(education));
  });
  WriteOptional(profile.available_from, &writer, WriteDay);
  WriteOptional(profile.confirmed_on, &writer, WriteDay);
  for (const auto preference : kPreferences) WriteWeight(profile.preferences.*preference, &writer);
  return writer.Take();
}

StatusOr<Profile> DecodeProfile(ByteSpan bytes) {
  RecordReader reader(bytes);
  const std::uint8_t version = reader.U8();
  if (version != kVersion && version != kVersionWithoutConfirmation) return Damaged();
  Profile profile;
  const bool lists_read = ReadList(&reader, &profile.occupations, ReadCode<OccupationCode>) &&
                          ReadList(&reader, &profile.skills, ReadSkillLevel) &&
                          ReadList(&reader, &profile.regions, ReadCode<RegionCode>) &&
                          ReadList(&reader, &profile.licences, ReadCode<LicenceCode>) &&
                          ReadList(&reader, &profile.languages, ReadLanguageLevel);
  if (!lists_read || !ReadStated(&reader, version, &profile)) return Damaged();
  profile.preferences = ReadPreferences(&reader);
  if (!reader.Finish().ok() || !Validate(profile).ok()) return Damaged();
  return profile;
}

}  // namespace noren::model
