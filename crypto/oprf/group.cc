// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/group.h"

#include <sodium.h>

#include "crypto/base/check.h"
#include "crypto/base/sodium_init.h"

namespace noren::oprf {
namespace {

bool TopBitIsClear(const Element& element) { return (element.back() & 0x80) == 0; }

}  // namespace

bool IsElement(const Element& element) {
  EnsureSodium();
  return TopBitIsClear(element) && element != Element{} &&
         crypto_core_ristretto255_is_valid_point(element.data()) == 1;
}

bool Multiply(ByteSpan scalar, const Element& element, Element& product) {
  NOREN_CHECK(scalar.size() == kScalarSizeBytes, "a scalar of 32 bytes");
  // The call fails for what does not decode, and when the product is the identity, which is exactly
  // when the element is: the scalar is not zero and the group's order is prime.
  return TopBitIsClear(element) &&
         crypto_scalarmult_ristretto255(product.data(), scalar.data(), element.data()) == 0;
}

Element MultiplyGenerator(ByteSpan scalar) {
  EnsureSodium();
  NOREN_CHECK(scalar.size() == kScalarSizeBytes, "a scalar of 32 bytes");
  Element product;
  const int failed = crypto_scalarmult_ristretto255_base(product.data(), scalar.data());
  NOREN_CHECK(failed == 0, "a scalar other than zero");
  return product;
}

}  // namespace noren::oprf
