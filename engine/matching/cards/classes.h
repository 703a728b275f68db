// Classes of at least k discoverable people: all that a company may see before consent is about a
// class. People are partitioned top down along coarsening hierarchies; what cannot be split off
// stays in the coarser class. The table is made once per epoch and stored, so that a restart does
// not change it.
// Source:   docs/formats/ranking.md (cards; byte layout of the table), ARCHITECTURE invariant 7
// Threads:  plain values; pure functions.
// Why safe: every class has at least k members when it is made, in every step of the partition;
//           tests/engine/matching plays two linking companies, crafted postings and changes of one
//           member against it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/matching/rows.h"

namespace noren::matching {

inline constexpr std::uint32_t kMinClassSize = 2;
inline constexpr std::uint32_t kMaxClassSize = 2000;  // the largest that a policy may ask for

// A half-open range of months or ISCED levels.
struct Band {
  std::int32_t begin = 0;
  std::int32_t end = 0;
  auto operator<=>(const Band&) const = default;
};

// What is shown of a class: true of every member. The paths may be empty: "any".
struct CoarseRow {
  OccupationPath occupation;  // of one wished occupation of each member
  RegionPath region;          // of one wished region of each member
  std::optional<Band> experience_months;
  std::optional<Band> education;
  auto operator<=>(const CoarseRow&) const = default;
};

// One step finer in one hierarchy.
enum class Refinement : std::uint8_t {
  kOccupation = 1,  // one level down
  kRegion,          // one level down
  kExperience,      // any -> under or over 3 years -> five bands
  kEducation        // any -> tertiary or not -> five bands
};
// The order in which a class is refined, over and over until no step splits it.
std::span<const Refinement> DefaultRefinements();

struct SeekerClass {
  std::uint32_t id = 0;  // position in the table; says nothing across epochs
  CoarseRow row;
  std::vector<SeekerRowId> members;  // sorted; at least k when made
  bool operator==(const SeekerClass&) const = default;
};

struct ClassTable {
  std::uint32_t k = 0;
  std::int32_t epoch_day = 0;        // the civil day it was made for, days since 1970-01-01
  std::vector<SeekerClass> classes;  // sorted by row; disjoint members
  bool operator==(const ClassTable&) const = default;
};

struct ClassRules {
  std::uint32_t k = 0;  // kMinClassSize..kMaxClassSize
  std::int32_t epoch_day = 0;
  std::span<const Refinement> refinements = DefaultRefinements();
};

// `discoverable`: rows of people with a living discoverability consent, distinct ids. Fewer than k:
// no class. The result does not depend on the order of the rows.
//   errors   kInvalidArgument: k out of range, or an id twice
StatusOr<ClassTable> BuildClasses(std::span<const SeekerRow> discoverable, const ClassRules& rules);

Bytes EncodeClassTable(const ClassTable& table);
//   errors   kDataLoss: not written by EncodeClassTable, unsorted, overlapping, or a class below k
StatusOr<ClassTable> DecodeClassTable(ByteSpan bytes);

}  // namespace noren::matching
