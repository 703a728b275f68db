// The field of 256 elements that key shares are computed in: bytes, modulo x^8 + x^4 + x^3 + x + 1.
// Source:   FIPS 197, section 4.2
// Threads:  concurrently
// Secrets:  operands may be secret
// Why safe: the same instructions for all operands: no table, no branch and no index depends on one
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace noren::keys {

constexpr std::uint8_t FieldAdd(std::uint8_t a, std::uint8_t b) {
  return static_cast<std::uint8_t>(a ^ b);
}

constexpr std::uint8_t FieldMultiply(std::uint8_t a, std::uint8_t b) {
  unsigned shifted = a;
  unsigned product = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    product ^= shifted & (0u - ((static_cast<unsigned>(b) >> bit) & 1u));
    shifted = (shifted << 1) ^ (0x11bu & (0u - (shifted >> 7)));
  }
  return static_cast<std::uint8_t>(product);
}

// a^254, which is 1 / a; 0 for 0.
constexpr std::uint8_t FieldInvert(std::uint8_t a) {
  std::uint8_t power = a;
  for (int i = 0; i < 6; ++i) power = FieldMultiply(FieldMultiply(power, power), a);
  return FieldMultiply(power, power);
}

}  // namespace noren::keys
