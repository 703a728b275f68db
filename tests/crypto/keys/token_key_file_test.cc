// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/token_key_file.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::keys {
namespace {

constexpr TokenKeyId kId = {0xa1, 0xa1, 0xa1, 0xa1, 0xa1, 0xa1, 0xa1, 0xa1,
                            0xa1, 0xa1, 0xa1, 0xa1, 0xa1, 0xa1, 0xa1, 0xa1};

// The one key of `kId`, 32 x c3, computed by OpenSSL.
class SoftwareCipher final : public TokenCipher {
 public:
  StatusOr<Bytes> Encrypt(const TokenKeyId& key, const TokenNonce& nonce, ByteSpan associated_data,
                          ByteSpan plaintext) override {
    if (key != kId) return NotFound("no such key");
    EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
    Bytes sealed(plaintext.size() + kTokenTagSizeBytes);
    int size = 0;
    EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nullptr, key_.data(), nonce.data());
    EVP_EncryptUpdate(context, nullptr, &size, associated_data.data(),
                      static_cast<int>(associated_data.size()));
    EVP_EncryptUpdate(context, sealed.data(), &size, plaintext.data(),
                      static_cast<int>(plaintext.size()));
    EVP_EncryptFinal_ex(context, sealed.data() + plaintext.size(), &size);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTokenTagSizeBytes,
                        sealed.data() + plaintext.size());
    EVP_CIPHER_CTX_free(context);
    return sealed;
  }
  Status Decrypt(const TokenKeyId& key, const TokenNonce& nonce, ByteSpan associated_data,
                 ByteSpan sealed, MutableByteSpan plaintext) override {
    if (key != kId) return NotFound("no such key");
    EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
    Bytes tag(sealed.end() - kTokenTagSizeBytes, sealed.end());
    int size = 0;
    EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nullptr, key_.data(), nonce.data());
    EVP_DecryptUpdate(context, nullptr, &size, associated_data.data(),
                      static_cast<int>(associated_data.size()));
    EVP_DecryptUpdate(context, plaintext.data(), &size, sealed.data(),
                      static_cast<int>(sealed.size() - kTokenTagSizeBytes));
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kTokenTagSizeBytes, tag.data());
    const bool is_good =
        EVP_DecryptFinal_ex(context, plaintext.data() + plaintext.size(), &size) == 1;
    EVP_CIPHER_CTX_free(context);
    return is_good ? OkStatus() : DataLoss("does not open");
  }

 private:
  const Bytes key_ = Bytes(32, 0xc3);
};

SecretBytes CountingKey() {
  SecretBytes key(32);
  std::uint8_t next = 0;
  for (std::uint8_t& byte : key.ExposeSecretForWriting()) byte = next++;
  return key;
}

TEST(TokenKeyFile, TheGoldenFileIsRead) {
  const Bytes text = ReadFileBytes(SourceFolder() + "/tests/golden/hsm_key_file_v1.hex");
  const Bytes golden = FromHex(std::string(AsText(text).substr(0, text.size() - 1)));
  SoftwareCipher token;
  ASSERT_OK_AND_ASSIGN(const SecretBytes opened, OpenRootKeyByToken(golden, token));
  EXPECT_TRUE(opened == CountingKey());
}

TEST(TokenKeyFile, ComesBackAndNamesItsKey) {
  SoftwareCipher token;
  SeededRandom random(1);
  ASSERT_OK_AND_ASSIGN(const Bytes file, SealRootKeyByToken(CountingKey(), kId, token, random));
  EXPECT_EQ(file.size(), 86u);
  ASSERT_OK_AND_ASSIGN(const SecretBytes opened, OpenRootKeyByToken(file, token));
  EXPECT_TRUE(opened == CountingKey());
  Bytes other = file;
  other[10] = 0;
  EXPECT_THAT(OpenRootKeyByToken(other, token), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(SealRootKeyByToken(SecretBytes(16), kId, token, random),
              StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace noren::keys
