// A small labour market for tests: a few trades with skills of their own. People of one trade have
// some of its skills, so that what belongs together is known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/matching/relatedness/baskets.h"
#include "engine/matching/rows.h"

namespace noren::matching {

inline constexpr std::uint64_t kSkillsPerTrade = 12;

// Tokens of different trades are mixed in the order of tokens.
Token SkillOfTrade(std::uint64_t trade, std::uint64_t skill);
std::uint64_t TradeOf(Token token);

// Each person has 4 to 8 skills, one in ten of them of any trade; all from `seed`.
std::vector<std::vector<Token>> People(std::size_t people_count, std::uint64_t trades_count,
                                       std::uint64_t seed);
TokenBaskets BasketsOf(const std::vector<std::vector<Token>>& people);

}  // namespace noren::matching
