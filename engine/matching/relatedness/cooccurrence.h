// How many people have two tokens together. Exact whole numbers, so that the order of the people
// makes no difference.
// Threads:  pure functions
// Memory:   8 bytes per pair kept and 8 per token of a basket while counting
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "crypto/base/status.h"
#include "engine/matching/relatedness/baskets.h"

namespace noren::matching {

struct CooccurrenceLimits {
  std::uint32_t min_people = 20;
  std::size_t max_tokens_per_person = 64;
  std::size_t max_tokens = 100'000;
  std::uint64_t seed = 0;
};

// Only tokens, and only pairs of them, that at least `min_people` people have. Row i holds the
// pairs (i, j) with j > i, j ascending: positions [row_ends[i - 1], row_ends[i]).
struct Cooccurrence {
  std::uint64_t people_count = 0;
  std::vector<Token> tokens;               // ascending
  std::vector<std::uint32_t> people;       // who have tokens[i]
  std::vector<std::size_t> row_ends;       // one per token
  std::vector<std::uint32_t> columns;      // index of the other token
  std::vector<std::uint32_t> pair_people;  // who have both
};

// How many people have both tokens i and j; 0 when fewer than the limit.
std::uint32_t PeopleWithBoth(const Cooccurrence& counted, std::size_t i, std::size_t j);

// Of a person with more tokens than the limit, a sample counts that depends on the set of tokens
// and the seed alone.
//   errors   kResourceExhausted: more tokens or people than can be counted; kCancelled: stopped
StatusOr<Cooccurrence> CountCooccurrence(const TokenBaskets& baskets,
                                         const CooccurrenceLimits& limits,
                                         const std::stop_token& stop);

}  // namespace noren::matching
