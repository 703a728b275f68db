// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/baskets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace noren::matching {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TokenBaskets, SortsEachPersonsTokensAndKeepsEachOnce) {
  TokenBaskets baskets;
  baskets.Add(std::vector<Token>{{5}, {2}, {5}, {9}, {2}});
  baskets.Add(std::vector<Token>{});
  baskets.Add(std::vector<Token>{{1}});
  ASSERT_EQ(baskets.people_count(), 3u);
  EXPECT_EQ(baskets.tokens_count(), 4u);
  EXPECT_THAT(baskets[0], ElementsAre(Token{2}, Token{5}, Token{9}));
  EXPECT_THAT(baskets[1], IsEmpty());
  EXPECT_THAT(baskets[2], ElementsAre(Token{1}));
}

TEST(TokenBaskets, LeavesOutNone) {
  TokenBaskets baskets;
  baskets.Add(std::vector<Token>{{0}, {7}, {0}});
  EXPECT_THAT(baskets[0], ElementsAre(Token{7}));
}

TEST(TokenBaskets, TakesTheSkillsOfARowAndNothingElse) {
  SeekerRow row;
  row.skills = {{{3}, 5}, {{8}, 1}};
  row.licences = {{4}};
  row.languages = {{{6}, 2}};
  TokenBaskets baskets;
  baskets.AddSkills(row);
  EXPECT_THAT(baskets[0], ElementsAre(Token{3}, Token{8}));
}

}  // namespace
}  // namespace noren::matching
