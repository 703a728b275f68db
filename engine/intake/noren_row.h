// One row of Noren JSON Lines, already read as JSON.
// Source:   docs/formats/noren_jsonl.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "engine/intake/code_resolver.h"
#include "engine/intake/documents.h"
#include "engine/intake/row_notes.h"

namespace noren::intake {

// What is wrong goes into `notes`; the value counts only when there is no error in them.
ParsedSeeker ReadSeekerRow(const model::JsonValue& row, const IntakeContext& context,
                           RowNotes* notes);
ParsedPosting ReadPostingRow(const model::JsonValue& row, const IntakeContext& context,
                             RowNotes* notes);

// The shared members of profiles and hard conditions.
std::vector<model::SkillLevel> ReadSkillLevels(const model::JsonValue& object,
                                               std::string_view path, CodeResolver* resolver,
                                               RowNotes* notes);
std::vector<model::LanguageLevel> ReadLanguageLevels(const model::JsonValue& object,
                                                     std::string_view path, CodeResolver* resolver,
                                                     RowNotes* notes);
std::vector<model::LicenceCode> ReadLicences(const model::JsonValue& object, std::string_view path,
                                             CodeResolver* resolver, RowNotes* notes);
std::vector<model::OccupationCode> ReadOccupations(const model::JsonValue& object,
                                                   std::string_view path, CodeResolver* resolver,
                                                   RowNotes* notes);
std::vector<model::RegionCode> ReadRegions(const model::JsonValue& object, std::string_view path,
                                           CodeResolver* resolver, RowNotes* notes);
model::EmploymentTypes ReadEmploymentTypes(const model::JsonValue& object, std::string_view path,
                                           CodeResolver* resolver, RowNotes* notes);
std::optional<std::uint16_t> ReadExperience(const model::JsonValue& object, std::string_view path,
                                            RowNotes* notes);
std::optional<model::Education> ReadEducation(const model::JsonValue& object, std::string_view path,
                                              CodeResolver* resolver);
// An integer of [min, max]; 0 with a note when it is absent or outside.
std::uint8_t ReadSmall(const model::JsonValue& object, std::string_view path, std::string_view name,
                       int min, int max, RowNotes* notes);
// Sets `*weight` when the member is there.
void ReadWeight(const model::JsonValue& object, std::string_view path, std::string_view name,
                std::optional<std::uint8_t>* weight, RowNotes* notes);
// currency and per of a wage; the unit is "month" when absent.
struct WageUnit {
  std::optional<model::Currency> currency;
  std::string per = "month";
};
WageUnit ReadWageUnit(const model::JsonValue& wage, std::string_view path, RowNotes* notes);
// The amount of `name` per month; nullopt when absent.
std::optional<std::int64_t> ReadAmount(const model::JsonValue& wage, std::string_view path,
                                       std::string_view name, const WageUnit& unit,
                                       RowNotes* notes);

}  // namespace noren::intake
