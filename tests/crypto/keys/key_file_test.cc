// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/key_file.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "crypto/keys/purpose_key.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::keys {
namespace {

const std::string kGolden = SourceFolder() + "/tests/golden/key_file_v1.hex";
constexpr primitives::Argon2idCost kCheap = {.passes_count = 1, .memory_kib = 8};

SecretBytes Passphrase(std::string_view text = "a noren in the doorway") {
  return SecretBytes::CopyOf(AsBytes(text));
}
SecretBytes CountingKey() {
  SecretBytes key(kRootKeySizeBytes);
  std::uint8_t next = 0;
  for (std::uint8_t& byte : key.ExposeSecretForWriting()) byte = next++;
  return key;
}
Bytes GoldenFile() {
  const Bytes text = ReadFileBytes(kGolden);
  return FromHex(std::string(AsText(text).substr(0, text.size() - 1)));
}

TEST(KeyFile, TheGoldenFileIsRead) {
  ASSERT_OK_AND_ASSIGN(const SecretBytes opened, OpenRootKey(GoldenFile(), Passphrase()));
  EXPECT_TRUE(opened == CountingKey());
}

TEST(KeyFile, OpensWithItsPassphraseAndNoOther) {
  SystemRandom random;
  const SecretBytes root = CountingKey();
  ASSERT_OK_AND_ASSIGN(const Bytes file, SealRootKey(root, Passphrase(), kCheap, random));
  EXPECT_EQ(file.size(), 106u);
  ASSERT_OK_AND_ASSIGN(const SecretBytes opened, OpenRootKey(file, Passphrase()));
  EXPECT_TRUE(opened == root);
  EXPECT_THAT(OpenRootKey(file, Passphrase("a noren in the doorwaz")),
              StatusIs(StatusCode::kUnauthenticated));
  EXPECT_THAT(OpenRootKey(file, SecretBytes()), StatusIs(StatusCode::kUnauthenticated));
}

TEST(KeyFile, TwoFilesOfOneKeyHaveNothingInCommon) {
  SystemRandom random;
  ASSERT_OK_AND_ASSIGN(const Bytes first, SealRootKey(CountingKey(), Passphrase(), kCheap, random));
  ASSERT_OK_AND_ASSIGN(const Bytes second,
                       SealRootKey(CountingKey(), Passphrase(), kCheap, random));
  EXPECT_FALSE(std::equal(first.begin() + 18, first.begin() + 34, second.begin() + 18)) << "salt";
  EXPECT_FALSE(std::equal(first.begin() + 58, first.end(), second.begin() + 58)) << "ciphertext";
}

// A flipped bit in the costs may make the file invalid, or refuse it as a wrong passphrase would.
TEST(KeyFile, AnyBitFlippedIsRefused) {
  const Bytes file = GoldenFile();
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    if (bit / 8 >= 14 && bit / 8 < 17 && bit % 8 > 2)
      continue;  // costs of up to 4 GiB: too slow to try all
    Bytes changed = file;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    const Status refused = OpenRootKey(changed, Passphrase()).status();
    const bool in_costs = bit / 8 >= 10 && bit / 8 < 18;
    if (bit / 8 < 10) {
      EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument) << bit;
    } else if (!in_costs) {
      EXPECT_EQ(refused.code(), StatusCode::kUnauthenticated) << bit;
    } else {
      EXPECT_THAT(refused.code(),
                  testing::AnyOf(StatusCode::kInvalidArgument, StatusCode::kUnauthenticated,
                                 StatusCode::kResourceExhausted))
          << bit;
    }
  }
}

TEST(KeyFile, AnyOtherLengthIsInvalid) {
  Bytes file = GoldenFile();
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_THAT(OpenRootKey(ByteSpan(file).first(size), Passphrase()),
                StatusIs(StatusCode::kInvalidArgument));
  }
  file.push_back(0);
  EXPECT_THAT(OpenRootKey(file, Passphrase()), StatusIs(StatusCode::kInvalidArgument));
}

TEST(KeyFile, SealingRefusesOtherKeySizesEmptyPassphrasesAndCosts) {
  SystemRandom random;
  EXPECT_THAT(SealRootKey(SecretBytes(31), Passphrase(), kCheap, random),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(SealRootKey(CountingKey(), SecretBytes(), kCheap, random),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(SealRootKey(CountingKey(), Passphrase(), {0, 8}, random),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(SealRootKey(CountingKey(), Passphrase(), {1, 1}, random),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(PurposeKey, AgreesWithAnIndependentImplementation) {
  for (const auto& v : ReadOwnVectors("purpose_key.json")) {
    const SecretBytes key =
        DerivePurposeKey(SecretField(v, "root"), v["purpose"].get<std::string>());
    EXPECT_EQ(ToBytes(key.ExposeSecret()), HexField(v, "key")) << v.dump();
  }
}

TEST(PurposeKey, EveryPurposeHasItsOwn) {
  std::set<Bytes> keys;
  for (const char* purpose :
       {"store-seal", "anchor-seal", "journal-seal", "subject-token", "match-token", "release-ref",
        "card-epoch", "tie-break", "record", "audit-sign", "receipt-sign", "code", "cursor"}) {
    EXPECT_TRUE(
        keys.insert(ToBytes(DerivePurposeKey(CountingKey(), purpose).ExposeSecret())).second);
  }
}

TEST(PurposeKeyDeathTest, OtherNamesStopTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(DerivePurposeKey(CountingKey(), ""), "a purpose is of");
  EXPECT_DEATH(DerivePurposeKey(CountingKey(), "a/b"), "a purpose is of");
  EXPECT_DEATH(DerivePurposeKey(SecretBytes(15), "a"), "at least 16 bytes");
}

}  // namespace
}  // namespace noren::keys
