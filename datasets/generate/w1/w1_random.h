// The random numbers of workload W1: streams that are the same on every machine, and draws from a
// table of weights with nothing but + - * / on doubles.
// Source:   docs/formats/w1.md (numbers)
// Threads:  a stream has one owner; Cumulative is const after construction.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace noren::w1 {

// SplitMix64.
class Stream {
 public:
  explicit Stream(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  // 0..bound-1: the high word of the 128-bit product.
  std::uint32_t Below(std::uint32_t bound) {
    __extension__ using Word128 = unsigned __int128;
    return static_cast<std::uint32_t>((static_cast<Word128>(Next()) * bound) >> 64U);
  }
  // [0, 1) in steps of 2^-53.
  double Unit() { return static_cast<double>(Next() >> 11U) * 0x1.0p-53; }
  bool Percent(std::uint32_t percent) { return Below(100) < percent; }

 private:
  std::uint64_t state_;
};

// The seed of stream `index` of a family: the second output of a stream seeded with both.
inline std::uint64_t StreamSeed(std::uint64_t family, std::uint64_t index) {
  Stream stream(family * 0xD1342543DE82EF95U + index);
  stream.Next();
  return stream.Next();
}

// Indices drawn in proportion to their weights.
class Cumulative {
 public:
  explicit Cumulative(std::span<const double> weights);
  std::uint32_t Draw(Stream& stream) const;

 private:
  std::vector<double> sums_;
};

}  // namespace noren::w1
