// How well one code answers another along a hierarchy; shared by occupation and region.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// Thousandths by the number of leading levels shared; the last entry is unused, since sharing every
// level is "within".
template <std::size_t kLevels>
using PathFitTable = std::array<std::int32_t, kLevels>;

// Thousandths of one comparison, for either side asking.
struct PathFits {
  std::int32_t first_asks = 0;
  std::int32_t second_asks = 0;
};

// The answer within what is asked: full. The answer coarser and containing what is asked: it may or
// may not be meant, so at least neutral. Otherwise by what they share. Without branches: which of
// these it is, nobody could predict.
template <std::size_t kLevels>
inline PathFits PathFit(const TokenPath<kLevels>& first, const TokenPath<kLevels>& second,
                        const PathFitTable<kLevels>& table) {
  // Counted, not searched for: after the first none all levels are none.
  unsigned shared = 0;
  unsigned in_first = 0;
  unsigned in_second = 0;
  unsigned all_equal = 1;
#pragma GCC unroll 4
  for (std::size_t i = 0; i < kLevels; ++i) {
    const auto is_first = static_cast<unsigned>(!first.levels[i].is_none());
    all_equal &= static_cast<unsigned>(first.levels[i] == second.levels[i]) & is_first;
    shared += all_equal;
    in_first += is_first;
    in_second += static_cast<unsigned>(!second.levels[i].is_none());
  }
  const bool second_within = shared == in_first;
  const bool first_within = shared == in_second;
  const std::int32_t by_table = table[shared % kLevels];
  const std::int32_t around = std::max(by_table, kNeutralFit);
  return {second_within ? kFullFit : (first_within ? around : by_table),
          first_within ? kFullFit : (second_within ? around : by_table)};
}

template <std::size_t kLevels>
PathFits BestPathFit(const std::vector<TokenPath<kLevels>>& first,
                     const std::vector<TokenPath<kLevels>>& second,
                     const PathFitTable<kLevels>& table) {
  PathFits best;
  for (const auto& a : first) {
    for (const auto& b : second) {
      const PathFits one = PathFit(a, b, table);
      best.first_asks = std::max(best.first_asks, one.first_asks);
      best.second_asks = std::max(best.second_asks, one.second_asks);
    }
  }
  return best;
}

// `is_asked`: the asking side's list is not empty; likewise for the answer.
inline Fit PathFitOf(bool is_asked, bool is_stated, std::int32_t thousandths) {
  if (!is_asked) return Fit::NotAsked();
  return is_stated ? Fit::Known(thousandths) : Fit::Missing();
}

}  // namespace noren::matching
