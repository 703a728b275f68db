// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/field_element.h"

namespace noren::oprf {
namespace {

constexpr FieldElement kRootOfMinusOne{
    {0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};

FieldElement SquareTimes(FieldElement a, int times) {
  for (int i = 0; i < times; ++i) a = Square(a);
  return a;
}

// a^((p - 5) / 8) = a^(2^252 - 3). Names say which powers of two, less one, the exponents are.
FieldElement PowerForRoot(const FieldElement& a) {
  const FieldElement two = Square(a);
  const FieldElement nine = SquareTimes(two, 2) * a;
  const FieldElement eleven = nine * two;
  const FieldElement ones_5 = Square(eleven) * nine;
  const FieldElement ones_10 = SquareTimes(ones_5, 5) * ones_5;
  const FieldElement ones_20 = SquareTimes(ones_10, 10) * ones_10;
  const FieldElement ones_40 = SquareTimes(ones_20, 20) * ones_20;
  const FieldElement ones_50 = SquareTimes(ones_40, 10) * ones_10;
  const FieldElement ones_100 = SquareTimes(ones_50, 50) * ones_50;
  const FieldElement ones_200 = SquareTimes(ones_100, 100) * ones_100;
  const FieldElement ones_250 = SquareTimes(ones_200, 50) * ones_50;
  return SquareTimes(ones_250, 2) * a;
}

// Limbs as those of a product.
FieldElement Normalize(const FieldElement& a) {
  return Carry(a.limbs[0], a.limbs[1], a.limbs[2], a.limbs[3], a.limbs[4]);
}

// The one form below the modulus.
std::array<std::uint64_t, 5> Reduce(const FieldElement& a) {
  auto limbs = Normalize(a).limbs;
  // One or zero times the modulus is left to take off: one when adding 19 carries out of 2^255.
  std::uint64_t over = 19;
  for (const std::uint64_t limb : limbs) over = (limb + over) >> 51;
  std::uint64_t carry = 19 * over;
  for (std::uint64_t& limb : limbs) {
    limb += carry;
    carry = limb >> 51;
    limb &= kLimbMask;
  }
  return limbs;
}

std::uint64_t ReadLittleEndian(const FieldBytes& bytes, std::size_t at) {
  std::uint64_t word = 0;
  for (std::size_t i = 8; i-- > 0;) word = (word << 8) | bytes[at + i];
  return word;
}

}  // namespace

InverseRoot InverseSquareRoot(const FieldElement& v) {
  static const auto kMinusOne = Reduce(-kFieldOne);
  static const auto kMinusRoot = Reduce(-kRootOfMinusOne);
  const FieldElement v3 = Square(v) * v;
  const FieldElement v7 = Square(v3) * v;
  const FieldElement root = v3 * PowerForRoot(v7);
  const auto check = Reduce(v * Square(root));
  const bool flipped = check == kMinusOne;
  const bool needs_turn = flipped || check == kMinusRoot;
  return {Absolute(needs_turn ? root * kRootOfMinusOne : root),
          check == kFieldOne.limbs || flipped};
}

FieldBytes Encode(const FieldElement& a) {
  const auto limbs = Reduce(a);
  const std::array<std::uint64_t, 4> words = {
      limbs[0] | (limbs[1] << 51), (limbs[1] >> 13) | (limbs[2] << 38),
      (limbs[2] >> 26) | (limbs[3] << 25), (limbs[3] >> 39) | (limbs[4] << 12)};
  FieldBytes bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
  }
  return bytes;
}

FieldElement DecodeField(const FieldBytes& bytes) {
  return {{ReadLittleEndian(bytes, 0) & kLimbMask, (ReadLittleEndian(bytes, 6) >> 3) & kLimbMask,
           (ReadLittleEndian(bytes, 12) >> 6) & kLimbMask,
           (ReadLittleEndian(bytes, 19) >> 1) & kLimbMask,
           (ReadLittleEndian(bytes, 24) >> 12) & kLimbMask}};
}

bool IsNegative(const FieldElement& a) { return (Reduce(a)[0] & 1) != 0; }

bool IsZero(const FieldElement& a) { return Reduce(a) == kFieldZero.limbs; }

FieldElement Absolute(const FieldElement& a) { return IsNegative(a) ? Normalize(-a) : a; }

}  // namespace noren::oprf
