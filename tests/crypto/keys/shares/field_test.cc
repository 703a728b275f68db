// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/shares/field.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace noren::keys {
namespace {

// The slow, obvious way: the whole product as a polynomial, then the remainder by long division.
std::uint8_t SlowMultiply(unsigned a, unsigned b) {
  unsigned product = 0;
  for (unsigned i = 0; i < 8; ++i) {
    if ((b & (1u << i)) != 0) product ^= a << i;
  }
  for (unsigned degree = 14; degree >= 8; --degree) {
    if ((product & (1u << degree)) != 0) product ^= 0x11bu << (degree - 8);
  }
  return static_cast<std::uint8_t>(product);
}

TEST(Field, MultipliesAsLongDivisionDoesForAllPairs) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      ASSERT_EQ(FieldMultiply(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)),
                SlowMultiply(a, b))
          << a << " " << b;
    }
  }
}

TEST(Field, EveryElementButZeroHasAnInverse) {
  EXPECT_EQ(FieldInvert(0), 0);
  for (unsigned a = 1; a < 256; ++a) {
    const auto element = static_cast<std::uint8_t>(a);
    ASSERT_EQ(FieldMultiply(element, FieldInvert(element)), 1) << a;
  }
}

// FIPS 197: section 4.2 (products), section 4.2.1 (repeated doubling of {57}).
TEST(Field, HasTheProductsOfThePublishedExamples) {
  EXPECT_EQ(FieldMultiply(0x57, 0x83), 0xc1);
  EXPECT_EQ(FieldMultiply(0x57, 0x13), 0xfe);
  const std::array<std::pair<int, int>, 4> doubled = {{{2, 0xae}, {4, 0x47}, {8, 0x8e}, {16, 7}}};
  for (const auto& [factor, product] : doubled) {
    EXPECT_EQ(FieldMultiply(0x57, static_cast<std::uint8_t>(factor)), product) << factor;
  }
  EXPECT_EQ(FieldInvert(0x53), 0xca);
}

}  // namespace
}  // namespace noren::keys
