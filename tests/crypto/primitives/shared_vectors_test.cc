// Public vector sets that are not part of the project: Wycheproof, BLAKE2, libsodium.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "crypto/primitives/aead.h"
#include "crypto/primitives/hkdf.h"
#include "crypto/primitives/key_agreement.h"
#include "crypto/primitives/keyed_token.h"
#include "crypto/primitives/signature.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::primitives {
namespace {

using Json = nlohmann::json;

Bytes Joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// Calls `check` with every (group, test) and returns how many there were.
int ForEachWycheproof(const std::string& name,
                      const std::function<void(const Json&, const Json&)>& check) {
  const Json file = ReadJsonFile(SharedData() + "/crypto/wycheproof/" + name);
  int count = 0;
  for (const Json& group : file["testGroups"]) {
    for (const Json& test : group["tests"]) {
      SCOPED_TRACE(name + " " + test["tcId"].dump());
      check(group, test);
      ++count;
    }
  }
  EXPECT_EQ(count, file["numberOfTests"].get<int>());
  return count;
}

bool IsValid(const Json& test) { return test["result"] == "valid"; }

TEST(WycheproofVectors, XChaCha20Poly1305) {
  const int count =
      ForEachWycheproof("xchacha20_poly1305_test.json", [](const Json&, const Json& test) {
        const Bytes nonce = HexField(test, "iv");
        const Bytes data = HexField(test, "aad");
        const SecretBytes key = SecretField(test, "key");
        const Bytes ciphertext = Joined(HexField(test, "ct"), HexField(test, "tag"));
        if (nonce.size() != kAeadNonceSizeBytes) {
          EXPECT_FALSE(IsValid(test));  // cannot be expressed here: the nonce is ours
          return;
        }
        const auto opened = Open(key, AssociatedData{data}, Joined(nonce, ciphertext));
        if (!IsValid(test)) {
          EXPECT_THAT(opened, StatusIs(StatusCode::kDataLoss));
          return;
        }
        EXPECT_THAT(opened, IsOkAndHolds(HexField(test, "msg")));
        EXPECT_EQ(
            UncheckedSealWithNonceForTest(key, nonce, AssociatedData{data}, HexField(test, "msg")),
            ciphertext);
      });
  EXPECT_EQ(count, 315);
}

// "acceptable" ones have an all-zero secret, which is refused here.
TEST(WycheproofVectors, X25519) {
  int refused = 0;
  const int count = ForEachWycheproof("x25519_test.json", [&](const Json&, const Json& test) {
    const auto key = AgreementKey::FromScalar(SecretField(test, "private"));
    const auto peer = AgreementPublicKey::FromBytes(HexField(test, "public"));
    ASSERT_OK(key);
    ASSERT_OK(peer);
    const Bytes expected = HexField(test, "shared");
    const auto shared = key->Agree(*peer);
    if (expected == Bytes(32)) {
      ++refused;
      EXPECT_THAT(shared, StatusIs(StatusCode::kInvalidArgument));
      return;
    }
    ASSERT_OK(shared);
    EXPECT_EQ(ToBytes(shared->ExposeSecret()), expected);
  });
  EXPECT_EQ(count, 518);
  EXPECT_EQ(refused, 31);
}

TEST(WycheproofVectors, Ed25519) {
  const int count = ForEachWycheproof("ed25519_test.json", [](const Json& group, const Json& test) {
    const auto key = VerifyingKey::FromBytes(HexField(group["publicKey"], "pk"));
    ASSERT_OK(key);
    const Status verified = Verify(*key, HexField(test, "msg"), HexField(test, "sig"));
    EXPECT_EQ(verified.code(), IsValid(test) ? StatusCode::kOk : StatusCode::kUnauthenticated);
  });
  EXPECT_EQ(count, 151);
}

TEST(WycheproofVectors, HkdfSha256) {
  const int count = ForEachWycheproof("hkdf_sha256_test.json", [](const Json&, const Json& test) {
    const Bytes salt = HexField(test, "salt");
    const Bytes info = HexField(test, "info");
    const auto output = HkdfSha256(SecretField(test, "ikm"), {.salt = salt, .info = info},
                                   test["size"].get<std::size_t>());
    if (!IsValid(test)) {
      EXPECT_THAT(output, StatusIs(StatusCode::kInvalidArgument));
      return;
    }
    ASSERT_OK(output);
    EXPECT_EQ(ToBytes(output->ExposeSecret()), HexField(test, "okm"));
  });
  EXPECT_EQ(count, 86);
}

TEST(Blake2Vectors, KeyedBlake2b) {
  int count = 0;
  for (const Json& test : ReadJsonFile(SharedData() + "/crypto/blake2/blake2-kat.json")) {
    if (test["hash"] != "blake2b" || test["key"] == "") continue;
    const auto digest =
        UncheckedKeyedBlake2bForTest(SecretField(test, "key"), HexField(test, "in"));
    EXPECT_EQ(ToBytes(digest), HexField(test, "out"));
    ++count;
  }
  EXPECT_EQ(count, 256);
}

// XChaCha20's own streams: a ciphertext without its tag is plaintext XOR stream with the block
// counter at 1, so sealing zeros shows the stream from its second block on.
TEST(LibsodiumVectors, XChaCha20Streams) {
  const Json file = ReadJsonFile(SharedData() + "/crypto/libsodium/xchacha20_from_libsodium.json");
  int compared_bytes = 0;
  for (const Json& test : file["xchacha20_stream"]) {
    const Bytes stream = HexField(test, "out");
    if (stream.size() <= 64) continue;
    const Bytes tail(stream.begin() + 64, stream.end());
    Bytes sealed = UncheckedSealWithNonceForTest(SecretField(test, "key"), HexField(test, "nonce"),
                                                 AssociatedData{}, Bytes(tail.size()));
    sealed.resize(tail.size());
    EXPECT_EQ(sealed, tail);
    compared_bytes += static_cast<int>(tail.size());
  }
  EXPECT_EQ(compared_bytes, 12 + 27);
}

}  // namespace
}  // namespace noren::primitives
