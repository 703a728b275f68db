// What the ranking side knows: rows of keyed tokens and plain numbers under opaque row ids. No
// name, no text, no person. A row has no place for anything a policy forbids; rows_test lists every
// member, so that a new one is seen.
// Source:   docs/formats/ranking.md, ARCHITECTURE invariants 1, 11 and 13
// Money:    compared within one currency only; no exchange rate is invented, so another currency is
//           "not stated".
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/matching/feature.h"
#include "engine/model/posting.h"
#include "engine/model/profile.h"

namespace noren::matching {

// Opaque; chosen by operations. No order, age or person may be read from it.
struct SeekerRowId {
  std::uint64_t value = 0;
  auto operator<=>(const SeekerRowId&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, SeekerRowId id) {
    return H::combine(std::move(h), id.value);
  }
};
struct PostingRowId {
  std::uint64_t value = 0;
  auto operator<=>(const PostingRowId&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, PostingRowId id) {
    return H::combine(std::move(h), id.value);
  }
};

// A keyed hash of a dictionary code, made elsewhere (TokenSource). 0 is "none".
struct Token {
  std::uint64_t value = 0;
  bool is_none() const { return value == 0; }
  auto operator<=>(const Token&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, Token token) {
    return H::combine(std::move(h), token.value);
  }
};

// A code with its ancestors, coarse to fine; after the first none all are none.
template <std::size_t kLevels>
struct TokenPath {
  static constexpr std::size_t kLevelCount = kLevels;
  std::array<Token, kLevels> levels{};
  std::size_t depth() const {
    std::size_t d = 0;
    while (d < kLevels && !levels[d].is_none()) ++d;
    return d;
  }
  auto operator<=>(const TokenPath&) const = default;
};
using OccupationPath = TokenPath<4>;  // ISCO-08: major, sub-major, minor, unit group
using RegionPath = TokenPath<4>;      // country, province, municipality, ward

// Number of leading levels that two paths share.
template <std::size_t kLevels>
std::size_t SharedDepth(const TokenPath<kLevels>& a, const TokenPath<kLevels>& b) {
  std::size_t d = 0;
  while (d < kLevels && !a.levels[d].is_none() && a.levels[d] == b.levels[d]) ++d;
  return d;
}

struct LeveledToken {
  Token token;
  std::uint8_t level = 0;  // 1..kMaxLevel of its scale
  auto operator<=>(const LeveledToken&) const = default;
};
struct WeightedToken {
  Token token;
  std::uint8_t level = 0;   // asked for; 0: any level
  std::uint8_t weight = 0;  // 1..10
  auto operator<=>(const WeightedToken&) const = default;
};

// Rows are made by RowOf (rows_from_model.h) from valid models: levels, weights and amounts are at
// least 1. A person as the ranking sees one. An empty list or nullopt is "not stated", never zero.
// Every list is sorted and holds no token twice; its order says nothing about the person.
struct SeekerRow {
  SeekerRowId id;
  std::vector<OccupationPath> occupations;  // wished for
  std::vector<LeveledToken> skills;         // level 1..5
  std::vector<RegionPath> regions;          // wished for
  std::vector<Token> licences;
  std::vector<LeveledToken> languages;  // level 1..6
  model::EmploymentTypes employment_types;
  std::optional<model::Wage> wage_floor;  // whole units per month
  std::optional<std::int32_t> experience_months;
  std::optional<std::uint8_t> education;      // ISCED level, 0..8
  std::optional<std::int32_t> available_day;  // days since 1970-01-01
  std::optional<std::int32_t> updated_day;    // when the person last confirmed the profile
  Weights weights;
};

// A skill that stands near an asked one, found by a relatedness model and not by the posting.
struct RelatedSkill {
  Token token;                  // of the related skill
  std::uint16_t asked = 0;      // index into required_skills, then preferred_skills
  std::uint16_t closeness = 0;  // 1..1000
  auto operator<=>(const RelatedSkill&) const = default;
};

// A province or municipality near a place of the posting; see scoring/region_distance.h.
struct NearRegion {
  Token region;
  std::uint16_t fit = 0;  // 1..1000
  auto operator<=>(const NearRegion&) const = default;
};

// A posting as the ranking sees one. What only the ranking can add (related skills, near regions,
// the day) is added here and not looked up while scoring: a score is a function of two rows.
struct PostingRow {
  PostingRowId id;
  std::vector<OccupationPath> occupations;
  std::vector<RegionPath> regions;
  model::EmploymentTypes employment_types;
  std::optional<model::WageOffer> wage;          // whole units per month
  std::vector<LeveledToken> required_skills;     // at least this level
  std::vector<Token> required_licences;          // all of them
  std::vector<LeveledToken> required_languages;  // at least this level
  std::optional<std::int32_t> min_experience_months;
  std::optional<std::uint8_t> min_education;
  std::optional<std::int32_t> start_by_day;  // days since 1970-01-01
  bool occupation_is_condition = false;      // the person's wish has to lie within an asked group
  bool region_is_condition = false;  // a wish has to hold, or lie in, a place of the posting
  std::vector<WeightedToken> preferred_skills;
  std::vector<WeightedToken> preferred_licences;
  std::vector<WeightedToken> preferred_languages;  // with the level wished for
  std::optional<std::uint8_t> preferred_education;
  std::optional<std::int32_t> start_wished_by_day;  // days since 1970-01-01
  std::vector<RelatedSkill> related_skills;         // a pair (token, asked) once
  std::vector<NearRegion> near_regions;             // a region once
  std::optional<std::int32_t> as_of_day;            // the day of the ranking; recency is as of it
  Weights weights;
};

}  // namespace noren::matching
