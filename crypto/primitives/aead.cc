// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/aead.h"

#include <sodium.h>

#include "crypto/base/check.h"
#include "crypto/base/sodium_init.h"

namespace noren::primitives {
namespace {

static_assert(kAeadKeySizeBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(kAeadNonceSizeBytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(kAeadTagSizeBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

void CheckKey(const SecretBytes& key) {
  EnsureSodium();
  NOREN_CHECK(key.size() == kAeadKeySizeBytes, "an AEAD key has 32 bytes");
}

// `out` has room for plaintext and tag.
void Encrypt(const SecretBytes& key, ByteSpan nonce, ByteSpan associated_data, ByteSpan plaintext,
             std::uint8_t* out) {
  crypto_aead_xchacha20poly1305_ietf_encrypt(out, nullptr, plaintext.data(), plaintext.size(),
                                             associated_data.data(), associated_data.size(),
                                             nullptr, nonce.data(), key.ExposeSecret().data());
}

// `out` has sealed.size() - kAeadOverheadBytes bytes.
bool Decrypt(const SecretBytes& key, ByteSpan associated_data, ByteSpan sealed, std::uint8_t* out) {
  const ByteSpan ciphertext = sealed.subspan(kAeadNonceSizeBytes);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(
             out, nullptr, nullptr, ciphertext.data(), ciphertext.size(), associated_data.data(),
             associated_data.size(), sealed.data(), key.ExposeSecret().data()) == 0;
}

Status DoesNotOpen() { return DataLoss("sealed bytes do not open"); }

}  // namespace

Bytes Seal(const SecretBytes& key, AssociatedData associated_data, ByteSpan plaintext,
           Random& random) {
  CheckKey(key);
  Bytes sealed(plaintext.size() + kAeadOverheadBytes);
  const MutableByteSpan nonce(sealed.data(), kAeadNonceSizeBytes);
  random.Fill(nonce);
  Encrypt(key, nonce, associated_data.bytes, plaintext, sealed.data() + kAeadNonceSizeBytes);
  return sealed;
}

Bytes SealSecret(const SecretBytes& key, AssociatedData associated_data,
                 const SecretBytes& plaintext, Random& random) {
  return Seal(key, associated_data, plaintext.ExposeSecret(), random);
}

StatusOr<Bytes> Open(const SecretBytes& key, AssociatedData associated_data, ByteSpan sealed) {
  CheckKey(key);
  if (sealed.size() < kAeadOverheadBytes) return DoesNotOpen();
  Bytes plaintext(sealed.size() - kAeadOverheadBytes);
  if (!Decrypt(key, associated_data.bytes, sealed, plaintext.data())) return DoesNotOpen();
  return plaintext;
}

StatusOr<SecretBytes> OpenSecret(const SecretBytes& key, AssociatedData associated_data,
                                 ByteSpan sealed) {
  CheckKey(key);
  if (sealed.size() < kAeadOverheadBytes) return DoesNotOpen();
  SecretBytes plaintext(sealed.size() - kAeadOverheadBytes);
  if (!Decrypt(key, associated_data.bytes, sealed, plaintext.ExposeSecretForWriting().data())) {
    return DoesNotOpen();
  }
  return plaintext;
}

Bytes UncheckedSealWithNonceForTest(const SecretBytes& key, ByteSpan nonce,
                                    AssociatedData associated_data, ByteSpan plaintext) {
  CheckKey(key);
  NOREN_CHECK(nonce.size() == kAeadNonceSizeBytes, "an XChaCha20 nonce has 24 bytes");
  Bytes out(plaintext.size() + kAeadTagSizeBytes);
  Encrypt(key, nonce, associated_data.bytes, plaintext, out.data());
  return out;
}

}  // namespace noren::primitives
