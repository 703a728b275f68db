// The slow, obvious arithmetic of scalars that the fast paths are compared with: numbers modulo the
// group's order, multiplied by doubling and adding.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/oprf/scalars.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

inline constexpr Scalar kGroupOrder = {
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

inline Scalar SmallScalar(std::uint8_t value) { return Scalar{value}; }

// a - b as 256-bit numbers; `borrow` says whether b was larger.
inline Scalar Minus(const Scalar& a, const Scalar& b, bool& borrow) {
  Scalar difference;
  int carry = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int digit = a[i] - b[i] - carry;
    carry = digit < 0 ? 1 : 0;
    difference[i] = static_cast<std::uint8_t>(digit);
  }
  borrow = carry != 0;
  return difference;
}

inline Scalar SlowSum(const Scalar& a, const Scalar& b) {
  Scalar sum;
  int carry = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int digit = a[i] + b[i] + carry;
    carry = digit >> 8;
    sum[i] = static_cast<std::uint8_t>(digit);
  }
  bool borrow = false;
  const Scalar reduced = Minus(sum, kGroupOrder, borrow);
  return borrow ? sum : reduced;
}

inline Scalar SlowProduct(const Scalar& a, const Scalar& b) {
  Scalar product{};
  for (std::size_t bit = 256; bit-- > 0;) {
    product = SlowSum(product, product);
    if (((b[bit / 8] >> (bit % 8)) & 1) != 0) product = SlowSum(product, a);
  }
  return product;
}

// order - a, for a in [1, order).
inline Scalar SlowNegation(const Scalar& a) {
  bool borrow = false;
  return Minus(kGroupOrder, a, borrow);
}

inline Scalar ScalarOf(ByteSpan bytes) {
  Scalar scalar{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), scalar.size()), scalar.begin());
  return scalar;
}

inline Scalar DrawScalar(Random& random) { return ScalarOf(RandomScalar(random).ExposeSecret()); }

}  // namespace noren::oprf
