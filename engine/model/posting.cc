// SPDX-License-Identifier: Apache-2.0
#include "engine/model/posting.h"

#include <algorithm>

#include "engine/model/errors.h"
#include "engine/model/principal.h"
#include "engine/model/record_lists.h"
#include "engine/model/utf8.h"
#include "engine/model/validation.h"

namespace noren::model {
namespace {

constexpr std::uint8_t kVersion = 1;

Status Damaged() { return MakeError(ErrorCode::kDataCorrupt, "posting record"); }

bool HasControlCharacter(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

void CheckText(std::string_view text, std::size_t min, std::size_t max, std::string_view field,
               Problems* problems) {
  problems->CheckCount(text.size(), min, max, field);
  if (FindInvalidUtf8(text) != std::string_view::npos)
    problems->Add(ErrorCode::kBadEncoding, field, "not UTF-8");
}

void CheckTexts(const Posting& posting, Problems* problems) {
  if (!IsPrincipalName(posting.company))
    problems->Add(ErrorCode::kBadRequest, "company", "not a principal name");
  CheckText(posting.reference, 1, kMaxReferenceSizeBytes, "ref", problems);
  if (HasControlCharacter(posting.reference))
    problems->Add(ErrorCode::kBadRequest, "ref", "control character");
  CheckText(posting.title, 1, kMaxTitleSizeBytes, "title", problems);
  CheckText(posting.description, 0, kMaxDescriptionSizeBytes, "description", problems);
}

void CheckWage(const WageOffer& wage, Problems* problems) {
  problems->CheckRange(wage.min_per_month, 1, kMaxWagePerMonth, "posting.wage.min");
  problems->CheckRange(wage.max_per_month, 1, kMaxWagePerMonth, "posting.wage.max");
  CheckCurrency(wage.currency, "posting.wage.currency", problems);
  if (wage.min_per_month > wage.max_per_month) {
    problems->Add(ErrorCode::kOutOfRange, "posting.wage.max", "less than min");
  }
}

void CheckRequired(const HardConditions& required, Problems* problems) {
  CheckSkillLevels(required.skills, "posting.required.skills", problems);
  CheckLicences(required.licences, "posting.required.licences", problems);
  CheckLanguageLevels(required.languages, "posting.required.languages", problems);
  if (required.min_experience_months.has_value()) {
    problems->CheckRange(*required.min_experience_months, 0, kMaxExperienceMonths,
                         "posting.required.experience_months");
  }
  if (required.min_education.has_value()) {
    CheckEducation(*required.min_education, "posting.required.education", problems);
  }
  if (required.start_by.has_value())
    CheckDay(*required.start_by, "posting.required.start_by", problems);
}

template <typename Item>
void CheckPreferred(const std::vector<Item>& items, std::size_t max, std::string_view member,
                    Problems* problems) {
  const std::string field = "posting.preferred." + std::string(member) + "s";
  problems->CheckCount(items.size(), 0, max, field);
  problems->CheckCodes(items, field, member,
                       [](const Item& item) -> const auto& { return item.code; });
  for (std::size_t i = 0; i < items.size(); ++i) {
    problems->CheckRange(items[i].weight, 1, kMaxWeight, Problems::ItemPath(field, i, "weight"));
  }
}

void CheckWeights(const FeatureWeights& weights, Problems* problems) {
  problems->CheckRange(weights.occupation, 0, kMaxWeight, "posting.weights.occupation");
  problems->CheckRange(weights.skills, 0, kMaxWeight, "posting.weights.skills");
  problems->CheckRange(weights.licences, 0, kMaxWeight, "posting.weights.licences");
  problems->CheckRange(weights.languages, 0, kMaxWeight, "posting.weights.languages");
  problems->CheckRange(weights.region, 0, kMaxWeight, "posting.weights.region");
  problems->CheckRange(weights.wage, 0, kMaxWeight, "posting.weights.wage");
  problems->CheckRange(weights.employment_type, 0, kMaxWeight, "posting.weights.employment_type");
  problems->CheckRange(weights.experience, 0, kMaxWeight, "posting.weights.experience");
}

void WriteRequired(const HardConditions& required, RecordWriter* writer) {
  WriteList(required.skills, writer, WriteSkillLevel);
  WriteList(required.licences, writer, WriteCode<LicenceCode>);
  WriteList(required.languages, writer, WriteLanguageLevel);
  WriteOptional(required.min_experience_months, writer,
                [](std::uint16_t months, RecordWriter* w) { w->U16(months); });
  WriteOptional(required.min_education, writer, [](Education education, RecordWriter* w) {
    w->U8(static_cast<std::uint8_t>(education));
  });
  WriteOptional(required.start_by, writer, WriteDay);
}

bool ReadRequired(RecordReader* reader, HardConditions* required) {
  return ReadList(reader, &required->skills, ReadSkillLevel) &&
         ReadList(reader, &required->licences, ReadCode<LicenceCode>) &&
         ReadList(reader, &required->languages, ReadLanguageLevel) &&
         ReadOptional(reader, &required->min_experience_months,
                      [](RecordReader* r) { return r->U16(); }) &&
         ReadOptional(reader, &required->min_education,
                      [](RecordReader* r) { return static_cast<Education>(r->U8()); }) &&
         ReadOptional(reader, &required->start_by, ReadDay);
}

void WritePreferred(const Posting& posting, RecordWriter* writer) {
  WriteList(posting.preferred_skills, writer, [](const PreferredSkill& skill, RecordWriter* w) {
    WriteCode(skill.code, w);
    w->U8(skill.weight);
  });
  WriteList(posting.preferred_licences, writer,
            [](const PreferredLicence& licence, RecordWriter* w) {
              WriteCode(licence.code, w);
              w->U8(licence.weight);
            });
  WriteList(posting.preferred_languages, writer,
            [](const PreferredLanguage& language, RecordWriter* w) {
              WriteCode(language.code, w);
              w->U8(language.level).U8(language.weight);
            });
}

bool ReadPreferred(RecordReader* reader, Posting* posting) {
  const auto read_weighted = [](RecordReader* r, auto* item) {
    if (!ReadCode(r, &item->code)) return false;
    item->weight = r->U8();
    return true;
  };
  const auto read_language = [](RecordReader* r, PreferredLanguage* item) {
    if (!ReadCode(r, &item->code)) return false;
    item->level = r->U8();
    item->weight = r->U8();
    return true;
  };
  return ReadList(reader, &posting->preferred_skills, read_weighted) &&
         ReadList(reader, &posting->preferred_licences, read_weighted) &&
         ReadList(reader, &posting->preferred_languages, read_language);
}

void WriteWeights(const FeatureWeights& weights, RecordWriter* writer) {
  writer->U8(weights.occupation).U8(weights.skills).U8(weights.licences).U8(weights.languages);
  writer->U8(weights.region).U8(weights.wage).U8(weights.employment_type).U8(weights.experience);
}

FeatureWeights ReadWeights(RecordReader* reader) {
  FeatureWeights weights;
  for (std::uint8_t* weight :
       {&weights.occupation, &weights.skills, &weights.licences, &weights.languages,
        &weights.region, &weights.wage, &weights.employment_type, &weights.experience}) {
    *weight = reader->U8();
  }
  return weights;
}

WageOffer ReadWage(RecordReader* reader) {
  WageOffer wage;
  wage.min_per_month = reader->I64();
  wage.max_per_month = reader->I64();
  wage.currency = static_cast<Currency>(reader->U8());
  return wage;
}

}  // namespace

std::vector<Status> ProblemsOf(const Posting& posting) {
  Problems problems;
  CheckTexts(posting, &problems);
  problems.CheckCount(posting.occupations.size(), 1, kMaxOccupations, "posting.occupations");
  problems.CheckCodes(posting.occupations, "posting.occupations", {},
                      [](const OccupationCode& c) -> const OccupationCode& { return c; });
  problems.CheckCount(posting.regions.size(), 1, kMaxRegions, "posting.regions");
  problems.CheckCodes(posting.regions, "posting.regions", {},
                      [](const RegionCode& c) -> const RegionCode& { return c; });
  if (posting.wage.has_value()) CheckWage(*posting.wage, &problems);
  CheckRequired(posting.required, &problems);
  CheckPreferred(posting.preferred_skills, kMaxSkills, "skill", &problems);
  CheckPreferred(posting.preferred_licences, kMaxLicences, "licence", &problems);
  CheckPreferred(posting.preferred_languages, kMaxLanguages, "language", &problems);
  for (std::size_t i = 0; i < posting.preferred_languages.size(); ++i) {
    problems.CheckRange(posting.preferred_languages[i].level, kMinLanguageLevel, kMaxLanguageLevel,
                        Problems::ItemPath("posting.preferred.languages", i, "level"));
  }
  CheckWeights(posting.weights, &problems);
  return problems.Take();
}

Status Validate(const Posting& posting) {
  std::vector<Status> problems = ProblemsOf(posting);
  return problems.empty() ? OkStatus() : problems.front();
}

Bytes EncodePosting(const Posting& posting) {
  RecordWriter writer;
  writer.U8(kVersion);
  writer.Field(posting.company)
      .Field(posting.reference)
      .Field(posting.title)
      .Field(posting.description);
  WriteList(posting.occupations, &writer, WriteCode<OccupationCode>);
  WriteList(posting.regions, &writer, WriteCode<RegionCode>);
  writer.U16(posting.employment_types.bits());
  WriteOptional(posting.wage, &writer, [](const WageOffer& wage, RecordWriter* w) {
    w->I64(wage.min_per_month).I64(wage.max_per_month).U8(static_cast<std::uint8_t>(wage.currency));
  });
  WriteRequired(posting.required, &writer);
  WritePreferred(posting, &writer);
  WriteWeights(posting.weights, &writer);
  return writer.Take();
}

StatusOr<Posting> DecodePosting(ByteSpan bytes) {
  RecordReader reader(bytes);
  if (reader.U8() != kVersion) return Damaged();
  Posting posting;
  posting.company = reader.Text(kMaxReferenceSizeBytes);
  posting.reference = reader.Text(kMaxReferenceSizeBytes);
  posting.title = reader.Text(kMaxTitleSizeBytes);
  posting.description = reader.Text(kMaxDescriptionSizeBytes);
  const bool read = ReadList(&reader, &posting.occupations, ReadCode<OccupationCode>) &&
                    ReadList(&reader, &posting.regions, ReadCode<RegionCode>) &&
                    ReadEmploymentTypes(&reader, &posting.employment_types) &&
                    ReadOptional(&reader, &posting.wage, ReadWage) &&
                    ReadRequired(&reader, &posting.required) && ReadPreferred(&reader, &posting);
  if (!read) return Damaged();
  posting.weights = ReadWeights(&reader);
  if (!reader.Finish().ok() || !Validate(posting).ok()) return Damaged();
  return posting;
}

}  // namespace noren::model
