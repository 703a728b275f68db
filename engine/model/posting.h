// A posting: what a company offers, what it requires (hard conditions) and what it would like
// (weights).
// Source:   docs/formats/profile.md (bytes), docs/formats/noren_jsonl.md (import)
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/model/profile.h"

namespace noren::model {

inline constexpr std::size_t kMaxTitleSizeBytes = 400;
inline constexpr std::size_t kMaxDescriptionSizeBytes = 65536;
inline constexpr std::size_t kMaxReferenceSizeBytes = 128;

struct WageOffer {
  std::int64_t min_per_month = 0;  // whole units; equal to max when one figure is offered
  std::int64_t max_per_month = 0;
  Currency currency = Currency::kKrw;
  bool operator==(const WageOffer&) const = default;
};

// Whoever misses one of these is not ranked. A condition on something a person has not stated is
// not met.
struct HardConditions {
  std::vector<SkillLevel> skills;        // least level
  std::vector<LicenceCode> licences;     // all of them
  std::vector<LanguageLevel> languages;  // least level
  std::optional<std::uint16_t> min_experience_months;
  std::optional<Education> min_education;
  std::optional<CivilDay> start_by;  // available_from must not be later
  bool occupation = false;           // a wanted occupation lies within one of the posting's
  bool region = false;  // a wanted region holds one of the posting's, or lies within it
  bool operator==(const HardConditions&) const = default;
};

struct PreferredSkill {
  SkillCode code;
  std::uint8_t weight = 0;  // 1..10
  bool operator==(const PreferredSkill&) const = default;
};
struct PreferredLicence {
  LicenceCode code;
  std::uint8_t weight = 0;  // 1..10
  bool operator==(const PreferredLicence&) const = default;
};
struct PreferredLanguage {
  LanguageCode code;
  std::uint8_t level = 0;   // 1..6: the level wished for
  std::uint8_t weight = 0;  // 1..10
  bool operator==(const PreferredLanguage&) const = default;
};

// How much each feature of a person matters to the company, 0..10; where nothing is said, the
// operator's policy says it.
struct FeatureWeights {
  std::optional<std::uint8_t> occupation;
  std::optional<std::uint8_t> skills;
  std::optional<std::uint8_t> licences;
  std::optional<std::uint8_t> languages;
  std::optional<std::uint8_t> region;
  std::optional<std::uint8_t> wage;
  std::optional<std::uint8_t> employment_type;
  std::optional<std::uint8_t> experience;
  std::optional<std::uint8_t> related_skills;
  std::optional<std::uint8_t> education;
  std::optional<std::uint8_t> availability;
  std::optional<std::uint8_t> recency;
  bool operator==(const FeatureWeights&) const = default;
};

struct Posting {
  std::string company;                      // principal name of the company
  std::string reference;                    // the company's own; printable, 1..128 bytes
  std::string title;                        // shown to people; never ranked
  std::string description;                  // shown to people; never ranked; may be empty
  std::vector<OccupationCode> occupations;  // 1..5
  std::vector<RegionCode> regions;          // 1..8
  EmploymentTypes employment_types;         // offered
  std::optional<WageOffer> wage;
  HardConditions required;
  std::vector<PreferredSkill> preferred_skills;
  std::vector<PreferredLicence> preferred_licences;
  std::vector<PreferredLanguage> preferred_languages;
  std::optional<Education> preferred_education;
  std::optional<CivilDay> preferred_start_by;
  FeatureWeights weights;
  bool operator==(const Posting&) const = default;
};

// Every problem, each with its field path ("posting.required.skills[0].level"); empty when the
// posting is valid.
std::vector<Status> ProblemsOf(const Posting& posting);
Status Validate(const Posting& posting);

// `posting` must be valid.
Bytes EncodePosting(const Posting& posting);
//   errors   kDataCorrupt: not written by EncodePosting, or not a valid posting
StatusOr<Posting> DecodePosting(ByteSpan bytes);

}  // namespace noren::model
