// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/code_resolver.h"

namespace noren::intake {
namespace {

using model::CodeKind;
using model::DictionaryEntry;
using model::ErrorCode;
using model::JsonValue;

constexpr std::size_t kSuggestionCount = 3;

// The names of the two language tests in Japanese and in Korean.
constexpr std::string_view kJlptJapanese = "\u65e5\u672c\u8a9e\u80fd\u529b\u8a66\u9a13";
constexpr std::string_view kJlptKorean = "\uc77c\ubcf8\uc5b4\ub2a5\ub825\uc2dc\ud5d8";
constexpr std::string_view kTopikJapanese = "\u97d3\u56fd\u8a9e\u80fd\u529b\u8a66\u9a13";
constexpr std::string_view kTopikKorean = "\ud55c\uad6d\uc5b4\ub2a5\ub825\uc2dc\ud5d8";

std::string Describe(const std::vector<const DictionaryEntry*>& entries) {
  std::string text;
  for (const DictionaryEntry* entry : entries) {
    if (!text.empty()) text.append(", ");
    text.append(entry->code).append(" ").append(entry->Label(model::Language::kEnglish));
    const std::string& native = entry->label_ko.empty() ? entry->label_ja : entry->label_ko;
    if (!native.empty()) text.append(" (").append(native).append(")");
  }
  return text;
}

}  // namespace

void CodeResolver::Note(ErrorCode strict_cause, std::string_view field, std::string_view fix) {
  if (words_ == Words::kMustResolve) {
    notes_->Error(field, strict_cause, fix);
  } else {
    notes_->Warn(field, ErrorCode::kUnresolvedWord, fix);
  }
}

const DictionaryEntry* CodeResolver::Resolve(CodeKind kind, std::string_view text,
                                             std::string_view field) {
  if (const DictionaryEntry* entry = dictionary_.Find(kind, text)) return entry;
  const auto all = dictionary_.FindAll(kind, text);
  if (all.size() > 1) {
    Note(ErrorCode::kAmbiguousWord, field,
         "More than one code has this name; write the code: " + Describe(all) + ".");
    return nullptr;
  }
  const auto nearest = dictionary_.Suggest(kind, text, kSuggestionCount);
  std::string fix = "Not in the list of " + std::string(model::CodeKindName(kind)) +
                    " codes; write a code or an exact label.";
  if (!nearest.empty()) fix.append(" Nearest: ").append(Describe(nearest)).append(".");
  Note(ErrorCode::kUnknownCode, field, fix);
  return nullptr;
}

const std::string* CodeResolver::TextOf(const JsonValue& value, std::string_view field) {
  if (const std::string* text = value.text()) return text;
  notes_->Error(field, ErrorCode::kBadRequest, "Write a code or a label in quotes.");
  return nullptr;
}

template <typename CodeType>
CodeType CodeResolver::CodeOf(CodeKind kind, const JsonValue& value, std::string_view field) {
  const std::string* text = TextOf(value, field);
  const DictionaryEntry* entry = text != nullptr ? Resolve(kind, *text, field) : nullptr;
  if (entry == nullptr) return {};
  auto code = CodeType::Parse(entry->code);
  return code.ok() ? *std::move(code) : CodeType{};
}

model::OccupationCode CodeResolver::Occupation(const JsonValue& value, std::string_view field) {
  return CodeOf<model::OccupationCode>(CodeKind::kOccupation, value, field);
}
model::SkillCode CodeResolver::Skill(const JsonValue& value, std::string_view field) {
  return CodeOf<model::SkillCode>(CodeKind::kSkill, value, field);
}
model::RegionCode CodeResolver::Region(const JsonValue& value, std::string_view field) {
  return CodeOf<model::RegionCode>(CodeKind::kRegion, value, field);
}
model::LicenceCode CodeResolver::Licence(const JsonValue& value, std::string_view field) {
  return CodeOf<model::LicenceCode>(CodeKind::kLicence, value, field);
}
model::LanguageCode CodeResolver::Language(const JsonValue& value, std::string_view field) {
  return CodeOf<model::LanguageCode>(CodeKind::kLanguage, value, field);
}

std::optional<model::EmploymentType> CodeResolver::EmploymentType(const JsonValue& value,
                                                                  std::string_view field) {
  const std::string* text = TextOf(value, field);
  const DictionaryEntry* entry =
      text != nullptr ? Resolve(CodeKind::kEmploymentType, *text, field) : nullptr;
  return entry != nullptr ? model::FindEmploymentType(entry->code) : std::nullopt;
}

std::optional<model::Education> CodeResolver::Education(const JsonValue& value,
                                                        std::string_view field) {
  if (const auto level = value.integer()) {
    if (*level >= 0 && *level < model::kEducationCount)
      return static_cast<model::Education>(*level);
    notes_->Error(field, ErrorCode::kOutOfRange, "Write 0 to 8, or a word.");
    return std::nullopt;
  }
  const std::string* text = TextOf(value, field);
  const DictionaryEntry* entry =
      text != nullptr ? Resolve(CodeKind::kEducation, *text, field) : nullptr;
  return entry != nullptr ? model::FindEducation(entry->code) : std::nullopt;
}

std::uint8_t CodeResolver::LanguageLevel(const JsonValue& value,
                                         const model::LanguageCode& language,
                                         std::string_view field) {
  if (const auto level = value.integer()) {
    if (*level >= model::kMinLanguageLevel && *level <= model::kMaxLanguageLevel) {
      return static_cast<std::uint8_t>(*level);
    }
    notes_->Error(field, ErrorCode::kOutOfRange, "Write 1 to 6, or a word such as B2.");
    return 0;
  }
  const std::string* text = TextOf(value, field);
  const DictionaryEntry* entry =
      text != nullptr ? Resolve(CodeKind::kLanguageLevel, *text, field) : nullptr;
  if (entry == nullptr) return 0;
  const std::string folded = model::FoldName(*text);
  const bool is_jlpt = folded.starts_with("jlpt") || folded.starts_with(kJlptJapanese) ||
                       folded.starts_with(kJlptKorean);
  const bool is_topik = folded.starts_with("topik") || folded.starts_with(kTopikJapanese) ||
                        folded.starts_with(kTopikKorean);
  if ((is_jlpt && language.text() != "ja") || (is_topik && language.text() != "ko")) {
    notes_->Error(field, ErrorCode::kBadRequest,
                  "JLPT is a level of Japanese, TOPIK of Korean; write A1 to C2.");
    return 0;
  }
  return static_cast<std::uint8_t>(entry->code[0] - '0');
}

}  // namespace noren::intake
