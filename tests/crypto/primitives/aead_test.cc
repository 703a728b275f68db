// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/aead.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "crypto/primitives/chacha20poly1305.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::primitives {
namespace {

SecretBytes TestKey(std::uint64_t seed) {
  SeededRandom random(seed);
  return SecretBytes::Random(random, kAeadKeySizeBytes);
}

Bytes Joined(std::initializer_list<Bytes> parts) {
  Bytes joined;
  for (const Bytes& part : parts) joined.insert(joined.end(), part.begin(), part.end());
  return joined;
}

TEST(Aead, AgreesWithThePublishedVectors) {
  for (const auto& v : ReadOwnVectors("xchacha20poly1305.json")) {
    const SecretBytes key = SecretField(v, "key");
    const Bytes data = HexField(v, "aad");
    const Bytes expected = Joined({HexField(v, "ct"), HexField(v, "tag")});
    EXPECT_EQ(UncheckedSealWithNonceForTest(key, HexField(v, "nonce"), AssociatedData{data},
                                            HexField(v, "msg")),
              expected);
    const Bytes sealed = Joined({HexField(v, "nonce"), expected});
    EXPECT_THAT(Open(key, AssociatedData{data}, sealed), IsOkAndHolds(HexField(v, "msg")));
  }
}

TEST(Aead, PutsTheNonceInFrontAndDrawsANewOneEveryTime) {
  SystemRandom random;
  const SecretBytes key = TestKey(1);
  std::set<Bytes> nonces;
  for (int i = 0; i < 500; ++i) {
    const Bytes sealed = Seal(key, AssociatedData{}, AsBytes("same"), random);
    ASSERT_EQ(sealed.size(), 4 + kAeadOverheadBytes);
    EXPECT_TRUE(nonces.emplace(sealed.begin(), sealed.begin() + 24).second);
  }
}

RC_GTEST_PROP(Aead, OpensWhatWasSealed,
              (const Bytes& plaintext, const Bytes& data, std::uint64_t seed)) {
  SeededRandom random(seed);
  const SecretBytes key = TestKey(seed + 1);
  const Bytes sealed = Seal(key, AssociatedData{data}, plaintext, random);
  RC_ASSERT(sealed.size() == plaintext.size() + kAeadOverheadBytes);
  RC_ASSERT(Open(key, AssociatedData{data}, sealed).value() == plaintext);
  RC_ASSERT(OpenSecret(key, AssociatedData{data}, sealed).value() ==
            SecretBytes::CopyOf(plaintext));
}

TEST(Aead, DoesNotOpenWithAnyBitFlipped) {
  SeededRandom random(3);
  const SecretBytes key = TestKey(4);
  const Bytes data = ToBytes("where it belongs");
  const Bytes sealed = Seal(key, AssociatedData{data}, AsBytes("attack at dawn"), random);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_THAT(Open(key, AssociatedData{data}, changed), StatusIs(StatusCode::kDataLoss)) << bit;
  }
}

TEST(Aead, EveryFailureLooksTheSame) {
  SeededRandom random(3);
  const SecretBytes key = TestKey(4);
  const Bytes data = ToBytes("context");
  const Bytes sealed = Seal(key, AssociatedData{data}, AsBytes("text"), random);
  const Status wrong_key = Open(TestKey(5), AssociatedData{data}, sealed).status();
  EXPECT_THAT(wrong_key, StatusIs(StatusCode::kDataLoss));
  EXPECT_EQ(Open(key, AssociatedData{AsBytes("contexu")}, sealed).status(), wrong_key);
  EXPECT_EQ(Open(key, AssociatedData{}, sealed).status(), wrong_key);
  EXPECT_EQ(OpenSecret(TestKey(5), AssociatedData{data}, sealed).status(), wrong_key);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(Open(key, AssociatedData{data}, ByteSpan(sealed).first(size)).status(), wrong_key);
    EXPECT_EQ(OpenSecret(key, AssociatedData{data}, ByteSpan(sealed).first(size)).status(),
              wrong_key);
  }
  Bytes longer = sealed;
  longer.push_back(0);
  EXPECT_EQ(Open(key, AssociatedData{data}, longer).status(), wrong_key);
}

TEST(AeadDeathTest, AKeyOfAnotherSizeStopsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  SystemRandom random;
  EXPECT_DEATH(Seal(SecretBytes(31), AssociatedData{}, {}, random), "an AEAD key has 32 bytes");
}

TEST(ChaCha, AgreesWithThePublishedVectors) {
  for (const auto& v : ReadOwnVectors("rfc8439_chacha20poly1305.json")) {
    ChaChaNonce nonce;
    const Bytes nonce_bytes = HexField(v, "nonce");
    std::copy(nonce_bytes.begin(), nonce_bytes.end(), nonce.begin());
    EXPECT_EQ(UncheckedChaChaSealWithDataForTest(SecretField(v, "key"), nonce, HexField(v, "aad"),
                                                 HexField(v, "msg")),
              Joined({HexField(v, "ct"), HexField(v, "tag")}));
  }
}

TEST(ChaCha, AppendsToTheOutputAndLeavesItAloneOnFailure) {
  const SecretBytes key = TestKey(1);
  const ChaChaNonce nonce = {1, 2, 3};
  Bytes sealed = ToBytes("before");
  UncheckedChaChaSeal(key, nonce, AsBytes("text"), sealed);
  ASSERT_EQ(sealed.size(), 6 + 4 + kChaChaTagSizeBytes);
  EXPECT_EQ(AsText(ByteSpan(sealed).first(6)), "before");
  const ByteSpan ciphertext = ByteSpan(sealed).subspan(6);
  Bytes opened = ToBytes("kept");
  EXPECT_OK(UncheckedChaChaOpen(key, nonce, ciphertext, opened));
  EXPECT_EQ(AsText(opened), "kepttext");
  EXPECT_THAT(UncheckedChaChaOpen(key, ChaChaNonce{9}, ciphertext, opened),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(UncheckedChaChaOpen(key, nonce, ciphertext.first(15), opened),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_EQ(AsText(opened), "kepttext");
  EXPECT_THAT(UncheckedChaChaOpenSecret(TestKey(2), nonce, ciphertext),
              StatusIs(StatusCode::kDataLoss));
  EXPECT_TRUE(UncheckedChaChaOpenSecret(key, nonce, ciphertext).value() ==
              SecretBytes::CopyOf(AsBytes("text")));
}

}  // namespace
}  // namespace noren::primitives
