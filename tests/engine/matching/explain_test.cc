// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/explain.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "tests/engine/matching/market.h"

namespace noren::matching {
namespace {

using model::Currency;

TEST(Explain, NamesTheOneConditionThatAloneKeepsThePairOut) {
  model::Posting posting = BarePosting();
  posting.required.licences = {Licence("LC-nurse")};
  posting.required.min_education = model::Education::kBachelor;
  model::Profile profile = BareProfile();
  profile.education = model::Education::kMaster;
  const Explanation explained = Explain(Row(1, posting), Row(1, profile), std::nullopt);
  EXPECT_FALSE(explained.eligible);
  EXPECT_EQ(explained.change.kind, ChangeKind::kOneCondition);
  ASSERT_TRUE(explained.change.condition);
  EXPECT_EQ(explained.change.condition->condition, Condition::kRequiredLicence);
  ASSERT_TRUE(explained.change.value);
  EXPECT_EQ(explained.change.value->field, ChangedField::kLicence);
  EXPECT_EQ(explained.change.value->token, PlainTokens().OfLicence(Licence("LC-nurse")));
}

TEST(Explain, CountsSeveralFailedConditionsAndNamesNone) {
  model::Posting posting = BarePosting();
  posting.required.licences = {Licence("LC-nurse"), Licence("LC-driving")};
  const Explanation explained = Explain(Row(1, posting), Row(1, BareProfile()), 0);
  EXPECT_EQ(explained.change.kind, ChangeKind::kSeveralConditions);
  EXPECT_EQ(explained.change.count, 2u);
  EXPECT_FALSE(explained.change.condition);
}

TEST(Explain, SaysNothingToChangeWhenNothingIsAsked) {
  const Explanation explained = Explain(Row(1, BarePosting()), Row(1, BareProfile()), std::nullopt);
  EXPECT_TRUE(explained.eligible);
  EXPECT_EQ(explained.change.kind, ChangeKind::kNone);
}

// The pair after the change.
struct Changed {
  PostingRow posting;
  SeekerRow seeker;
};
Changed With(const ValueChange& change, const PostingRow& posting, const SeekerRow& seeker) {
  Changed changed{posting, seeker};
  Apply(change, changed.posting, changed.seeker);
  return changed;
}

TEST(Explain, NamesTheLevelThatIsMissingToACondition) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.required.skills = {{Skill("SK-cpp"), 3}};
  profile.skills = {{Skill("SK-cpp"), 2}};
  const Explanation explained = Explain(Row(1, posting), Row(1, profile), std::nullopt);
  ASSERT_TRUE(explained.change.value);
  const ValueChange expected{ChangedField::kSkillLevel, PlainTokens().OfSkill(Skill("SK-cpp")), 2,
                             3, 200};
  EXPECT_EQ(*explained.change.value, expected);
}

TEST(Explain, AWageBelowTheFloorWouldHaveToReachIt) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  profile.wage_floor = model::Wage{200, Currency::kKrw};
  posting.wage = model::WageOffer{100, 160, Currency::kKrw};
  const Explanation explained = Explain(Row(1, posting), Row(1, profile), std::nullopt);
  ASSERT_TRUE(explained.change.value);
  const ValueChange expected{ChangedField::kWageMost, {}, 160, 200, 250};
  EXPECT_EQ(*explained.change.value, expected);
}

TEST(Explain, PrefersTheSmallestOfAllChangesThatReachTheScore) {
  model::Posting posting = BarePosting();
  model::Profile profile = BareProfile();
  posting.preferred_skills = {{Skill("SK-cpp"), 5}, {Skill("SK-go"), 5}};
  posting.preferred_education = model::Education::kBachelor;
  profile.skills = {{Skill("SK-cpp"), 2}, {Skill("SK-go"), 5}};
  profile.education = model::Education::kUpperSecondary;
  const PostingRow opening = Row(1, posting);
  const SeekerRow seeker = Row(1, profile);
  const Explanation explained = Explain(opening, seeker, ScorePair(opening, seeker).score);
  EXPECT_EQ(explained.change.kind, ChangeKind::kOneValue);
  ASSERT_EQ(explained.changes.size(), 2u);
  EXPECT_EQ(explained.changes[0].field, ChangedField::kEducation);   // a level of eight
  EXPECT_EQ(explained.changes[1].field, ChangedField::kSkillLevel);  // a level of five
  EXPECT_EQ(explained.change.value, explained.changes[0]);
}

// Goal: whichever condition alone keeps a pair out, the value that is said to meet it does, and the
// one just short of it does not.
TEST(Explain, TheValueThatMeetsAConditionLetsThePairIn) {
  std::set<Condition> seen;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    SeededRandom random(seed);
    const PostingRow posting = RowIn(RandomSurroundings(random), 1, RandomPosting(random));
    const SeekerRow seeker = Row(1, RandomProfile(random));
    const Explanation explained = Explain(posting, seeker, std::nullopt);
    if (explained.change.kind != ChangeKind::kOneCondition) continue;
    ASSERT_TRUE(explained.change.value) << seed;
    const ValueChange change = *explained.change.value;
    const Changed changed = With(change, posting, seeker);
    EXPECT_TRUE(MeetsConditions(changed.posting, changed.seeker)) << seed;
    seen.insert(explained.change.condition->condition);
    if (!change.from) continue;
    ValueChange less = change;
    less.to += change.to > *change.from ? -1 : 1;
    if (less.to == *change.from || change.field == ChangedField::kOfferedTypes) continue;
    const Changed not_enough = With(less, posting, seeker);
    EXPECT_FALSE(MeetsConditions(not_enough.posting, not_enough.seeker)) << seed;
  }
  EXPECT_EQ(seen.size(), 11u);
}

std::int32_t ScoreAfter(const ValueChange& change, const PostingRow& posting,
                        const SeekerRow& seeker) {
  const Changed changed = With(change, posting, seeker);
  if (!MeetsConditions(changed.posting, changed.seeker)) return -1;
  return ScorePair(changed.posting, changed.seeker).score;
}

// The values between nothing and the change, exclusive: all of them, or for amounts the nearest.
std::vector<std::int64_t> SmallerValues(const ValueChange& change) {
  std::vector<std::int64_t> values;
  if (!change.from) return values;
  const std::int64_t step = change.to > *change.from ? 1 : -1;
  for (std::int64_t to = change.to - step; to != *change.from && values.size() < 400; to -= step) {
    values.push_back(to);
  }
  return values;
}

// Goal: a change that is named is real and the smallest of its field: making it reaches the score,
// and no smaller one of that field does.
TEST(Explain, EveryChangeReachesTheScoreAndNoSmallerOneOfItsFieldDoes) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const PostingRow posting = RowIn(RandomSurroundings(random), 1, RandomPosting(random));
    const SeekerRow seeker = Row(1, RandomProfile(random));
    if (!MeetsConditions(posting, seeker)) return;
    const std::int32_t score = ScorePair(posting, seeker).score;
    const auto target = score + static_cast<std::int32_t>(random.Below(2'000'000));
    const Explanation explained = Explain(posting, seeker, target);
    for (const ValueChange& change : explained.changes) {
      RC_ASSERT(ScoreAfter(change, posting, seeker) > target);
      for (const std::int64_t to : SmallerValues(change)) {
        ValueChange smaller = change;
        smaller.to = to;
        if (change.field == ChangedField::kEmploymentType) continue;
        RC_ASSERT(ScoreAfter(smaller, posting, seeker) <= target);
      }
    }
    RC_ASSERT(std::ranges::is_sorted(explained.changes, {}, &ValueChange::size));
    RC_CLASSIFY(!explained.changes.empty(), "reachable");
  }));
}

// Goal: the kind that is said is the one that holds.
TEST(Explain, SaysWhatKindOfChangeIsNeeded) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    SeededRandom random(seed);
    const PostingRow posting = RowIn(RandomSurroundings(random), 1, RandomPosting(random));
    const SeekerRow seeker = Row(1, RandomProfile(random));
    if (!MeetsConditions(posting, seeker)) return;
    const auto target = static_cast<std::int32_t>(random.Below(kMaxScore + 1));
    const Explanation explained = Explain(posting, seeker, target);
    std::int32_t bound = 0;
    for (const Term& term : explained.pair.terms) bound += term.upper_bound;
    const std::int32_t missing = target + 1 - explained.pair.score;
    const ChangeKind expected = missing <= 0                 ? ChangeKind::kAlreadyThere
                                : !explained.changes.empty() ? ChangeKind::kOneValue
                                : bound > target             ? ChangeKind::kSeveralValues
                                                             : ChangeKind::kOutOfReach;
    RC_ASSERT(explained.change.kind == expected);
    RC_ASSERT(explained.change.points == std::max(missing, 0));
    RC_ASSERT(explained.change.value.has_value() == (expected == ChangeKind::kOneValue));
  }));
}

TEST(Explain, IsTheSameEveryTime) {
  SeededRandom random(5);
  const PostingRow posting = RowIn(RandomSurroundings(random), 1, RandomPosting(random));
  const SeekerRow seeker = Row(1, RandomProfile(random));
  for (const std::int32_t target : {0, 8'000'000, 12'000'000}) {
    EXPECT_EQ(Explain(posting, seeker, target).changes, Explain(posting, seeker, target).changes);
  }
}

TEST(ChangedFieldNames, AreDistinct) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kChangedFieldCount; ++i) {
    names.insert(ChangedFieldName(static_cast<ChangedField>(i)));
  }
  EXPECT_EQ(names.size(), kChangedFieldCount);
  EXPECT_FALSE(names.contains(""));
}

}  // namespace
}  // namespace noren::matching
