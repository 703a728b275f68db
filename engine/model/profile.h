// A seeker's coded profile: all that ranking may ever see of a person. What is missing is not
// stated, never zero.
// Source:   docs/formats/profile.md (bytes), docs/formats/noren_jsonl.md (import)
// Threads:  values
// Secrets:  personal data: printed nowhere, sealed wherever stored
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/model/civil_day.h"
#include "engine/model/codes.h"

namespace noren::model {

inline constexpr std::size_t kMaxOccupations = 5;
inline constexpr std::size_t kMaxRegions = 8;
inline constexpr std::size_t kMaxSkills = 64;
inline constexpr std::size_t kMaxLicences = 32;
inline constexpr std::size_t kMaxLanguages = 16;
inline constexpr std::uint8_t kMaxWeight = 10;
inline constexpr std::uint8_t kDefaultWeight = 5;
inline constexpr std::uint16_t kMaxExperienceMonths = 840;
inline constexpr std::int64_t kMaxWagePerMonth = 1'000'000'000'000;

struct SkillLevel {
  SkillCode code;
  std::uint8_t level = 0;  // 1..5
  bool operator==(const SkillLevel&) const = default;
};

struct LanguageLevel {
  LanguageCode code;
  std::uint8_t level = 0;  // 1..6
  bool operator==(const LanguageLevel&) const = default;
};

struct Wage {
  std::int64_t amount_per_month = 0;  // whole units of the currency, 1..kMaxWagePerMonth
  Currency currency = Currency::kKrw;
  bool operator==(const Wage&) const = default;
};

// How much each feature of a posting matters to the person, 0..10; where nothing is said, the
// operator's policy says it.
struct Preferences {
  std::optional<std::uint8_t> occupation;
  std::optional<std::uint8_t> region;
  std::optional<std::uint8_t> wage;
  std::optional<std::uint8_t> employment_type;
  std::optional<std::uint8_t> skills;
  bool operator==(const Preferences&) const = default;
};

// Lists hold no code twice; their order has no meaning.
struct Profile {
  std::vector<OccupationCode> occupations;  // wanted, 1..5
  std::vector<SkillLevel> skills;
  std::vector<RegionCode> regions;  // where the person would work, 1..8
  std::vector<LicenceCode> licences;
  std::vector<LanguageLevel> languages;
  EmploymentTypes employment_types;
  std::optional<Wage> wage_floor;
  std::optional<std::uint16_t> experience_months;
  std::optional<Education> education;
  std::optional<CivilDay> available_from;
  std::optional<CivilDay> confirmed_on;  // when the person last said that all this holds
  Preferences preferences;
  bool operator==(const Profile&) const = default;
};

// Every problem, each with its field path ("profile.skills[3].level"); empty when the profile is
// valid.
std::vector<Status> ProblemsOf(const Profile& profile);
// The first problem, or ok.
Status Validate(const Profile& profile);

// `profile` must be valid.
Bytes EncodeProfile(const Profile& profile);
//   errors   kDataCorrupt: not written by EncodeProfile, or not a valid profile
StatusOr<Profile> DecodeProfile(ByteSpan bytes);

}  // namespace noren::model
