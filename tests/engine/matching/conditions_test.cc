// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "tests/engine/matching/market.h"
#include "tests/engine/matching/naive.h"

namespace noren::matching {
namespace {

using model::Currency;
using model::EmploymentType;

// The verdict of the one condition of this kind; the pair has no other failing one.
Verdict VerdictOf(Condition condition, const model::Posting& posting,
                  const model::Profile& profile) {
  const PostingRow opening = Row(1, posting);
  const SeekerRow seeker = Row(1, profile);
  Verdict found = Verdict::kMet;
  int count = 0;
  for (const ConditionResult& result : CheckConditions(opening, seeker)) {
    if (result.condition != condition) {
      EXPECT_EQ(result.verdict, Verdict::kMet) << ConditionName(result.condition);
      continue;
    }
    found = result.verdict;
    ++count;
  }
  EXPECT_EQ(count, 1);
  EXPECT_EQ(MeetsConditions(opening, seeker), found == Verdict::kMet);
  return found;
}

TEST(Conditions, RequiredSkillNeedsItsLevel) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.required.skills = {{Skill("SK-cpp"), 3}};
  EXPECT_EQ(VerdictOf(Condition::kRequiredSkill, posting, profile), Verdict::kNotStated);
  profile.skills = {{Skill("SK-cpp"), 2}};
  EXPECT_EQ(VerdictOf(Condition::kRequiredSkill, posting, profile), Verdict::kNotMet);
  profile.skills = {{Skill("SK-cpp"), 3}};
  EXPECT_EQ(VerdictOf(Condition::kRequiredSkill, posting, profile), Verdict::kMet);
}

TEST(Conditions, RequiredLicenceIsHeldOrNotStated) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.required.licences = {Licence("LC-nurse")};
  profile.licences = {Licence("LC-driving")};
  EXPECT_EQ(VerdictOf(Condition::kRequiredLicence, posting, profile), Verdict::kNotStated);
  profile.licences.push_back(Licence("LC-nurse"));
  EXPECT_EQ(VerdictOf(Condition::kRequiredLicence, posting, profile), Verdict::kMet);
}

TEST(Conditions, RequiredLanguageNeedsItsLevel) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.required.languages = {{Lang("ja"), 4}};
  profile.languages = {{Lang("ja"), 3}};
  EXPECT_EQ(VerdictOf(Condition::kRequiredLanguage, posting, profile), Verdict::kNotMet);
  profile.languages = {{Lang("ja"), 4}};
  EXPECT_EQ(VerdictOf(Condition::kRequiredLanguage, posting, profile), Verdict::kMet);
}

TEST(Conditions, MissingNumbersMeetNoMinimumEvenZero) {
  model::Posting posting = BarePosting();
  posting.required.min_experience_months = 0;
  EXPECT_EQ(VerdictOf(Condition::kMinExperience, posting, BareProfile()), Verdict::kNotStated);
  posting.required.min_experience_months.reset();
  posting.required.min_education = model::Education::kNone;
  EXPECT_EQ(VerdictOf(Condition::kMinEducation, posting, BareProfile()), Verdict::kNotStated);
}

TEST(Conditions, MinimumIsMetExactlyAtTheBoundary) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.required.min_experience_months = 24;
  profile.experience_months = 23;
  EXPECT_EQ(VerdictOf(Condition::kMinExperience, posting, profile), Verdict::kNotMet);
  profile.experience_months = 24;
  EXPECT_EQ(VerdictOf(Condition::kMinExperience, posting, profile), Verdict::kMet);
}

TEST(Conditions, StartByIsMetOnTheDayItself) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.required.start_by = model::CivilDay{100};
  EXPECT_EQ(VerdictOf(Condition::kStartBy, posting, profile), Verdict::kNotStated);
  profile.available_from = model::CivilDay{101};
  EXPECT_EQ(VerdictOf(Condition::kStartBy, posting, profile), Verdict::kNotMet);
  profile.available_from = model::CivilDay{100};
  EXPECT_EQ(VerdictOf(Condition::kStartBy, posting, profile), Verdict::kMet);
}

TEST(Conditions, WageFloorIsComparedWithTheMostThatIsOffered) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  profile.wage_floor = model::Wage{100, Currency::kKrw};
  EXPECT_EQ(VerdictOf(Condition::kWageFloor, posting, profile), Verdict::kNotStated);
  posting.wage = model::WageOffer{50, 99, Currency::kKrw};
  EXPECT_EQ(VerdictOf(Condition::kWageFloor, posting, profile), Verdict::kNotMet);
  posting.wage = model::WageOffer{50, 100, Currency::kKrw};
  EXPECT_EQ(VerdictOf(Condition::kWageFloor, posting, profile), Verdict::kMet);
  posting.wage = model::WageOffer{5000, 10000, Currency::kJpy};
  EXPECT_EQ(VerdictOf(Condition::kWageFloor, posting, profile), Verdict::kNotStated);
}

TEST(Conditions, RegionWishReachesAsFarAsItsProvince) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.regions = {Region("KR-11680")};
  const auto verdict = [&](std::string_view wish) {
    profile.regions = {Region(wish)};
    return VerdictOf(Condition::kRegion, posting, profile);
  };
  EXPECT_EQ(verdict("KR-11680"), Verdict::kMet);
  EXPECT_EQ(verdict("KR-11440"), Verdict::kMet);
  EXPECT_EQ(verdict("KR-11"), Verdict::kMet);
  EXPECT_EQ(verdict("KR"), Verdict::kMet);
  EXPECT_EQ(verdict("KR-41"), Verdict::kNotMet);
  EXPECT_EQ(verdict("JP"), Verdict::kNotMet);
  posting.regions = {Region("KR")};
  EXPECT_EQ(verdict("KR-11"), Verdict::kNotStated);
}

TEST(Conditions, OccupationHasToLieWithinAnAskedGroupWhenThePostingSaysSo) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.occupations = {Isco("ISCO-251"), Isco("ISCO-2211")};
  posting.required.occupation = true;
  const auto verdict = [&](std::string_view wish) {
    profile.occupations = {Isco(wish)};
    return VerdictOf(Condition::kOccupation, posting, profile);
  };
  EXPECT_EQ(verdict("ISCO-251"), Verdict::kMet);
  EXPECT_EQ(verdict("ISCO-2512"), Verdict::kMet);
  EXPECT_EQ(verdict("ISCO-2211"), Verdict::kMet);
  EXPECT_EQ(verdict("ISCO-25"), Verdict::kNotStated);  // it may or may not be meant
  EXPECT_EQ(verdict("ISCO-2212"), Verdict::kNotMet);
  EXPECT_EQ(verdict("ISCO-7212"), Verdict::kNotMet);
  posting.required.occupation = false;
  EXPECT_TRUE(MeetsConditions(Row(1, posting), Row(1, profile)));
}

TEST(Conditions, APlaceHasToLieInAWishOrHoldOneWhenThePostingSaysSo) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.regions = {Region("KR-11680")};
  posting.required.region = true;
  const auto verdict = [&](std::string_view wish) {
    profile.regions = {Region(wish)};
    return VerdictOf(Condition::kPlace, posting, profile);
  };
  EXPECT_EQ(verdict("KR-11680"), Verdict::kMet);
  EXPECT_EQ(verdict("KR-11"), Verdict::kMet);
  EXPECT_EQ(verdict("KR"), Verdict::kMet);
  EXPECT_EQ(verdict("KR-11440"), Verdict::kNotMet);  // the person's own condition alone is met
  posting.regions = {Region("KR-41")};
  EXPECT_EQ(verdict("KR-41111"), Verdict::kMet);
}

TEST(Conditions, WhatIsNotStatedMeetsNeitherOccupationNorPlace) {
  PostingRow posting = Row(1, BarePosting());
  posting.occupation_is_condition = true;
  posting.region_is_condition = true;
  const auto results = CheckConditions(posting, SeekerRow());
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].condition, Condition::kOccupation);
  EXPECT_EQ(results[0].verdict, Verdict::kNotStated);
  EXPECT_EQ(results[1].condition, Condition::kPlace);
  EXPECT_EQ(results[1].verdict, Verdict::kNotStated);
}

TEST(Conditions, EmploymentTypesMustMeetWhenThePersonStatesThem) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  profile.employment_types = Types({EmploymentType::kFullTime});
  EXPECT_EQ(VerdictOf(Condition::kEmploymentType, posting, profile), Verdict::kNotStated);
  posting.employment_types = Types({EmploymentType::kPartTime});
  EXPECT_EQ(VerdictOf(Condition::kEmploymentType, posting, profile), Verdict::kNotMet);
  posting.employment_types = Types({EmploymentType::kPartTime, EmploymentType::kFullTime});
  EXPECT_EQ(VerdictOf(Condition::kEmploymentType, posting, profile), Verdict::kMet);
}

TEST(Conditions, SidesThatStateNothingSetNoCondition) {
  // Regions are always stated, so that the region is the one condition there always is.
  const auto results = CheckConditions(Row(1, BarePosting()), Row(1, BareProfile()));
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].condition, Condition::kRegion);
}

TEST(Conditions, AgreeWithTheNaiveRulesBothAsAReportAndAsATest) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const model::Profile profile = RandomProfile(random);
    const model::Posting posting = RandomPosting(random);
    const PostingRow opening = Row(1, posting);
    const SeekerRow seeker = Row(1, profile);
    const auto results = CheckConditions(opening, seeker);
    const bool all_met = std::ranges::all_of(
        results, [](const ConditionResult& result) { return result.verdict == Verdict::kMet; });
    RC_ASSERT(all_met == naive::Qualifies(posting, profile));
    RC_ASSERT(MeetsConditions(opening, seeker) == all_met);
    RC_ASSERT(std::ranges::is_sorted(results, {}, &ConditionResult::condition));
    RC_CLASSIFY(all_met, "qualifies");
  }));
}

TEST(ConditionNames, AreDistinctAndEachHasItsSide) {
  std::set<std::string_view> names;
  for (auto c = Condition::kRequiredSkill; c <= Condition::kEmploymentType;
       c = static_cast<Condition>(static_cast<int>(c) + 1)) {
    names.insert(ConditionName(c));
  }
  EXPECT_EQ(names.size(), 11u);
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(SideOf(Condition::kStartBy), Side::kPosting);
  EXPECT_EQ(SideOf(Condition::kWageFloor), Side::kPerson);
}

}  // namespace
}  // namespace noren::matching
