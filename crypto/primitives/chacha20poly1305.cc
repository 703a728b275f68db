// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/chacha20poly1305.h"

#include <sodium.h>

#include "crypto/base/check.h"
#include "crypto/base/sodium_init.h"

namespace noren::primitives {
namespace {

static_assert(kChaChaKeySizeBytes == crypto_aead_chacha20poly1305_ietf_KEYBYTES);
static_assert(kChaChaTagSizeBytes == crypto_aead_chacha20poly1305_ietf_ABYTES);
static_assert(sizeof(ChaChaNonce) == crypto_aead_chacha20poly1305_ietf_NPUBBYTES);

void CheckKey(const SecretBytes& key) {
  EnsureSodium();
  NOREN_CHECK(key.size() == kChaChaKeySizeBytes, "a ChaCha20-Poly1305 key has 32 bytes");
}

bool Decrypt(const SecretBytes& key, const ChaChaNonce& nonce, ByteSpan ciphertext,
             std::uint8_t* out) {
  return crypto_aead_chacha20poly1305_ietf_decrypt(out, nullptr, nullptr, ciphertext.data(),
                                                   ciphertext.size(), nullptr, 0, nonce.data(),
                                                   key.ExposeSecret().data()) == 0;
}

Status DoesNotOpen() { return DataLoss("sealed bytes do not open"); }

}  // namespace

void UncheckedChaChaSeal(const SecretBytes& key, const ChaChaNonce& nonce, ByteSpan plaintext,
                         Bytes& out) {
  CheckKey(key);
  const std::size_t begin = out.size();
  out.resize(begin + plaintext.size() + kChaChaTagSizeBytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(out.data() + begin, nullptr, plaintext.data(),
                                            plaintext.size(), nullptr, 0, nullptr, nonce.data(),
                                            key.ExposeSecret().data());
}

Status UncheckedChaChaOpen(const SecretBytes& key, const ChaChaNonce& nonce, ByteSpan ciphertext,
                           Bytes& out) {
  CheckKey(key);
  if (ciphertext.size() < kChaChaTagSizeBytes) return DoesNotOpen();
  const std::size_t begin = out.size();
  out.resize(begin + ciphertext.size() - kChaChaTagSizeBytes);
  if (Decrypt(key, nonce, ciphertext, out.data() + begin)) return OkStatus();
  out.resize(begin);
  return DoesNotOpen();
}

StatusOr<SecretBytes> UncheckedChaChaOpenSecret(const SecretBytes& key, const ChaChaNonce& nonce,
                                                ByteSpan ciphertext) {
  CheckKey(key);
  if (ciphertext.size() < kChaChaTagSizeBytes) return DoesNotOpen();
  SecretBytes plaintext(ciphertext.size() - kChaChaTagSizeBytes);
  if (!Decrypt(key, nonce, ciphertext, plaintext.ExposeSecretForWriting().data()))
    return DoesNotOpen();
  return plaintext;
}

Bytes UncheckedChaChaSealWithDataForTest(const SecretBytes& key, const ChaChaNonce& nonce,
                                         ByteSpan associated_data, ByteSpan plaintext) {
  CheckKey(key);
  Bytes out(plaintext.size() + kChaChaTagSizeBytes);
  crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(), plaintext.size(),
                                            associated_data.data(), associated_data.size(), nullptr,
                                            nonce.data(), key.ExposeSecret().data());
  return out;
}

}  // namespace noren::primitives
