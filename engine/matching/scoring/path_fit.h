// How well one code answers another along a hierarchy; shared by occupation and region.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// Thousandths by the number of leading levels shared; the last entry is unused, since sharing every
// level is "within".
template <std::size_t kLevels>
using PathFitTable = std::array<std::int32_t, kLevels>;

// `answer` within `asked`: full. `answer` coarser and containing `asked`: it may or may not be
// meant, so at least neutral. Otherwise by what they share.
template <std::size_t kLevels>
std::int32_t PathFit(const TokenPath<kLevels>& asked, const TokenPath<kLevels>& answer,
                     const PathFitTable<kLevels>& table) {
  const std::size_t shared = SharedDepth(asked, answer);
  if (shared == asked.depth()) return kFullFit;
  const std::int32_t by_table = table[shared];
  return shared == answer.depth() ? std::max(by_table, kNeutralFit) : by_table;
}

// The best over all pairs, or "not asked" / "missing" when a list is empty.
template <std::size_t kLevels>
Fit BestPathFit(std::span<const TokenPath<kLevels>> asked,
                std::span<const TokenPath<kLevels>> answers, const PathFitTable<kLevels>& table) {
  if (asked.empty()) return Fit::NotAsked();
  if (answers.empty()) return Fit::Missing();
  std::int32_t best = 0;
  for (const auto& a : asked) {
    for (const auto& b : answers) best = std::max(best, PathFit(a, b, table));
  }
  return Fit::Known(best);
}

}  // namespace noren::matching
