// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/bulk_aead.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::primitives {
namespace {

SecretBytes SomeKey(std::uint64_t seed = 1) {
  SeededRandom random(seed);
  return SecretBytes::Random(random, kAeadKeySizeBytes);
}
Bytes SealOne(BulkSealer& sealer, const Bytes& context, const SecretBytes& plaintext) {
  Bytes out(plaintext.size() + kAeadOverheadBytes);
  sealer.Seal({context}, plaintext, out);
  return out;
}

TEST(BulkAead, WhatItSealsIsWhatThePlainFunctionsMakeAndOpen) {
  SeededRandom random(7);
  const SecretBytes key = SomeKey();
  BulkSealer sealer(key, random);
  std::set<Bytes> nonces;
  for (std::uint8_t i = 0; i < 100; ++i) {
    const Bytes context = {i, 2, 3};
    const SecretBytes plaintext = SecretBytes::Random(random, i % 40u + 1u);
    const Bytes sealed = SealOne(sealer, context, plaintext);
    ASSERT_OK_AND_ASSIGN(const SecretBytes opened, OpenSecret(key, {context}, sealed));
    EXPECT_TRUE(opened == plaintext);
    const Bytes nonce(sealed.begin(), sealed.begin() + kAeadNonceSizeBytes);
    EXPECT_TRUE(nonces.insert(nonce).second);
    EXPECT_EQ(Bytes(sealed.begin() + kAeadNonceSizeBytes, sealed.end()),
              UncheckedSealWithNonceForTest(key, nonce, {context}, plaintext.ExposeSecret()));
  }
}

TEST(BulkAead, OpensWhatBothSealInAnyOrder) {
  SeededRandom random(8);
  const SecretBytes key = SomeKey();
  const Bytes context = {1};
  BulkSealer first(key, random), second(key, random);
  BulkOpener opener(key);
  SecretBytes opened(32);
  for (int i = 0; i < 20; ++i) {
    const SecretBytes plaintext = SecretBytes::Random(random, 32);
    for (const Bytes& sealed :
         {SealOne(first, context, plaintext), SealOne(second, context, plaintext),
          SealSecret(key, {context}, plaintext, random)}) {
      ASSERT_TRUE(opener.Open({context}, sealed, opened));
      EXPECT_TRUE(opened == plaintext);
    }
  }
}

TEST(BulkAead, RefusesAnyChangedBitAndOtherKeysAndData) {
  SeededRandom random(9);
  const SecretBytes key = SomeKey(), other = SomeKey(2);
  const Bytes context = {1, 2}, elsewhere = {1, 3};
  BulkSealer sealer(key, random);
  const SecretBytes plaintext = SecretBytes::Random(random, 32);
  const Bytes sealed = SealOne(sealer, context, plaintext);
  SecretBytes opened(32);
  BulkOpener opener(key), stranger(other);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    ASSERT_FALSE(opener.Open({context}, changed, opened)) << bit;
    ASSERT_TRUE(opened == SecretBytes(32)) << "nothing is left of what did not open";
  }
  EXPECT_FALSE(opener.Open({elsewhere}, sealed, opened));
  EXPECT_FALSE(stranger.Open({context}, sealed, opened));
  EXPECT_TRUE(opener.Open({context}, sealed, opened));
}

}  // namespace
}  // namespace noren::primitives
