// Ed25519 signatures. For receipts, checkpoints and the acts of a person.
// Source:   RFC 8032
// Threads:  const members concurrently
// Secrets:  seed and expanded key, in SecretBytes
// Why safe: libsodium refuses small-order keys and points and a scalar outside its range, so a
//           signature has one form
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

inline constexpr std::size_t kSignatureSeedSizeBytes = 32;
using Signature = std::array<std::uint8_t, 64>;

// The public half: checks signatures.
struct VerifyingKey {
  std::array<std::uint8_t, 32> bytes{};
  // kInvalidArgument unless 32 bytes. That they are a usable point shows at Verify.
  static StatusOr<VerifyingKey> FromBytes(ByteSpan bytes);
  // A canonical point of the main group: what a signature could verify with.
  bool IsUsable() const;
  auto operator<=>(const VerifyingKey&) const = default;
};

class SigningKey {
 public:
  // kInvalidArgument unless 32 bytes.
  static StatusOr<SigningKey> FromSeed(const SecretBytes& seed);
  static SigningKey Generate(Random& random);

  const VerifyingKey& verifying_key() const { return verifying_key_; }
  Signature Sign(ByteSpan message) const;

 private:
  explicit SigningKey(const SecretBytes& seed);
  SecretBytes expanded_;  // seed | public key, as libsodium wants it
  VerifyingKey verifying_key_;
};

// Ok when `signature` is the key's signature of `message`.
//   errors   kUnauthenticated with one message, whatever is wrong
Status Verify(const VerifyingKey& key, ByteSpan message, ByteSpan signature);

}  // namespace noren::primitives
