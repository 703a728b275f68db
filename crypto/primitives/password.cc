// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/password.h"

#include <sodium.h>

#include "crypto/base/sodium_init.h"
#include "crypto/primitives/non_null.h"

namespace noren::primitives {

static_assert(kPasswordSaltSizeBytes == crypto_pwhash_argon2id_SALTBYTES);
static_assert(Argon2idCost::kMinMemoryKib * 1024 == crypto_pwhash_argon2id_MEMLIMIT_MIN);

StatusOr<SecretBytes> DeriveFromPassphrase(const SecretBytes& passphrase, ByteSpan salt,
                                           Argon2idCost cost) {
  if (salt.size() != kPasswordSaltSizeBytes)
    return InvalidArgument("argon2id: salt of 16 bytes expected");
  if (cost.passes_count < 1 || cost.passes_count > Argon2idCost::kMaxPassesCount ||
      cost.memory_kib < Argon2idCost::kMinMemoryKib ||
      cost.memory_kib > Argon2idCost::kMaxMemoryKib) {
    return InvalidArgument("argon2id: cost outside the limits");
  }
  EnsureSodium();
  SecretBytes key(32);
  const int failed = crypto_pwhash_argon2id(
      key.ExposeSecretForWriting().data(), key.size(),
      reinterpret_cast<const char*>(NonNull(passphrase.ExposeSecret())), passphrase.size(),
      salt.data(), cost.passes_count, std::size_t{cost.memory_kib} * 1024,
      crypto_pwhash_argon2id_ALG_ARGON2ID13);
  if (failed != 0) return ResourceExhausted("argon2id: not enough memory");
  return key;
}

}  // namespace noren::primitives
