// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/hmac.h"

#include <sodium.h>

#include "crypto/base/sodium_init.h"
#include "crypto/primitives/non_null.h"

namespace noren::primitives {

Hash256 HmacSha256(const SecretBytes& key, ByteSpan message) {
  EnsureSodium();
  crypto_auth_hmacsha256_state state;
  Hash256 tag;
  crypto_auth_hmacsha256_init(&state, NonNull(key.ExposeSecret()), key.size());
  crypto_auth_hmacsha256_update(&state, NonNull(message), message.size());
  crypto_auth_hmacsha256_final(&state, tag.data());
  sodium_memzero(&state, sizeof state);
  return tag;
}

bool HmacSha256Matches(const SecretBytes& key, ByteSpan message, ByteSpan tag) {
  const Hash256 expected = HmacSha256(key, message);
  return tag.size() == expected.size() &&
         sodium_memcmp(expected.data(), tag.data(), tag.size()) == 0;
}

}  // namespace noren::primitives
