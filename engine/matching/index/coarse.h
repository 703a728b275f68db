// One byte that keeps the order of an amount: exact below 64, then five steps an octave. A filter
// over such bytes lets too many pass, never too few; what passes is then compared exactly.
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace noren::matching {

inline constexpr std::int64_t kCoarseExactBelow = 64;

// Monotone: a <= b implies CoarseAmount(a) <= CoarseAmount(b). At most 253.
constexpr std::uint8_t CoarseAmount(std::int64_t amount) {
  if (amount < kCoarseExactBelow)
    return static_cast<std::uint8_t>(std::max<std::int64_t>(amount, 0));
  const auto exponent = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(amount))) - 1;
  const std::int64_t above = amount - (std::int64_t{1} << exponent);
  const std::int64_t step = exponent < 60 ? (above * 5) >> exponent : 4;
  return static_cast<std::uint8_t>(std::min<std::int64_t>(64 + (exponent - 6) * 5 + step, 253));
}
constexpr bool CoarseIsExact(std::int64_t amount) {
  return amount >= 0 && amount < kCoarseExactBelow;
}

// A column byte: 0 is "not stated", else one more than the coarse amount.
constexpr std::uint8_t CoarseStated(std::int64_t amount) {
  return static_cast<std::uint8_t>(CoarseAmount(amount) + 1);
}

}  // namespace noren::matching
