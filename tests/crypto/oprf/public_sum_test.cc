// The sums of multiples of public elements, against libsodium's multiplication and against scalars
// added up slowly.
// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/public_sum.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/oprf/blind_evaluator.h"
#include "tests/crypto/oprf/published_vectors.h"
#include "tests/crypto/oprf/refused_elements.h"
#include "tests/crypto/oprf/slow_scalar.h"
#include "tests/support/seeded_random.h"

namespace noren::oprf {
namespace {

ServerKey KeyOf(const Scalar& scalar) {
  return ServerKey::FromScalar(Mode::kBase, SecretBytes::CopyOf(scalar)).value();
}

// libsodium's product.
StatusOr<Element> Times(const Scalar& scalar, const Element& element) {
  NOREN_ASSIGN_OR_RETURN(const auto products,
                         BlindEvaluator(KeyOf(scalar)).BlindEvaluate({&element, 1}));
  return products.front();
}

// The generator times `scalar`, by libsodium; the identity for zero.
Element GeneratorTimes(const Scalar& scalar) {
  return scalar == Scalar{} ? Element{} : KeyOf(scalar).public_key().element;
}

Element TotalOfOne(const Element& element, const Scalar& scalar) {
  PublicSum sum(1);
  EXPECT_TRUE(sum.Set(0, element, scalar));
  return sum.Total(OnThisThread());
}

// Multiples of the generator, so that the sum's own multiple is known.
void ExpectRightTotal(std::size_t count, std::uint64_t seed) {
  SeededRandom random(seed);
  PublicSum sum(count);
  Scalar expected{};
  for (std::size_t i = 0; i < count; ++i) {
    const Scalar logarithm = DrawScalar(random);
    const Scalar scalar = DrawScalar(random);
    ASSERT_TRUE(sum.Set(i, GeneratorTimes(logarithm), scalar));
    expected = SlowSum(expected, SlowProduct(logarithm, scalar));
  }
  EXPECT_EQ(sum.Total(OnThisThread()), GeneratorTimes(expected)) << count;
}

TEST(PublicSum, AddsBatchesOfEverySizeRight) {
  for (const std::size_t count : {1, 2, 3, 4, 7, 12, 30, 90, 300, 1000}) {
    ExpectRightTotal(count, count);
  }
}

RC_GTEST_PROP(PublicSum, OfOneElementIsLibsodiumsProduct, (std::uint64_t seed)) {
  SeededRandom random(seed);
  const Element element = GeneratorTimes(DrawScalar(random));
  const Scalar scalar = DrawScalar(random);
  const auto product = Times(scalar, element);
  RC_ASSERT(product.ok());
  RC_ASSERT(TotalOfOne(element, scalar) == *product);
}

// Whatever the widths of its windows, a digit may be at either end.
TEST(PublicSum, CountsScalarsOfExtremeDigitsRight) {
  Scalar all_ones;
  all_ones.fill(0xff);
  all_ones.back() = 0x0f;  // 2^252 - 1
  std::vector<Scalar> scalars = {SmallScalar(1), SmallScalar(2), SlowNegation(SmallScalar(1)),
                                 SlowNegation(SmallScalar(2)), all_ones};
  for (std::size_t bit = 0; bit < 253; ++bit) {
    Scalar power{};
    power[bit / 8] = static_cast<std::uint8_t>(1u << (bit % 8));
    scalars.push_back(power);
  }
  SeededRandom random(5);
  const Scalar logarithm = DrawScalar(random);
  for (const std::size_t count : {1, 2, 40, 400}) {
    for (const Scalar& scalar : scalars) {
      PublicSum sum(count);
      ASSERT_TRUE(sum.Set(count - 1, GeneratorTimes(logarithm), scalar));
      EXPECT_EQ(sum.Total(OnThisThread()), GeneratorTimes(SlowProduct(logarithm, scalar)))
          << count << " " << HexEncode(scalar);
    }
  }
}

TEST(PublicSum, IsTheIdentityWhenNothingIsLeft) {
  SeededRandom random(1);
  const Element element = GeneratorTimes(DrawScalar(random));
  const Scalar scalar = DrawScalar(random);
  EXPECT_EQ(TotalOfOne(element, Scalar{}), Element{});
  EXPECT_EQ(TotalOfOne(Element{}, scalar), Element{});
  EXPECT_EQ(PublicSum(3).Total(OnThisThread()), Element{});
  PublicSum sum(2);
  ASSERT_TRUE(sum.Set(0, element, scalar));
  ASSERT_TRUE(sum.Set(1, element, SlowNegation(scalar)));
  EXPECT_EQ(sum.Total(OnThisThread()), Element{});
}

TEST(PublicSum, RefusesWhatEncodesNoElement) {
  for (const char* text : kRefusedElements) {
    const Element element = ArrayOf<Element>(FromHex(text));
    PublicSum sum(1);
    EXPECT_FALSE(sum.Set(0, element, SmallScalar(1))) << text;
    EXPECT_EQ(sum.Total(OnThisThread()), Element{});
    EXPECT_THAT(Times(SmallScalar(1), element), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

// Half the bytes of this form decode; what decodes is encoded to the same bytes.
TEST(PublicSum, AcceptsExactlyTheElementsThatLibsodiumAccepts) {
  SeededRandom random(2);
  int accepted = 0;
  for (int i = 0; i < 2000; ++i) {
    Element element;
    random.Fill(element);
    element[0] = static_cast<std::uint8_t>(element[0] & (i % 8 == 0 ? 0xff : 0xfe));
    element[31] = static_cast<std::uint8_t>(element[31] & (i % 8 == 1 ? 0xff : 0x7f));
    PublicSum sum(1);
    const bool ours = sum.Set(0, element, SmallScalar(1));
    const auto theirs = Times(SmallScalar(1), element);
    ASSERT_EQ(ours, theirs.ok()) << HexEncode(element);
    if (!ours) continue;
    ++accepted;
    EXPECT_EQ(sum.Total(OnThisThread()), element);
  }
  EXPECT_GT(accepted, 300);
  EXPECT_LT(accepted, 1700);
}

TEST(PublicSumDeathTest, StopsAtAScalarBeyondTheOrder) {
  Scalar scalar;
  scalar.fill(0xff);
  PublicSum sum(1);
  EXPECT_DEATH((void)sum.Set(0, Element{}, scalar), "beyond the group's order");
}

}  // namespace
}  // namespace noren::oprf
