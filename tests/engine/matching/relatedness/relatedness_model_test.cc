// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/relatedness_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>

#include "crypto/base/encoding.h"
#include "engine/matching/relatedness/int8_scan.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The example of docs/formats/relatedness.md.
RelatednessModel::Parts ExampleParts() {
  return {1000, 20, 2, {{7}, {11}, {300}}, {32767, 0, 26214, 19661, -19661, 26214}, {250, 125, 0}};
}

RelatednessModel Example() {
  StatusOr<RelatednessModel> model = RelatednessModel::Make(ExampleParts());
  EXPECT_OK(model);
  return *std::move(model);
}

// Unit vectors in few directions, so that many are nearly or wholly alike.
RelatednessModel::Parts RandomParts(std::size_t tokens_count, std::size_t dimension,
                                    std::uint64_t seed) {
  SeededRandom random(seed);
  RelatednessModel::Parts parts{100, 2, dimension, {}, {}, {}};
  for (std::size_t i = 0; i < tokens_count; ++i) {
    std::vector<double> row;
    double squares = 0;
    for (std::size_t c = 0; c < dimension; ++c) {
      row.push_back(static_cast<double>(random.Below(7)) - 3 + (c == i % dimension ? 5 : 0));
      squares += row.back() * row.back();
    }
    parts.tokens.push_back({10 + i * 3});
    for (const double value : row) {
      const double units = value / std::sqrt(squares) * kCoordinateUnits;
      parts.coordinates.push_back(
          static_cast<std::int16_t>(std::clamp(std::round(units), -32767.0, 32767.0)));
    }
    parts.shares.push_back(static_cast<std::uint16_t>(random.Below(1001)));
  }
  return parts;
}

// By looking at every token, in whole numbers.
std::vector<RelatedToken> RelatedPlainly(const RelatednessModel::Parts& parts, std::size_t self,
                                         std::size_t n) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> all;
  for (std::size_t i = 0; i < parts.tokens.size(); ++i) {
    std::int64_t product = 0;
    for (std::size_t c = 0; c < parts.dimension; ++c) {
      product += std::int64_t{parts.coordinates[self * parts.dimension + c]} *
                 parts.coordinates[i * parts.dimension + c];
    }
    if (i != self) all.emplace_back(-product, parts.tokens[i].value);
  }
  std::ranges::sort(all);
  std::vector<RelatedToken> related;
  for (const auto& [negated, token] : all) {
    // Half a thousandth up, rounded down: in units of 2^-30.
    const std::int64_t unit = std::int64_t{1} << 30;
    const std::int64_t closeness =
        std::min<std::int64_t>(1000, (-negated * 2000 + unit) / (2 * unit));
    if (related.size() == n || closeness <= 0) break;
    related.push_back({{token}, static_cast<std::int32_t>(closeness)});
  }
  return related;
}

RC_GTEST_PROP(RelatednessModel, RelatedIsWhatLookingAtEveryTokenFinds, ()) {
  const auto tokens_count = *rc::gen::inRange<std::size_t>(1, 120);
  const auto dimension = *rc::gen::inRange<std::size_t>(1, 40);
  const auto parts = RandomParts(tokens_count, dimension, *rc::gen::arbitrary<std::uint64_t>());
  const auto model = RelatednessModel::Make(parts);
  RC_ASSERT(model.ok());
  const auto self = *rc::gen::inRange<std::size_t>(0, tokens_count);
  const auto n = *rc::gen::inRange<std::size_t>(0, tokens_count + 2);
  RC_ASSERT(model->Related(parts.tokens[self], n) == RelatedPlainly(parts, self, n));
}

TEST(RelatednessModel, KnowsClosenessShareAndVectors) {
  const RelatednessModel model = Example();
  EXPECT_EQ(model.people_count(), 1000u);
  EXPECT_EQ(model.min_people(), 20u);
  EXPECT_EQ(model.dimension(), 2u);
  EXPECT_EQ(model.Closeness({7}, {11}), 800);
  EXPECT_EQ(model.Closeness({11}, {7}), 800);
  EXPECT_EQ(model.Closeness({7}, {300}), 0);  // turned away
  EXPECT_EQ(model.Closeness({7}, {7}), 1000);
  EXPECT_EQ(model.ShareAmongNear({7}), 250);
  EXPECT_THAT(model.VectorOf({7}), ElementsAre(127, 0));
  EXPECT_THAT(model.VectorOf({11}), ElementsAre(127, 95));
  EXPECT_FLOAT_EQ(model.CoarseScaleOf({11}), 26214.0f / 32768 / 127);
  EXPECT_THAT(model.ExactVectorOf({300}), ElementsAre(-19661.0f / 32768, 26214.0f / 32768));
}

TEST(RelatednessModel, AnswersNothingForAnUnknownToken) {
  const RelatednessModel model = Example();
  for (const Token unknown : {Token{0}, Token{8}, Token{301}}) {
    EXPECT_THAT(model.Related(unknown, 5), IsEmpty());
    EXPECT_EQ(model.Closeness(unknown, {7}), 0);
    EXPECT_EQ(model.Closeness({7}, unknown), 0);
    EXPECT_EQ(model.ShareAmongNear(unknown), 0);
    EXPECT_THAT(model.VectorOf(unknown), IsEmpty());
    EXPECT_THAT(model.ExactVectorOf(unknown), IsEmpty());
    EXPECT_EQ(model.CoarseScaleOf(unknown), 0);
  }
  EXPECT_THAT(RelatednessModel().Related({7}, 5), IsEmpty());
}

TEST(RelatednessModel, OrdersEqualClosenessByToken) {
  const auto model =
      RelatednessModel::Make({10, 2, 1, {{4}, {5}, {6}}, {32767, 32767, 32767}, {0, 0, 0}});
  ASSERT_OK(model);
  EXPECT_THAT(model->Related({5}, 2),
              ElementsAre(RelatedToken{{4}, 1000}, RelatedToken{{6}, 1000}));
  EXPECT_THAT(model->Related({5}, 1), ElementsAre(RelatedToken{{4}, 1000}));
}

TEST(RelatednessModel, CoarseVectorsStayWithinHalfAScaleStep) {
  const auto model = RelatednessModel::Make(RandomParts(60, 24, 8));
  ASSERT_OK(model);
  for (const Token token : model->tokens()) {
    const auto exact = model->ExactVectorOf(token);
    const auto coarse = model->VectorOf(token);
    const double scale = model->CoarseScaleOf(token);
    for (std::size_t c = 0; c < exact.size(); ++c) {
      EXPECT_LE(std::abs(exact[c] - scale * coarse[c]), scale * 0.5001);
    }
  }
}

TEST(Int8Products, AreThoseOfAPlainLoopAtEveryLength) {
  SeededRandom random(6);
  for (std::size_t length = 1; length <= 257; ++length) {
    std::vector<std::int8_t> values(length * 4);
    for (std::int8_t& value : values) {
      value = static_cast<std::int8_t>(static_cast<int>(random.Below(255)) - 127);
    }
    const std::span<const std::int8_t> vector = std::span(values).first(length);
    const std::span<const std::int8_t> rows = std::span(values).subspan(length);
    std::vector<std::int32_t> expected(3, 0);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      expected[i / length] += int{rows[i]} * int{vector[i % length]};
    }
    EXPECT_EQ(Int8Products(rows, vector), expected) << length;
  }
  EXPECT_THAT(Int8Products({}, {}), IsEmpty());
}

TEST(RelatednessModelMake, RefusesPartsThatDoNotFit) {
  const auto refused = [](const auto& change) {
    RelatednessModel::Parts parts = ExampleParts();
    change(parts);
    return RelatednessModel::Make(parts);
  };
  const auto is_invalid = StatusIs(StatusCode::kInvalidArgument);
  EXPECT_THAT(refused([](auto& p) { p.dimension = 0; }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.dimension = 3; }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.dimension = kMaxDimension + 1; }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.coordinates.pop_back(); }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.shares.push_back(1); }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.shares[0] = 1001; }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { std::swap(p.tokens[0], p.tokens[1]); }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.tokens[1] = p.tokens[0]; }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.tokens[0] = Token{}; }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.coordinates[0] = 32000; }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.coordinates[0] = 0; }), is_invalid);
  EXPECT_THAT(refused([](auto& p) { p.coordinates[1] = 32767; }), is_invalid);
}

TEST(RelatednessModelCodec, MatchesTheGoldenFile) {
  std::ifstream file(SourceFolder() + "/tests/golden/relatedness_model_v1.hex");
  std::string hex;
  ASSERT_TRUE(file >> hex);
  ASSERT_OK_AND_ASSIGN(const Bytes golden, HexDecode(hex));
  EXPECT_EQ(HexEncode(Example().Encode()), hex);
  EXPECT_THAT(RelatednessModel::Decode(golden), IsOkAndHolds(Example()));
}

TEST(RelatednessModelCodec, ReadsBackWhatItWrote) {
  const auto model = RelatednessModel::Make(RandomParts(40, 16, 3));
  ASSERT_OK(model);
  EXPECT_THAT(RelatednessModel::Decode(model->Encode()), IsOkAndHolds(*model));
  const RelatednessModel empty;
  EXPECT_THAT(RelatednessModel::Decode(empty.Encode()), IsOkAndHolds(empty));
  const auto no_tokens = RelatednessModel::Make({50, 20, 64, {}, {}, {}});
  ASSERT_OK(no_tokens);
  EXPECT_THAT(RelatednessModel::Decode(no_tokens->Encode()), IsOkAndHolds(*no_tokens));
}

TEST(RelatednessModelCodec, RefusesEveryTruncationAndAnythingAppended) {
  const Bytes whole = Example().Encode();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(RelatednessModel::Decode(ByteSpan(whole).first(size)),
                StatusIs(StatusCode::kDataLoss))
        << size;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_THAT(RelatednessModel::Decode(longer), StatusIs(StatusCode::kDataLoss));
}

TEST(RelatednessModelCodec, RefusesWhatMakeRefuses) {
  const Bytes whole = Example().Encode();
  const auto with = [&whole](std::size_t at, std::uint8_t value) {
    Bytes changed = whole;
    changed[at] = value;
    return RelatednessModel::Decode(changed);
  };
  const auto is_damaged = StatusIs(StatusCode::kDataLoss);
  EXPECT_THAT(with(0, 'X'), is_damaged);                  // magic
  EXPECT_THAT(with(16, 1), is_damaged);                   // dimension 258
  EXPECT_THAT(with(17, 0), is_damaged);                   // dimension 0
  EXPECT_THAT(with(18, 0xFF), is_damaged);                // four thousand million tokens
  EXPECT_THAT(with(29, 12), is_damaged);                  // tokens out of order
  EXPECT_THAT(with(46, 0x10), is_damaged);                // not of unit length
  EXPECT_THAT(with(whole.size() - 2, 0xFF), is_damaged);  // a share above 1000
}

}  // namespace
}  // namespace noren::matching
