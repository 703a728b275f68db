// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/train.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "crypto/base/encoding.h"
#include "tests/engine/matching/relatedness/trades.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const RelatednessOptions kSmall{.dimension = 16, .min_people = 5};

RelatednessModel Train(const std::vector<std::vector<Token>>& people,
                       const RelatednessOptions& options = kSmall) {
  StatusOr<RelatednessModel> model = TrainRelatedness(BasketsOf(people), options);
  EXPECT_OK(model);
  return *std::move(model);
}

void Shuffle(std::vector<std::vector<Token>>& people, std::uint64_t seed) {
  SeededRandom random(seed);
  const auto shuffle = [&random](auto& list) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random.Below(i)]);
  };
  shuffle(people);
  for (std::vector<Token>& tokens : people) shuffle(tokens);
}

TEST(TrainRelatedness, PutsSkillsOfOneTradeNearEachOther) {
  constexpr std::uint64_t kTrades = 6;
  const RelatednessModel model = Train(People(3000, kTrades, 1));
  ASSERT_EQ(model.tokens_count(), kTrades * kSkillsPerTrade);
  for (const Token token : model.tokens()) {
    const std::vector<RelatedToken> related = model.Related(token, kSkillsPerTrade - 1);
    ASSERT_EQ(related.size(), kSkillsPerTrade - 1);
    for (const RelatedToken& near : related) {
      EXPECT_EQ(TradeOf(near.token), TradeOf(token));
      EXPECT_GE(near.closeness, 500);
    }
    const Token elsewhere = SkillOfTrade((TradeOf(token) + 1) % kTrades, 0);
    EXPECT_LE(model.Closeness(token, elsewhere), 300);
  }
}

TEST(TrainRelatedness, GivesTheSameBytesForEveryOrderOfPeopleAndTokens) {
  std::vector<std::vector<Token>> people = People(2000, 8, 2);
  people.push_back({});
  const Bytes first = Train(people).Encode();
  EXPECT_EQ(Train(people).Encode(), first);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Shuffle(people, seed);
    EXPECT_EQ(Train(people).Encode(), first) << seed;
  }
}

TEST(TrainRelatedness, GivesTheSameBytesInEveryBuild) {
  // Goal: neither the optimisation nor the processor changes a byte. Method: the file was written
  // by an optimised build; the tests also run in builds with sanitizers and little optimisation.
  std::ifstream file(SourceFolder() + "/tests/golden/relatedness_trained_v1.hex");
  std::string hex;
  ASSERT_TRUE(file >> hex);
  const Bytes bytes = Train(People(600, 3, 7), {.dimension = 8, .min_people = 5}).Encode();
  EXPECT_EQ(HexEncode(bytes), hex);
}

TEST(TrainRelatedness, LearnsNothingFromFewerThanTheLeastNumberOfPeople) {
  // Goal: what fewer than min_people people have leaves no trace. Method: four people get a rare
  // token; the bytes stay. With the fifth person it has a vector.
  std::vector<std::vector<Token>> people = People(1000, 4, 3);
  for (std::size_t i = 0; i < 5; ++i) people[i] = {SkillOfTrade(0, 0), SkillOfTrade(0, 1)};
  std::vector<std::vector<Token>> with_rare = people;
  for (std::size_t i = 0; i < 4; ++i) with_rare[i].push_back({0xABCDEF});
  EXPECT_EQ(Train(with_rare).Encode(), Train(people).Encode());
  EXPECT_THAT(Train(with_rare).VectorOf({0xABCDEF}), IsEmpty());
  with_rare[4].push_back({0xABCDEF});  // the fifth
  EXPECT_THAT(Train(with_rare).VectorOf({0xABCDEF}), SizeIs(16));
}

TEST(TrainRelatedness, LearnsNothingFromAPairOfFewPeople) {
  const std::vector<std::vector<Token>> alone(50, {{1}});
  const std::vector<std::vector<Token>> other(50, {{2}});
  std::vector<std::vector<Token>> mixed = alone;
  mixed.insert(mixed.end(), other.begin(), other.end());
  for (std::size_t i = 0; i < 4; ++i) mixed[i] = {{1}, {2}};
  mixed.insert(mixed.end(), 2000, {{3}});  // so that together is more than chance
  EXPECT_EQ(Train(mixed).tokens_count(), 0u);
  mixed[4] = {{1}, {2}};
  EXPECT_EQ(Train(mixed).tokens_count(), 2u);
}

TEST(TrainRelatedness, LearnsWhatANearTokenIsWorth) {
  // Tokens 1 and 2 alone go together: 40 of the 60 people with 2 have 1, and 40 of the 50 with 1
  // have 2. Others keep the two from being as frequent as chance.
  std::vector<std::vector<Token>> people;
  people.insert(people.end(), 40, {{1}, {2}});
  people.insert(people.end(), 10, {{1}});
  people.insert(people.end(), 20, {{2}});
  people.insert(people.end(), 930, {{3}});
  const RelatednessModel model = Train(people, {.dimension = 4, .min_people = 5});
  EXPECT_EQ(model.Closeness({1}, {2}), 1000);
  EXPECT_EQ(model.ShareAmongNear({1}), 666);
  EXPECT_EQ(model.ShareAmongNear({2}), 800);
  EXPECT_THAT(model.VectorOf({3}), IsEmpty());  // goes with nothing
}

TEST(TrainRelatedness, StaysAModelOfItsDimensionWhenThereIsLittleToLearn) {
  const RelatednessModel model = Train({}, {});
  EXPECT_EQ(model.tokens_count(), 0u);
  EXPECT_EQ(model.dimension(), 64u);
  EXPECT_EQ(model.people_count(), 0u);
  const RelatednessModel two = Train(std::vector<std::vector<Token>>(30, {{1}, {2}}), {});
  EXPECT_EQ(two.tokens_count(), 0u);  // everybody has both: no surprise
}

TEST(TrainRelatedness, RefusesOptionsThatMakeNoSense) {
  const auto refused = [](RelatednessOptions options) {
    return TrainRelatedness(TokenBaskets(), options);
  };
  const auto is_invalid = StatusIs(StatusCode::kInvalidArgument);
  EXPECT_THAT(refused({.dimension = 0}), is_invalid);
  EXPECT_THAT(refused({.dimension = kMaxDimension + 1}), is_invalid);
  EXPECT_THAT(refused({.min_people = 1}), is_invalid);
  EXPECT_THAT(refused({.max_tokens_per_person = 1}), is_invalid);
  EXPECT_THAT(refused({.max_tokens = kMaxRelatedTokens + 1}), is_invalid);
  EXPECT_THAT(refused({.context_smoothing = 0}), is_invalid);
  EXPECT_THAT(refused({.context_smoothing = 1.5}), is_invalid);
  EXPECT_THAT(refused({.context_smoothing = std::nan("")}), is_invalid);
  EXPECT_THAT(refused({.oversampling = kMaxDimension + 1}), is_invalid);
  EXPECT_THAT(refused({.power_iterations = 17}), is_invalid);
  EXPECT_THAT(refused({.near_count = 0}), is_invalid);
}

TEST(TrainRelatedness, ReportsProgressInOrderAndStopsAtEachStep) {
  const TokenBaskets baskets = BasketsOf(People(500, 3, 5));
  std::vector<std::int32_t> reported;
  TrainingControl control;
  control.progress = [&](std::int32_t thousandths) { reported.push_back(thousandths); };
  ASSERT_OK(TrainRelatedness(baskets, kSmall, control));
  ASSERT_GE(reported.size(), 4u);
  EXPECT_TRUE(std::ranges::is_sorted(reported));
  EXPECT_EQ(reported.back(), 1000);
  for (std::size_t stop_at = 1; stop_at < reported.size(); ++stop_at) {
    std::stop_source source;
    std::size_t seen = 0;
    control.stop = source.get_token();
    control.progress = [&](std::int32_t) {
      if (++seen == stop_at) source.request_stop();
    };
    EXPECT_THAT(TrainRelatedness(baskets, kSmall, control), StatusIs(StatusCode::kCancelled));
    EXPECT_EQ(seen, stop_at);
  }
}

}  // namespace
}  // namespace noren::matching
