// The protocol without proofs: what both sides get, what is refused, and what a blinded element
// shows.
// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/blind_evaluator.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <type_traits>

#include "tests/crypto/oprf/protocol.h"
#include "tests/crypto/oprf/published_vectors.h"
#include "tests/crypto/oprf/refused_elements.h"
#include "tests/support/seeded_random.h"

namespace noren::oprf {
namespace {

using ::testing::HasSubstr;

static_assert(!std::is_copy_constructible_v<BlindedInput>);
static_assert(!std::is_copy_constructible_v<BlindEvaluator>);

RC_GTEST_PROP(Oprf, BlindEvaluatedAndFinalizedIsEvaluated,
              (std::uint64_t seed, const std::vector<std::uint8_t>& input)) {
  SeededRandom random(seed);
  const BlindEvaluator server = ServerOf(Mode::kBase, random);
  const BlindedInput blinded = Blind(Mode::kBase, input, random).value();
  const auto evaluated = server.BlindEvaluate({&blinded.element(), 1});
  RC_ASSERT(evaluated.ok());
  RC_ASSERT(Finalize(blinded, evaluated->front()).value() == server.Evaluate(input).value());
}

RC_GTEST_PROP(Oprf, WithProofBlindEvaluatedAndFinalizedIsEvaluated,
              (std::uint64_t seed, const std::vector<std::uint8_t>& input)) {
  SeededRandom random(seed);
  const BlindEvaluator server = ServerOf(Mode::kVerifiable, random);
  std::vector<BlindedInput> blinded = BlindMany(Mode::kVerifiable, random.Below(4), random);
  blinded.push_back(Blind(Mode::kVerifiable, input, random).value());
  const auto answer = server.BlindEvaluateWithProof(ElementsOf(blinded), random);
  RC_ASSERT(answer.ok());
  const auto outputs = FinalizeProven(server.key().public_key(), blinded, *answer);
  RC_ASSERT(outputs.ok());
  RC_ASSERT(outputs->back() == server.Evaluate(input).value());
}

// The same person blinded a hundred times: a hundred elements, of which none comes twice, and one
// output. That an element is uniform follows from the blind; that no blind repeats is shown here.
TEST(Blind, HidesThatTwoInputsAreTheSame) {
  SeededRandom random(1);
  const BlindEvaluator server = ServerOf(Mode::kBase, random);
  std::set<Element> elements;
  std::set<Element> evaluations;
  std::set<Output> outputs;
  for (int i = 0; i < 100; ++i) {
    const auto blinded = Blind(Mode::kBase, AsBytes("the same person"), random).value();
    const auto evaluated = server.BlindEvaluate({&blinded.element(), 1}).value().front();
    elements.insert(blinded.element());
    evaluations.insert(evaluated);
    outputs.insert(Finalize(blinded, evaluated).value());
  }
  EXPECT_EQ(elements.size(), 100u);
  EXPECT_EQ(evaluations.size(), 100u);
  EXPECT_EQ(outputs.size(), 1u);
}

TEST(Blind, RefusesInputsOfMoreThan65535Bytes) {
  SeededRandom random(1);
  EXPECT_OK(Blind(Mode::kBase, {}, random));
  EXPECT_OK(Blind(Mode::kBase, Bytes(65'535), random));
  EXPECT_THAT(Blind(Mode::kBase, Bytes(65'536), random), StatusIs(StatusCode::kInvalidArgument));
}

TEST(Blind, RefusesABlindThatIsZeroOrNoScalar) {
  for (const Bytes& blind : {Bytes(32), Bytes(32, 0xff), Bytes(31, 1), Bytes()}) {
    EXPECT_THAT(
        UncheckedBlindWithScalarForTest(Mode::kBase, AsBytes("x"), SecretBytes::CopyOf(blind)),
        StatusIs(StatusCode::kInvalidArgument));
  }
}

TEST(Evaluate, DiffersByKeyByInputAndByMode) {
  SeededRandom random(1);
  const SecretBytes scalar = ServerKey::Generate(Mode::kBase, random).scalar().Clone();
  const BlindEvaluator base(ServerKey::FromScalar(Mode::kBase, scalar.Clone()).value());
  const BlindEvaluator verifiable(ServerKey::FromScalar(Mode::kVerifiable, scalar.Clone()).value());
  const std::set<Output> outputs = {base.Evaluate(AsBytes("a")).value(),
                                    base.Evaluate(AsBytes("b")).value(), base.Evaluate({}).value(),
                                    verifiable.Evaluate(AsBytes("a")).value(),
                                    ServerOf(Mode::kBase, random).Evaluate(AsBytes("a")).value()};
  EXPECT_EQ(outputs.size(), 5u);
  EXPECT_THAT(base.Evaluate(Bytes(65'536)), StatusIs(StatusCode::kInvalidArgument));
}

TEST(BlindEvaluate, RefusesWhatEncodesNoElementAndTheIdentity) {
  SeededRandom random(1);
  const BlindEvaluator server = ServerOf(Mode::kBase, random);
  const BlindedInput input = Blind(Mode::kBase, AsBytes("x"), random).value();
  std::vector<Element> refused = {Element{}};
  for (const char* text : kRefusedElements) refused.push_back(ArrayOf<Element>(FromHex(text)));
  refused.push_back(input.element());
  refused.back()[31] |= 0x80;  // libsodium 1.0.18 would take it
  for (const Element& element : refused) {
    EXPECT_THAT(server.BlindEvaluate({&element, 1}), StatusIs(StatusCode::kInvalidArgument))
        << HexEncode(element);
    EXPECT_THAT(Finalize(input, element), StatusIs(StatusCode::kInvalidArgument))
        << HexEncode(element);
    EXPECT_THAT(PublicKey::FromBytes(element), StatusIs(StatusCode::kInvalidArgument));
  }
}

TEST(BlindEvaluate, NamesTheFirstBadElementHoweverItIsSpread) {
  SeededRandom random(1);
  const BlindEvaluator server = ServerOf(Mode::kVerifiable, random);
  std::vector<Element> elements = ElementsOf(BlindMany(Mode::kVerifiable, 12, random));
  elements[7] = Element{};
  elements[10].fill(0xff);
  for (const RangeRunner& run :
       {OnThisThread(), BackwardsInRangesOf(2), BackwardsInRangesOf(1), OnThreads(3)}) {
    const auto refused = StatusIs(StatusCode::kInvalidArgument, HasSubstr("element 7:"));
    EXPECT_THAT(server.BlindEvaluate(elements, run), refused);
    EXPECT_THAT(server.BlindEvaluateWithProof(elements, random, run), refused);
  }
}

TEST(BlindEvaluate, TakesOneToTenThousandElements) {
  SeededRandom random(1);
  const BlindEvaluator server = ServerOf(Mode::kVerifiable, random);
  const auto element = Blind(Mode::kVerifiable, AsBytes("x"), random).value().element();
  const std::vector<Element> elements(10'001, element);
  const std::span<const Element> all = elements;
  const auto refused = StatusIs(StatusCode::kInvalidArgument);
  EXPECT_THAT(server.BlindEvaluate({}), refused);
  EXPECT_THAT(server.BlindEvaluate(all), refused);
  EXPECT_THAT(server.BlindEvaluateWithProof({}, random), refused);
  EXPECT_THAT(server.BlindEvaluateWithProof(all, random), refused);
  EXPECT_THAT(FinalizeBatch({}, {}), refused);
  EXPECT_THAT(FinalizeProven(server.key().public_key(), {}, {}), refused);
  const Proof proof{};
  EXPECT_THAT(VerifyProof(server.key().public_key(), {{}, {}}, proof, OnThisThread()), refused);
  EXPECT_THAT(VerifyProof(server.key().public_key(), {all, all}, proof, OnThisThread()), refused);

  ASSERT_OK_AND_ASSIGN(const ProvenEvaluation answer,
                       server.BlindEvaluateWithProof(all.first(10'000), random, OnThreads(2)));
  EXPECT_EQ(answer.elements.size(), 10'000u);
  EXPECT_OK(VerifyProof(server.key().public_key(), {all.first(10'000), answer.elements},
                        answer.proof, OnThreads(2)));
}

TEST(BlindEvaluate, GivesTheSameHoweverItIsSpread) {
  SeededRandom random(1);
  const BlindEvaluator server = ServerOf(Mode::kBase, random);
  const auto inputs = BlindMany(Mode::kBase, 23, random);
  const auto elements = ElementsOf(inputs);
  ASSERT_OK_AND_ASSIGN(const auto evaluated, server.BlindEvaluate(elements));
  ASSERT_OK_AND_ASSIGN(const auto outputs, FinalizeBatch(inputs, evaluated));
  for (const RangeRunner& run : {BackwardsInRangesOf(1), BackwardsInRangesOf(5), OnThreads(4)}) {
    EXPECT_THAT(server.BlindEvaluate(elements, run), IsOkAndHolds(evaluated));
    EXPECT_THAT(FinalizeBatch(inputs, evaluated, run), IsOkAndHolds(outputs));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_EQ(Finalize(inputs[i], evaluated[i]).value(), outputs[i]);
    EXPECT_EQ(server.Evaluate(inputs[i].input().ExposeSecret()).value(), outputs[i]);
  }
}

TEST(Finalize, OfAnotherInputsEvaluationIsAnotherOutput) {
  SeededRandom random(1);
  const BlindEvaluator server = ServerOf(Mode::kBase, random);
  const auto inputs = BlindMany(Mode::kBase, 2, random);
  const auto evaluated = server.BlindEvaluate(ElementsOf(inputs)).value();
  const Output right = Finalize(inputs[0], evaluated[0]).value();
  EXPECT_NE(Finalize(inputs[0], evaluated[1]).value(), right);
  EXPECT_NE(Finalize(inputs[0], inputs[0].element()).value(), right);
}

TEST(FinalizeBatch, RefusesAnotherNumberOfEvaluationsAndTheOtherMode) {
  SeededRandom random(1);
  const BlindEvaluator server = ServerOf(Mode::kBase, random);
  auto inputs = BlindMany(Mode::kBase, 3, random);
  const auto evaluated = server.BlindEvaluate(ElementsOf(inputs)).value();
  EXPECT_THAT(FinalizeBatch(inputs, std::span(evaluated).first(2)),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FinalizeProven(server.key().public_key(), inputs, {evaluated, Proof{}}),
              StatusIs(StatusCode::kFailedPrecondition));
  inputs[2] = Blind(Mode::kVerifiable, AsBytes("x"), random).value();
  EXPECT_THAT(FinalizeBatch(inputs, evaluated), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(Finalize(inputs[2], evaluated[2]), StatusIs(StatusCode::kFailedPrecondition));
}

TEST(BlindEvaluateWithProof, NeedsAKeyOfTheVerifiableMode) {
  SeededRandom random(1);
  const BlindEvaluator server = ServerOf(Mode::kBase, random);
  const Element element = Blind(Mode::kBase, AsBytes("x"), random).value().element();
  EXPECT_THAT(server.BlindEvaluateWithProof({&element, 1}, random),
              StatusIs(StatusCode::kFailedPrecondition));
}

TEST(SplitElements, TakesWholeElementsOnly) {
  Bytes encoded(64, 1);
  encoded[32] = 2;
  ASSERT_OK_AND_ASSIGN(const auto elements, SplitElements(encoded));
  ASSERT_EQ(elements.size(), 2u);
  EXPECT_EQ(elements[0][0], 1);
  EXPECT_EQ(elements[1][0], 2);
  EXPECT_OK(SplitElements(Bytes(320'000)));
  for (const std::size_t size : {0, 1, 31, 33, 320'001, 320'032}) {
    EXPECT_THAT(SplitElements(Bytes(size)), StatusIs(StatusCode::kInvalidArgument)) << size;
  }
  EXPECT_OK(ProofFromBytes(Bytes(64)));
  for (const std::size_t size : {0, 63, 65}) {
    EXPECT_THAT(ProofFromBytes(Bytes(size)), StatusIs(StatusCode::kInvalidArgument)) << size;
  }
}

}  // namespace
}  // namespace noren::oprf
