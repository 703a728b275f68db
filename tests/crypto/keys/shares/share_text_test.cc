// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "crypto/keys/shares/shares.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::keys {
namespace {

const std::string kGolden = SourceFolder() + "/tests/golden/key_shares_v1.txt";

SecretBytes TextOf(std::string_view text) { return SecretBytes::CopyOf(AsBytes(text)); }
std::string StringOf(const SecretBytes& text) { return std::string(AsText(text.ExposeSecret())); }

SecretBytes CountingKey() {
  SecretBytes key(kSharedKeySizeBytes);
  std::uint8_t next = 0;
  for (std::uint8_t& byte : key.ExposeSecretForWriting()) byte = next++;
  return key;
}

// Three of five shares of 00 01 .. 1f, made from SeededRandom(1).
std::vector<std::string> GoldenLines() {
  std::istringstream file(std::string(AsText(ReadFileBytes(kGolden))));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string SomeText() { return GoldenLines().front(); }

TEST(ShareText, TheGoldenFileIsWrittenAndRead) {
  SeededRandom random(1);
  ASSERT_OK_AND_ASSIGN(const std::vector<KeyShare> shares, SplitKey(CountingKey(), 3, 5, random));
  const std::vector<std::string> lines = GoldenLines();
  ASSERT_EQ(lines.size(), shares.size());
  std::vector<KeyShare> read;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    EXPECT_EQ(StringOf(ShareToText(shares[i])), lines[i]);
    ASSERT_OK_AND_ASSIGN(KeyShare share, ShareFromText(TextOf(lines[i])));
    read.push_back(std::move(share));
  }
  ASSERT_OK_AND_ASSIGN(const SecretBytes restored,
                       CombineShares(std::span<const KeyShare>(read).subspan(2)));
  EXPECT_TRUE(restored == CountingKey());
}

TEST(ShareText, IsReadInGroupsAndInSmallLetters) {
  std::string small = SomeText();
  std::transform(small.begin(), small.end(), small.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  EXPECT_OK(ShareFromText(TextOf(small)).status());
  std::string grouped;
  for (std::size_t i = 0; i < small.size(); ++i) {
    if (i % 4 == 0) grouped += i % 24 == 0 ? "\r\n" : " ";
    if (small[i] != '-') grouped += small[i];
  }
  EXPECT_OK(ShareFromText(TextOf(grouped + "\n")).status());
  std::string mixed = SomeText();
  mixed.back() = static_cast<char>(std::tolower(static_cast<unsigned char>(mixed.back())));
  if (mixed.back() != SomeText().back()) {
    EXPECT_THAT(ShareFromText(TextOf(mixed)), StatusIs(StatusCode::kInvalidArgument));
  }
}

TEST(ShareText, EveryWrongMissingOrAdditionalLetterIsRefused) {
  const std::string text = SomeText();
  const std::string letters = "023456789ACDEFGHJKLMNPQRSTUVWXYZ1BIO";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '-') continue;
    for (const char letter : letters) {
      if (letter == text[i]) continue;
      std::string changed = text;
      changed[i] = letter;
      ASSERT_THAT(ShareFromText(TextOf(changed)), StatusIs(StatusCode::kInvalidArgument)) << i;
    }
    std::string shorter = text;
    shorter.erase(i, 1);
    ASSERT_THAT(ShareFromText(TextOf(shorter)), StatusIs(StatusCode::kInvalidArgument)) << i;
    ASSERT_THAT(ShareFromText(TextOf(text.substr(0, i) + "Q" + text.substr(i))),
                StatusIs(StatusCode::kInvalidArgument))
        << i;
  }
}

TEST(ShareText, TwoLettersInEachOthersPlaceAreRefused) {
  const std::string text = SomeText();
  for (std::size_t i = 12; i < text.size(); ++i) {
    for (std::size_t j = i + 1; j < text.size(); ++j) {
      std::string swapped = text;
      std::swap(swapped[i], swapped[j]);
      if (swapped == text) continue;
      ASSERT_THAT(ShareFromText(TextOf(swapped)), StatusIs(StatusCode::kInvalidArgument));
    }
  }
}

TEST(ShareText, WhatIsNoShareIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("NOREN-SHARE-1"), std::string(600, ' '), std::string(600, 'Q'),
        std::string(
            "AGE-SECRET-KEY-1228HLR4KRYF029KACVKPQU5KJA3PKJWT7AKAQGDHLELUF9F3LQKSJKSPV9")}) {
    EXPECT_THAT(ShareFromText(TextOf(text)), StatusIs(StatusCode::kInvalidArgument));
  }
}

// Numbers that cannot be are refused even under a right checksum.
TEST(ShareText, NumbersThatDoNotGoTogetherAreRefused) {
  struct Numbers {
    std::uint8_t needed, count, index;
  };
  for (const Numbers& numbers : {Numbers{1, 3, 1}, Numbers{4, 3, 1}, Numbers{2, 17, 1},
                                 Numbers{2, 3, 0}, Numbers{2, 3, 4}}) {
    const KeyShare share{
        {{}, numbers.needed, numbers.count}, numbers.index, SecretBytes(kShareBodySizeBytes)};
    EXPECT_THAT(DecodeShare(EncodeShare(share)), StatusIs(StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(DecodeShare(SecretBytes(kShareSizeBytes - 1)),
              StatusIs(StatusCode::kInvalidArgument));
}

RC_GTEST_PROP(ShareText, ComesBackAsItWas, (std::uint64_t seed)) {
  SeededRandom random(seed);
  const StatusOr<std::vector<KeyShare>> shares =
      SplitKey(SecretBytes::Random(random, kSharedKeySizeBytes), 2, 3, random);
  RC_ASSERT(shares.ok());
  for (const KeyShare& share : *shares) {
    const StatusOr<KeyShare> read = ShareFromText(ShareToText(share));
    RC_ASSERT(read.ok());
    RC_ASSERT(read->set == share.set);
    RC_ASSERT(read->index == share.index);
    RC_ASSERT(read->body == share.body);
  }
}

}  // namespace
}  // namespace noren::keys
