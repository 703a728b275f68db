// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/shares/shares.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "crypto/keys/shares/field.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::keys {
namespace {

KeyShare CopyOf(const KeyShare& share) { return {share.set, share.index, share.body.Clone()}; }

// The shares whose bits are set in `chosen`.
std::vector<KeyShare> Choose(const std::vector<KeyShare>& shares, unsigned chosen) {
  std::vector<KeyShare> some;
  for (unsigned i = 0; i < shares.size(); ++i) {
    if ((chosen & (1u << i)) != 0) some.push_back(CopyOf(shares[i]));
  }
  return some;
}

SecretBytes SomeKey(std::uint64_t seed = 1) {
  SeededRandom random(seed);
  return SecretBytes::Random(random, kSharedKeySizeBytes);
}

std::vector<KeyShare> Split(unsigned needed, unsigned count, std::uint64_t seed = 7) {
  SeededRandom random(seed);
  StatusOr<std::vector<KeyShare>> shares = SplitKey(SomeKey(), needed, count, random);
  EXPECT_OK(shares.status());
  return std::move(shares).value();
}

// Every subset of every splitting up to seven officers: enough of them restore, fewer are refused.
TEST(KeyShares, AnyKOfNRestoreAndFewerAreRefused) {
  const SecretBytes key = SomeKey();
  for (unsigned count = 2; count <= 7; ++count) {
    for (unsigned needed = 2; needed <= count; ++needed) {
      const std::vector<KeyShare> shares = Split(needed, count);
      ASSERT_EQ(shares.size(), count);
      for (unsigned chosen = 0; chosen < (1u << count); ++chosen) {
        const StatusOr<SecretBytes> restored = CombineShares(Choose(shares, chosen));
        if (static_cast<unsigned>(std::popcount(chosen)) < needed) {
          ASSERT_THAT(restored, StatusIs(StatusCode::kOutOfRange)) << needed << " " << chosen;
        } else {
          ASSERT_OK(restored.status());
          ASSERT_TRUE(*restored == key) << needed << " of " << count << ": " << chosen;
        }
      }
    }
  }
}

TEST(KeyShares, SixteenOfSixteenRestoreInAnyOrder) {
  std::vector<KeyShare> shares = Split(16, 16);
  std::reverse(shares.begin(), shares.end());
  ASSERT_OK_AND_ASSIGN(const SecretBytes restored, CombineShares(shares));
  EXPECT_TRUE(restored == SomeKey());
}

TEST(KeyShares, NumbersOutsideTheLimitsAreRefused) {
  SeededRandom random(1);
  for (const auto& [needed, count] : {std::pair{0u, 3u}, {1u, 3u}, {4u, 3u}, {2u, 17u}}) {
    EXPECT_THAT(SplitKey(SomeKey(), needed, count, random), StatusIs(StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(SplitKey(SecretBytes(31), 2, 3, random), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(CombineShares({}), StatusIs(StatusCode::kOutOfRange));
}

TEST(KeyShares, OfTwoSplittingsOfOneKeyDoNotMix) {
  const std::vector<KeyShare> first = Split(2, 3, 7), second = Split(2, 3, 8);
  std::vector<KeyShare> mixed;
  mixed.push_back(CopyOf(first[0]));
  mixed.push_back(CopyOf(second[1]));
  EXPECT_THAT(CombineShares(mixed), StatusIs(StatusCode::kFailedPrecondition));
}

TEST(KeyShares, TheSameShareTwiceIsNotTwoShares) {
  const std::vector<KeyShare> shares = Split(2, 3);
  std::vector<KeyShare> repeated;
  repeated.push_back(CopyOf(shares[1]));
  repeated.push_back(CopyOf(shares[1]));
  EXPECT_THAT(CombineShares(repeated), StatusIs(StatusCode::kAlreadyExists));
}

// A forger can compute checksums, so nothing but the digest stands against a made-up share.
TEST(KeyShares, AnyChangedBitOfAnyBodyIsRefused) {
  const std::vector<KeyShare> shares = Split(2, 3);
  for (unsigned chosen : {0b011u, 0b101u, 0b111u}) {
    for (std::size_t bit = 0; bit < kShareBodySizeBytes * 8; ++bit) {
      std::vector<KeyShare> changed = Choose(shares, chosen);
      std::uint8_t& byte = changed.back().body.ExposeSecretForWriting()[bit / 8];
      byte = static_cast<std::uint8_t>(byte ^ (1u << (bit % 8)));
      ASSERT_THAT(CombineShares(changed), StatusIs(StatusCode::kUnauthenticated)) << bit;
    }
  }
}

TEST(KeyShares, AShareUnderAnotherIndexOrNumberIsRefused) {
  const std::vector<KeyShare> shares = Split(3, 5);
  std::vector<KeyShare> renumbered = Choose(shares, 0b00111);
  renumbered[2].index = 5;
  EXPECT_THAT(CombineShares(renumbered), StatusIs(StatusCode::kUnauthenticated));
  std::vector<KeyShare> fewer = Choose(shares, 0b00011);
  for (KeyShare& share : fewer) share.set.needed = 2;
  EXPECT_THAT(CombineShares(fewer), StatusIs(StatusCode::kUnauthenticated));
}

// All combinations of shares of one set where one was replaced by a share of another key with the
// same set's numbers on it.
TEST(KeyShares, EveryCombinationWithAForeignShareIsRefused) {
  const std::vector<KeyShare> shares = Split(3, 5);
  SeededRandom random(99);
  ASSERT_OK_AND_ASSIGN(std::vector<KeyShare> foreign, SplitKey(SomeKey(2), 3, 5, random));
  for (KeyShare& share : foreign) share.set = shares.front().set;
  for (unsigned chosen = 0; chosen < 32; ++chosen) {
    if (std::popcount(chosen) < 3) continue;
    std::vector<KeyShare> some = Choose(shares, chosen);
    for (std::size_t i = 0; i < some.size(); ++i) {
      std::vector<KeyShare> mixed = Choose(shares, chosen);
      mixed[i] = CopyOf(foreign[mixed[i].index - 1u]);
      ASSERT_THAT(CombineShares(mixed), StatusIs(StatusCode::kUnauthenticated)) << chosen;
    }
  }
}

// k - 1 tell nothing: for every secret byte, the pairs that two of three holders can see are each
// seen for exactly one choice of the coefficients. So what they see is distributed alike for all.
TEST(KeyShares, FewerThanNeededAreDistributedAlikeForEverySecret) {
  for (const unsigned secret : {0u, 1u, 0x53u, 0xffu}) {
    std::vector<int> seen(65536);
    for (unsigned c1 = 0; c1 < 256; ++c1) {
      for (unsigned c2 = 0; c2 < 256; ++c2) {
        const auto value = [&](std::uint8_t x) {
          const std::uint8_t high = FieldAdd(FieldMultiply(static_cast<std::uint8_t>(c2), x),
                                             static_cast<std::uint8_t>(c1));
          return FieldAdd(FieldMultiply(high, x), static_cast<std::uint8_t>(secret));
        };
        ++seen[value(2) * 256u + value(5)];
      }
    }
    ASSERT_TRUE(std::all_of(seen.begin(), seen.end(), [](int n) { return n == 1; })) << secret;
  }
}

// The same of the shares as they are made: over 20,000 splittings of one key every value of one
// byte of a share is about as frequent as any other (chi-squared, 255 degrees of freedom,
// p > 10^-6).
TEST(KeyShares, ABodyOfOneShareLooksUniform) {
  SeededRandom random(5);
  const SecretBytes key = SomeKey();
  std::vector<double> seen(256);
  constexpr int kSplittings = 20'000;
  for (int i = 0; i < kSplittings; ++i) {
    ASSERT_OK_AND_ASSIGN(const std::vector<KeyShare> shares, SplitKey(key, 2, 2, random));
    ++seen[shares[0].body.ExposeSecret()[static_cast<std::size_t>(i) % kShareBodySizeBytes]];
  }
  double chi_squared = 0;
  for (const double n : seen) {
    const double expected = kSplittings / 256.0;
    chi_squared += (n - expected) * (n - expected) / expected;
  }
  EXPECT_LT(chi_squared, 375);
  EXPECT_GT(chi_squared, 160);
}

RC_GTEST_PROP(KeyShares, EnoughRestoreWhateverTheKeyAndTheOrder, (std::uint64_t seed)) {
  SeededRandom random(seed);
  const auto count = static_cast<unsigned>(2 + random.Below(15));
  const auto needed = static_cast<unsigned>(2 + random.Below(count - 1));
  const SecretBytes key = SecretBytes::Random(random, kSharedKeySizeBytes);
  StatusOr<std::vector<KeyShare>> shares = SplitKey(key, needed, count, random);
  RC_ASSERT(shares.ok());
  for (std::size_t i = shares->size() - 1; i > 0; --i) {
    std::swap((*shares)[i], (*shares)[random.Below(i + 1)]);
  }
  shares->erase(shares->begin() + needed, shares->end());
  const StatusOr<SecretBytes> restored = CombineShares(*shares);
  RC_ASSERT(restored.ok());
  RC_ASSERT(*restored == key);
}

}  // namespace
}  // namespace noren::keys
