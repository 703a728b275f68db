// The group's operations with secrets, by libsodium, behind checks that it leaves out.
// Source:   RFC 9496 section 4.3.1; RFC 9497 section 4.1 (DeserializeElement)
// Threads:  concurrently
// Secrets:  scalars; the multiplication takes constant time
// Why safe: libsodium 1.0.18 ignores the top bit of an encoding, so that an element would have two;
//           it is refused here, before every call
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

// True for the canonical encoding of an element other than the identity.
bool IsElement(const Element& element);

// False, with `product` undefined, unless IsElement(element).
//   scalar   32 bytes, in [1, order)
[[nodiscard]] bool Multiply(ByteSpan scalar, const Element& element, Element& product);

// The generator times `scalar`, which is in [1, order).
Element MultiplyGenerator(ByteSpan scalar);

}  // namespace noren::oprf
