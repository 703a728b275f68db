// SPDX-License-Identifier: Apache-2.0
#include "engine/model/posting.h"

#include <algorithm>
#include <array>

#include "engine/model/errors.h"
#include "engine/model/principal.h"
#include "engine/model/record_lists.h"
#include "engine/model/utf8.h"
#include "engine/model/validation.h"

namespace noren::model {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kFirstVersion = 1;  // still read: it ends after eight weights

// In the order of the record; the first eight are those of the first version.
constexpr std::array kWeights = {&FeatureWeights::occupation,      &FeatureWeights::skills,
                                 &FeatureWeights::licences,        &FeatureWeights::languages,
                                 &FeatureWeights::region,          &FeatureWeights::wage,
                                 &FeatureWeights::employment_type, &FeatureWeights::experience,
                                 &FeatureWeights::related_skills,  &FeatureWeights::education,
                                 &FeatureWeights::availability,    &FeatureWeights::recency};
constexpr std::size_t kFirstVersionWeights = 8;
constexpr std::array<std::string_view, kWeights.size()> kWeightFields = {
    "posting.weights.occupation",      "posting.weights.skills",
    "posting.weights.licences",        "posting.weights.languages",
    "posting.weights.region",          "posting.weights.wage",
    "posting.weights.employment_type", "posting.weights.experience",
    "posting.weights.related_skills",  "posting.weights.education",
    "posting.weights.availability",    "posting.weights.recency"};

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
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    problems->CheckRange((weights.*kWeights[i]).value_or(0), 0, kMaxWeight, kWeightFields[i]);
  }
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

FeatureWeights ReadWeights(RecordReader* reader, std::size_t count) {
  FeatureWeights weights;
  for (std::size_t i = 0; i < count; ++i) weights.*kWeights[i] = ReadWeight(reader);
  return weights;
}

// What the second version adds before the weights: the two conditions as bits, and the two wishes.
constexpr std::uint8_t kOccupationBit = 1;
constexpr std::uint8_t kRegionBit = 2;

void WriteAdded(const Posting& posting, RecordWriter* writer) {
  writer->U8(static_cast<std::uint8_t>((posting.required.occupation ? kOccupationBit : 0) |
                                       (posting.required.region ? kRegionBit : 0)));
  WriteOptional(posting.preferred_education, writer, [](Education education, RecordWriter* w) {
    w->U8(static_cast<std::uint8_t>(education));
  });
  WriteOptional(posting.preferred_start_by, writer, WriteDay);
}

bool ReadAdded(RecordReader* reader, Posting* posting) {
  const std::uint8_t bits = reader->U8();
  if ((bits & ~(kOccupationBit | kRegionBit)) != 0) return false;
  posting->required.occupation = (bits & kOccupationBit) != 0;
  posting->required.region = (bits & kRegionBit) != 0;
  return ReadOptional(reader, &posting->preferred_education,
                      [](RecordReader* r) { return static_cast<Education>(r->U8()); }) &&
         ReadOptional(reader, &posting->preferred_start_by, ReadDay);
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
  if (posting.preferred_education.has_value())
    CheckEducation(*posting.preferred_education, "posting.preferred.education", &problems);
  if (posting.preferred_start_by.has_value())
    CheckDay(*posting.preferred_start_by, "posting.preferred.start_by", &problems);
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
  WriteAdded(posting, &writer);
  for (const auto weight : kWeights) WriteWeight(posting.weights.*weight, &writer);
  return writer.Take();
}

StatusOr<Posting> DecodePosting(ByteSpan bytes) {
  RecordReader reader(bytes);
  const std::uint8_t version = reader.U8();
  if (version != kVersion && version != kFirstVersion) return Damaged();
  Posting posting;
  posting.company = reader.Text(kMaxReferenceSizeBytes);
  posting.reference = reader.Text(kMaxReferenceSizeBytes);
  posting.title = reader.Text(kMaxTitleSizeBytes);
  posting.description = reader.Text(kMaxDescriptionSizeBytes);
  const bool read = ReadList(&reader, &posting.occupations, ReadCode<OccupationCode>) &&
                    ReadList(&reader, &posting.regions, ReadCode<RegionCode>) &&
                    ReadEmploymentTypes(&reader, &posting.employment_types) &&
                    ReadOptional(&reader, &posting.wage, ReadWage) &&
                    ReadRequired(&reader, &posting.required) && ReadPreferred(&reader, &posting) &&
                    (version == kFirstVersion || ReadAdded(&reader, &posting));
  if (!read) return Damaged();
  posting.weights =
      ReadWeights(&reader, version == kFirstVersion ? kFirstVersionWeights : kWeights.size());
  if (!reader.Finish().ok() || !Validate(posting).ok()) return Damaged();
  return posting;
}

}  // namespace noren::model
