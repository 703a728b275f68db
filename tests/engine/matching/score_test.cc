// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>
#include <set>

#include "tests/engine/matching/market.h"
#include "tests/engine/matching/naive.h"

namespace noren::matching {
namespace {

Fit PostingFitOf(Feature feature, const model::Posting& posting, const model::Profile& profile) {
  return PostingFit(feature, Row(1, posting), Row(1, profile));
}
Fit PersonFitOf(Feature feature, const model::Posting& posting, const model::Profile& profile) {
  return PersonFit(feature, Row(1, posting), Row(1, profile));
}
std::int32_t OccupationFit(std::string_view asked, std::string_view wished) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.occupations = {Isco(asked)};
  profile.occupations = {Isco(wished)};
  return PostingFitOf(Feature::kOccupation, posting, profile).thousandths;
}

TEST(OccupationFit, FallsWithEachLevelThatIsNotShared) {
  EXPECT_EQ(OccupationFit("ISCO-2512", "ISCO-2512"), 1000);
  EXPECT_EQ(OccupationFit("ISCO-2512", "ISCO-2513"), 600);
  EXPECT_EQ(OccupationFit("ISCO-2512", "ISCO-2521"), 300);
  EXPECT_EQ(OccupationFit("ISCO-2512", "ISCO-2211"), 100);
  EXPECT_EQ(OccupationFit("ISCO-2512", "ISCO-7212"), 0);
}

TEST(OccupationFit, EverythingWithinTheAskedGroupIsFull) {
  EXPECT_EQ(OccupationFit("ISCO-25", "ISCO-2512"), 1000);
  EXPECT_EQ(OccupationFit("ISCO-2", "ISCO-2211"), 1000);
}

TEST(OccupationFit, AWiderAnswerAroundTheAskedGroupIsAtLeastNeutral) {
  EXPECT_EQ(OccupationFit("ISCO-2512", "ISCO-251"), 600);
  EXPECT_EQ(OccupationFit("ISCO-2512", "ISCO-25"), 500);
  EXPECT_EQ(OccupationFit("ISCO-2512", "ISCO-2"), 500);
}

TEST(RegionFit, FallsWithEachLevelThatIsNotShared) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.regions = {Region("JP-14101")};
  const auto fit = [&](std::string_view wish) {
    profile.regions = {Region(wish)};
    return PersonFitOf(Feature::kRegion, posting, profile).thousandths;
  };
  EXPECT_EQ(fit("JP-14101"), 1000);
  EXPECT_EQ(fit("JP-14"), 1000);
  EXPECT_EQ(fit("JP-14102"), 800);
  EXPECT_EQ(fit("JP-14201"), 600);
  EXPECT_EQ(fit("JP-13104"), 100);
  EXPECT_EQ(fit("KR-11"), 0);
}

TEST(SkillsFit, IsWeightTimesLevelOfTheMostThatIsPossible) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.preferred_skills = {{Skill("SK-cpp"), 6}, {Skill("SK-go"), 4}};
  profile.skills = {{Skill("SK-cpp"), 5}, {Skill("SK-sql"), 5}};
  EXPECT_EQ(PostingFitOf(Feature::kSkills, posting, profile), Fit::Known(600));
  profile.skills = {{Skill("SK-cpp"), 2}, {Skill("SK-go"), 1}};
  EXPECT_EQ(PostingFitOf(Feature::kSkills, posting, profile), Fit::Known(320));
}

TEST(SkillsFit, RequiredSkillWeighsTen) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.required.skills = {{Skill("SK-cpp"), 2}};
  posting.preferred_skills = {{Skill("SK-go"), 10}};
  profile.skills = {{Skill("SK-cpp"), 5}};
  EXPECT_EQ(PostingFitOf(Feature::kSkills, posting, profile), Fit::Known(500));
}

TEST(SkillsFit, NoStatedSkillIsMissingAndAnAbsentOneIsZero) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.preferred_skills = {{Skill("SK-cpp"), 6}};
  EXPECT_EQ(PostingFitOf(Feature::kSkills, posting, profile), Fit::Missing());
  profile.skills = {{Skill("SK-go"), 5}};
  EXPECT_EQ(PostingFitOf(Feature::kSkills, posting, profile), Fit::Known(0));
}

TEST(SkillsFit, ForThePersonIsFullWhenTheirBestSkillsAreUsed) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  profile.skills = {{Skill("SK-cpp"), 5}, {Skill("SK-go"), 1}, {Skill("SK-sql"), 4}};
  EXPECT_EQ(PersonFitOf(Feature::kSkills, posting, profile), Fit::Missing());
  posting.preferred_skills = {{Skill("SK-cpp"), 1}, {Skill("SK-sql"), 9}};
  EXPECT_EQ(PersonFitOf(Feature::kSkills, posting, profile), Fit::Known(1000));
  posting.preferred_skills = {{Skill("SK-go"), 1}, {Skill("SK-tax"), 9}};
  EXPECT_EQ(PersonFitOf(Feature::kSkills, posting, profile), Fit::Known(111));
}

TEST(WageFit, RisesWithTheOfferAndIsMissingInAnotherCurrency) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  profile.wage_floor = model::Wage{1000, model::Currency::kKrw};
  EXPECT_EQ(PersonFitOf(Feature::kWage, posting, profile), Fit::Missing());
  posting.wage = model::WageOffer{1000, 1000, model::Currency::kKrw};
  EXPECT_EQ(PersonFitOf(Feature::kWage, posting, profile), Fit::Known(800));
  posting.wage = model::WageOffer{500, 1000, model::Currency::kKrw};
  EXPECT_EQ(PersonFitOf(Feature::kWage, posting, profile), Fit::Known(400));
  posting.wage = model::WageOffer{1250, 9000, model::Currency::kKrw};
  EXPECT_EQ(PersonFitOf(Feature::kWage, posting, profile), Fit::Known(1000));
  posting.wage = model::WageOffer{1250, 9000, model::Currency::kJpy};
  EXPECT_EQ(PersonFitOf(Feature::kWage, posting, profile), Fit::Missing());
  EXPECT_EQ(PostingFitOf(Feature::kWage, posting, profile), Fit::Missing());
}

TEST(WageFit, ForThePostingFallsWithinItsRange) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.wage = model::WageOffer{1000, 2000, model::Currency::kKrw};
  const auto fit = [&](std::int64_t floor) {
    profile.wage_floor = model::Wage{floor, model::Currency::kKrw};
    return PostingFitOf(Feature::kWage, posting, profile).thousandths;
  };
  EXPECT_EQ(fit(900), 1000);
  EXPECT_EQ(fit(1000), 1000);
  EXPECT_EQ(fit(1500), 750);
  EXPECT_EQ(fit(2000), 500);
  EXPECT_EQ(fit(2001), 0);
}

TEST(WageFit, LargestAmountsDoNotOverflow) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.wage = model::WageOffer{1, model::kMaxWagePerMonth, model::Currency::kKrw};
  profile.wage_floor = model::Wage{model::kMaxWagePerMonth, model::Currency::kKrw};
  EXPECT_EQ(PostingFitOf(Feature::kWage, posting, profile), Fit::Known(500));
  EXPECT_EQ(PersonFitOf(Feature::kWage, posting, profile), Fit::Known(0));
}

TEST(ExperienceFit, IsHalfAtTheMinimumAndFullAtTwice) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  profile.experience_months = 24;
  EXPECT_EQ(PostingFitOf(Feature::kExperience, posting, profile), Fit::NotAsked());
  posting.required.min_experience_months = 24;
  EXPECT_EQ(PostingFitOf(Feature::kExperience, posting, profile), Fit::Known(500));
  profile.experience_months = 48;
  EXPECT_EQ(PostingFitOf(Feature::kExperience, posting, profile), Fit::Known(1000));
  profile.experience_months = 840;
  EXPECT_EQ(PostingFitOf(Feature::kExperience, posting, profile), Fit::Known(1000));
  profile.experience_months.reset();
  EXPECT_EQ(PostingFitOf(Feature::kExperience, posting, profile), Fit::Missing());
}

TEST(LanguagesFit, IsTheWeightedPartOfTheWishedLevel) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.preferred_languages = {{Lang("ja"), 4, 3}, {Lang("en"), 2, 1}};
  EXPECT_EQ(PostingFitOf(Feature::kLanguages, posting, profile), Fit::Missing());
  profile.languages = {{Lang("ja"), 2}};
  EXPECT_EQ(PostingFitOf(Feature::kLanguages, posting, profile), Fit::Known(375));
  profile.languages = {{Lang("ja"), 6}, {Lang("en"), 6}};
  EXPECT_EQ(PostingFitOf(Feature::kLanguages, posting, profile), Fit::Known(1000));
}

TEST(LicencesFit, IsTheWeightHeld) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.preferred_licences = {{Licence("LC-driving"), 1}, {Licence("LC-nurse"), 3}};
  profile.licences = {Licence("LC-nurse")};
  EXPECT_EQ(PostingFitOf(Feature::kLicences, posting, profile), Fit::Known(750));
}

TEST(Apportion, SharesSumToAllPointsWhateverTheWeights) {
  EXPECT_TRUE(rc::check([] {
    Weights weights;
    FeatureSet asked{};
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
      weights.of[i] = *rc::gen::inRange<std::uint8_t>(0, 11);
      asked[i] = *rc::gen::arbitrary<bool>();
    }
    std::int32_t total_weight = 0;
    for (std::size_t i = 0; i < kFeatureCount; ++i) total_weight += asked[i] ? weights.of[i] : 0;
    const Shares shares = Apportion(weights, asked);
    RC_ASSERT(std::accumulate(shares.begin(), shares.end(), 0) ==
              (total_weight == 0 ? 0 : kSidePoints));
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
      if (!asked[i] || weights.of[i] == 0) RC_ASSERT(shares[i] == 0);
      // Within one point of the exact share.
      if (total_weight > 0 && asked[i]) {
        RC_ASSERT(std::abs(shares[i] * total_weight - kSidePoints * weights.of[i]) < total_weight);
      }
    }
  }));
}

TEST(Apportion, RestsGoToTheEarlierOfEqualFeatures) {
  Weights weights;
  weights.of = {1, 1, 1};
  FeatureSet asked = {true, true, true};
  const Shares shares = Apportion(weights, asked);
  EXPECT_EQ(shares[0], 3334);
  EXPECT_EQ(shares[1], 3333);
  EXPECT_EQ(shares[2], 3333);
}

TEST(ScorePair, ASideThatAsksForNothingIsNeutral) {
  model::Posting posting = BarePosting();
  posting.weights = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const PairScore pair = ScorePair(Row(1, posting), Row(1, BareProfile()));
  ASSERT_FALSE(pair.terms.empty());
  EXPECT_EQ(pair.terms[0].feature, Feature::kNothingAsked);
  EXPECT_EQ(pair.terms[0].contribution, kMaxSideScore / 2);
}

// Goal: the engine's score is what the rules say, shown against the second writing of the rules
// over the models.
TEST(ScorePair, AgreesWithTheNaiveRules) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const model::Profile profile = RandomProfile(random);
    const model::Posting posting = RandomPosting(random);
    const naive::Surroundings around = RandomSurroundings(random);
    const SeekerRow seeker = Row(1, profile);
    const PostingRow opening = RowIn(around, 2, posting);
    const std::int64_t naive_score = naive::Score(posting, profile, around);
    RC_ASSERT(ScorePair(opening, seeker).score == naive_score);
    RC_ASSERT(ScoreOnly(PreparedPosting(opening), seeker, PersonShares(seeker)) == naive_score);
  }));
}

TEST(ScoreFrom, IsTheScoreOrSomethingBelowTheThreshold) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const SeekerRow seeker = Row(1, RandomProfile(random));
    const PostingRow opening = RowIn(RandomSurroundings(random), 2, RandomPosting(random));
    const PreparedPosting prepared(opening);
    const Shares shares = PersonShares(seeker);
    const std::int32_t score = ScoreOnly(prepared, seeker, shares);
    for (const std::int32_t threshold :
         {score, score + 1, kMaxScore + 1, static_cast<std::int32_t>(random.Below(kMaxScore))}) {
      const std::int32_t from = ScoreFrom(prepared, seeker, shares, threshold);
      RC_ASSERT((score >= threshold ? from == score : from < threshold));
    }
  }));
}

TEST(ScorePair, TermsSumToTheScoreAndStayWithinTheirBounds) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const PostingRow posting = RowIn(RandomSurroundings(random), 2, RandomPosting(random));
    const SeekerRow seeker = Row(1, RandomProfile(random));
    const PairScore pair = ScorePair(posting, seeker);
    std::int64_t sum = 0;
    std::int64_t bound_of[2] = {0, 0};
    for (const Term& term : pair.terms) {
      sum += term.contribution;
      bound_of[static_cast<std::size_t>(term.side)] += term.upper_bound;
      RC_ASSERT(term.contribution >= 0);
      RC_ASSERT(term.contribution <= term.upper_bound);
      RC_ASSERT(term.contribution == term.share * term.fit.thousandths);
      RC_ASSERT(term.fit.state != FitState::kNotAsked);
    }
    RC_ASSERT(sum == pair.score);
    RC_ASSERT(pair.score <= kMaxScore);
    RC_ASSERT(pair.score <= PostingScoreBound(posting));
    RC_ASSERT(pair.score <= PersonScoreBound(seeker));
    // Every side has the same points, unless it asks for nothing.
    for (const std::int64_t bound : bound_of) {
      RC_ASSERT(bound == kMaxSideScore || bound == kMaxSideScore / 2);
    }
  }));
}

TEST(ScorePair, EveryFeatureIsNotAskedExactlyWhenItsSideSaysSo) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const PostingRow posting = RowIn(RandomSurroundings(random), 2, RandomPosting(random));
    const SeekerRow seeker = Row(1, RandomProfile(random));
    const FeatureSet by_posting = AskedByPosting(posting);
    const FeatureSet by_person = AskedByPerson(seeker);
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
      const auto feature = static_cast<Feature>(i);
      RC_ASSERT(by_posting[i] ==
                (PostingFit(feature, posting, seeker).state != FitState::kNotAsked));
      RC_ASSERT(by_person[i] == (PersonFit(feature, posting, seeker).state != FitState::kNotAsked));
    }
  }));
}

TEST(FeatureNames, AreDistinct) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i <= kFeatureCount; ++i) {
    names.insert(FeatureName(static_cast<Feature>(i)));
  }
  EXPECT_EQ(names.size(), kFeatureCount + 1);
  EXPECT_FALSE(names.contains(""));
}

}  // namespace
}  // namespace noren::matching
