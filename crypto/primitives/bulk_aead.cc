// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/bulk_aead.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/base/check.h"
#include "crypto/base/sodium_init.h"

namespace noren::primitives {
namespace {

constexpr std::size_t kEndingSizeBytes = kAeadNonceSizeBytes - kNonceBeginningSizeBytes;
using InnerNonce = std::array<std::uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;
static_assert(kNonceBeginningSizeBytes == crypto_core_hchacha20_INPUTBYTES);
static_assert(kAeadKeySizeBytes == crypto_core_hchacha20_OUTPUTBYTES);
static_assert(kAeadTagSizeBytes == crypto_aead_chacha20poly1305_ietf_ABYTES);

void DeriveSubkey(const SecretBytes& key, ByteSpan beginning, SecretBytes& subkey) {
  crypto_core_hchacha20(subkey.ExposeSecretForWriting().data(), beginning.data(),
                        key.ExposeSecret().data(), nullptr);
}

// Four zero bytes and the nonce's ending.
InnerNonce InnerNonceOf(ByteSpan ending) {
  InnerNonce nonce{};
  std::copy(ending.begin(), ending.end(), nonce.end() - kEndingSizeBytes);
  return nonce;
}

void CheckKey(const SecretBytes& key) {
  EnsureSodium();
  NOREN_CHECK(key.size() == kAeadKeySizeBytes, "an AEAD key has 32 bytes");
}

}  // namespace

BulkSealer::BulkSealer(const SecretBytes& key, Random& random) : subkey_(kAeadKeySizeBytes) {
  CheckKey(key);
  random.Fill(beginning_);
  DeriveSubkey(key, beginning_, subkey_);
}

void BulkSealer::Seal(AssociatedData associated_data, const SecretBytes& plaintext,
                      MutableByteSpan out) {
  NOREN_CHECK(out.size() == plaintext.size() + kAeadOverheadBytes, "room for nonce and tag");
  std::copy(beginning_.begin(), beginning_.end(), out.begin());
  const MutableByteSpan ending = out.subspan(kNonceBeginningSizeBytes, kEndingSizeBytes);
  for (std::size_t i = 0; i < ending.size(); ++i) {
    ending[i] = static_cast<std::uint8_t>(counter_ >> (8 * i));
  }
  ++counter_;
  const InnerNonce nonce = InnerNonceOf(ending);
  const ByteSpan secret = plaintext.ExposeSecret();
  crypto_aead_chacha20poly1305_ietf_encrypt(
      out.data() + kAeadNonceSizeBytes, nullptr, secret.data(), secret.size(),
      associated_data.bytes.data(), associated_data.bytes.size(), nullptr, nonce.data(),
      subkey_.ExposeSecret().data());
}

BulkOpener::BulkOpener(const SecretBytes& key) : key_(key) { CheckKey(key); }

bool BulkOpener::Open(AssociatedData associated_data, ByteSpan sealed, SecretBytes& plaintext) {
  NOREN_CHECK(sealed.size() == plaintext.size() + kAeadOverheadBytes, "room for the plaintext");
  const ByteSpan beginning = sealed.first(kNonceBeginningSizeBytes);
  if (subkey_.empty() || !std::equal(beginning.begin(), beginning.end(), beginning_.begin())) {
    if (subkey_.empty()) subkey_ = SecretBytes(kAeadKeySizeBytes);
    std::copy(beginning.begin(), beginning.end(), beginning_.begin());
    DeriveSubkey(key_, beginning, subkey_);
  }
  const InnerNonce nonce = InnerNonceOf(sealed.subspan(kNonceBeginningSizeBytes, kEndingSizeBytes));
  const ByteSpan box = sealed.subspan(kAeadNonceSizeBytes);
  return crypto_aead_chacha20poly1305_ietf_decrypt(
             plaintext.ExposeSecretForWriting().data(), nullptr, nullptr, box.data(), box.size(),
             associated_data.bytes.data(), associated_data.bytes.size(), nonce.data(),
             subkey_.ExposeSecret().data()) == 0;
}

}  // namespace noren::primitives
