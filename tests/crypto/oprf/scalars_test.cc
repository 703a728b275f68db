// Secret scalars, hashes to scalars and elements, and keys.
// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/scalars.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <utility>

#include "crypto/oprf/hash_to_group.h"
#include "crypto/oprf/server_key.h"
#include "tests/crypto/oprf/slow_scalar.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::oprf {
namespace {

static_assert(!std::is_copy_constructible_v<ServerKey>);

TEST(IsScalar, HoldsBelowTheOrderAlone) {
  bool borrow = false;
  const Scalar largest = SlowNegation(SmallScalar(1));
  EXPECT_TRUE(IsScalar(Scalar{}));
  EXPECT_TRUE(IsScalar(SmallScalar(1)));
  EXPECT_TRUE(IsScalar(largest));
  EXPECT_FALSE(IsScalar(kGroupOrder));
  EXPECT_FALSE(IsScalar(Minus(kGroupOrder, Minus(Scalar{}, SmallScalar(1), borrow), borrow)));
  EXPECT_FALSE(IsScalar(Minus(Scalar{}, SmallScalar(1), borrow))) << "2^256 - 1";
  EXPECT_FALSE(IsScalar(ByteSpan(largest).first(31)));
  EXPECT_FALSE(IsScalar(Bytes(33)));
  EXPECT_FALSE(IsNonZeroScalar(Scalar{}));
  EXPECT_TRUE(IsNonZeroScalar(SmallScalar(1)));
}

// Random that gives zeros first: the one draw in 2^252 that is no scalar.
class ZerosFirst final : public Random {
 public:
  void Fill(MutableByteSpan out) override {
    std::fill(out.begin(), out.end(), draws_++ == 0 ? std::uint8_t{0} : std::uint8_t{7});
  }
  int draws() const { return draws_; }

 private:
  int draws_ = 0;
};

TEST(RandomScalar, IsDrawnAgainWhenItIsZero) {
  ZerosFirst random;
  EXPECT_TRUE(IsNonZeroScalar(RandomScalar(random).ExposeSecret()));
  EXPECT_EQ(random.draws(), 2);
}

RC_GTEST_PROP(InvertScalars, GivesWhatMultipliesToOne, (std::uint64_t seed)) {
  SeededRandom random(seed);
  const std::size_t count = 1 + random.Below(20);
  std::vector<Scalar> scalars;
  SecretBytes together(count * kScalarSizeBytes);
  for (std::size_t i = 0; i < count; ++i) {
    scalars.push_back(DrawScalar(random));
    std::copy(scalars[i].begin(), scalars[i].end(),
              together.ExposeSecretForWriting().subspan(i * kScalarSizeBytes).begin());
  }
  const SecretBytes inverses = InvertScalars(together);
  for (std::size_t i = 0; i < count; ++i) {
    const Scalar inverse = ScalarOf(inverses.ExposeSecret().subspan(i * kScalarSizeBytes));
    RC_ASSERT(SlowProduct(scalars[i], inverse) == SmallScalar(1));
  }
}

TEST(DeriveScalar, GivesUpAfter256Zeros) {
  std::vector<std::uint8_t> counters;
  const auto zero = [&](Mode, std::string_view, MessageParts message) {
    counters.push_back(message.back().front());
    return SecretBytes(kScalarSizeBytes);
  };
  EXPECT_THAT(DeriveScalar(Mode::kBase, SecretBytes(32), {}, zero),
              StatusIs(StatusCode::kInternal));
  ASSERT_EQ(counters.size(), 256u);
  for (std::size_t i = 0; i < counters.size(); ++i) EXPECT_EQ(counters[i], i);
}

TEST(DeriveScalar, TakesTheFirstThatIsNotZero) {
  int tries = 0;
  const auto third = [&](Mode, std::string_view, MessageParts) {
    SecretBytes scalar(kScalarSizeBytes);
    scalar.ExposeSecretForWriting()[0] = static_cast<std::uint8_t>(++tries < 3 ? 0 : tries);
    return scalar;
  };
  ASSERT_OK_AND_ASSIGN(const SecretBytes scalar,
                       DeriveScalar(Mode::kBase, SecretBytes(32), {}, third));
  EXPECT_EQ(ScalarOf(scalar.ExposeSecret()), SmallScalar(3));
}

TEST(ServerKey, IsAnotherForAnotherSeedInfoOrMode) {
  const SecretBytes seed(32);
  SecretBytes other_seed(32);
  other_seed.ExposeSecretForWriting()[31] = 1;
  const auto public_key = [](Mode mode, const SecretBytes& s, std::string_view info) {
    return ServerKey::Derive(mode, s, AsBytes(info)).value().public_key();
  };
  const PublicKey key = public_key(Mode::kBase, seed, "a");
  EXPECT_EQ(public_key(Mode::kBase, seed, "a"), key);
  EXPECT_NE(public_key(Mode::kVerifiable, seed, "a"), key);
  EXPECT_NE(public_key(Mode::kBase, other_seed, "a"), key);
  EXPECT_NE(public_key(Mode::kBase, seed, "b"), key);
  EXPECT_NE(public_key(Mode::kBase, seed, ""), key);
}

TEST(ServerKey, RefusesSeedsAndInfosOfAnotherSize) {
  EXPECT_OK(ServerKey::Derive(Mode::kBase, SecretBytes(32), Bytes(65'535)));
  for (const std::size_t size : {0, 31, 33}) {
    EXPECT_THAT(ServerKey::Derive(Mode::kBase, SecretBytes(size), {}),
                StatusIs(StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(ServerKey::Derive(Mode::kBase, SecretBytes(32), Bytes(65'536)),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(ServerKey, RefusesZeroAndWhatIsNoScalar) {
  const auto from = [](ByteSpan bytes) {
    return ServerKey::FromScalar(Mode::kBase, SecretBytes::CopyOf(bytes));
  };
  EXPECT_OK(from(SmallScalar(1)));
  EXPECT_OK(from(SlowNegation(SmallScalar(1))));
  EXPECT_THAT(from(Scalar{}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(from(kGroupOrder), StatusIs(StatusCode::kInvalidArgument)) << "zero in disguise";
  EXPECT_THAT(from(Bytes(31, 1)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(from(Bytes(33, 1)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(from({}), StatusIs(StatusCode::kInvalidArgument));
}

TEST(ServerKey, IsGeneratedAnewEveryTime) {
  SeededRandom random(3);
  const ServerKey one = ServerKey::Generate(Mode::kBase, random);
  const ServerKey two = ServerKey::Generate(Mode::kBase, random);
  EXPECT_NE(one.public_key(), two.public_key());
  EXPECT_FALSE(one.scalar() == two.scalar());
}

TEST(PublicKey, IsACanonicalElementOtherThanTheIdentity) {
  SeededRandom random(3);
  const ServerKey key = ServerKey::Generate(Mode::kVerifiable, random);
  EXPECT_THAT(PublicKey::FromBytes(key.public_key().element), IsOkAndHolds(key.public_key()));
  EXPECT_THAT(PublicKey::FromBytes(Element{}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(PublicKey::FromBytes(SmallScalar(1)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(PublicKey::FromBytes(Bytes(31)), StatusIs(StatusCode::kInvalidArgument));
  Element high = key.public_key().element;
  high[31] |= 0x80;
  EXPECT_THAT(PublicKey::FromBytes(high), StatusIs(StatusCode::kInvalidArgument));
}

TEST(HashToGroup, TakesInputsOfUpTo65535Bytes) {
  EXPECT_OK(HashToGroup(Mode::kBase, {}));
  EXPECT_OK(HashToGroup(Mode::kBase, Bytes(65'535)));
  EXPECT_THAT(HashToGroup(Mode::kBase, Bytes(65'536)), StatusIs(StatusCode::kInvalidArgument));
}

TEST(HashToGroup, KeepsInputsAndModesApart) {
  const Element element = HashToGroup(Mode::kBase, AsBytes("a")).value();
  EXPECT_EQ(HashToGroup(Mode::kBase, AsBytes("a")).value(), element);
  EXPECT_NE(HashToGroup(Mode::kBase, AsBytes("b")).value(), element);
  EXPECT_NE(HashToGroup(Mode::kVerifiable, AsBytes("a")).value(), element);
}

TEST(ExpandMessageXmd, ReadsPartsAsOneMessage) {
  std::array<std::uint8_t, 64> whole{};
  std::array<std::uint8_t, 64> parts{};
  const ByteSpan message[] = {AsBytes("abc")};
  const ByteSpan cut[] = {AsBytes("a"), AsBytes(""), AsBytes("bc")};
  ExpandMessageXmd(message, "tag", whole);
  ExpandMessageXmd(cut, "tag", parts);
  EXPECT_EQ(whole, parts);
  ExpandMessageXmd(message, "tagg", parts);
  EXPECT_NE(whole, parts);
}

TEST(ExpandMessageXmdDeathTest, StopsAtTagsOfNoOrTooManyBytes) {
  std::array<std::uint8_t, 64> uniform{};
  EXPECT_DEATH(ExpandMessageXmd({}, "", uniform), "1 to 255 bytes");
  EXPECT_DEATH(ExpandMessageXmd({}, std::string(256, 'x'), uniform), "1 to 255 bytes");
}

}  // namespace
}  // namespace noren::oprf
