// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/expand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Closeness to token 1: of 2 about 966, of 3 about 866, of 4 about 500, of 5 none.
RelatednessModel FanModel() {
  StatusOr<RelatednessModel> model =
      RelatednessModel::Make({100,
                              20,
                              2,
                              {{1}, {2}, {3}, {4}, {5}},
                              {32767, 0, 31651, 8481, 28378, 16384, 16384, 28378, 0, 32767},
                              {500, 200, 1000, 0, 10}});
  EXPECT_OK(model);
  return *std::move(model);
}

PostingRow Asking(std::vector<LeveledToken> required, std::vector<WeightedToken> preferred) {
  PostingRow posting;
  posting.required_skills = std::move(required);
  posting.preferred_skills = std::move(preferred);
  return posting;
}

TEST(ExpandPosting, AddsTheNearestSkillsWithTheirCredit) {
  const RelatednessModel model = FanModel();
  PostingRow posting = Asking({}, {{{1}, 3, 5}});
  ExpandPosting(posting, model);
  // Half of the closeness: one in two people with a near token has token 1.
  EXPECT_THAT(
      posting.related_skills,
      ElementsAre(RelatedSkill{{2}, 0, 483}, RelatedSkill{{3}, 0, 433}, RelatedSkill{{4}, 0, 250}));
}

TEST(ExpandPosting, CountsRequiredSkillsBeforePreferredOnes) {
  PostingRow posting = Asking({{{1}, 3}}, {{{5}, 1, 2}, {{2}, 1, 2}});
  ExpandPosting(posting, FanModel(), {.max_per_skill = 1, .min_closeness = 400, .min_credit = 1});
  EXPECT_THAT(
      posting.related_skills,
      ElementsAre(RelatedSkill{{3}, 0, 433}, RelatedSkill{{4}, 1, 8}, RelatedSkill{{3}, 2, 193}));
}

TEST(ExpandPosting, LeavesOutWhatIsAskedForItselfWithoutLosingItsPlace) {
  PostingRow posting = Asking({}, {{{1}, 3, 5}, {{2}, 3, 5}, {{3}, 3, 5}});
  ExpandPosting(posting, FanModel(), {.max_per_skill = 1});
  EXPECT_THAT(
      posting.related_skills,
      ElementsAre(RelatedSkill{{4}, 0, 250}, RelatedSkill{{4}, 1, 141}, RelatedSkill{{4}, 2, 866}));
}

TEST(ExpandPosting, KeepsBothThresholds) {
  PostingRow posting = Asking({}, {{{1}, 3, 5}});
  ExpandPosting(posting, FanModel(), {.max_per_skill = 5, .min_closeness = 867});
  EXPECT_THAT(posting.related_skills, ElementsAre(RelatedSkill{{2}, 0, 483}));
  ExpandPosting(posting, FanModel(), {.max_per_skill = 5, .min_closeness = 400, .min_credit = 434});
  EXPECT_THAT(posting.related_skills, ElementsAre(RelatedSkill{{2}, 0, 483}));
}

TEST(ExpandPosting, AddsNothingForASkillThatNobodyWithANearOneHas) {
  PostingRow posting = Asking({}, {{{4}, 3, 5}});
  ExpandPosting(posting, FanModel(), {.max_per_skill = 5, .min_closeness = 1, .min_credit = 1});
  EXPECT_THAT(posting.related_skills, IsEmpty());
}

TEST(ExpandPosting, ReplacesWhatAnEarlierModelAdded) {
  PostingRow posting = Asking({}, {{{1}, 3, 5}});
  posting.related_skills = {{{99}, 0, 700}};
  ExpandPosting(posting, RelatednessModel());
  EXPECT_THAT(posting.related_skills, IsEmpty());
}

}  // namespace
}  // namespace noren::matching
