// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/scalars.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "crypto/base/check.h"
#include "crypto/base/sodium_init.h"

namespace noren::oprf {
namespace {

constexpr Scalar kOrder = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                           0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                           0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
constexpr int kMaxDeriveTries = 256;

ByteSpan ScalarAt(const SecretBytes& scalars, std::size_t index) {
  return scalars.ExposeSecret().subspan(index * kScalarSizeBytes, kScalarSizeBytes);
}
MutableByteSpan WritableScalarAt(SecretBytes& scalars, std::size_t index) {
  return scalars.ExposeSecretForWriting().subspan(index * kScalarSizeBytes, kScalarSizeBytes);
}

}  // namespace

bool IsScalar(ByteSpan bytes) {
  if (bytes.size() != kOrder.size()) return false;
  // Subtracts the order byte by byte: a borrow is left exactly when the number is below it.
  std::uint32_t borrow = 0;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    borrow = ((std::uint32_t{bytes[i]} - kOrder[i] - borrow) >> 8) & 1;
  }
  return borrow == 1;
}

bool IsNonZeroScalar(ByteSpan bytes) {
  return IsScalar(bytes) && sodium_is_zero(bytes.data(), bytes.size()) == 0;
}

SecretBytes RandomScalar(Random& random) {
  EnsureSodium();
  SecretBytes scalar(kScalarSizeBytes);
  do {
    const SecretBytes wide =
        SecretBytes::Random(random, crypto_core_ristretto255_NONREDUCEDSCALARBYTES);
    crypto_core_ristretto255_scalar_reduce(scalar.ExposeSecretForWriting().data(),
                                           wide.ExposeSecret().data());
  } while (!IsNonZeroScalar(scalar.ExposeSecret()));
  return scalar;
}

StatusOr<SecretBytes> DeriveScalar(Mode mode, const SecretBytes& seed, ByteSpan info,
                                   const SecretScalarHash& hash) {
  const std::array<std::uint8_t, 2> info_size = {static_cast<std::uint8_t>(info.size() >> 8),
                                                 static_cast<std::uint8_t>(info.size())};
  for (int tries = 0; tries < kMaxDeriveTries; ++tries) {
    const auto counter = static_cast<std::uint8_t>(tries);
    const std::array<ByteSpan, 4> message = {seed.ExposeSecret(), info_size, info, {&counter, 1}};
    SecretBytes scalar = hash(mode, "DeriveKeyPair", message);
    if (IsNonZeroScalar(scalar.ExposeSecret())) return scalar;
  }
  return Internal("OPRF key: no scalar from this seed");
}

// Montgomery: the inverse of the product, taken apart by the products before each factor.
SecretBytes InvertScalars(const SecretBytes& scalars) {
  const std::size_t count = scalars.size() / kScalarSizeBytes;
  NOREN_CHECK(count > 0 && scalars.size() % kScalarSizeBytes == 0, "whole scalars");
  SecretBytes inverses(scalars.size());  // first the products of all before
  SecretBytes product(kScalarSizeBytes);
  std::uint8_t* const all = product.ExposeSecretForWriting().data();
  all[0] = 1;
  for (std::size_t i = 0; i < count; ++i) {
    std::copy_n(all, kScalarSizeBytes, WritableScalarAt(inverses, i).data());
    crypto_core_ristretto255_scalar_mul(all, all, ScalarAt(scalars, i).data());
  }
  const SecretBytes whole = product.Clone();
  const int failed = crypto_core_ristretto255_scalar_invert(all, whole.ExposeSecret().data());
  NOREN_CHECK(failed == 0, "no scalar is zero");
  for (std::size_t i = count; i-- > 0;) {
    std::uint8_t* const inverse = WritableScalarAt(inverses, i).data();
    crypto_core_ristretto255_scalar_mul(inverse, inverse, all);
    crypto_core_ristretto255_scalar_mul(all, all, ScalarAt(scalars, i).data());
  }
  return inverses;
}

}  // namespace noren::oprf
