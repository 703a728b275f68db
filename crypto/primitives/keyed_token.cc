// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/keyed_token.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/base/check.h"
#include "crypto/base/sodium_init.h"

namespace noren::primitives {
namespace {

static_assert(kTokenContextMaxSizeBytes == crypto_generichash_blake2b_PERSONALBYTES);

void CheckKey(const SecretBytes& key) {
  EnsureSodium();
  NOREN_CHECK(key.size() >= crypto_generichash_blake2b_KEYBYTES_MIN &&
                  key.size() <= crypto_generichash_blake2b_KEYBYTES_MAX,
              "a token key has 16 to 64 bytes");
}

void FillToken(const SecretBytes& key, std::string_view context, ByteSpan message,
               MutableByteSpan token) {
  CheckKey(key);
  NOREN_CHECK(!context.empty() && context.size() <= kTokenContextMaxSizeBytes,
              "a token context has 1 to 16 bytes");
  std::array<std::uint8_t, crypto_generichash_blake2b_PERSONALBYTES> personal{};
  std::copy(context.begin(), context.end(), personal.begin());
  crypto_generichash_blake2b_salt_personal(token.data(), token.size(), message.data(),
                                           message.size(), key.ExposeSecret().data(), key.size(),
                                           nullptr, personal.data());
}

}  // namespace

Token16 KeyedToken16(const SecretBytes& key, std::string_view context, ByteSpan message) {
  Token16 token;
  FillToken(key, context, message, token);
  return token;
}

Token32 KeyedToken32(const SecretBytes& key, std::string_view context, ByteSpan message) {
  Token32 token;
  FillToken(key, context, message, token);
  return token;
}

std::array<std::uint8_t, 64> UncheckedKeyedBlake2bForTest(const SecretBytes& key,
                                                          ByteSpan message) {
  CheckKey(key);
  std::array<std::uint8_t, 64> digest;
  crypto_generichash_blake2b(digest.data(), digest.size(), message.data(), message.size(),
                             key.ExposeSecret().data(), key.size());
  return digest;
}

}  // namespace noren::primitives
