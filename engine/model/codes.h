// Codes of the taxonomies, one type each so that they cannot be mixed up. A code here is well
// formed; whether it is in the code lists is for Dictionary to say.
// Source:   docs/formats/taxonomies.md
// Threads:  values; const members concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/base/status.h"

namespace noren::model {

struct OccupationTag {
  static bool IsWellFormed(std::string_view text);
};  // ISCO-2, -25, -251, -2512
struct SkillTag {
  static bool IsWellFormed(std::string_view text);
};  // SK-[a-z0-9-]{1,40}
struct RegionTag {
  static bool IsWellFormed(std::string_view text);
};  // KR, KR-11, KR-11440, JP-13104
struct LicenceTag {
  static bool IsWellFormed(std::string_view text);
};  // LC-[a-z0-9-]{1,40}
struct LanguageTag {
  static bool IsWellFormed(std::string_view text);
};  // ISO 639: ko, ja, en, fil

Status MalformedCode();  // kUnknownCode

template <typename Tag>
class Code {
 public:
  static constexpr std::size_t kMaxSizeBytes = 43;

  Code() = default;  // empty: "none"; refused by the validation functions
  static StatusOr<Code> Parse(std::string_view text) {
    if (!Tag::IsWellFormed(text)) return MalformedCode();
    Code code;
    code.text_ = std::string(text);
    return code;
  }

  const std::string& text() const { return text_; }
  bool is_none() const { return text_.empty(); }
  auto operator<=>(const Code&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const Code& code) {
    return H::combine(std::move(h), code.text_);
  }

 private:
  std::string text_;
};

using OccupationCode = Code<OccupationTag>;
using SkillCode = Code<SkillTag>;
using RegionCode = Code<RegionTag>;
using LicenceCode = Code<LicenceTag>;
using LanguageCode = Code<LanguageTag>;

// Number of digits of an ISCO group: 1 major, 2 sub-major, 3 minor, 4 unit group; 0 for "none".
int LevelOf(const OccupationCode& code);
// The group above: ISCO-2512 -> ISCO-251; none above a major group.
std::optional<OccupationCode> ParentOf(const OccupationCode& code);

// A ward of a city with wards has that city above it (JP-14101 -> JP-14100 -> JP-14 -> JP; KR-41111
// -> KR-41110); a special ward of Tokyo has JP-13100 (the 23 wards).
std::optional<RegionCode> ParentOf(const RegionCode& code);
// 0 country, 1 province (sido, prefecture), 2 municipality, 3 ward of a city with wards; -1 for
// "none".
int LevelOf(const RegionCode& code);

// From the nearest upwards; without the code itself.
std::vector<OccupationCode> AncestorsOf(const OccupationCode& code);
std::vector<RegionCode> AncestorsOf(const RegionCode& code);
// True when `inner` equals `outer` or lies below it.
bool IsWithin(const OccupationCode& inner, const OccupationCode& outer);
bool IsWithin(const RegionCode& inner, const RegionCode& outer);

// Forms of employment; the words of each country are in datasets/taxonomies/employment_types.tsv.
enum class EmploymentType : std::uint8_t {
  kFullTime = 0,  // open-ended, full hours
  kPartTime = 1,
  kContract = 2,    // fixed term, direct
  kTemporary = 3,   // short term, seasonal
  kDispatched = 4,  // through an agency
  kInternship = 5,
  kFreelance = 6,  // contract for services
  kDaily = 7,
};
inline constexpr int kEmploymentTypeCount = 8;

// A set of employment types; bit n is the type of value n. Empty means "not stated".
class EmploymentTypes {
 public:
  EmploymentTypes() = default;
  static StatusOr<EmploymentTypes> FromBits(std::uint16_t bits);
  void Add(EmploymentType type) {
    bits_ = static_cast<std::uint16_t>(bits_ | (1U << static_cast<unsigned>(type)));
  }
  bool Has(EmploymentType type) const { return ((bits_ >> static_cast<unsigned>(type)) & 1U) != 0; }
  bool Intersects(EmploymentTypes other) const { return (bits_ & other.bits_) != 0; }
  bool empty() const { return bits_ == 0; }
  std::uint16_t bits() const { return bits_; }
  bool operator==(const EmploymentTypes&) const = default;

 private:
  std::uint16_t bits_ = 0;
};

std::string_view EmploymentTypeName(EmploymentType type);  // "full_time"
std::optional<EmploymentType> FindEmploymentType(std::string_view name);

// Highest completed education, ISCED 2011 levels.
enum class Education : std::uint8_t {
  kNone = 0,
  kPrimary = 1,
  kLowerSecondary = 2,
  kUpperSecondary = 3,
  kPostSecondary = 4,
  kShortTertiary = 5,
  kBachelor = 6,
  kMaster = 7,
  kDoctor = 8,
};
inline constexpr int kEducationCount = 9;
std::string_view EducationName(Education education);  // "bachelor"
std::optional<Education> FindEducation(std::string_view name);

enum class Currency : std::uint8_t { kKrw = 1, kJpy = 2, kUsd = 3, kEur = 4 };
std::string_view CurrencyName(Currency currency);  // "KRW"
std::optional<Currency> FindCurrency(std::string_view name);

// CEFR as numbers: 1 A1, 2 A2, 3 B1, 4 B2, 5 C1, 6 C2 and native.
inline constexpr std::uint8_t kMinLanguageLevel = 1;
inline constexpr std::uint8_t kMaxLanguageLevel = 6;
inline constexpr std::uint8_t kMinSkillLevel = 1;  // has met it
inline constexpr std::uint8_t kMaxSkillLevel = 5;  // teaches it

}  // namespace noren::model
