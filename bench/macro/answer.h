// What an engine answers to a posting of W1: at most k people, best first.
// Threads:  plain values; pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/matching/best_k.h"

namespace noren::bench {

inline constexpr std::size_t kTopK = 100;

using RankedSeeker = matching::Ranked<matching::SeekerRowId>;
using Answer = std::vector<RankedSeeker>;

inline std::uint64_t MixBits(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

// A hash of ids, order and scores of all answers.
inline std::uint64_t HashOf(const std::vector<Answer>& answers) {
  std::uint64_t hash = answers.size();
  for (const Answer& answer : answers) {
    hash = MixBits(hash + answer.size());
    for (const RankedSeeker& row : answer) {
      hash = MixBits(hash ^ row.id.value);
      hash = MixBits(hash + static_cast<std::uint32_t>(row.score));
    }
  }
  return hash;
}

}  // namespace noren::bench
