// What every feature of the table has to keep, and the rules of those that are not in score_test.
// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/features.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "engine/matching/scoring/score.h"
#include "engine/matching/token_table.h"
#include "engine/matching/value_change.h"
#include "tests/engine/matching/market.h"

namespace noren::matching {
namespace {

constexpr RegionPath kMapo = {{Token{1}, Token{2}, Token{3}, Token{}}};
constexpr RegionPath kSeodaemun = {{Token{1}, Token{2}, Token{4}, Token{}}};
constexpr RegionPath kFar = {{Token{1}, Token{5}, Token{6}, Token{}}};

PostingRow AskingFor(std::vector<WeightedToken> skills) {
  PostingRow posting;
  posting.preferred_skills = std::move(skills);
  posting.weights = WeightRules::AllAt(5);
  return posting;
}
SeekerRow Having(std::vector<LeveledToken> skills) {
  SeekerRow seeker;
  seeker.skills = std::move(skills);
  return seeker;
}
Fit Related(const PostingRow& posting, const SeekerRow& seeker) {
  return PostingFit(Feature::kRelatedSkills, posting, seeker);
}

TEST(RelatedSkillsFit, CountsTheBestClosenessTimesLevel) {
  PostingRow posting = AskingFor({{Token{10}, 0, 5}});
  EXPECT_EQ(Related(posting, Having({{Token{20}, 5}})), Fit::NotAsked());
  posting.related_skills = {{Token{20}, 0, 800}, {Token{30}, 0, 500}};
  EXPECT_EQ(Related(posting, Having({})), Fit::Missing());
  EXPECT_EQ(Related(posting, Having({{Token{40}, 5}})), Fit::Known(0));
  EXPECT_EQ(Related(posting, Having({{Token{20}, 5}})), Fit::Known(800));
  EXPECT_EQ(Related(posting, Having({{Token{20}, 2}, {Token{30}, 5}})), Fit::Known(500));
  EXPECT_EQ(Related(posting, Having({{Token{10}, 5}, {Token{20}, 5}})), Fit::Known(1000));
}

TEST(RelatedSkillsFit, WeighsTheAskedSkillsAsTheSkillsFeatureDoes) {
  PostingRow posting = AskingFor({{Token{11}, 0, 6}});
  posting.required_skills = {{Token{10}, 1}};
  posting.related_skills = {{Token{20}, 0, 1000}, {Token{20}, 1, 500}};
  // (10 x 1000 x 4 + 6 x 500 x 4) / (16 x 5)
  EXPECT_EQ(Related(posting, Having({{Token{20}, 4}})), Fit::Known(650));
}

TEST(RelatedSkillsFit, NeverCountsMoreThanTheAskedSkillItselfWould) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const PostingRow posting = RowIn(RandomSurroundings(random), 1, RandomPosting(random));
    const SeekerRow seeker = Row(1, RandomProfile(random));
    if (!PostingAsksRelatedSkills(posting) || seeker.skills.empty()) return;
    const Fit related = Related(posting, seeker);
    RC_ASSERT(related.thousandths >= PostingFit(Feature::kSkills, posting, seeker).thousandths);
    for (const RelatedSkill& link : posting.related_skills) {
      const std::size_t required = posting.required_skills.size();
      const Token asked = link.asked < required
                              ? posting.required_skills[link.asked].token
                              : posting.preferred_skills[link.asked - required].token;
      for (LeveledToken own : seeker.skills) {
        if (own.token != link.token) continue;
        own.token = asked;
        const SeekerRow itself = Having({own});
        const SeekerRow only_related = Having({{link.token, own.level}});
        PostingRow one = posting;
        one.required_skills.clear();
        one.preferred_skills = {{asked, 0, 5}};
        one.related_skills = {{link.token, 0, link.closeness}};
        RC_ASSERT(Related(one, only_related).thousandths <= Related(one, itself).thousandths);
      }
    }
  }));
}

TEST(RegionFit, TakesTheBetterOfHierarchyAndDistance) {
  PostingRow posting;
  posting.regions = {kMapo};
  SeekerRow seeker;
  seeker.regions = {kSeodaemun};
  EXPECT_EQ(PostingFit(Feature::kRegion, posting, seeker), Fit::Known(600));
  posting.near_regions = {{Token{4}, 900}, {Token{6}, 50}};
  EXPECT_EQ(PostingFit(Feature::kRegion, posting, seeker), Fit::Known(900));
  EXPECT_EQ(PersonFit(Feature::kRegion, posting, seeker), Fit::Known(900));
  seeker.regions = {kFar};
  EXPECT_EQ(PostingFit(Feature::kRegion, posting, seeker), Fit::Known(100));
}

TEST(RegionFit, AWardIsAsNearAsItsMunicipalityAndACountryIsNear) {
  PostingRow posting;
  posting.regions = {kMapo};
  posting.near_regions = {{Token{5}, 700}, {Token{6}, 400}};
  SeekerRow seeker;
  seeker.regions = {{{Token{1}, Token{5}, Token{6}, Token{7}}}};
  EXPECT_EQ(PersonFit(Feature::kRegion, posting, seeker), Fit::Known(400));
  seeker.regions = {{{Token{1}, Token{5}}}};
  EXPECT_EQ(PersonFit(Feature::kRegion, posting, seeker), Fit::Known(700));
}

TEST(RegionDistance, IsThatOfTheGreatCircle) {
  const RegionCentre seoul{kMapo, 37.5665, 126.978};
  const RegionCentre busan{kFar, 35.1796, 129.0756};
  EXPECT_NEAR(KilometresBetween(seoul, busan), 325.1, 0.5);
  EXPECT_EQ(KilometresBetween(seoul, seoul), 0);
  const RegionCentre north{kMapo, 0, 0};
  const RegionCentre degree{kMapo, 1, 0};
  EXPECT_NEAR(KilometresBetween(north, degree), 111.195, 0.001);
}

TEST(RegionDistance, FitFallsFromFiveToSixtyKilometres) {
  EXPECT_EQ(NearFit(0), 1000);
  EXPECT_EQ(NearFit(5), 1000);
  EXPECT_EQ(NearFit(32.5), 500);
  EXPECT_EQ(NearFit(59.99), 0);
  EXPECT_EQ(NearFit(60), 0);
  EXPECT_EQ(NearFit(20'000), 0);
}

TEST(ExpandNearRegions, KeepsTheBestOverThePlacesAndLeavesOutWhatHoldsOne) {
  // Ten kilometres north and forty.
  const RegionCentres centres({{kMapo, 37.5, 127},
                               {kSeodaemun, 37.59, 127},
                               {kFar, 37.86, 127},
                               {{{Token{1}, Token{2}}}, 37.5, 127.01},
                               {{{Token{1}}}, 37.5, 127}});
  EXPECT_EQ(centres.size(), 4u);
  PostingRow posting;
  posting.regions = {kMapo, {{Token{1}, Token{2}, Token{4}, Token{9}}}};
  ExpandNearRegions(posting, centres);
  ASSERT_EQ(posting.near_regions.size(), 1u);
  EXPECT_EQ(posting.near_regions[0].region, Token{6});
  EXPECT_EQ(posting.near_regions[0].fit,
            NearFit(KilometresBetween({kFar, 37.86, 127}, {kSeodaemun, 37.59, 127})));
  ExpandNearRegions(posting, RegionCentres());
  EXPECT_TRUE(posting.near_regions.empty());
}

Fit EducationFit(std::uint8_t preferred, std::optional<std::uint8_t> stated) {
  PostingRow posting;
  posting.preferred_education = preferred;
  SeekerRow seeker;
  seeker.education = stated;
  return PostingFit(Feature::kEducation, posting, seeker);
}

TEST(EducationFit, FallsByAQuarterForEachLevelBelow) {
  EXPECT_EQ(EducationFit(6, 8), Fit::Known(1000));
  EXPECT_EQ(EducationFit(6, 6), Fit::Known(1000));
  EXPECT_EQ(EducationFit(6, 5), Fit::Known(750));
  EXPECT_EQ(EducationFit(6, 2), Fit::Known(0));
  EXPECT_EQ(EducationFit(8, 0), Fit::Known(0));
  EXPECT_EQ(EducationFit(6, std::nullopt), Fit::Missing());
  EXPECT_EQ(PostingFit(Feature::kEducation, PostingRow(), SeekerRow()), Fit::NotAsked());
}

Fit AvailabilityFit(std::int32_t wished, std::optional<std::int32_t> available) {
  PostingRow posting;
  posting.start_wished_by_day = wished;
  SeekerRow seeker;
  seeker.available_day = available;
  return PostingFit(Feature::kAvailability, posting, seeker);
}

TEST(AvailabilityFit, FallsOverNinetyDays) {
  EXPECT_EQ(AvailabilityFit(100, 20), Fit::Known(1000));
  EXPECT_EQ(AvailabilityFit(100, 100), Fit::Known(1000));
  EXPECT_EQ(AvailabilityFit(100, 145), Fit::Known(500));
  EXPECT_EQ(AvailabilityFit(100, 189), Fit::Known(11));
  EXPECT_EQ(AvailabilityFit(100, 190), Fit::Known(0));
  EXPECT_EQ(AvailabilityFit(-700'000, 2'000'000'000), Fit::Known(0));
  EXPECT_EQ(AvailabilityFit(100, std::nullopt), Fit::Missing());
  EXPECT_EQ(PostingFit(Feature::kAvailability, PostingRow(), SeekerRow()), Fit::NotAsked());
}

Fit RecencyFit(std::int32_t today, std::optional<std::int32_t> updated) {
  PostingRow posting;
  posting.as_of_day = today;
  SeekerRow seeker;
  seeker.updated_day = updated;
  return PostingFit(Feature::kRecency, posting, seeker);
}

TEST(RecencyFit, FallsFromAMonthToAYear) {
  EXPECT_EQ(RecencyFit(1000, 1005), Fit::Known(1000));  // confirmed after the day asked about
  EXPECT_EQ(RecencyFit(1000, 970), Fit::Known(1000));
  EXPECT_EQ(RecencyFit(1000, 969), Fit::Known(997));
  EXPECT_EQ(RecencyFit(1000, 636), Fit::Known(2));
  EXPECT_EQ(RecencyFit(1000, 635), Fit::Known(0));
  EXPECT_EQ(RecencyFit(1000, std::nullopt), Fit::Missing());
  EXPECT_EQ(PostingFit(Feature::kRecency, PostingRow(), SeekerRow()), Fit::NotAsked());
}

// Goal: no fit of any feature is above what its bound says from one side alone, so that leaving out
// by bounds never leaves out a better one.
TEST(EveryFeature, StaysWithinItsBoundsAndBothAreZeroWhenNotAsked) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const PostingRow posting = RowIn(RandomSurroundings(random), 1, RandomPosting(random));
    const SeekerRow seeker = Row(1, RandomProfile(random));
    const PreparedPosting prepared(posting);
    for (const FeatureRule& rule : kFeatures) {
      const BothFits fits = rule.fits(prepared, seeker);
      RC_ASSERT(fits.posting.thousandths <= rule.posting_bound(posting));
      RC_ASSERT((rule.posting_bound(posting) == 0) == !rule.posting_asks(posting));
      RC_ASSERT((rule.person_asks == nullptr) == (rule.person_bound == nullptr));
      const bool person_asks = rule.person_asks != nullptr && rule.person_asks(seeker);
      RC_ASSERT(fits.person.thousandths <= (person_asks ? rule.person_bound(seeker) : 0));
      if (fits.posting.state == FitState::kMissing) RC_ASSERT(fits.posting.thousandths == 500);
      if (fits.person.state == FitState::kMissing) RC_ASSERT(fits.person.thousandths == 500);
    }
  }));
}

TEST(WageFit, BoundOfAFloorThatNoWageExceedsByAQuarter) {
  SeekerRow seeker;
  seeker.wage_floor = model::Wage{model::kMaxWagePerMonth, model::Currency::kKrw};
  EXPECT_EQ(WageBoundForPerson(seeker), 800);
  seeker.wage_floor->amount_per_month = 1;
  EXPECT_EQ(WageBoundForPerson(seeker), 1000);
}

// A row that is better for the posting in the value of one feature.
using Improve = void (*)(SeekerRow&);
struct Improvement {
  Feature feature;
  Improve improve;
};
constexpr Improvement kImprovements[] = {
    {Feature::kExperience, [](SeekerRow& s) { *s.experience_months += 7; }},
    {Feature::kEducation, [](SeekerRow& s) { s.education = std::min(*s.education + 1, 8); }},
    {Feature::kAvailability, [](SeekerRow& s) { *s.available_day -= 9; }},
    {Feature::kRecency, [](SeekerRow& s) { *s.updated_day += 40; }},
    {Feature::kWage, [](SeekerRow& s) { s.wage_floor->amount_per_month = 1; }},
};

// Goal: stating more of what is asked never lowers a fit.
TEST(EveryFeature, NeverFallsWhenTheStatedValueIsBetter) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const PostingRow posting = RowIn(RandomSurroundings(random), 1, RandomPosting(random));
    SeekerRow seeker = Row(1, RandomProfile(random));
    seeker.experience_months = seeker.experience_months.value_or(3);
    seeker.education = seeker.education.value_or(2);
    seeker.available_day = seeker.available_day.value_or(130);
    seeker.updated_day = seeker.updated_day.value_or(-100);
    seeker.wage_floor = seeker.wage_floor.value_or(model::Wage{20, model::Currency::kKrw});
    for (const Improvement& one : kImprovements) {
      SeekerRow better = seeker;
      one.improve(better);
      RC_ASSERT(PostingFit(one.feature, posting, better).thousandths >=
                PostingFit(one.feature, posting, seeker).thousandths);
    }
    for (LeveledToken& skill : seeker.skills) {
      if (skill.level == 5) continue;
      SeekerRow better = seeker;
      ++better.skills[static_cast<std::size_t>(&skill - seeker.skills.data())].level;
      for (const Feature feature : {Feature::kSkills, Feature::kRelatedSkills}) {
        RC_ASSERT(PostingFit(feature, posting, better).thousandths >=
                  PostingFit(feature, posting, seeker).thousandths);
      }
    }
  }));
}

TEST(PreparedPosting, AddsUpASkillThatIsRequiredAndPreferred) {
  PostingRow posting = AskingFor({{Token{10}, 0, 4}, {Token{11}, 0, 6}});
  posting.required_skills = {{Token{10}, 2}};
  const SeekerRow seeker = Having({{Token{10}, 5}});
  // (10 + 4) x 5 of (10 + 4 + 6) x 5
  EXPECT_EQ(PostingFit(Feature::kSkills, posting, seeker), Fit::Known(700));
}

TEST(TokenTable, FindsWhatItHoldsAndNothingElse) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    std::vector<TokenTable::Entry> entries;
    const std::size_t count = random.Below(70);
    // Tokens from few bits, so that they collide, and some from all.
    const std::uint64_t range = random.Below(2) == 0 ? 200 : ~std::uint64_t{0};
    for (std::size_t i = 0; i < count; ++i) {
      const Token token{1 + random.Below(range)};
      if (std::ranges::find(entries, token, &TokenTable::Entry::token) == entries.end()) {
        entries.push_back({token, static_cast<std::uint32_t>(i + 1)});
      }
    }
    const TokenTable table(entries);
    for (const auto& entry : entries) RC_ASSERT(table.Find(entry.token) == entry.value);
    for (int i = 0; i < 200; ++i) {
      const Token token{1 + random.Below(range)};
      const auto found = std::ranges::find(entries, token, &TokenTable::Entry::token);
      RC_ASSERT(table.Find(token) == (found == entries.end() ? 0 : found->value));
    }
  }));
}

TEST(TokenTable, StaysRightForTokensThatNoFactorKeepsApart) {
  std::vector<TokenTable::Entry> entries;
  // They differ in the highest bits only, which a product loses but for the highest ones.
  for (std::uint32_t i = 0; i < 128; ++i)
    entries.push_back({Token{std::uint64_t{i} << 57 | 1}, i + 1});
  const TokenTable table(entries);
  for (const auto& entry : entries) EXPECT_EQ(table.Find(entry.token), entry.value);
  EXPECT_EQ(table.Find(Token{2}), 0u);
  EXPECT_EQ(TokenTable().Find(Token{7}), 0u);
}

}  // namespace
}  // namespace noren::matching
