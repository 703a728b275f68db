// What a query asks of a block, reduced to bytes: which lanes may meet its conditions and how many
// units each can have at most. Made once per query; run on block after block by the kernels.
// Every test may say yes too often, never too seldom; what says yes is verified.
// Source:   docs/design/0002-the-index.md (how a query runs)
// Threads:  plain values; constant while a query runs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/matching/index/block.h"

namespace noren::matching {

// Units of all 64 lanes, in the order of the lanes. Sums saturate: 65,535 means "at least".
struct alignas(64) LaneSums {
  std::array<std::uint16_t, kLanes> of{};
};
inline constexpr std::uint32_t kMostUnits = 0xFFFF;

// The first `depth` bytes of a wish: of an occupation group, minor, unit; of a region province,
// place.
struct NodePattern {
  std::array<std::uint8_t, 3> bytes{};
  std::uint8_t depth = 0;
  bool operator==(const NodePattern&) const = default;
};

// Holds when any wish matches any of its patterns, or when no wish is stated and `if_missing`.
struct PathTest {
  std::uint16_t first = 0;  // of the program's patterns
  std::uint16_t count = 0;
  bool if_missing = false;
  bool always = false;  // too many patterns to try: decided by verification
  std::uint16_t units = 0;
};
struct NumberTest {
  std::uint16_t number = 0;
  std::uint16_t units = 0;
};
// Column byte at least this; 0: always.
struct ByteTest {
  std::uint8_t at_least = 0;
  std::uint16_t units = 0;
};

// The most tests that add units, of one kind; a query with more is answered without a program.
inline constexpr std::size_t kMaxPathTests = 64;

struct LaneFilter {
  std::uint8_t wage_at_most = 0xFF;
  std::uint8_t employment_any = 0;  // bits; 0: no condition
  std::uint8_t experience_at_least = 0;
  std::uint8_t education_at_least = 0;
  bool by_occupation = false;
  bool by_region = false;
  PathTest occupations;
  PathTest regions;
  std::vector<std::uint16_t> licences_all;
};

struct LaneProgram {
  LaneFilter filter;
  std::uint16_t constant = 0;
  std::vector<PathTest> occupations;
  std::vector<PathTest> regions;
  std::vector<NumberTest> licences;
  ByteTest experience;
  ByteTest education;
  std::vector<NodePattern> patterns;

  // Keeps the memory.
  void Clear();
};

// Units of a lane's skills: over its slots, weight of the hash x level, then
// max(ceil(min(sum, cap) scaled), `if_none` for a lane without skills).
struct SkillProgram {
  struct Weighted {
    std::uint8_t hash = 0;
    std::uint8_t weight = 0;
  };
  alignas(64) std::array<std::uint8_t, 256> by_hash{};
  std::vector<Weighted> list;  // what by_hash holds, each hash once
  // scaled: ((min(sum, cap) << shift) * factor >> 16) + 1, at least as much as is due
  bool scaled = false;
  std::uint16_t cap = 0;
  std::uint8_t shift = 0;
  std::uint16_t factor = 0;
  std::uint16_t if_none = 0;

  void Clear();
  // The larger weight where hashes collide.
  void Put(std::uint8_t hash, std::uint8_t weight);
  std::uint32_t Scaled(std::uint32_t sum) const {
    const std::uint32_t capped = sum < cap ? sum : cap;
    return ((capped << shift) * factor >> 16) + 1;
  }
};

// Exact points of a record by its skill numbers.
struct RecordProgram {
  std::vector<std::uint8_t> weight_of;  // by number; above its size 0
  std::vector<std::uint16_t> numbers;   // whose weight is not 0
  std::vector<std::uint16_t> required;  // all of them, at any level
  // The same weights by a hash without collisions, when one was found.
  static constexpr std::size_t kHashSize = 64;
  bool hashed = false;
  std::uint16_t multiplier = 0;  // place: number * multiplier >> 10 (16 bit)
  alignas(64) std::array<std::uint16_t, kHashSize> hash_numbers{};
  alignas(64) std::array<std::uint16_t, kHashSize> hash_weights{};

  static constexpr std::size_t PlaceOf(std::uint16_t number, std::uint16_t multiplier) {
    return static_cast<std::uint16_t>(number * multiplier) >> 10;
  }
  std::uint8_t WeightOf(std::uint16_t number) const {
    return number < weight_of.size() ? weight_of[number] : std::uint8_t{0};
  }
  void Clear();
  // Adds to a number's weight; false when the sum does not fit.
  bool Add(std::uint16_t number, std::uint8_t weight);
  // After the last Add: looks for a multiplier.
  void FindHash();
};

// The conditions that the words of a pair list decide, shifted to their places.
struct PairFilter {
  std::uint32_t wage_at_most = 0xFF;
  std::uint32_t employment_any = 0;  // shifted; 0: no condition
  std::uint32_t experience_at_least = 0;
  std::uint32_t education_at_least = 0;
  std::uint32_t licence_marks = 0;  // as in PairEntry::who; all of them
};

}  // namespace noren::matching
