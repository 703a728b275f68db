// A fixed scrambling of 64 bits: which tokens are sampled and the signs of the test matrix are read
// from it, so that nothing is drawn and every run is the same. Not for secrets.
// Source:   SplitMix64 (Steele, Lea, Flood 2014)
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace noren::matching {

constexpr std::uint64_t Mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

}  // namespace noren::matching
