// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/sealing_key.h"

#include <gtest/gtest.h>

#include "engine/storage/sealed_value.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::storage {
namespace {

constexpr ValueAddress kAddress{"consent", "consent-1"};

class SealingKeyVersions : public ::testing::Test {
 protected:
  SecretBytes KeyOf(std::uint32_t version) {
    SeededRandom random(version);
    return SecretBytes::Random(random, 32);
  }
  Bytes Seal(std::string_view text, std::uint64_t version = 7) {
    return SealValue(keys_, kAddress, version, AsBytes(text), random_);
  }

  SeededRandom random_{11};
  SealingKeys keys_{KeyOf(1)};
};

TEST_F(SealingKeyVersions, TheFirstVersionIsSealedAsAKeyWithoutVersions) {
  const Bytes sealed = Seal("granted");
  EXPECT_EQ(KeyVersionOf(sealed), 1u);
  EXPECT_THAT(OpenValueAt(KeyOf(1), kAddress, 7, sealed), IsOkAndHolds(ToBytes("granted")));
  EXPECT_THAT(OpenValueAt(keys_, kAddress, 7,
                          SealValue(KeyOf(1), kAddress, 7, AsBytes("granted"), random_)),
              IsOkAndHolds(ToBytes("granted")));
}

TEST_F(SealingKeyVersions, SealsUnderTheNewestAndOpensEveryLiveOne) {
  const Bytes first = Seal("first");
  keys_.Add(2, KeyOf(2));
  const Bytes second = Seal("second");
  keys_.Add(3, KeyOf(3));
  const Bytes third = Seal("third");
  EXPECT_EQ(KeyVersionOf(first), 1u);
  EXPECT_EQ(KeyVersionOf(second), 2u);
  EXPECT_EQ(KeyVersionOf(third), 3u);
  EXPECT_EQ(keys_.live(), (LiveVersions{1, 3}));
  EXPECT_THAT(OpenValueAt(keys_, kAddress, 7, first), IsOkAndHolds(ToBytes("first")));
  EXPECT_THAT(OpenValueAt(keys_, kAddress, 7, second), IsOkAndHolds(ToBytes("second")));
  EXPECT_THAT(OpenValueAt(keys_, kAddress, 7, third), IsOkAndHolds(ToBytes("third")));
}

TEST_F(SealingKeyVersions, WhatIsNotLiveDoesNotOpen) {
  const Bytes first = Seal("first");
  keys_.Add(2, KeyOf(2));
  keys_.KeepOnly({2, 2});
  EXPECT_THAT(OpenValue(keys_, kAddress, first), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(OpenValueAt(keys_, kAddress, 7, Seal("second")), IsOkAndHolds(ToBytes("second")));
  EXPECT_EQ(keys_.Find(1), nullptr);
}

// Who has a retired key cannot name a live version and be believed.
TEST_F(SealingKeyVersions, AValueOpensUnderTheVersionItNamesAndNoOther) {
  keys_.Add(2, KeyOf(2));
  Bytes sealed = Seal("second");
  keys_.Add(3, KeyOf(2));  // even the same key under another number
  sealed[4] = 3;
  EXPECT_EQ(KeyVersionOf(sealed), 3u);
  EXPECT_THAT(OpenValue(keys_, kAddress, sealed), StatusIs(StatusCode::kDataLoss));
}

TEST_F(SealingKeyVersions, AnyBitFlippedIsRefused) {
  keys_.Add(2, KeyOf(2));
  const Bytes sealed = Seal("granted");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    ASSERT_THAT(OpenValue(keys_, kAddress, changed), StatusIs(StatusCode::kDataLoss)) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    ASSERT_THAT(OpenValue(keys_, kAddress, ByteSpan(sealed).first(size)),
                StatusIs(StatusCode::kDataLoss));
  }
  EXPECT_EQ(KeyVersionOf(ByteSpan(sealed).first(10)), 0u);
  EXPECT_EQ(KeyVersionOf({}), 0u);
}

// A version below 2 has format 1 and no other spelling.
TEST_F(SealingKeyVersions, TheSecondFormatNamesNoFirstVersion) {
  keys_.Add(2, KeyOf(2));
  Bytes sealed = Seal("granted");
  for (const std::uint8_t version : {std::uint8_t{0}, std::uint8_t{1}}) {
    sealed[4] = version;
    EXPECT_EQ(KeyVersionOf(sealed), 0u);
    EXPECT_THAT(OpenValue(keys_, kAddress, sealed), StatusIs(StatusCode::kDataLoss));
  }
}

TEST_F(SealingKeyVersions, AKeyWithoutVersionsTakesNoVersionedValue) {
  keys_.Add(2, KeyOf(2));
  EXPECT_THAT(OpenValue(KeyOf(2), kAddress, Seal("granted")), StatusIs(StatusCode::kDataLoss));
}

TEST_F(SealingKeyVersions, TheGoldenFileIsReadAndWrittenTheSame) {
  keys_.Add(2, KeyOf(2));
  const Bytes golden = ReadFileBytes(SourceFolder() + "/tests/golden/sealed_value_v2.bin");
  EXPECT_EQ(KeyVersionOf(golden), 2u);
  EXPECT_THAT(OpenValueAt(keys_, kAddress, 7, golden), IsOkAndHolds(ToBytes("granted")));
  EXPECT_EQ(HexEncode(Seal("granted")), HexEncode(golden));
}

}  // namespace
}  // namespace noren::storage
