// Who can open an age file: X25519 recipients ("age1...") and identities ("AGE-SECRET-KEY-1...").
// Source:   docs/formats/age.md; C2SP age.md, "The X25519 recipient type"
// Threads:  const members concurrently
// Secrets:  the identity's scalar and its text, in SecretBytes
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/primitives/key_agreement.h"

namespace noren::agefile {

// The public half.
class Recipient {
 public:
  explicit Recipient(const primitives::AgreementPublicKey& key) : key_(key) {}
  static StatusOr<Recipient> Parse(std::string_view text);  // kInvalidArgument
  std::string ToString() const;                             // "age1..."
  // False for a point of small order: nothing can be wrapped to it.
  bool IsUsable() const;
  const primitives::AgreementPublicKey& key() const { return key_; }
  auto operator<=>(const Recipient&) const = default;

 private:
  primitives::AgreementPublicKey key_;
};

// The secret half.
class Identity {
 public:
  static Identity Generate(Random& random);
  // `scalar`: 32 uniform bytes, as HKDF gives them; kInvalidArgument otherwise.
  static StatusOr<Identity> FromScalar(SecretBytes scalar);
  static StatusOr<Identity> Parse(std::string_view text);  // kInvalidArgument
  SecretBytes ToSecretText() const;                        // "AGE-SECRET-KEY-1..." without line end
  Recipient recipient() const { return Recipient(key_.public_key()); }
  const primitives::AgreementKey& key() const { return key_; }

 private:
  explicit Identity(primitives::AgreementKey key) : key_(std::move(key)) {}
  primitives::AgreementKey key_;
};

}  // namespace noren::agefile
