// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/public_point.h"

namespace noren::oprf {
namespace {

constexpr FieldElement kCurveD{
    {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
constexpr FieldElement kTwiceCurveD{
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
constexpr FieldElement kRootOfMinusOne{
    {0x61b274a0ea0b0, 0x0d5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};
// 1 / sqrt(-1 - d)
constexpr FieldElement kInverseRootOfAMinusD{
    {0x0fdaa805d40ea, 0x2eb482e57d339, 0x007610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};

// The last step that all additions share; names as in the paper.
struct Cross {
  FieldElement e, f, g, h;
};
PublicPoint Finish(const Cross& c) { return {c.e * c.f, c.g * c.h, c.f * c.g, c.e * c.h}; }

}  // namespace

bool DecodeElement(const Element& element, PublicAddend& addend) {
  const FieldElement s = DecodeField(element);
  if (Encode(s) != element || (element[0] & 1) != 0) return false;
  const FieldElement ss = Square(s);
  const FieldElement u1 = kFieldOne - ss;
  const FieldElement u2 = kFieldOne + ss;
  const FieldElement u2_square = Square(u2);
  const FieldElement v = -(kCurveD * Square(u1) + u2_square);
  const auto [root, was_square] = InverseSquareRoot(v * u2_square);
  const FieldElement denominator_x = root * u2;
  const FieldElement x = Absolute((s + s) * denominator_x);
  const FieldElement y = u1 * (root * denominator_x * v);
  const FieldElement t = x * y;
  if (!was_square || IsNegative(t) || IsZero(y)) return false;
  addend = {y + x, y - x, t * kTwiceCurveD};
  return true;
}

Element EncodeElement(const PublicPoint& p) {
  const FieldElement u1 = (p.z + p.y) * (p.z - p.y);
  const FieldElement u2 = p.x * p.y;
  const FieldElement root = InverseSquareRoot(u1 * Square(u2)).root;
  const FieldElement denominator_1 = root * u1;
  const FieldElement denominator_2 = root * u2;
  const FieldElement z_inverse = denominator_1 * denominator_2 * p.t;
  const bool rotated = IsNegative(p.t * z_inverse);
  const FieldElement x = rotated ? p.y * kRootOfMinusOne : p.x;
  const FieldElement y = rotated ? p.x * kRootOfMinusOne : p.y;
  const FieldElement inverse = rotated ? denominator_1 * kInverseRootOfAMinusD : denominator_2;
  const FieldElement shifted = IsNegative(x * z_inverse) ? p.z + y : p.z - y;
  return Encode(Absolute(inverse * shifted));
}

PublicPoint operator+(const PublicPoint& p, const PublicPoint& q) {
  const FieldElement a = (p.y - p.x) * (q.y - q.x);
  const FieldElement b = (p.y + p.x) * (q.y + q.x);
  const FieldElement c = p.t * q.t * kTwiceCurveD;
  const FieldElement d = (p.z + p.z) * q.z;
  return Finish({b - a, d - c, d + c, b + a});
}

PublicPoint operator+(const PublicPoint& p, const PublicAddend& q) {
  const FieldElement a = (p.y - p.x) * q.difference;
  const FieldElement b = (p.y + p.x) * q.sum;
  const FieldElement c = p.t * q.product;
  const FieldElement d = p.z + p.z;
  return Finish({b - a, d - c, d + c, b + a});
}

PublicPoint operator-(const PublicPoint& p, const PublicAddend& q) {
  const FieldElement a = (p.y - p.x) * q.sum;
  const FieldElement b = (p.y + p.x) * q.difference;
  const FieldElement c = p.t * q.product;
  const FieldElement d = p.z + p.z;
  return Finish({b - a, d + c, d - c, b + a});
}

PublicPoint Twice(const PublicPoint& p) {
  const FieldElement a = Square(p.x);
  const FieldElement b = Square(p.y);
  const FieldElement zz = Square(p.z);
  const FieldElement h = a + b;
  const FieldElement g = a - b;
  return Finish({h - Square(p.x + p.y), zz + zz + g, g, h});
}

}  // namespace noren::oprf
