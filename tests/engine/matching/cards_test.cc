// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/cards/cards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/engine/matching/market.h"
#include "tests/engine/matching/naive.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

using testing::IsEmpty;

// The discoverable people and their classes; people can be taken away, as withdrawals do within an
// epoch.
class Discoverable {
 public:
  Discoverable(std::vector<SeekerRow> rows, std::uint32_t k) : rows_(std::move(rows)) {
    StatusOr<ClassTable> table = BuildClasses(rows_, {k, 1});
    EXPECT_OK(table);
    table_ = *std::move(table);
  }
  void Withdraw(SeekerRowId id) { gone_.insert(id); }
  const ClassTable& table() const { return table_; }
  std::vector<SeekerRow>& rows() { return rows_; }
  LiveRow live() const {
    return [this](SeekerRowId id) -> const SeekerRow* {
      if (gone_.contains(id)) return nullptr;
      const auto at = std::ranges::find(rows_, id, &SeekerRow::id);
      return at == rows_.end() ? nullptr : &*at;
    };
  }
  std::vector<Card> Cards(const PostingRow& posting) const {
    return MakeCards(posting, table_, live());
  }

 private:
  std::vector<SeekerRow> rows_;
  ClassTable table_;
  std::set<SeekerRowId> gone_;
};

std::vector<SeekerRow> Alike(std::size_t count) {
  std::vector<SeekerRow> rows;
  for (std::uint64_t id = 1; id <= count; ++id) rows.push_back(Row(id, BareProfile()));
  return rows;
}

// A card has no place for a person: ids, counts and scores are not among its members.
TEST(Card, HoldsTheClassAndNothingOfAMember) {
  const Card card;
  const auto& [class_id, row, band, requirements, qualified] = card;
  static_assert(std::is_same_v<decltype(row), const CoarseRow>);
  static_assert(std::is_same_v<decltype(band), const FitBand>);
  static_assert(std::is_same_v<decltype(requirements), const std::vector<RequirementOnCard>>);
  static_assert(std::is_same_v<decltype(qualified), const Qualified>);
  EXPECT_EQ(class_id, 0u);
}

TEST(MakeCards, ShowsAClassUntilItFallsBelowK) {
  Discoverable people(Alike(4), 3);
  const PostingRow posting = Row(1, BarePosting());
  const std::vector<Card> four = people.Cards(posting);
  ASSERT_EQ(four.size(), 1u);
  people.Withdraw(SeekerRowId{2});
  // The fourth member leaves no trace: the same card, bit for bit.
  EXPECT_EQ(people.Cards(posting), four);
  people.Withdraw(SeekerRowId{3});
  EXPECT_THAT(people.Cards(posting), IsEmpty());
}

TEST(MakeCards, SaysAFewForEveryCountBelowKIncludingNone) {
  Discoverable people(Alike(6), 3);
  model::Posting asking = BarePosting();
  asking.required.licences = {Licence("LC-nurse")};
  const PostingRow posting = Row(1, asking);
  std::vector<std::vector<Card>> seen;
  for (std::size_t holders = 0; holders <= 6; ++holders) {
    if (holders > 0) {
      people.rows()[holders - 1].licences = {PlainTokens().OfLicence(Licence("LC-nurse"))};
    }
    seen.push_back(people.Cards(posting));
    ASSERT_EQ(seen.back().size(), 1u);
    EXPECT_EQ(seen.back()[0].qualified, holders >= 3 ? Qualified::kAtLeastK : Qualified::kAFew);
  }
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[1], seen[2]);
  EXPECT_EQ(seen[3], seen[4]);
  EXPECT_EQ(seen[4], seen[6]);
}

// Attack: a company reads the cards of one posting before and after one hidden value of one member
// changes. What it sees may change in one way only: "a few" <-> "at least k" of that member's
// class, and only when the count of those who qualify crosses k.
TEST(MakeCards, OneMemberChangesNothingButTheirClassCrossingK) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Market market = RandomMarket(seed, 40, 1);
    Discoverable people(market.seekers, 3);
    const PostingRow& posting = market.openings[0];
    const std::vector<Card> before = people.Cards(posting);
    SeededRandom random(seed + 1);
    SeekerRow& changed = people.rows()[random.Below(40)];
    const SeekerRow other = Row(changed.id.value, RandomProfile(random));
    changed.skills = other.skills;
    changed.licences = other.licences;
    changed.languages = other.languages;
    changed.wage_floor = other.wage_floor;
    changed.available_day = other.available_day;
    changed.employment_types = other.employment_types;
    changed.weights = other.weights;
    std::map<std::uint32_t, Card> after;
    for (const Card& card : people.Cards(posting)) after[card.class_id] = card;
    RC_ASSERT(after.size() == before.size());
    for (Card card : before) {
      const Card& now = after.at(card.class_id);
      if (now.qualified != card.qualified) {
        const auto& members = people.table().classes[card.class_id].members;
        RC_ASSERT(std::ranges::binary_search(members, changed.id));
        card.qualified = now.qualified;
      }
      RC_ASSERT(now == card);
    }
  }));
}

// Attack: postings that differ in one condition. The difference of their cards is a function of
// (posting, class): it is predicted here from the class row and from one bit per class, whether at
// least k qualify.
TEST(MakeCards, CraftedPostingsLearnOneBitPerClassAndNoMore) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Market market = RandomMarket(seed, 60, 1);
    const Discoverable people(market.seekers, 3);
    for (const std::uint16_t months : std::initializer_list<std::uint16_t>{0, 12, 36, 60, 120}) {
      model::Posting crafted = market.postings[0];
      crafted.required.min_experience_months = months;
      for (const Card& card : people.Cards(Row(9, crafted))) {
        const SeekerClass& made = people.table().classes[card.class_id];
        // The one bit, counted by the naive rules.
        const auto qualify = std::ranges::count_if(made.members, [&](SeekerRowId id) {
          const auto at = static_cast<std::size_t>(
              std::ranges::find(market.seekers, id, &SeekerRow::id) - market.seekers.begin());
          return naive::Qualifies(crafted, market.profiles[at]);
        });
        RC_ASSERT((card.qualified == Qualified::kAtLeastK) == (qualify >= 3));
        RC_ASSERT(card.row == made.row);
        const auto band = made.row.experience_months;
        const Met expected = !band                   ? Met::kUnknown
                             : band->begin >= months ? Met::kMet
                             : band->end <= months   ? Met::kNotMet
                                                     : Met::kUnknown;
        const auto shown = std::ranges::find(card.requirements, Requirement::kExperience,
                                             &RequirementOnCard::requirement);
        RC_ASSERT(shown != card.requirements.end());
        RC_ASSERT(shown->met == expected);
      }
    }
  }));
}

// Attack: two companies put all their cards together and try to find the same person twice. Members
// of one class are interchangeable: swapping the hidden values of two members changes nothing that
// either company sees.
TEST(MakeCards, TwoCompaniesCannotTellTwoMembersOfAClassApart) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Market market = RandomMarket(seed, 50, 8);
    Discoverable people(market.seekers, 3);
    RC_PRE(!people.table().classes.empty());
    SeededRandom random(seed);
    const auto& members =
        people.table().classes[random.Below(people.table().classes.size())].members;
    auto& rows = people.rows();
    const auto first = std::ranges::find(rows, members.front(), &SeekerRow::id);
    const auto last = std::ranges::find(rows, members.back(), &SeekerRow::id);
    std::vector<std::vector<Card>> before;
    for (const PostingRow& posting : market.openings) before.push_back(people.Cards(posting));
    std::swap(*first, *last);
    std::swap(first->id, last->id);
    for (std::size_t i = 0; i < market.openings.size(); ++i) {
      RC_ASSERT(people.Cards(market.openings[i]) == before[i]);
    }
  }));
}

TEST(MakeCards, TwoCompaniesWithTheSamePostingSeeTheSame) {
  const Market market = RandomMarket(4, 60, 1);
  const Discoverable people(market.seekers, 3);
  model::Posting other = market.postings[0];
  other.company = "another-company";
  other.reference = "X-9";
  other.title = "Other words";
  EXPECT_EQ(people.Cards(Row(77, other)), people.Cards(market.openings[0]));
}

TEST(MakeCards, RequirementsThatNoClassRowShowsAreUnknownOnEveryCard) {
  Discoverable people(Alike(3), 3);
  model::Posting asking = BarePosting();
  asking.required.skills = {{Skill("SK-cpp"), 1}, {Skill("SK-go"), 2}};
  asking.required.licences = {Licence("LC-nurse")};
  asking.required.start_by = model::CivilDay{5};
  asking.wage = model::WageOffer{1, 2, model::Currency::kKrw};
  const std::vector<Card> cards = people.Cards(Row(1, asking));
  ASSERT_EQ(cards.size(), 1u);
  EXPECT_THAT(cards[0].requirements,
              testing::ElementsAre(RequirementOnCard{Requirement::kOccupation, 0, Met::kMet},
                                   RequirementOnCard{Requirement::kRegion, 0, Met::kMet},
                                   RequirementOnCard{Requirement::kSkill, 0, Met::kUnknown},
                                   RequirementOnCard{Requirement::kSkill, 1, Met::kUnknown},
                                   RequirementOnCard{Requirement::kLicence, 0, Met::kUnknown},
                                   RequirementOnCard{Requirement::kStartBy, 0, Met::kUnknown},
                                   RequirementOnCard{Requirement::kWage, 0, Met::kUnknown}));
}

Met MetOf(Requirement requirement, const CoarseRow& row, const model::Posting& posting) {
  ClassTable table;
  table.k = 2;
  table.classes.push_back({0, row, {SeekerRowId{1}, SeekerRowId{2}}});
  const SeekerRow anybody = Row(1, BareProfile());
  const std::vector<Card> cards =
      MakeCards(Row(1, posting), table, [&](SeekerRowId) { return &anybody; });
  const auto shown =
      std::ranges::find(cards.at(0).requirements, requirement, &RequirementOnCard::requirement);
  return shown->met;
}

TEST(MakeCards, OccupationIsMetNotMetOrUnknownAsTheRowShows) {
  const PlainTokens tokens;
  CoarseRow row;
  const model::Posting posting = BarePosting();  // ISCO-2512
  EXPECT_EQ(MetOf(Requirement::kOccupation, row, posting), Met::kUnknown);
  row.occupation = PathOf(Isco("ISCO-25"), tokens);
  EXPECT_EQ(MetOf(Requirement::kOccupation, row, posting), Met::kUnknown);
  row.occupation = PathOf(Isco("ISCO-2513"), tokens);
  EXPECT_EQ(MetOf(Requirement::kOccupation, row, posting), Met::kNotMet);
  row.occupation = PathOf(Isco("ISCO-2512"), tokens);
  EXPECT_EQ(MetOf(Requirement::kOccupation, row, posting), Met::kMet);
}

TEST(MakeCards, RegionReachesAsFarAsTheProvince) {
  const PlainTokens tokens;
  CoarseRow row;
  const model::Posting posting = BarePosting();  // KR-11440
  EXPECT_EQ(MetOf(Requirement::kRegion, row, posting), Met::kUnknown);
  row.region = PathOf(Region("KR"), tokens);
  EXPECT_EQ(MetOf(Requirement::kRegion, row, posting), Met::kUnknown);
  row.region = PathOf(Region("KR-11680"), tokens);
  EXPECT_EQ(MetOf(Requirement::kRegion, row, posting), Met::kMet);
  row.region = PathOf(Region("KR-41"), tokens);
  EXPECT_EQ(MetOf(Requirement::kRegion, row, posting), Met::kNotMet);
}

TEST(MakeCards, BandIsOfTheClassRowAloneAndBestComesFirst) {
  std::vector<SeekerRow> rows = Alike(3);
  model::Profile far = BareProfile();
  far.occupations = {Isco("ISCO-7212")};
  far.regions = {Region("JP-14101")};
  for (std::uint64_t id = 4; id <= 6; ++id) rows.push_back(Row(id, far));
  const Discoverable people(rows, 3);
  const std::vector<Card> cards = people.Cards(Row(1, BarePosting()));
  ASSERT_EQ(cards.size(), 2u);
  EXPECT_EQ(cards[0].band, FitBand::kA);
  EXPECT_EQ(cards[1].band, FitBand::kE);
  EXPECT_EQ(cards[1].qualified, Qualified::kAFew);
}

TEST(ChooseInvitees, AreTheBestOfTheClassByExactScore) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Market market = RandomMarket(seed, 50, 1);
    const Discoverable people(market.seekers, 3);
    const MixedTies ties(seed);
    for (const SeekerClass& made : people.table().classes) {
      std::vector<SeekerRow> members;
      for (const SeekerRowId id : made.members) members.push_back(*people.live()(id));
      std::vector<SeekerRowId> expected;
      for (const auto& ranked : RankSeekers(market.openings[0], members, 2, ties).best) {
        expected.push_back(ranked.id);
      }
      RC_ASSERT(ChooseInvitees(market.openings[0], people.table(), {made.id, 2}, people.live(),
                               ties) == expected);
    }
  }));
}

TEST(ChooseInvitees, NobodyOfAHiddenOrUnknownClass) {
  Discoverable people(Alike(3), 3);
  const PostingRow posting = Row(1, BarePosting());
  const MixedTies ties;
  EXPECT_EQ(ChooseInvitees(posting, people.table(), {0, 9}, people.live(), ties).size(), 3u);
  EXPECT_THAT(ChooseInvitees(posting, people.table(), {7, 9}, people.live(), ties), IsEmpty());
  people.Withdraw(SeekerRowId{1});
  EXPECT_THAT(ChooseInvitees(posting, people.table(), {0, 9}, people.live(), ties), IsEmpty());
}

TEST(QuotaKey, IsSharedByNearDuplicates) {
  model::Posting posting = BarePosting();
  const QuotaKey key = QuotaKeyOf(Row(1, posting));
  posting.required.min_experience_months = 60;
  posting.preferred_skills = {{Skill("SK-cpp"), 5}};
  posting.occupations = {Isco("ISCO-2513")};
  posting.regions = {Region("KR-11680")};
  EXPECT_EQ(QuotaKeyOf(Row(2, posting)), key);
  posting.regions = {Region("KR-41")};
  EXPECT_NE(QuotaKeyOf(Row(2, posting)), key);
}

TEST(AsksForSameKind, IsNotAvoidedByNamingMoreOrLess) {
  model::Posting posting = BarePosting();
  posting.occupations = {Isco("ISCO-2512")};
  posting.regions = {Region("KR-11680")};
  const PostingRow one = Row(1, posting);
  const auto alike = [&one](const model::Posting& other) {
    const PostingRow row = Row(2, other);
    EXPECT_EQ(AsksForSameKind(one, row), AsksForSameKind(row, one));
    return AsksForSameKind(one, row);
  };
  EXPECT_TRUE(alike(posting));
  model::Posting other = posting;
  other.occupations = {Isco("ISCO-2513")};  // the same minor group
  EXPECT_TRUE(alike(other));
  other.occupations = {Isco("ISCO-5322"), Isco("ISCO-2513")};
  other.regions = {Region("KR-41"), Region("KR-11")};
  EXPECT_TRUE(alike(other)) << "further ones";
  other.occupations = {Isco("ISCO-25")};
  EXPECT_TRUE(alike(other)) << "a coarser one";
  other.regions = {Region("KR-11")};
  EXPECT_TRUE(alike(other)) << "a coarser region";
  other.occupations = {Isco("ISCO-5322")};
  EXPECT_FALSE(alike(other));
  other = posting;
  other.regions = {Region("KR-41")};
  EXPECT_FALSE(alike(other));
}

TEST(CardNames, AreDistinctAndNotEmpty) {
  std::set<std::string_view> names;
  for (int i = 1; i <= 10; ++i) names.insert(RequirementName(static_cast<Requirement>(i)));
  EXPECT_EQ(names.size(), 10u);
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(FitBandName(FitBand::kA), "A");
  EXPECT_EQ(FitBandName(FitBand::kE), "E");
  EXPECT_EQ(MetName(Met::kUnknown), "unknown");
  EXPECT_EQ(QualifiedName(Qualified::kAtLeastK), "at least k");
}

}  // namespace
}  // namespace noren::matching
