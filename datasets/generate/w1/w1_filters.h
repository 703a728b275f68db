// The filters of workload W1c: bitmaps that a random tenth of the people pass.
// Source:   docs/formats/w1.md (queries)
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "datasets/generate/w1/w1_random.h"

namespace noren::w1 {

inline constexpr std::size_t kFiltersCount = 16;

// Bit i % 64 of word i / 64: person i passes.
inline std::vector<std::uint64_t> W1cFilter(std::size_t which, std::size_t seekers_count) {
  Stream stream(777 + which);
  std::vector<std::uint64_t> words((seekers_count + 63) / 64);
  for (std::size_t i = 0; i < seekers_count; ++i) {
    if (stream.Below(10) == 0) words[i / 64] |= std::uint64_t{1} << (i % 64);
  }
  return words;
}

}  // namespace noren::w1
