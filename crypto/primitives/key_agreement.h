// X25519: a secret shared by two key pairs.
// Source:   RFC 7748
// Threads:  const members concurrently
// Secrets:  scalar and shared secret, in SecretBytes
// Why safe: an all-zero shared secret (a peer's point of small order) is refused
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::primitives {

inline constexpr std::size_t kAgreementScalarSizeBytes = 32;

struct AgreementPublicKey {
  std::array<std::uint8_t, 32> bytes{};
  static StatusOr<AgreementPublicKey> FromBytes(
      ByteSpan bytes);  // kInvalidArgument unless 32 bytes
  auto operator<=>(const AgreementPublicKey&) const = default;
};

class AgreementKey {
 public:
  static StatusOr<AgreementKey> FromScalar(SecretBytes scalar);  // kInvalidArgument unless 32 bytes
  static AgreementKey Generate(Random& random);

  const AgreementPublicKey& public_key() const { return public_key_; }
  const SecretBytes& scalar() const { return scalar_; }

  // The 32-byte shared secret; not uniform, so it goes through HKDF before it is a key.
  //   errors   kInvalidArgument: the peer's key is of small order
  StatusOr<SecretBytes> Agree(const AgreementPublicKey& peer) const;

 private:
  explicit AgreementKey(SecretBytes scalar);
  SecretBytes scalar_;
  AgreementPublicKey public_key_;
};

}  // namespace noren::primitives
