// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/relatedness/trades.h"

#include "tests/support/seeded_random.h"

namespace noren::matching {
namespace {

constexpr std::uint64_t kMostTrades = 100;

}  // namespace

Token SkillOfTrade(std::uint64_t trade, std::uint64_t skill) {
  return {1 + skill * kMostTrades + trade};
}

std::uint64_t TradeOf(Token token) { return (token.value - 1) % kMostTrades; }

std::vector<std::vector<Token>> People(std::size_t people_count, std::uint64_t trades_count,
                                       std::uint64_t seed) {
  SeededRandom random(seed);
  std::vector<std::vector<Token>> people;
  for (std::size_t i = 0; i < people_count; ++i) {
    const std::uint64_t trade = random.Below(trades_count);
    std::vector<Token> tokens;
    for (std::uint64_t left = 4 + random.Below(5); left > 0; --left) {
      const bool is_own = random.Below(10) > 0;
      tokens.push_back(
          SkillOfTrade(is_own ? trade : random.Below(trades_count), random.Below(kSkillsPerTrade)));
    }
    people.push_back(std::move(tokens));
  }
  return people;
}

TokenBaskets BasketsOf(const std::vector<std::vector<Token>>& people) {
  TokenBaskets baskets;
  for (const std::vector<Token>& tokens : people) baskets.Add(tokens);
  return baskets;
}

}  // namespace noren::matching
