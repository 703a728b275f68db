// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <span>
#include <vector>

namespace noren::w1 {
namespace {

constexpr std::size_t kSeekers = 20'000;
constexpr std::size_t kPostings = 40;
constexpr std::size_t kTopK = 100;

// The workload as its recipe says it, over its own numbers: no tokens, no rows.
bool Contains(std::span<const std::uint16_t> list, std::uint16_t id) {
  return std::ranges::find(list, id) != list.end();
}
bool ContainsAny(std::span<const std::uint16_t> list, const std::vector<std::uint16_t>& ids) {
  return std::ranges::any_of(ids, [&](std::uint16_t id) { return Contains(list, id); });
}
bool ContainsAll(std::span<const std::uint16_t> list, const std::vector<std::uint16_t>& ids) {
  return std::ranges::all_of(ids, [&](std::uint16_t id) { return Contains(list, id); });
}

bool PersonAccepts(const Seekers& seekers, std::size_t i, const Posting& posting) {
  return (seekers.employment_bits[i] & posting.employment_bits) != 0 &&
         seekers.wages[i] <= posting.wage;
}
bool FitsSelectively(const Seekers& seekers, std::size_t i, const Posting& posting) {
  return PersonAccepts(seekers, i, posting) &&
         ContainsAny(seekers.occupations.Of(i), posting.occupations) &&
         ContainsAny(seekers.regions.Of(i), posting.regions) &&
         seekers.experiences[i] >= posting.min_experience &&
         seekers.educations[i] >= posting.min_education &&
         ContainsAll(seekers.licences.Of(i), posting.licences) &&
         ContainsAll(seekers.skills.Of(i), posting.required_skills);
}

int LevelOf(const Seekers& seekers, std::size_t i, std::uint16_t skill) {
  const auto skills = seekers.skills.Of(i);
  const auto at = std::ranges::find(skills, skill);
  return at == skills.end() ? 0
                            : seekers.LevelsOf(i)[static_cast<std::size_t>(at - skills.begin())];
}
int PreferredScore(const Seekers& seekers, std::size_t i, const Posting& posting) {
  int sum = 0;
  for (std::size_t j = 0; j < posting.preferred_skills.size(); ++j) {
    sum += posting.weights[j] * LevelOf(seekers, i, posting.preferred_skills[j]);
  }
  return sum;
}

int CommonCount(std::set<std::uint32_t> a, const std::set<std::uint32_t>& b) {
  std::erase_if(a, [&](std::uint32_t id) { return !b.contains(id); });
  return static_cast<int>(a.size());
}
int HierarchyScore(std::span<const std::uint16_t> wished, const std::vector<std::uint16_t>& asked) {
  std::set<std::uint32_t> units[2], minors[2], sub_majors[2];
  const auto add = [&](int side, std::uint16_t occupation) {
    units[side].insert(occupation);
    minors[side].insert(MinorOf(occupation));
    sub_majors[side].insert(SubMajorOf(occupation));
  };
  for (const std::uint16_t occupation : wished) add(0, occupation);
  for (const std::uint16_t occupation : asked) add(1, occupation);
  return 20 * CommonCount(units[0], units[1]) + 12 * CommonCount(minors[0], minors[1]) +
         8 * CommonCount(sub_majors[0], sub_majors[1]);
}
int BroadScore(const Seekers& seekers, std::size_t i, const Posting& posting) {
  int sum = PreferredScore(seekers, i, posting) +
            HierarchyScore(seekers.occupations.Of(i), posting.occupations);
  for (const auto skill : posting.required_skills) sum += 10 * LevelOf(seekers, i, skill);
  for (const auto region : posting.regions) sum += Contains(seekers.regions.Of(i), region) ? 15 : 0;
  for (const auto licence : posting.licences) {
    sum += Contains(seekers.licences.Of(i), licence) ? 20 : 0;
  }
  sum += seekers.experiences[i] >= posting.min_experience ? 10 : 0;
  sum += seekers.educations[i] >= posting.min_education ? 10 : 0;
  return sum;
}

struct Scored {
  int score;
  std::size_t index;
  bool operator==(const Scored&) const = default;
};
template <typename Fits, typename Score>
std::vector<Scored> BestByHand(Fits fits, Score score, std::size_t& eligible) {
  std::vector<Scored> all;
  for (std::size_t i = 0; i < kSeekers; ++i) {
    if (fits(i)) all.push_back({score(i), i});
  }
  eligible = all.size();
  std::ranges::sort(all, [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : a.index < b.index;
  });
  if (all.size() > kTopK) all.resize(kTopK);
  return all;
}
std::vector<Scored> AsScored(const matching::SeekerRanking& ranking) {
  std::vector<Scored> list;
  for (const auto& row : ranking.best) list.push_back({row.score, IndexOf(row.id)});
  return list;
}

class W1Rows : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Model model;
    seekers_ = new Seekers(MakeSeekers(model, kSeekers));
    postings_ = new std::vector<Posting>(MakePostings(model, kPostings));
  }
  static void TearDownTestSuite() {
    delete seekers_;
    delete postings_;
  }
  static void ExpectRankingByHand(const TokenMaker& tokens) {
    const auto rows = W1SeekerRows(*seekers_, tokens);
    for (const Posting& posting : *postings_) {
      std::size_t eligible = 0;
      const auto selective = BestByHand(
          [&](std::size_t i) { return FitsSelectively(*seekers_, i, posting); },
          [&](std::size_t i) { return PreferredScore(*seekers_, i, posting); }, eligible);
      const auto a = RankByPoints(W1aQuery(posting, tokens), rows, kTopK, SmallerIdWins());
      EXPECT_EQ(AsScored(a), selective);
      EXPECT_EQ(a.eligible_count, eligible);
      const auto broad =
          BestByHand([&](std::size_t i) { return PersonAccepts(*seekers_, i, posting); },
                     [&](std::size_t i) { return BroadScore(*seekers_, i, posting); }, eligible);
      const auto b = RankByPoints(W1bQuery(posting, tokens), rows, kTopK, SmallerIdWins());
      EXPECT_EQ(AsScored(b), broad);
      EXPECT_EQ(b.eligible_count, eligible);
    }
  }
  static Seekers* seekers_;
  static std::vector<Posting>* postings_;
};
Seekers* W1Rows::seekers_ = nullptr;
std::vector<Posting>* W1Rows::postings_ = nullptr;

TEST_F(W1Rows, RankAsTheRecipeSaysWithPlainTokens) { ExpectRankingByHand(PlainTokens()); }
TEST_F(W1Rows, RankAsTheRecipeSaysWithKeyedTokens) { ExpectRankingByHand(KeyedTokens()); }

TEST(W1Tokens, AreDistinctForAllCodesOfAllKinds) {
  const PlainTokens plain;
  const KeyedTokens keyed;
  std::set<std::uint64_t> plain_seen;
  std::set<std::uint64_t> keyed_seen;
  std::size_t count = 0;
  const auto add = [&](TokenKind kind, std::uint32_t codes) {
    for (std::uint32_t code = 0; code < codes; ++code, ++count) {
      plain_seen.insert(plain.Of(kind, code).value);
      keyed_seen.insert(keyed.Of(kind, code).value);
    }
  };
  add(TokenKind::kMajorGroup, 1);
  add(TokenKind::kSubMajorGroup, kSubMajorGroupsCount);
  add(TokenKind::kMinorGroup, kMinorGroupsCount);
  add(TokenKind::kOccupation, kOccupationsCount);
  add(TokenKind::kCountry, 1);
  add(TokenKind::kRegion, kRegionsCount);
  add(TokenKind::kSkill, kSkillsCount);
  add(TokenKind::kLicence, kLicencesCount);
  EXPECT_EQ(plain_seen.size(), count);
  EXPECT_EQ(keyed_seen.size(), count);
  EXPECT_FALSE(plain_seen.contains(0));
  EXPECT_FALSE(keyed_seen.contains(0));
}

TEST_F(W1Rows, ListsAreSortedAndHoldNoTokenTwice) {
  const KeyedTokens tokens;
  for (std::size_t i = 0; i < 500; ++i) {
    const matching::SeekerRow row = W1SeekerRow(*seekers_, i, tokens);
    EXPECT_EQ(row.id, RowIdOf(i));
    EXPECT_TRUE(std::ranges::is_sorted(row.skills));
    EXPECT_TRUE(std::ranges::is_sorted(row.licences));
    EXPECT_EQ(std::ranges::adjacent_find(row.regions), row.regions.end());
    EXPECT_EQ(std::ranges::adjacent_find(row.occupations), row.occupations.end());
    EXPECT_EQ(row.occupations[0].depth(), 4u);
  }
}

}  // namespace
}  // namespace noren::w1
