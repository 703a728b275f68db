// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/person_vector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

using ::testing::FloatNear;
using ::testing::Optional;
using ::testing::Pointwise;

RelatednessModel Axes() {
  StatusOr<RelatednessModel> model = RelatednessModel::Make(
      {100, 20, 2, {{1}, {2}, {3}}, {32767, 0, 0, 32767, -32767, 0}, {0, 0, 0}});
  EXPECT_OK(model);
  return *std::move(model);
}

TEST(PersonVector, IsTheNormalisedMeanOfTheSkills) {
  SeekerRow seeker;
  seeker.skills = {{{1}, 5}, {{2}, 1}};
  const float half = std::sqrt(0.5f);
  EXPECT_THAT(PersonVector(seeker, Axes()), Optional(Pointwise(FloatNear(1e-6f), {half, half})));
}

TEST(PersonVector, LeavesOutUnknownSkills) {
  SeekerRow seeker;
  seeker.skills = {{{2}, 1}, {{77}, 5}};
  EXPECT_THAT(PersonVector(seeker, Axes()), Optional(Pointwise(FloatNear(1e-6f), {0.0f, 1.0f})));
}

TEST(PersonVector, IsNotStatedWhenNothingIsKnownOrAllCancelsOut) {
  SeekerRow seeker;
  EXPECT_EQ(PersonVector(seeker, Axes()), std::nullopt);
  seeker.skills = {{{77}, 5}};
  EXPECT_EQ(PersonVector(seeker, Axes()), std::nullopt);
  seeker.skills = {{{1}, 5}, {{3}, 5}};
  EXPECT_EQ(PersonVector(seeker, Axes()), std::nullopt);
  EXPECT_EQ(PersonVector(seeker, RelatednessModel()), std::nullopt);
}

TEST(PostingVector, WeighsPreferredSkillsAndCountsRequiredOnesTen) {
  PostingRow posting;
  posting.required_skills = {{{1}, 3}};
  posting.preferred_skills = {{{2}, 0, 5}};
  const float length = std::sqrt(125.0f);
  EXPECT_THAT(PostingVector(posting, Axes()),
              Optional(Pointwise(FloatNear(1e-6f), {10 / length, 5 / length})));
}

TEST(MeanVector, IsTheSameInEveryOrder) {
  const std::vector<WeightedToken> forward = {{{1}, 0, 3}, {{2}, 0, 7}, {{3}, 0, 1}};
  const std::vector<WeightedToken> backward(forward.rbegin(), forward.rend());
  EXPECT_EQ(MeanVector(forward, Axes()), MeanVector(backward, Axes()));
}

}  // namespace
}  // namespace noren::matching
