// Binary search in the sorted lists of a row.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/matching/rows.h"

namespace noren::matching {

// The level of `token`, or 0 when the list does not hold it.
inline std::uint8_t LevelIn(std::span<const LeveledToken> sorted, Token token) {
  const auto at = std::ranges::lower_bound(sorted, token, {}, &LeveledToken::token);
  return at != sorted.end() && at->token == token ? at->level : std::uint8_t{0};
}

inline bool Holds(std::span<const Token> sorted, Token token) {
  return std::ranges::binary_search(sorted, token);
}

}  // namespace noren::matching
