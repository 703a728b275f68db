// Hashes, HMAC, HKDF, keyed tokens and Argon2id.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "crypto/primitives/hash.h"
#include "crypto/primitives/hkdf.h"
#include "crypto/primitives/hmac.h"
#include "crypto/primitives/keyed_token.h"
#include "crypto/primitives/password.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::primitives {
namespace {

// FIPS 180-4 examples.
TEST(Sha, AgreesWithThePublishedVectors) {
  EXPECT_EQ(HexEncode(Sha256({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexEncode(Sha256(AsBytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexEncode(Sha512(AsBytes("abc"))),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

RC_GTEST_PROP(Sha, SplittingTheInputDoesNotMatter, (const std::vector<Bytes>& pieces)) {
  Bytes whole;
  Sha256Hasher short_hasher;
  Sha512Hasher long_hasher;
  for (const Bytes& piece : pieces) {
    whole.insert(whole.end(), piece.begin(), piece.end());
    short_hasher.Update(piece);
    long_hasher.Update(piece);
  }
  RC_ASSERT(short_hasher.Finish() == Sha256(whole));
  RC_ASSERT(long_hasher.Finish() == Sha512(whole));
}

TEST(Hmac, AgreesWithThePublishedVectors) {
  for (const auto& v : ReadOwnVectors("rfc4231_hmac_sha256.json")) {
    const SecretBytes key = SecretField(v, "key");
    const Bytes message = HexField(v, "msg");
    Bytes tag = HexField(v, "tag");
    EXPECT_EQ(ToBytes(HmacSha256(key, message)), tag);
    EXPECT_TRUE(HmacSha256Matches(key, message, tag));
    EXPECT_FALSE(HmacSha256Matches(key, message, ByteSpan(tag).first(31)));
    EXPECT_FALSE(HmacSha256Matches(key, message, {}));
    tag[31] = static_cast<std::uint8_t>(tag[31] ^ 1);
    EXPECT_FALSE(HmacSha256Matches(key, message, tag));
  }
}

TEST(Hkdf, AgreesWithThePublishedVectors) {
  for (const auto& v : ReadOwnVectors("rfc5869_hkdf_sha256.json")) {
    const Bytes expected = HexField(v, "okm");
    const Bytes salt = HexField(v, "salt");
    const Bytes info = HexField(v, "info");
    const SecretBytes input = SecretField(v, "ikm");
    ASSERT_OK_AND_ASSIGN(const SecretBytes output,
                         HkdfSha256(input, {.salt = salt, .info = info}, expected.size()));
    EXPECT_EQ(ToBytes(output.ExposeSecret()), expected);
    const SecretBytes key = HkdfSha256Key(input, {.salt = salt, .info = info});
    EXPECT_EQ(ToBytes(key.ExposeSecret()), Bytes(expected.begin(), expected.begin() + 32));
  }
}

TEST(Hkdf, AShorterOutputIsThePrefixOfALongerOneAndTheLimitIs255Blocks) {
  const SecretBytes input = SecretBytes::CopyOf(AsBytes("input"));
  ASSERT_OK_AND_ASSIGN(const SecretBytes longest, HkdfSha256(input, {}, kHkdfMaxOutputSizeBytes));
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{31}, std::size_t{32},
                                 std::size_t{33}, std::size_t{64}, std::size_t{8159}}) {
    ASSERT_OK_AND_ASSIGN(const SecretBytes output, HkdfSha256(input, {}, size));
    EXPECT_EQ(ToBytes(output.ExposeSecret()), ToBytes(longest.ExposeSecret().first(size)));
  }
  EXPECT_THAT(HkdfSha256(input, {}, kHkdfMaxOutputSizeBytes + 1),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(KeyedToken, AgreesWithAnIndependentImplementation) {
  for (const auto& v : ReadOwnVectors("keyed_token.json")) {
    const SecretBytes key = SecretField(v, "key");
    const auto context = v["context"].get<std::string>();
    const Bytes message = HexField(v, "msg");
    const Bytes token = v["size"] == 16 ? ToBytes(KeyedToken16(key, context, message))
                                        : ToBytes(KeyedToken32(key, context, message));
    EXPECT_EQ(token, HexField(v, "token")) << v.dump();
  }
}

TEST(KeyedToken, ChangesWithKeyContextMessageAndLength) {
  const SecretBytes key = SecretBytes::CopyOf(AsBytes("0123456789abcdef"));
  const SecretBytes other_key = SecretBytes::CopyOf(AsBytes("0123456789abcdeg"));
  const Token32 token = KeyedToken32(key, "context", AsBytes("message"));
  EXPECT_NE(KeyedToken32(other_key, "context", AsBytes("message")), token);
  EXPECT_NE(KeyedToken32(key, "contexu", AsBytes("message")), token);
  EXPECT_NE(KeyedToken32(key, "context", AsBytes("messagf")), token);
  const Token16 shorter = KeyedToken16(key, "context", AsBytes("message"));
  EXPECT_FALSE(std::equal(shorter.begin(), shorter.end(), token.begin()));
}

TEST(KeyedTokenDeathTest, WrongKeySizeOrContextStopsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const SecretBytes key(32);
  EXPECT_DEATH(KeyedToken16(SecretBytes(15), "c", {}), "16 to 64 bytes");
  EXPECT_DEATH(KeyedToken16(SecretBytes(65), "c", {}), "16 to 64 bytes");
  EXPECT_DEATH(KeyedToken16(key, "", {}), "1 to 16 bytes");
  EXPECT_DEATH(KeyedToken16(key, "seventeen letters", {}), "1 to 16 bytes");
}

TEST(DeriveFromPassphrase, AgreesWithIndependentImplementations) {
  for (const auto& v : ReadOwnVectors("argon2id.json")) {
    const Argon2idCost cost = {.passes_count = v["passes"].get<std::uint32_t>(),
                               .memory_kib = v["memory_kib"].get<std::uint32_t>()};
    ASSERT_OK_AND_ASSIGN(const SecretBytes key, DeriveFromPassphrase(SecretField(v, "passphrase"),
                                                                     HexField(v, "salt"), cost));
    EXPECT_EQ(ToBytes(key.ExposeSecret()), HexField(v, "key")) << v.dump();
  }
}

TEST(DeriveFromPassphrase, RefusesCostsOutsideTheLimitsAndOtherSalts) {
  const SecretBytes passphrase = SecretBytes::CopyOf(AsBytes("p"));
  const Bytes salt(16);
  for (const Argon2idCost cost :
       {Argon2idCost{0, 8}, Argon2idCost{65, 8}, Argon2idCost{1, 7},
        Argon2idCost{1, 4 * 1024 * 1024 + 1}, Argon2idCost{1, 0xffffffff}}) {
    EXPECT_THAT(DeriveFromPassphrase(passphrase, salt, cost),
                StatusIs(StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(DeriveFromPassphrase(passphrase, Bytes(15), {1, 8}),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(DeriveFromPassphrase(passphrase, Bytes(17), {1, 8}),
              StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace noren::primitives
