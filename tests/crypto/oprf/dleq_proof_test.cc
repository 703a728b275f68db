// Proofs over batches, attacked: whatever a server evaluates with another key, or whoever changes a
// byte on the way, the portal gets no output.
// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/dleq_proof.h"

#include <gtest/gtest.h>

#include <utility>

#include "crypto/oprf/public_sum.h"
#include "tests/crypto/oprf/protocol.h"
#include "tests/crypto/oprf/slow_scalar.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::oprf {
namespace {

constexpr std::size_t kCount = 20;

// An honest run of twenty.
class DleqProof : public ::testing::Test {
 protected:
  Status Check(const ProvenEvaluation& answer) {
    const Status verified =
        VerifyProof(public_key_, {blinded_, answer.elements}, answer.proof, OnThisThread());
    EXPECT_EQ(FinalizeProven(public_key_, inputs_, answer).status(), verified)
        << "no output without a proof that holds";
    return verified;
  }

  SeededRandom random_{1};
  BlindEvaluator server_ = ServerOf(Mode::kVerifiable, random_);
  BlindEvaluator other_ = ServerOf(Mode::kVerifiable, random_);
  PublicKey public_key_ = server_.key().public_key();
  std::vector<BlindedInput> inputs_ = BlindMany(Mode::kVerifiable, kCount, random_);
  std::vector<Element> blinded_ = ElementsOf(inputs_);
  ProvenEvaluation answer_ = server_.BlindEvaluateWithProof(blinded_, random_).value();
};

TEST_F(DleqProof, HoldsForAnHonestBatchHoweverItWasSpread) {
  EXPECT_OK(Check(answer_));
  for (const RangeRunner& run : {BackwardsInRangesOf(1), BackwardsInRangesOf(7), OnThreads(4)}) {
    ASSERT_OK_AND_ASSIGN(const ProvenEvaluation answer,
                         server_.BlindEvaluateWithProof(blinded_, random_, run));
    EXPECT_EQ(answer.elements, answer_.elements);
    EXPECT_NE(answer.proof, answer_.proof) << "a fresh nonce";
    EXPECT_OK(VerifyProof(public_key_, {blinded_, answer.elements}, answer.proof, run));
  }
}

TEST_F(DleqProof, HoldsForOneElementAndForTheSameElementManyTimes) {
  for (const std::size_t count : {1, 2, 300}) {
    const std::vector<Element> same(count, blinded_[0]);
    ASSERT_OK_AND_ASSIGN(const ProvenEvaluation answer,
                         server_.BlindEvaluateWithProof(same, random_));
    EXPECT_OK(VerifyProof(public_key_, {same, answer.elements}, answer.proof, OnThisThread()));
  }
}

TEST_F(DleqProof, OfAnotherKeyIsRefused) {
  EXPECT_THAT(Check(other_.BlindEvaluateWithProof(blinded_, random_).value()),
              StatusIs(StatusCode::kUnauthenticated));
  EXPECT_THAT(VerifyProof(other_.key().public_key(), {blinded_, answer_.elements}, answer_.proof,
                          OnThisThread()),
              StatusIs(StatusCode::kUnauthenticated));
}

// A server that treats one person's element with a key of her own, to recognise her later.
TEST_F(DleqProof, IsRefusedWhenOneElementOfManyHadAnotherKey) {
  for (std::size_t i = 0; i < kCount; ++i) {
    ProvenEvaluation answer = answer_;
    answer.elements[i] = other_.BlindEvaluate({&blinded_[i], 1}).value().front();
    EXPECT_THAT(Check(answer), StatusIs(StatusCode::kUnauthenticated)) << "proof of the right";
    answer.proof =
        Prove(server_.key(), {blinded_, answer.elements}, random_, OnThisThread()).value();
    EXPECT_THAT(Check(answer), StatusIs(StatusCode::kUnauthenticated)) << "proof of the wrong";
  }
}

Element SumOf(const Element& a, const Element& b, const Scalar& times_b) {
  PublicSum sum(2);
  EXPECT_TRUE(sum.Set(0, a, SmallScalar(1)));
  EXPECT_TRUE(sum.Set(1, b, times_b));
  return sum.Total(OnThisThread());
}

// Two errors that cancel in a plain sum; the weights keep them from it.
TEST_F(DleqProof, IsRefusedWhenErrorsWouldCancelEachOther) {
  ProvenEvaluation answer = answer_;
  const Element shift = other_.key().public_key().element;
  answer.elements[3] = SumOf(answer_.elements[3], shift, SmallScalar(1));
  answer.elements[8] = SumOf(answer_.elements[8], shift, SlowNegation(SmallScalar(1)));
  EXPECT_THAT(Check(answer), StatusIs(StatusCode::kUnauthenticated));
  answer.proof = Prove(server_.key(), {blinded_, answer.elements}, random_, OnThisThread()).value();
  EXPECT_THAT(Check(answer), StatusIs(StatusCode::kUnauthenticated));
}

TEST_F(DleqProof, IsRefusedForSwappedElements) {
  ProvenEvaluation swapped = answer_;
  std::swap(swapped.elements[0], swapped.elements[1]);
  EXPECT_THAT(Check(swapped), StatusIs(StatusCode::kUnauthenticated));
  std::vector<Element> blinded = blinded_;
  std::swap(blinded[0], blinded[1]);
  EXPECT_THAT(VerifyProof(public_key_, {blinded, answer_.elements}, answer_.proof, OnThisThread()),
              StatusIs(StatusCode::kUnauthenticated));
  EXPECT_THAT(VerifyProof(public_key_, {blinded, swapped.elements}, answer_.proof, OnThisThread()),
              StatusIs(StatusCode::kUnauthenticated))
      << "right pairs in another order";
}

TEST_F(DleqProof, IsRefusedForAnotherBatch) {
  const std::vector<Element> fewer(blinded_.begin(), blinded_.end() - 1);
  const std::vector<Element> fewer_evaluated(answer_.elements.begin(), answer_.elements.end() - 1);
  EXPECT_THAT(VerifyProof(public_key_, {fewer, fewer_evaluated}, answer_.proof, OnThisThread()),
              StatusIs(StatusCode::kUnauthenticated));
  EXPECT_THAT(VerifyProof(public_key_, {answer_.elements, blinded_}, answer_.proof, OnThisThread()),
              StatusIs(StatusCode::kUnauthenticated))
      << "sides exchanged";
  EXPECT_THAT(VerifyProof(public_key_, {blinded_, fewer_evaluated}, answer_.proof, OnThisThread()),
              StatusIs(StatusCode::kInvalidArgument));
}

// A bit more or less makes another scalar, or none.
TEST_F(DleqProof, IsRefusedWithAnyBitFlipped) {
  int malformed = 0;
  for (std::size_t bit = 0; bit < kProofSizeBytes * 8; ++bit) {
    ProvenEvaluation answer = answer_;
    answer.proof[bit / 8] = static_cast<std::uint8_t>(answer.proof[bit / 8] ^ (1u << (bit % 8)));
    const bool scalars =
        IsScalar(ByteSpan(answer.proof).first(32)) && IsScalar(ByteSpan(answer.proof).last(32));
    malformed += scalars ? 0 : 1;
    EXPECT_THAT(VerifyProof(public_key_, {blinded_, answer.elements}, answer.proof, OnThisThread()),
                StatusIs(scalars ? StatusCode::kUnauthenticated : StatusCode::kInvalidArgument))
        << bit;
  }
  EXPECT_GE(malformed, 6) << "three bits above the order in each scalar";
}

TEST_F(DleqProof, IsRefusedWithEitherScalarInItsSecondForm) {
  for (const std::size_t half : {0u, 32u}) {
    ProvenEvaluation answer = answer_;
    int carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {  // plus the order
      const int digit = answer.proof[half + i] + kGroupOrder[i] + carry;
      answer.proof[half + i] = static_cast<std::uint8_t>(digit);
      carry = digit >> 8;
    }
    EXPECT_THAT(Check(answer), StatusIs(StatusCode::kInvalidArgument));
  }
}

TEST_F(DleqProof, OfZerosIsRefused) {
  ProvenEvaluation answer = answer_;
  answer.proof = Proof{};
  EXPECT_THAT(Check(answer), StatusIs(StatusCode::kUnauthenticated));
  std::copy_n(answer_.proof.begin(), 32, answer.proof.begin());
  EXPECT_THAT(Check(answer), StatusIs(StatusCode::kUnauthenticated)) << "response zero";
  answer.proof = answer_.proof;
  std::fill_n(answer.proof.begin(), 32, std::uint8_t{0});
  EXPECT_THAT(Check(answer), StatusIs(StatusCode::kUnauthenticated)) << "challenge zero";
}

TEST_F(DleqProof, IsRefusedForTheIdentityAndForWhatEncodesNoElement) {
  Element high = answer_.elements[5];
  high[31] |= 0x80;
  Element bad;
  bad.fill(0xff);
  const auto refused = StatusIs(StatusCode::kInvalidArgument, ::testing::HasSubstr("element 5:"));
  for (const Element& element : {Element{}, high, bad}) {
    ProvenEvaluation answer = answer_;
    answer.elements[5] = element;
    EXPECT_THAT(Check(answer), refused);
    std::vector<Element> blinded = blinded_;
    blinded[5] = element;
    EXPECT_THAT(
        VerifyProof(public_key_, {blinded, answer_.elements}, answer_.proof, OnThisThread()),
        refused);
  }
}

// With the identity as key and identities as evaluations, anything would be proven.
TEST_F(DleqProof, IsRefusedForAKeyThatIsNone) {
  PublicKey none;
  const ElementPairs pairs = {blinded_, answer_.elements};
  EXPECT_THAT(VerifyProof(none, pairs, answer_.proof, OnThisThread()),
              StatusIs(StatusCode::kInvalidArgument));
  none.element.fill(0xff);
  EXPECT_THAT(VerifyProof(none, pairs, answer_.proof, OnThisThread()),
              StatusIs(StatusCode::kInvalidArgument));
}

// Two proofs under one nonce give the key away: c1 k + s1 = c2 k + s2. So no two are alike.
TEST_F(DleqProof, NeverReusesItsNonce) {
  std::vector<Proof> proofs;
  for (int i = 0; i < 50; ++i) {
    proofs.push_back(
        Prove(server_.key(), {blinded_, answer_.elements}, random_, OnThisThread()).value());
  }
  std::sort(proofs.begin(), proofs.end());
  EXPECT_EQ(std::adjacent_find(proofs.begin(), proofs.end()), proofs.end());
}

}  // namespace
}  // namespace noren::oprf
