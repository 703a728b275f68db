// Numbers modulo 2^255 - 19 in five limbs of 51 bits, for points that are public. Takes variable
// time in places: never for secrets, which stay inside libsodium.
// Source:   Bernstein, Curve25519 (2006); radix 2^51 as in curve25519-donna-c64
// Threads:  concurrently
// Why safe: products need limbs below 2^54. A product has limbs below 2^51 + 2^17; a sum of two
//           products is below 2^52.1, a difference of such sums below 2^53.6
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "crypto/base/bytes.h"

namespace noren::oprf {

struct FieldElement {
  std::array<std::uint64_t, 5> limbs{};
};

inline constexpr FieldElement kFieldZero{{0, 0, 0, 0, 0}};
inline constexpr FieldElement kFieldOne{{1, 0, 0, 0, 0}};
inline constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << 51) - 1;

__extension__ using Uint128 = unsigned __int128;

// No carry: `a` and `b` are products, or one of them a difference.
inline FieldElement operator+(const FieldElement& a, const FieldElement& b) {
  FieldElement sum;
  for (std::size_t i = 0; i < 5; ++i) sum.limbs[i] = a.limbs[i] + b.limbs[i];
  return sum;
}

// Adds 4p first, so that no limb goes below zero: `b` is a product or a sum of two.
inline FieldElement operator-(const FieldElement& a, const FieldElement& b) {
  constexpr std::uint64_t kLow = 4 * (kLimbMask - 18);
  constexpr std::uint64_t kHigh = 4 * kLimbMask;
  FieldElement difference;
  difference.limbs[0] = a.limbs[0] + kLow - b.limbs[0];
  for (std::size_t i = 1; i < 5; ++i) difference.limbs[i] = a.limbs[i] + kHigh - b.limbs[i];
  return difference;
}

// Carries columns into limbs, twice, all five at once: a chain from limb to limb would take most of
// a product's time. Columns are below 2^114 (the last below 2^110), so no sum passes 64 bits.
inline FieldElement Carry(Uint128 c0, Uint128 c1, Uint128 c2, Uint128 c3, Uint128 c4) {
  const auto low = [](Uint128 x) { return static_cast<std::uint64_t>(x) & kLimbMask; };
  const auto high = [](Uint128 x) { return static_cast<std::uint64_t>(x >> 51); };
  const std::uint64_t l0 = low(c0) + high(c4) * 19;
  const std::uint64_t l1 = low(c1) + high(c0);
  const std::uint64_t l2 = low(c2) + high(c1);
  const std::uint64_t l3 = low(c3) + high(c2);
  const std::uint64_t l4 = low(c4) + high(c3);
  return {{(l0 & kLimbMask) + (l4 >> 51) * 19, (l1 & kLimbMask) + (l0 >> 51),
           (l2 & kLimbMask) + (l1 >> 51), (l3 & kLimbMask) + (l2 >> 51),
           (l4 & kLimbMask) + (l3 >> 51)}};
}

inline Uint128 Wide(std::uint64_t a, std::uint64_t b) { return Uint128{a} * b; }

inline FieldElement operator*(const FieldElement& a, const FieldElement& b) {
  const auto [a0, a1, a2, a3, a4] = a.limbs;
  const auto [b0, b1, b2, b3, b4] = b.limbs;
  const std::uint64_t b1x = b1 * 19;  // what wraps round at 2^255 counts 19 times
  const std::uint64_t b2x = b2 * 19;
  const std::uint64_t b3x = b3 * 19;
  const std::uint64_t b4x = b4 * 19;
  return Carry(Wide(a0, b0) + Wide(a1, b4x) + Wide(a2, b3x) + Wide(a3, b2x) + Wide(a4, b1x),
               Wide(a0, b1) + Wide(a1, b0) + Wide(a2, b4x) + Wide(a3, b3x) + Wide(a4, b2x),
               Wide(a0, b2) + Wide(a1, b1) + Wide(a2, b0) + Wide(a3, b4x) + Wide(a4, b3x),
               Wide(a0, b3) + Wide(a1, b2) + Wide(a2, b1) + Wide(a3, b0) + Wide(a4, b4x),
               Wide(a0, b4) + Wide(a1, b3) + Wide(a2, b2) + Wide(a3, b1) + Wide(a4, b0));
}

inline FieldElement Square(const FieldElement& a) {
  const auto [a0, a1, a2, a3, a4] = a.limbs;
  const std::uint64_t a0d = a0 * 2;
  const std::uint64_t a1d = a1 * 2;
  const std::uint64_t a3x = a3 * 19;
  const std::uint64_t a4x = a4 * 19;
  return Carry(Wide(a0, a0) + Wide(a1d, a4x) + Wide(a2 * 2, a3x),
               Wide(a0d, a1) + Wide(a2 * 2, a4x) + Wide(a3, a3x),
               Wide(a0d, a2) + Wide(a1, a1) + Wide(a3 * 2, a4x),
               Wide(a0d, a3) + Wide(a1d, a2) + Wide(a4, a4x),
               Wide(a0d, a4) + Wide(a1d, a3) + Wide(a2, a2));
}

inline FieldElement operator-(const FieldElement& a) { return kFieldZero - a; }

// The root of 1 / v, not negative; zero for v = 0.
struct InverseRoot {
  FieldElement root;
  bool was_square = false;  // otherwise `root` belongs to sqrt(-1) / v
};
InverseRoot InverseSquareRoot(const FieldElement& v);

// 32 bytes, little-endian, below the modulus.
using FieldBytes = std::array<std::uint8_t, 32>;
FieldBytes Encode(const FieldElement& a);
// Any 32 bytes; the top bit is dropped. Whether they are canonical shows when they are encoded.
FieldElement DecodeField(const FieldBytes& bytes);

bool IsNegative(const FieldElement& a);  // odd, as Ristretto has it
bool IsZero(const FieldElement& a);
FieldElement Absolute(const FieldElement& a);

}  // namespace noren::oprf
