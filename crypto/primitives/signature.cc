// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/signature.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/base/sodium_init.h"

namespace noren::primitives {

static_assert(kSignatureSeedSizeBytes == crypto_sign_SEEDBYTES);
static_assert(sizeof(Signature) == crypto_sign_BYTES);
static_assert(sizeof(VerifyingKey) == crypto_sign_PUBLICKEYBYTES);

StatusOr<VerifyingKey> VerifyingKey::FromBytes(ByteSpan bytes) {
  VerifyingKey key;
  if (bytes.size() != key.bytes.size()) return InvalidArgument("verifying key: 32 bytes expected");
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

bool VerifyingKey::IsUsable() const {
  EnsureSodium();
  return crypto_core_ed25519_is_valid_point(bytes.data()) == 1;
}

SigningKey::SigningKey(const SecretBytes& seed) : expanded_(crypto_sign_SECRETKEYBYTES) {
  EnsureSodium();
  crypto_sign_seed_keypair(verifying_key_.bytes.data(), expanded_.ExposeSecretForWriting().data(),
                           seed.ExposeSecret().data());
}

StatusOr<SigningKey> SigningKey::FromSeed(const SecretBytes& seed) {
  if (seed.size() != kSignatureSeedSizeBytes)
    return InvalidArgument("signing key: 32 bytes expected");
  return SigningKey(seed);
}

SigningKey SigningKey::Generate(Random& random) {
  return SigningKey(SecretBytes::Random(random, kSignatureSeedSizeBytes));
}

Signature SigningKey::Sign(ByteSpan message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                       expanded_.ExposeSecret().data());
  return signature;
}

Status Verify(const VerifyingKey& key, ByteSpan message, ByteSpan signature) {
  EnsureSodium();
  const bool valid = signature.size() == sizeof(Signature) &&
                     crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                                 key.bytes.data()) == 0;
  return valid ? OkStatus() : Unauthenticated("signature does not verify");
}

}  // namespace noren::primitives
