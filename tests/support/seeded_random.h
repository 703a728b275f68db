// A Random whose every byte follows from one number, so that a failing run can be repeated.
// Source:   SplitMix64 (Steele, Lea, Flood 2014); not for secrets outside tests
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>

#include "crypto/base/random.h"

namespace noren {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  void Fill(MutableByteSpan out) override {
    const std::lock_guard lock(mutex_);
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (i % 8 == 0) word = NextWord();
      out[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
    }
  }

  // Uniform in [0, bound); `bound` > 0. The modulo bias is below 2^-32 for the small bounds of
  // tests.
  std::uint64_t Below(std::uint64_t bound) {
    const std::lock_guard lock(mutex_);
    return NextWord() % bound;
  }

 private:
  std::uint64_t NextWord() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace noren
