// Relatedness as a whole service learns it: from the people's tokens, when enough of them changed,
// the same for the same people, and kept over a restart.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "engine/matching/relatedness/expand.h"
#include "engine/matching/relatedness/train.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/engine/operations/market_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using std::chrono::microseconds;

constexpr int kDue = 1000;  // changes, until a training begins
constexpr std::size_t kTrades = 5;
constexpr std::size_t kSkillsPerTrade = 4;

model::SkillCode SkillOf(std::size_t trade, std::size_t which) {
  const auto& entries = model::TestDictionary().Entries(model::CodeKind::kSkill);
  return *model::SkillCode::Parse(entries[trade * kSkillsPerTrade + which].code);
}

// People of a few trades, each with most of what a trade needs.
class LearningMarket : public testing::Test {
 protected:
  Market& market() { return service_.context().market; }

  void Put(int number, const std::vector<model::SkillCode>& skills) {
    model::Profile profile;
    profile.occupations = {*model::OccupationCode::Parse("ISCO-5322")};
    profile.regions = {*model::RegionCode::Parse("KR-11440")};
    for (const model::SkillCode& skill : skills) profile.skills.push_back({skill, 3});
    const std::string name = std::to_string(number);
    const auto registered = RegisterSeeker(
        service_.context(), service_.portal("portal-" + std::to_string(number % 2)),
        {service_.NextKey(), "ref-" + name, profile, std::nullopt, name + "@mail.example", "en"});
    ASSERT_OK(registered);
    profiles_[number] = profile;
  }
  // Maintenance goes on meanwhile in the smallest steps, so that people are being moved.
  void PutSomebody(int number) {
    const std::size_t trade = random_() % kTrades;
    std::vector<model::SkillCode> skills;
    for (std::size_t which = 0; which < kSkillsPerTrade; ++which) {
      if (random_() % 3 != 0) skills.push_back(SkillOf(trade, which));
    }
    Put(number, skills);
    (void)market().Maintain(microseconds(30));
  }

  model::PostingId AskFor(const model::SkillCode& skill) {
    model::Posting posting = SomePosting("company");
    posting.preferred_skills = {{skill, 5}};
    posting.employment_types = {};
    const auto registered = operations::RegisterPosting(
        service_.context(), service_.portal("portal-0"), {service_.NextKey(), posting});
    EXPECT_OK(registered);
    return registered->posting;
  }

  // What anybody learns who has the same people.
  matching::RelatednessModel Expected() {
    matching::TokenBaskets baskets;
    for (const auto& [number, profile] : profiles_) {
      const auto row = matching::RowOf({1}, profile, market().Now()->tokens());
      baskets.AddSkills(*row);
    }
    auto model = matching::TrainRelatedness(baskets, matching::RelatednessOptions());
    EXPECT_OK(model);
    return *std::move(model);
  }

  // False when no training was due.
  bool LearnAnew() {
    const auto before = market().relatedness();
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (market().relatedness() == before) {
      if (std::chrono::steady_clock::now() > until) return false;
      (void)market().Maintain(microseconds(1000));
      std::this_thread::yield();
    }
    FinishMaintenance();
    return true;
  }
  // A model that is there already may not be in every posting yet.
  void FinishMaintenance() {
    while (market().Maintain(microseconds(1000))) {
    }
  }

  void ExpectRelatedSkills(const model::PostingId& id) {
    const PostingPtr posting = market().FindPosting(id);
    matching::PostingRow expected = posting->row;
    matching::ExpandPosting(expected, Expected());
    EXPECT_FALSE(expected.related_skills.empty());
    EXPECT_EQ(posting->row.related_skills, expected.related_skills);
  }

  // The posting's term for related skills of the person who was registered as `number`.
  matching::Fit RelatedFit(const model::PostingId& posting, int number) {
    const auto ranking =
        market().RankSeekers(posting, "portal-" + std::to_string(number % 2), 1000);
    EXPECT_OK(ranking);
    const auto row = matching::RowOf({1}, profiles_[number], market().Now()->tokens());
    for (const RankedPerson& one : ranking->best) {
      const auto person = market().FindPerson(one.person);
      if (!person || person->row.skills != row->skills) continue;
      for (const matching::Term& term : one.score.terms) {
        if (term.feature == matching::Feature::kRelatedSkills) return term.fit;
      }
    }
    return matching::Fit::NotAsked();
  }

  TestService service_;
  std::mt19937_64 random_{1};
  std::map<int, model::Profile> profiles_;
};

TEST_F(LearningMarket, LearnsFromItsPeopleWhenEnoughCameAndPostingsAskForWhatIsNear) {
  const model::PostingId posting = AskFor(SkillOf(0, 0));
  Put(0, {SkillOf(0, 1)});                                            // near what is asked
  Put(2, {SkillOf(1, 0)});                                            // far from it
  for (int number = 3; number < kDue; ++number) PutSomebody(number);  // there is no number 1
  EXPECT_EQ(market().relatedness()->tokens_count(), 0U);
  EXPECT_TRUE(market().FindPosting(posting)->row.related_skills.empty());
  PutSomebody(kDue);
  ASSERT_TRUE(market().relatedness()->tokens_count() != 0 || LearnAnew());
  EXPECT_EQ(market().relatedness()->tokens_count(), kTrades * kSkillsPerTrade);
  EXPECT_EQ(*market().relatedness(), Expected());
  while (market().Maintain(microseconds(1000))) {
  }
  ExpectRelatedSkills(posting);
  EXPECT_GT(RelatedFit(posting, 0).thousandths, 0);
  EXPECT_EQ(RelatedFit(posting, 2), matching::Fit::Known(0));
  // A new posting asks for what is near from the start.
  ExpectRelatedSkills(AskFor(SkillOf(2, 3)));
  // A start that reads everything again learns the same.
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(market().relatedness()->tokens_count(), 0U);
  ASSERT_TRUE(LearnAnew());
  EXPECT_EQ(*market().relatedness(), Expected());
  ExpectRelatedSkills(posting);
}

TEST_F(LearningMarket, KeepsInItsSnapshotWhatItLearnedAndHowMuchItHasNot) {
  const model::PostingId posting = AskFor(SkillOf(0, 0));
  for (int number = 1; number <= kDue; ++number) PutSomebody(number);
  ASSERT_TRUE(market().relatedness()->tokens_count() != 0 || LearnAnew());
  FinishMaintenance();
  const matching::RelatednessModel learned = *market().relatedness();
  const auto related = market().FindPosting(posting)->row.related_skills;
  constexpr int kBefore = kDue / 2;
  for (int number = kDue + 1; number <= kDue + kBefore; ++number) PutSomebody(number);
  MemorySnapshotPlace place;
  service_.set_snapshot_place(&place);
  ASSERT_OK(market().SaveSnapshot(place, service_.random(), service_.clock().Now()));
  ASSERT_OK(service_.Restart());
  ASSERT_TRUE(service_.market_load().from_snapshot) << service_.market_load().refusal;
  EXPECT_EQ(*market().relatedness(), learned);
  EXPECT_EQ(market().FindPosting(posting)->row.related_skills, related);
  // The next training is where it would have been.
  for (int number = kDue + kBefore + 1; number < 2 * kDue; ++number) PutSomebody(number);
  EXPECT_EQ(*market().relatedness(), learned);
  PutSomebody(2 * kDue);
  ASSERT_TRUE(*market().relatedness() != learned || LearnAnew());
  FinishMaintenance();
  EXPECT_EQ(*market().relatedness(), Expected());
  ExpectRelatedSkills(posting);
}

}  // namespace
}  // namespace noren::operations
