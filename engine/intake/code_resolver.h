// From words to codes, exactly: a code, a label or an alias. What cannot be resolved is noted with
// the nearest entries.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/intake/row_notes.h"
#include "engine/model/dictionary.h"

namespace noren::intake {

// In Noren's own format an unknown word is an error; in outside documents a warning, and the word
// is left out.
enum class Words : std::uint8_t { kMustResolve, kMayStay };

class CodeResolver {
 public:
  CodeResolver(const model::Dictionary& dictionary, Words words, RowNotes* notes)
      : dictionary_(dictionary), words_(words), notes_(notes) {}

  // The entry of `text`, or null with a note.
  const model::DictionaryEntry* Resolve(model::CodeKind kind, std::string_view text,
                                        std::string_view field);
  // As Resolve for a JSON text; a "none" code when it is not resolved, so that positions stay.
  model::OccupationCode Occupation(const model::JsonValue& value, std::string_view field);
  model::SkillCode Skill(const model::JsonValue& value, std::string_view field);
  model::RegionCode Region(const model::JsonValue& value, std::string_view field);
  model::LicenceCode Licence(const model::JsonValue& value, std::string_view field);
  model::LanguageCode Language(const model::JsonValue& value, std::string_view field);
  std::optional<model::EmploymentType> EmploymentType(const model::JsonValue& value,
                                                      std::string_view field);
  std::optional<model::Education> Education(const model::JsonValue& value, std::string_view field);
  // A word ("B2", "JLPT N2", "native") or a number 1 to 6; 0 with a note. JLPT is for ja, TOPIK for
  // ko only.
  std::uint8_t LanguageLevel(const model::JsonValue& value, const model::LanguageCode& language,
                             std::string_view field);

 private:
  template <typename CodeType>
  CodeType CodeOf(model::CodeKind kind, const model::JsonValue& value, std::string_view field);
  const std::string* TextOf(const model::JsonValue& value, std::string_view field);
  void Note(model::ErrorCode strict_cause, std::string_view field, std::string_view fix);

  const model::Dictionary& dictionary_;
  Words words_;
  RowNotes* notes_;
};

}  // namespace noren::intake
