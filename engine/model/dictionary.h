// The loaded code lists: labels in Korean, Japanese and English, aliases, parents and mappings.
// Built once from the text of the files in datasets/taxonomies, then immutable. Resolution is
// exact: label, alias or code after NFKC and case folding; a nearest name is only ever suggested in
// an error.
// Source:   docs/formats/taxonomies.md
// Threads:  const members concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/model/codes.h"
#include "engine/model/posting.h"
#include "engine/model/profile.h"

namespace noren::model {

enum class CodeKind : std::uint8_t {
  kOccupation,
  kSkill,
  kRegion,
  kLicence,
  kLanguage,
  kLanguageLevel,
  kEmploymentType,
  kEducation,
};
inline constexpr int kCodeKindCount = 8;
std::string_view CodeKindName(
    CodeKind kind);  // "occupation"; also the stem of the plural file name
std::optional<CodeKind> FindCodeKind(std::string_view name);

enum class Language : std::uint8_t { kKorean, kJapanese, kEnglish };

// One row of a code list. Coordinates in millionths of a degree, regions only.
struct DictionaryEntry {
  std::string code;
  std::string parent;  // empty at the top
  std::string label_ko, label_ja, label_en;
  std::vector<std::string> aliases;
  std::optional<std::int32_t> latitude_e6, longitude_e6;
  std::string_view Label(Language language) const;  // falls back to English, then to the code
};

// A group of a national classification and the ISCO groups it means.
struct ForeignGroup {
  std::string scheme;  // "keco-2018", "mhlw-2022"
  std::string code;
  std::string parent;  // empty at the top
  std::string label;
  std::vector<OccupationCode> occupations;
};

// The text of one file, with the name that reports use.
struct TaxonomyFile {
  std::string name;
  std::string text;
};

class Dictionary {
 public:
  // Builds from the files of datasets/taxonomies; every kind must be there.
  //   errors   kDataCorrupt: file and line of the first broken row, unsorted or double code,
  //   missing parent,
  //            empty label, or alias that means two codes
  static StatusOr<Dictionary> Load(std::span<const TaxonomyFile> files);
  // The file names Load expects.
  static std::span<const std::string_view> FileNames();

  Dictionary(Dictionary&&) noexcept;
  Dictionary& operator=(Dictionary&&) noexcept;
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;
  ~Dictionary();

  std::span<const DictionaryEntry> Entries(CodeKind kind) const;  // sorted by code
  const DictionaryEntry* FindCode(CodeKind kind, std::string_view code) const;
  // By code, label or alias, exactly, after folding. Null when nothing or more than one code has
  // that name.
  const DictionaryEntry* Find(CodeKind kind, std::string_view text) const;
  // Codes that carry this name, for ambiguous labels ("Central Ward"): sorted, possibly several.
  std::vector<const DictionaryEntry*> FindAll(CodeKind kind, std::string_view text) const;
  // Up to `count` entries whose names are nearest to `text`, for error messages only.
  std::vector<const DictionaryEntry*> Suggest(CodeKind kind, std::string_view text,
                                              std::size_t count) const;
  std::span<const ForeignGroup> ForeignGroups() const;  // sorted by scheme and code

  // Every code that is well formed but not in the lists, with its field path.
  std::vector<Status> UnknownCodesIn(const Profile& profile) const;
  std::vector<Status> UnknownCodesIn(const Posting& posting) const;

 private:
  struct Tables;
  explicit Dictionary(std::unique_ptr<const Tables> tables);
  std::unique_ptr<const Tables> tables_;
};

// NFKC and case folding, without white space and middle dots. Empty for invalid UTF-8 and for more
// than 4 KiB.
std::string FoldName(std::string_view text);

}  // namespace noren::model
