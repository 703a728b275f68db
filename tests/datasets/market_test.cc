// The samples are a market: postings find several people who meet every hard condition, and classes
// of three exist. The conditions are checked here in the plainest way, pair by pair, without the
// matching code.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/datasets/sample_files.h"

namespace noren::datasets {
namespace {

using model::Posting;
using model::Profile;

constexpr int kPeopleOfAClass = 3;  // k of the example policy

model::RegionCode ProvinceOf(model::RegionCode code) {
  while (model::LevelOf(code) > 1) code = model::ParentOf(code).value_or(model::RegionCode{});
  return code;
}

bool HasSkill(const Profile& profile, const model::SkillLevel& least) {
  return std::ranges::any_of(profile.skills, [&](const model::SkillLevel& skill) {
    return skill.code == least.code && skill.level >= least.level;
  });
}

bool HasLanguage(const Profile& profile, const model::LanguageLevel& least) {
  return std::ranges::any_of(profile.languages, [&](const model::LanguageLevel& language) {
    return language.code == least.code && language.level >= least.level;
  });
}

bool MeetsPosting(const Profile& profile, const model::HardConditions& required) {
  for (const auto& skill : required.skills)
    if (!HasSkill(profile, skill)) return false;
  for (const auto& licence : required.licences)
    if (std::ranges::find(profile.licences, licence) == profile.licences.end()) return false;
  for (const auto& language : required.languages)
    if (!HasLanguage(profile, language)) return false;
  if (required.min_experience_months.has_value() &&
      profile.experience_months < required.min_experience_months)
    return false;
  if (required.min_education.has_value() && profile.education < required.min_education)
    return false;
  return !required.start_by.has_value() ||
         (profile.available_from.has_value() && *profile.available_from <= *required.start_by);
}

bool MeetsPerson(const Profile& profile, const Posting& posting) {
  if (profile.wage_floor.has_value() &&
      (!posting.wage.has_value() || posting.wage->currency != profile.wage_floor->currency ||
       posting.wage->max_per_month < profile.wage_floor->amount_per_month))
    return false;
  if (!profile.employment_types.empty() &&
      !profile.employment_types.Intersects(posting.employment_types))
    return false;
  return std::ranges::any_of(profile.regions, [&](const model::RegionCode& wish) {
    return std::ranges::any_of(posting.regions, [&](const model::RegionCode& place) {
      return ProvinceOf(wish) == ProvinceOf(place);
    });
  });
}

struct Market {
  std::vector<Profile> people;  // the discoverable ones
  std::vector<Posting> postings;
};

Market ReadMarket() {
  Market market;
  for (const std::string& language : SampleLanguages()) {
    for (const auto& seeker : ReadSample("seekers." + language + ".jsonl").seekers)
      if (seeker.is_discoverable) market.people.push_back(seeker.profile);
    for (const auto& parsed : ReadSample("postings." + language + ".jsonl").postings)
      market.postings.push_back(parsed.posting);
  }
  return market;
}

bool WantsOccupation(const Profile& profile, const Posting& posting) {
  return std::ranges::find(profile.occupations, posting.occupations[0]) !=
         profile.occupations.end();
}

TEST(SampleMarket, MostPostingsFindAtLeastThreePeopleOfTheTrade) {
  const Market market = ReadMarket();
  std::size_t with_three = 0;
  std::size_t with_none = 0;
  for (const Posting& posting : market.postings) {
    const auto count = std::ranges::count_if(market.people, [&](const Profile& profile) {
      return WantsOccupation(profile, posting) && MeetsPosting(profile, posting.required) &&
             MeetsPerson(profile, posting);
    });
    with_three += count >= kPeopleOfAClass ? 1U : 0U;
    with_none += count == 0 ? 1U : 0U;
  }
  RecordProperty("postings_with_three", static_cast<int>(with_three));
  RecordProperty("postings_with_none", static_cast<int>(with_none));
  EXPECT_GE(with_three * 2, market.postings.size());
  EXPECT_LE(with_none * 7, market.postings.size());
  EXPECT_GE(with_none, 1U) << "a market where everything fits shows no refusal";
}

TEST(SampleMarket, MostPeopleFindAPostingOfTheirTrade) {
  const Market market = ReadMarket();
  const auto served = std::ranges::count_if(market.people, [&](const Profile& profile) {
    return std::ranges::any_of(market.postings, [&](const Posting& posting) {
      return WantsOccupation(profile, posting) && MeetsPosting(profile, posting.required) &&
             MeetsPerson(profile, posting);
    });
  });
  EXPECT_GE(static_cast<std::size_t>(served) * 10, market.people.size() * 6);
}

TEST(SampleMarket, EveryTradeHasPeopleAndPostings) {
  const Market market = ReadMarket();
  std::map<std::string, int> people_of;
  std::set<std::string> trades;
  for (const Profile& profile : market.people) ++people_of[profile.occupations[0].text()];
  for (const Posting& posting : market.postings) trades.insert(posting.occupations[0].text());
  EXPECT_GE(trades.size(), 25U);
  for (const std::string& trade : trades) EXPECT_GE(people_of[trade], 6) << trade;
}

TEST(SampleMarket, ClassesOfThreeByOccupationGroupAndProvinceCoverMostPeople) {
  const Market market = ReadMarket();
  std::map<std::pair<std::string, std::string>, std::size_t> size_of;
  for (const Profile& profile : market.people) {
    const auto group = model::ParentOf(profile.occupations[0]).value_or(profile.occupations[0]);
    ++size_of[{group.text(), ProvinceOf(profile.regions[0]).text()}];
  }
  std::size_t covered = 0;
  for (const auto& [key, size] : size_of) covered += size >= kPeopleOfAClass ? size : 0U;
  EXPECT_GE(covered * 10, market.people.size() * 8);
}

}  // namespace
}  // namespace noren::datasets
