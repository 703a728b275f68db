// Points of the curve behind Ristretto, for elements that are public; in variable time.
// Source:   RFC 9496 section 4.3 (decoding, encoding); Hisil, Wong, Carter, Dawson 2008 (extended
//           coordinates of the twisted Edwards curve with a = -1)
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/oprf/field_element.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

// x = X/Z, y = Y/Z, T = XY/Z. The default is the identity. Coordinates are products.
struct PublicPoint {
  FieldElement x = kFieldZero;
  FieldElement y = kFieldOne;
  FieldElement z = kFieldOne;
  FieldElement t = kFieldZero;
};

// A point with Z = 1 as many additions want it. The default is the identity.
struct PublicAddend {
  FieldElement sum = kFieldOne;         // y + x
  FieldElement difference = kFieldOne;  // y - x
  FieldElement product = kFieldZero;    // 2dxy
};

// False, and `addend` as it was, unless `element` is canonical. The identity is decoded too.
[[nodiscard]] bool DecodeElement(const Element& element, PublicAddend& addend);
Element EncodeElement(const PublicPoint& point);

PublicPoint operator+(const PublicPoint& p, const PublicPoint& q);
PublicPoint operator+(const PublicPoint& p, const PublicAddend& q);
PublicPoint operator-(const PublicPoint& p, const PublicAddend& q);
PublicPoint Twice(const PublicPoint& p);

}  // namespace noren::oprf
