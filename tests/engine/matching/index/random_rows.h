// Random rows over few tokens, so that wishes meet, lists are shared and odd rows are common: wide
// ones, empty ones, amounts at the edges, paths of every depth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

#include "engine/matching/rows.h"

namespace noren::matching {

class RandomRows {
 public:
  explicit RandomRows(std::uint64_t seed) : random_(seed) {}

  std::uint64_t Below(std::uint64_t n) { return random_() % n; }
  bool OneIn(std::uint64_t n) { return Below(n) == 0; }

  SeekerRow Seeker(std::uint64_t id);
  OccupationPath Occupation();
  RegionPath Region();
  static Token SkillToken(std::uint64_t n) { return {0x5000 + n * 7919 % 997}; }
  static Token LicenceToken(std::uint64_t n) { return {0x11000 + n}; }
  static Token LanguageToken(std::uint64_t n) { return {0x12000 + n}; }

 private:
  std::mt19937_64 random_;
};

}  // namespace noren::matching
