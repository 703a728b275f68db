// Ed25519 and X25519.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <type_traits>
#include <utility>

#include "crypto/primitives/key_agreement.h"
#include "crypto/primitives/signature.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::primitives {
namespace {

static_assert(!std::is_copy_constructible_v<SigningKey>);
static_assert(!std::is_copy_constructible_v<AgreementKey>);
static_assert(!std::is_convertible_v<VerifyingKey, AgreementPublicKey>);

TEST(Signature, AgreesWithThePublishedVectors) {
  for (const auto& v : ReadOwnVectors("rfc8032_ed25519.json")) {
    ASSERT_OK_AND_ASSIGN(const SigningKey key, SigningKey::FromSeed(SecretField(v, "seed")));
    EXPECT_EQ(ToBytes(key.verifying_key().bytes), HexField(v, "public"));
    EXPECT_EQ(ToBytes(key.Sign(HexField(v, "msg"))), HexField(v, "sig"));
    ASSERT_OK_AND_ASSIGN(const VerifyingKey verifying,
                         VerifyingKey::FromBytes(HexField(v, "public")));
    EXPECT_OK(Verify(verifying, HexField(v, "msg"), HexField(v, "sig")));
  }
}

TEST(Signature, IsRefusedWithAnyBitFlipped) {
  SeededRandom random(1);
  const SigningKey key = SigningKey::Generate(random);
  const Bytes message = ToBytes("I agree");
  const Signature signature = key.Sign(message);
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    Signature changed = signature;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_THAT(Verify(key.verifying_key(), message, changed),
                StatusIs(StatusCode::kUnauthenticated));
  }
}

TEST(Signature, EveryFailureLooksTheSame) {
  SeededRandom random(1);
  const SigningKey key = SigningKey::Generate(random);
  const SigningKey other = SigningKey::Generate(random);
  const Signature signature = key.Sign(AsBytes("I agree"));
  const Status refused = Verify(key.verifying_key(), AsBytes("I disagree"), signature);
  EXPECT_THAT(refused, StatusIs(StatusCode::kUnauthenticated));
  EXPECT_EQ(Verify(other.verifying_key(), AsBytes("I agree"), signature), refused);
  EXPECT_EQ(Verify(key.verifying_key(), AsBytes("I agree"), {}), refused);
  EXPECT_EQ(Verify(key.verifying_key(), AsBytes("I agree"), ByteSpan(signature).first(63)),
            refused);
  EXPECT_EQ(Verify(VerifyingKey{}, AsBytes("I agree"), signature), refused) << "small-order key";
}

TEST(VerifyingKey, IsUsableWhenItIsACanonicalPointOfTheMainGroup) {
  EXPECT_TRUE(SigningKey::FromSeed(SecretBytes(32)).value().verifying_key().IsUsable());
  EXPECT_FALSE(VerifyingKey{}.IsUsable());  // order 4
  VerifyingKey identity;
  identity.bytes[0] = 1;
  EXPECT_FALSE(identity.IsUsable());
  VerifyingKey no_point;
  no_point.bytes[0] = 2;
  EXPECT_FALSE(no_point.IsUsable());
  VerifyingKey not_reduced;
  not_reduced.bytes.fill(0xff);
  EXPECT_FALSE(not_reduced.IsUsable());
}

TEST(Signature, KeysOfAnotherSizeAreRefused) {
  EXPECT_THAT(SigningKey::FromSeed(SecretBytes(31)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(SigningKey::FromSeed(SecretBytes(64)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(VerifyingKey::FromBytes(Bytes(31)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(VerifyingKey::FromBytes(Bytes(33)), StatusIs(StatusCode::kInvalidArgument));
}

TEST(KeyAgreement, AgreesWithThePublishedVectors) {
  for (const auto& v : ReadOwnVectors("rfc7748_x25519.json")) {
    ASSERT_OK_AND_ASSIGN(const AgreementKey key,
                         AgreementKey::FromScalar(SecretField(v, "scalar")));
    ASSERT_OK_AND_ASSIGN(const AgreementPublicKey peer,
                         AgreementPublicKey::FromBytes(HexField(v, "public")));
    ASSERT_OK_AND_ASSIGN(const SecretBytes shared, key.Agree(peer));
    EXPECT_EQ(ToBytes(shared.ExposeSecret()), HexField(v, "shared"));
  }
}

// RFC 7748 section 5.2: the iterated function, a thousand times.
TEST(KeyAgreement, AgreesWithThePublishedIteration) {
  SecretBytes scalar(32);
  scalar.ExposeSecretForWriting()[0] = 9;
  AgreementPublicKey point;
  point.bytes[0] = 9;
  for (int i = 0; i < 1000; ++i) {
    const SecretBytes before = scalar.Clone();
    ASSERT_OK_AND_ASSIGN(const AgreementKey key, AgreementKey::FromScalar(std::move(scalar)));
    ASSERT_OK_AND_ASSIGN(scalar, key.Agree(point));
    point = AgreementPublicKey::FromBytes(before.ExposeSecret()).value();
  }
  EXPECT_EQ(HexEncode(scalar.ExposeSecret()),
            "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

TEST(KeyAgreement, BothSidesAgree) {
  SeededRandom random(9);
  const AgreementKey alice = AgreementKey::Generate(random);
  const AgreementKey bob = AgreementKey::Generate(random);
  EXPECT_TRUE(alice.Agree(bob.public_key()).value() == bob.Agree(alice.public_key()).value());
}

TEST(KeyAgreement, RefusesPointsOfSmallOrder) {
  SeededRandom random(9);
  const AgreementKey key = AgreementKey::Generate(random);
  for (const char* point : {"0000000000000000000000000000000000000000000000000000000000000000",
                            "0100000000000000000000000000000000000000000000000000000000000000",
                            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    const AgreementPublicKey peer = AgreementPublicKey::FromBytes(FromHex(point)).value();
    EXPECT_THAT(key.Agree(peer), StatusIs(StatusCode::kInvalidArgument)) << point;
  }
}

TEST(KeyAgreement, KeysOfAnotherSizeAreRefused) {
  EXPECT_THAT(AgreementKey::FromScalar(SecretBytes(31)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(AgreementKey::FromScalar(SecretBytes(33)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(AgreementPublicKey::FromBytes(Bytes(31)), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace noren::primitives
