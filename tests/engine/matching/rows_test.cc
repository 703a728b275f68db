// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/matching/rows_from_model.h"
#include "tests/engine/matching/market.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

// Goal: nobody adds a member to a row unseen. Structured bindings stop to compile when the number
// of members changes, and the types show that there is no text: the only ways to hold a value are
// tokens, levels, numbers and small sets.
TEST(SeekerRow, HoldsTokensAndNumbersOnly) {
  const SeekerRow row;
  const auto& [id, occupations, skills, regions, licences, languages, employment_types, wage_floor,
               experience_months, education, available_day, updated_day, weights] = row;
  static_assert(std::is_same_v<decltype(id), const SeekerRowId>);
  static_assert(std::is_same_v<decltype(occupations), const std::vector<OccupationPath>>);
  static_assert(std::is_same_v<decltype(skills), const std::vector<LeveledToken>>);
  static_assert(std::is_same_v<decltype(regions), const std::vector<RegionPath>>);
  static_assert(std::is_same_v<decltype(licences), const std::vector<Token>>);
  static_assert(std::is_same_v<decltype(languages), const std::vector<LeveledToken>>);
  static_assert(std::is_same_v<decltype(employment_types), const model::EmploymentTypes>);
  static_assert(std::is_same_v<decltype(wage_floor), const std::optional<model::Wage>>);
  static_assert(std::is_same_v<decltype(experience_months), const std::optional<std::int32_t>>);
  static_assert(std::is_same_v<decltype(education), const std::optional<std::uint8_t>>);
  static_assert(std::is_same_v<decltype(available_day), const std::optional<std::int32_t>>);
  static_assert(std::is_same_v<decltype(updated_day), const std::optional<std::int32_t>>);
  static_assert(std::is_same_v<decltype(weights), const Weights>);
  EXPECT_EQ(id.value, 0u);
}

TEST(PostingRow, HoldsTokensAndNumbersOnly) {
  const PostingRow row;
  const auto& [id, occupations, regions, employment_types, wage, required_skills, required_licences,
               required_languages, min_experience_months, min_education, start_by_day,
               occupation_is_condition, region_is_condition, preferred_skills, preferred_licences,
               preferred_languages, preferred_education, start_wished_by_day, related_skills,
               near_regions, as_of_day, weights] = row;
  static_assert(std::is_same_v<decltype(id), const PostingRowId>);
  static_assert(std::is_same_v<decltype(occupations), const std::vector<OccupationPath>>);
  static_assert(std::is_same_v<decltype(regions), const std::vector<RegionPath>>);
  static_assert(std::is_same_v<decltype(employment_types), const model::EmploymentTypes>);
  static_assert(std::is_same_v<decltype(wage), const std::optional<model::WageOffer>>);
  static_assert(std::is_same_v<decltype(required_skills), const std::vector<LeveledToken>>);
  static_assert(std::is_same_v<decltype(required_licences), const std::vector<Token>>);
  static_assert(std::is_same_v<decltype(required_languages), const std::vector<LeveledToken>>);
  static_assert(std::is_same_v<decltype(min_experience_months), const std::optional<std::int32_t>>);
  static_assert(std::is_same_v<decltype(min_education), const std::optional<std::uint8_t>>);
  static_assert(std::is_same_v<decltype(start_by_day), const std::optional<std::int32_t>>);
  static_assert(std::is_same_v<decltype(occupation_is_condition), const bool>);
  static_assert(std::is_same_v<decltype(region_is_condition), const bool>);
  static_assert(std::is_same_v<decltype(preferred_skills), const std::vector<WeightedToken>>);
  static_assert(std::is_same_v<decltype(preferred_licences), const std::vector<WeightedToken>>);
  static_assert(std::is_same_v<decltype(preferred_languages), const std::vector<WeightedToken>>);
  static_assert(std::is_same_v<decltype(preferred_education), const std::optional<std::uint8_t>>);
  static_assert(std::is_same_v<decltype(start_wished_by_day), const std::optional<std::int32_t>>);
  static_assert(std::is_same_v<decltype(related_skills), const std::vector<RelatedSkill>>);
  static_assert(std::is_same_v<decltype(near_regions), const std::vector<NearRegion>>);
  static_assert(std::is_same_v<decltype(as_of_day), const std::optional<std::int32_t>>);
  static_assert(std::is_same_v<decltype(weights), const Weights>);
  EXPECT_EQ(id.value, 0u);
}

TEST(TokenPath, DepthEndsAtTheFirstNone) {
  const OccupationPath path = {{Token{1}, Token{2}, Token{}, Token{}}};
  EXPECT_EQ(path.depth(), 2u);
  EXPECT_EQ(OccupationPath{}.depth(), 0u);
}

TEST(TokenPath, SharedDepthStopsAtTheFirstDifferenceAndAtNone) {
  const OccupationPath a = {{Token{1}, Token{2}, Token{3}, Token{4}}};
  const OccupationPath b = {{Token{1}, Token{2}, Token{9}, Token{4}}};
  const OccupationPath coarse = {{Token{1}}};
  EXPECT_EQ(SharedDepth(a, a), 4u);
  EXPECT_EQ(SharedDepth(a, b), 2u);
  EXPECT_EQ(SharedDepth(a, coarse), 1u);
  EXPECT_EQ(SharedDepth(coarse, OccupationPath{}), 0u);
}

TEST(RowsFromModel, OccupationCarriesItsAncestorsCoarseToFine) {
  const PlainTokens tokens;
  const OccupationPath path = PathOf(Isco("ISCO-2512"), tokens);
  EXPECT_THAT(path.levels, testing::ElementsAre(tokens.OfOccupation(Isco("ISCO-2")),
                                                tokens.OfOccupation(Isco("ISCO-25")),
                                                tokens.OfOccupation(Isco("ISCO-251")),
                                                tokens.OfOccupation(Isco("ISCO-2512"))));
  EXPECT_EQ(PathOf(Isco("ISCO-25"), tokens).depth(), 2u);
}

TEST(RowsFromModel, RegionOfAWardHasFourLevels) {
  const PlainTokens tokens;
  EXPECT_EQ(PathOf(Region("KR"), tokens).depth(), 1u);
  EXPECT_EQ(PathOf(Region("KR-11"), tokens).depth(), 2u);
  EXPECT_EQ(PathOf(Region("KR-11440"), tokens).depth(), 3u);
  EXPECT_EQ(PathOf(Region("JP-14101"), tokens).depth(), 4u);
}

TEST(RowsFromModel, RowDoesNotDependOnTheOrderOfTheLists) {
  SeededRandom random(7);
  for (int i = 0; i < 50; ++i) {
    model::Profile profile = RandomProfile(random);
    const SeekerRow row = Row(1, profile);
    std::ranges::reverse(profile.occupations);
    std::ranges::reverse(profile.skills);
    std::ranges::reverse(profile.regions);
    std::ranges::reverse(profile.languages);
    const SeekerRow turned = Row(1, profile);
    EXPECT_EQ(row.occupations, turned.occupations);
    EXPECT_EQ(row.skills, turned.skills);
    EXPECT_EQ(row.regions, turned.regions);
    EXPECT_EQ(row.languages, turned.languages);
  }
}

TEST(RowsFromModel, MissingValuesStayMissing) {
  const SeekerRow row = Row(1, BareProfile());
  EXPECT_FALSE(row.wage_floor);
  EXPECT_FALSE(row.experience_months);
  EXPECT_FALSE(row.education);
  EXPECT_FALSE(row.available_day);
  EXPECT_TRUE(row.employment_types.empty());
}

TEST(RowsFromModel, StatedZeroIsNotMissing) {
  model::Profile profile = BareProfile();
  profile.experience_months = 0;
  profile.education = model::Education::kNone;
  const SeekerRow row = Row(1, profile);
  EXPECT_EQ(row.experience_months, 0);
  EXPECT_EQ(row.education, 0);
}

TEST(RowsFromModel, RefusesAnInvalidProfileAndPosting) {
  EXPECT_THAT(RowOf(SeekerRowId{1}, model::Profile{}, PlainTokens()),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(RowOf(PostingRowId{1}, model::Posting{}, PlainTokens()),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(RowsFromModel, WeightsComeFromWhoSaysThemElseFromTheRulesAndNeverExceedTheCap) {
  WeightRules rules;
  rules.defaults[Feature::kRegion] = 2;
  rules.defaults[Feature::kRecency] = 7;
  rules.caps[Feature::kWage] = 3;
  rules.caps[Feature::kRecency] = 4;
  model::Posting posting = BarePosting();
  posting.weights.skills = 9;
  posting.weights.wage = 9;
  model::Profile profile = BareProfile();
  profile.preferences.occupation = 0;
  profile.preferences.wage = 10;
  ASSERT_OK_AND_ASSIGN(const PostingRow opening,
                       RowOf(PostingRowId{1}, posting, PlainTokens(), rules));
  ASSERT_OK_AND_ASSIGN(const SeekerRow seeker,
                       RowOf(SeekerRowId{1}, profile, PlainTokens(), rules));
  EXPECT_EQ(opening.weights[Feature::kSkills], 9);
  EXPECT_EQ(opening.weights[Feature::kWage], 3);
  EXPECT_EQ(opening.weights[Feature::kRegion], 2);
  EXPECT_EQ(opening.weights[Feature::kRecency], 4);
  EXPECT_EQ(opening.weights[Feature::kEducation], 5);
  EXPECT_EQ(seeker.weights[Feature::kOccupation], 0);
  EXPECT_EQ(seeker.weights[Feature::kWage], 3);
  EXPECT_EQ(seeker.weights[Feature::kRegion], 2);
  EXPECT_EQ(seeker.weights[Feature::kEducation], 0);  // people do not weigh it
}

TEST(RowsFromModel, RecencyCountsNothingUnlessSomebodySaysSo) {
  EXPECT_EQ(Row(1, BarePosting()).weights[Feature::kRecency], 0);
  model::Posting posting = BarePosting();
  posting.weights.recency = 2;
  EXPECT_EQ(Row(1, posting).weights[Feature::kRecency], 2);
}

TEST(RowsFromModel, TheExpanderSeesTheWholeRow) {
  model::Posting posting = BarePosting();
  posting.preferred_skills = {{Skill("SK-cpp"), 3}};
  const auto expand = [](PostingRow& row) {
    row.related_skills.push_back({row.preferred_skills.at(0).token, 0, row.weights.of[0]});
  };
  ASSERT_OK_AND_ASSIGN(const PostingRow row,
                       RowOf(PostingRowId{1}, posting, PlainTokens(), WeightRules(), expand));
  ASSERT_EQ(row.related_skills.size(), 1u);
  EXPECT_EQ(row.related_skills[0].closeness, 5);
}

// Goal: the centres of the code lists are read, in both countries, and only what is near is added.
TEST(RowsFromModel, CentresComeFromTheCodeLists) {
  const PlainTokens tokens;
  const RegionCentres centres = CentresOf(model::TestDictionary(), tokens);
  EXPECT_GT(centres.size(), 1500u);
  PostingRow row = Row(1, BarePosting());  // KR-11440, Mapo
  ExpandNearRegions(row, centres);
  const auto fit_of = [&](std::string_view code) {
    const Token token = tokens.OfRegion(Region(code));
    const auto found = std::ranges::find(row.near_regions, token, &NearRegion::region);
    return found == row.near_regions.end() ? 0 : static_cast<int>(found->fit);
  };
  EXPECT_GT(fit_of("KR-11410"), 900);  // Seodaemun, next to it
  EXPECT_GT(fit_of("KR-41110"), 400);  // Suwon, some thirty kilometres away
  EXPECT_LT(fit_of("KR-41110"), 700);
  EXPECT_EQ(fit_of("KR-26110"), 0);  // Busan
  EXPECT_EQ(fit_of("KR-11"), 0);     // what a place lies in is for the hierarchy
  EXPECT_EQ(fit_of("JP-13"), 0);
}

class NoTokens final : public TokenSource {
 public:
  Token OfOccupation(const model::OccupationCode&) const override { return Token{1}; }
  Token OfSkill(const model::SkillCode&) const override { return Token{}; }
  Token OfRegion(const model::RegionCode&) const override { return Token{2}; }
  Token OfLicence(const model::LicenceCode&) const override { return Token{3}; }
  Token OfLanguage(const model::LanguageCode&) const override { return Token{4}; }
};

TEST(RowsFromModel, RefusesATokenSourceThatGivesNone) {
  model::Profile profile = BareProfile();
  profile.skills = {{Skill("SK-cpp"), 3}};
  EXPECT_THAT(RowOf(SeekerRowId{1}, profile, NoTokens()), StatusIs(StatusCode::kInternal));
}

TEST(RowsFromModel, OtherTokenKeyGivesTheSameScores) {
  const Market market = RandomMarket(3, 20, 5);
  const PlainTokens other(0x5DEECE66Du);
  for (const model::Profile& profile : market.profiles) {
    for (const model::Posting& posting : market.postings) {
      ASSERT_OK_AND_ASSIGN(const SeekerRow seeker, RowOf(SeekerRowId{1}, profile, other));
      ASSERT_OK_AND_ASSIGN(const PostingRow opening, RowOf(PostingRowId{1}, posting, other));
      EXPECT_EQ(ScorePair(opening, seeker).score,
                ScorePair(Row(1, posting), Row(1, profile)).score);
    }
  }
}

}  // namespace
}  // namespace noren::matching
