// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/cooccurrence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/engine/matching/relatedness/trades.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Pair = std::pair<std::uint64_t, std::uint64_t>;

std::map<Pair, std::uint32_t> PairsOf(const Cooccurrence& counted) {
  std::map<Pair, std::uint32_t> pairs;
  std::size_t at = 0;
  for (std::size_t i = 0; i < counted.tokens.size(); ++i) {
    for (; at < counted.row_ends[i]; ++at) {
      pairs[{counted.tokens[i].value, counted.tokens[counted.columns[at]].value}] =
          counted.pair_people[at];
    }
  }
  return pairs;
}

// By looking at every pair of every person.
std::map<Pair, std::uint32_t> CountPlainly(const std::vector<std::vector<Token>>& people,
                                           std::uint32_t min_people) {
  std::map<Pair, std::uint32_t> pairs;
  for (const std::vector<Token>& tokens : people) {
    std::set<std::uint64_t> own;
    for (const Token token : tokens) own.insert(token.value);
    for (const std::uint64_t a : own) {
      for (const std::uint64_t b : own) {
        if (a < b) ++pairs[{a, b}];
      }
    }
  }
  std::erase_if(pairs, [min_people](const auto& pair) { return pair.second < min_people; });
  return pairs;
}

Cooccurrence Count(const std::vector<std::vector<Token>>& people,
                   const CooccurrenceLimits& limits) {
  StatusOr<Cooccurrence> counted = CountCooccurrence(BasketsOf(people), limits, {});
  EXPECT_OK(counted);
  return *std::move(counted);
}

RC_GTEST_PROP(Cooccurrence, CountsWhatLookingAtEveryPairCounts, ()) {
  const auto people_count = *rc::gen::inRange<std::size_t>(0, 200);
  const auto min_people = *rc::gen::inRange<std::uint32_t>(1, 8);
  const auto people = People(people_count, 3, *rc::gen::arbitrary<std::uint64_t>());
  const Cooccurrence counted = Count(people, {.min_people = min_people});
  RC_ASSERT(counted.people_count == people_count);
  RC_ASSERT(PairsOf(counted) == CountPlainly(people, min_people));
}

TEST(Cooccurrence, LeavesOutTokensAndPairsOfFewPeople) {
  const std::vector<std::vector<Token>> people = {
      {{1}, {2}}, {{1}, {2}}, {{1}, {2}, {3}}, {{1}, {3}}, {{4}, {1}}};
  const Cooccurrence counted = Count(people, {.min_people = 3});
  EXPECT_THAT(counted.tokens, ElementsAre(Token{1}, Token{2}));
  EXPECT_THAT(counted.people, ElementsAre(5u, 3u));
  EXPECT_THAT(PairsOf(counted), ElementsAre(std::pair(Pair(1, 2), 3u)));
}

TEST(Cooccurrence, FindsThePeopleWithBothInEitherOrder) {
  const std::vector<std::vector<Token>> people = {{{1}, {2}, {3}}, {{1}, {3}}, {{1}}, {{2}}};
  const Cooccurrence counted = Count(people, {.min_people = 2});
  ASSERT_EQ(counted.tokens.size(), 3u);
  EXPECT_EQ(PeopleWithBoth(counted, 0, 2), 2u);
  EXPECT_EQ(PeopleWithBoth(counted, 2, 0), 2u);
  EXPECT_EQ(PeopleWithBoth(counted, 0, 1), 0u);
}

TEST(Cooccurrence, SamplesALongListByItsSetOfTokensAlone) {
  std::vector<Token> tokens;
  for (std::uint64_t i = 1; i <= 50; ++i) tokens.push_back({i * 17});
  std::vector<Token> reversed(tokens.rbegin(), tokens.rend());
  const CooccurrenceLimits limits{.min_people = 2, .max_tokens_per_person = 10};
  const Cooccurrence counted = Count({tokens, reversed}, limits);
  // Both people have the same set, so the same sample.
  EXPECT_EQ(counted.tokens.size(), 10u);
  EXPECT_EQ(counted.columns.size(), 45u);
  EXPECT_EQ(Count({reversed, tokens}, limits).tokens, counted.tokens);
  const CooccurrenceLimits other{.min_people = 2, .max_tokens_per_person = 10, .seed = 7};
  EXPECT_NE(Count({tokens, reversed}, other).tokens, counted.tokens);
}

TEST(Cooccurrence, DoesNotAlwaysSampleTheSameTokens) {
  // 300 people with 30 of 40 tokens each: every token is in somebody's sample.
  std::vector<std::vector<Token>> people;
  for (std::uint64_t person = 0; person < 300; ++person) {
    std::vector<Token> tokens;
    for (std::uint64_t i = 0; i < 30; ++i) tokens.push_back({1 + (person * 7 + i) % 40});
    people.push_back(tokens);
  }
  const Cooccurrence counted = Count(people, {.min_people = 1, .max_tokens_per_person = 10});
  EXPECT_EQ(counted.tokens.size(), 40u);
}

TEST(Cooccurrence, OfNobodyIsEmpty) {
  const Cooccurrence counted = Count({}, {});
  EXPECT_EQ(counted.people_count, 0u);
  EXPECT_THAT(counted.tokens, IsEmpty());
  EXPECT_THAT(counted.columns, IsEmpty());
}

TEST(Cooccurrence, RefusesMoreTokensThanTheLimit) {
  const auto people = People(100, 2, 1);
  const TokenBaskets baskets = BasketsOf(people);
  EXPECT_OK(CountCooccurrence(baskets, {.min_people = 1, .max_tokens = 24}, {}));
  EXPECT_THAT(CountCooccurrence(baskets, {.min_people = 1, .max_tokens = 23}, {}),
              StatusIs(StatusCode::kResourceExhausted));
}

TEST(Cooccurrence, Stops) {
  std::stop_source source;
  source.request_stop();
  EXPECT_THAT(
      CountCooccurrence(BasketsOf(People(100, 2, 1)), {.min_people = 1}, source.get_token()),
      StatusIs(StatusCode::kCancelled));
}

}  // namespace
}  // namespace noren::matching
