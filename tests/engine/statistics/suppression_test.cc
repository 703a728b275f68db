// What a table shows, against an attacker who tries every population that fits it.
// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/suppression.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <tuple>

namespace noren::statistics {
namespace {

void AddMany(const Facets& facets, int people, Counts& counts) {
  for (int i = 0; i < people; ++i) Add(facets, 3, counts);
}

Place Region(const std::string& value) { return {{Facet::kRegion, value}}; }

// Clause O-28: cells of 12, 9 and 30 with a total of 51, and ten is the least.
TEST(Suppressed, TakesASecondFigureSoThatTheFirstIsNotTheDifference) {
  Counts counts;
  AddMany({"2", "JP-01", "none", "none"}, 12, counts);
  AddMany({"2", "JP-13", "none", "none"}, 9, counts);
  AddMany({"2", "JP-27", "none", "none"}, 30, counts);
  const Figures figures = Publish(counts, 10);
  EXPECT_EQ(figures.at({}), 51u);
  EXPECT_EQ(figures.at(Region("JP-27")), 30u);
  EXPECT_EQ(figures.at(Region("JP-13")), std::nullopt);
  EXPECT_EQ(figures.at(Region("JP-01")), std::nullopt);
}

TEST(Suppressed, LeavesATableAloneWhoseFiguresAreAllLargeEnough) {
  Counts counts;
  AddMany({"2", "JP-01", "none", "none"}, 12, counts);
  AddMany({"2", "JP-13", "none", "none"}, 15, counts);
  EXPECT_TRUE(Suppressed(counts, 10).empty());
  EXPECT_EQ(Suppressed(counts, 28).size(), counts.size()) << "of too few people nothing is shown";
}

// Two small figures that together are fewer than the least are not enough to hide in.
TEST(Suppressed, HidesAtLeastAsManyPeopleAsAFigureNeeds) {
  Counts counts;
  AddMany({"2", "JP-01", "none", "none"}, 2, counts);
  AddMany({"2", "JP-13", "none", "none"}, 3, counts);
  AddMany({"2", "JP-27", "none", "none"}, 30, counts);
  AddMany({"2", "JP-40", "none", "none"}, 20, counts);
  const Figures figures = Publish(counts, 10);
  EXPECT_EQ(figures.at(Region("JP-40")), std::nullopt);
  EXPECT_EQ(figures.at(Region("JP-27")), 30u);
}

// A figure that one table hides and another one shows would be no secret.
TEST(Suppressed, HidesAFigureInEveryTableThatHasIt) {
  Counts counts;
  for (const char* region : {"JP-01", "JP-13", "JP-27"}) {
    for (const char* education : {"bachelor", "master"})
      AddMany({"2", region, education, "none"}, 20, counts);
  }
  AddMany({"3", "JP-01", "bachelor", "none"}, 1, counts);
  const std::set<Place> hidden = Suppressed(counts, 10);
  EXPECT_TRUE(hidden.contains({{Facet::kOccupation, "3"}}));
  EXPECT_TRUE(hidden.contains({{Facet::kOccupation, "2"}})) << "the rest of the total";
  EXPECT_FALSE(hidden.contains({}));
}

TEST(Rounded, IsAMultipleOfThreeAndNeverSmallerThanTheLeast) {
  for (std::uint64_t people = 10; people < 60; ++people) {
    for (std::uint64_t key = 0; key < 3; ++key) {
      const std::uint64_t shown = Rounded({people, key}, 10);
      EXPECT_EQ(shown % kRoundTo, 0u);
      EXPECT_GE(shown, 12u);
      EXPECT_LT(std::max(shown, people) - std::min(shown, people), kRoundTo);
    }
  }
  EXPECT_EQ(Rounded({51, 2}, 10), 51u);
}

TEST(Rounded, KeepsTheMeanOverAllKeys) {
  for (std::uint64_t people = 30; people < 60; ++people) {
    std::uint64_t sum = 0;
    for (std::uint64_t key = 0; key < 3; ++key) sum += Rounded({people, key}, 10);
    EXPECT_EQ(sum, 3 * people);
  }
}

// The fine figures of two facets, and every population that fits all that is shown.
class Attacker {
 public:
  Attacker(const Counts& counts, const std::set<Place>& hidden) {
    std::set<Place> fine, all;
    for (const Sum& sum : SumsOf(counts)) {
      all.insert(sum.total);
      for (const Place& part : sum.parts) (part.size() == 2 ? fine : all).insert(part);
    }
    cells_.assign(fine.begin(), fine.end());
    all.insert(fine.begin(), fine.end());
    for (const Place& place : all) {
      Figure& figure = figures_.emplace_back();
      figure.place = place;
      for (std::size_t i = 0; i < cells_.size(); ++i) {
        const bool is_of = std::ranges::all_of(
            place, [&](const auto& one) { return cells_[i].at(one.first) == one.second; });
        if (is_of) figure.cells.push_back(i);
      }
      const auto count = counts.find(place);
      figure.people = count == counts.end() ? 0 : count->second.people;
      figure.is_hidden = hidden.contains(place);
    }
    people_ = counts.at({}).people;
  }

  // All values that each figure has in some population that fits.
  std::map<Place, std::set<std::uint64_t>> Possible() {
    std::vector<std::uint64_t> values(cells_.size());
    Try(0, people_, values);
    std::map<Place, std::set<std::uint64_t>> possible;
    for (Figure& figure : figures_) possible[figure.place] = std::move(figure.possible);
    return possible;
  }

 private:
  struct Figure {
    Place place;
    std::vector<std::size_t> cells;  // that add up to it
    std::uint64_t people = 0;
    bool is_hidden = false;
    std::set<std::uint64_t> possible;
  };

  // The total is known, so the last figure follows from the others.
  void Try(std::size_t at, std::uint64_t left, std::vector<std::uint64_t>& values) {
    const bool is_last = at + 1 == cells_.size();
    for (std::uint64_t value = is_last ? left : 0; value <= left; ++value) {
      values[at] = value;
      if (is_last) {
        Take(values);
      } else {
        Try(at + 1, left - value, values);
      }
    }
  }

  static std::uint64_t SumOf(const Figure& figure, const std::vector<std::uint64_t>& values) {
    std::uint64_t sum = 0;
    for (const std::size_t cell : figure.cells) sum += values[cell];
    return sum;
  }

  void Take(const std::vector<std::uint64_t>& values) {
    for (const Figure& figure : figures_) {
      if (!figure.is_hidden && SumOf(figure, values) != figure.people) return;
    }
    for (Figure& figure : figures_) figure.possible.insert(SumOf(figure, values));
  }

  std::vector<Place> cells_;
  std::vector<Figure> figures_;
  std::uint64_t people_ = 0;
};

// The control: the attacker finds what only the small figure itself hides.
TEST(Suppressed, IsMoreThanTheSmallFiguresAlone) {
  Counts counts;
  for (const auto& [occupation, region, people] :
       {std::tuple{"1", "a", 3}, {"1", "b", 1}, {"2", "a", 3}, {"2", "b", 3}}) {
    const std::pair<Facet, std::string> one{Facet::kOccupation, occupation},
        other{Facet::kRegion, region};
    for (const Place& place : {Place{}, Place{one}, Place{other}, Place{one, other}})
      counts[place].people += static_cast<std::uint64_t>(people);
  }
  const Place small{{Facet::kOccupation, "1"}, {Facet::kRegion, "b"}};
  EXPECT_EQ(Attacker(counts, {small}).Possible().at(small), std::set<std::uint64_t>{1});
  EXPECT_GE(Attacker(counts, Suppressed(counts, 2)).Possible().at(small).size(), 2u);
}

// Two facets of two and three values, up to three people each: every hidden figure could be another
// number, even for somebody who knows the shown ones exactly, before they are rounded.
RC_GTEST_PROP(Suppressed, LeavesNoHiddenFigureThatOnlyOneNumberFits, ()) {
  constexpr std::uint64_t kLeast = 2;
  Counts counts;
  const auto add = [&](const char* occupation, const char* region, int people) {
    for (int i = 0; i < people; ++i) {
      const std::pair<Facet, std::string> one{Facet::kOccupation, occupation},
          other{Facet::kRegion, region};
      for (const Place& place : {Place{}, Place{one}, Place{other}, Place{one, other}})
        counts[place].people += 1;
    }
  };
  for (const char* occupation : {"1", "2"}) {
    for (const char* region : {"a", "b", "c"}) add(occupation, region, *rc::gen::inRange(0, 4));
  }
  add("1", "a", 1);  // somebody is there
  const std::set<Place> hidden = Suppressed(counts, kLeast);
  const auto people_at = [&](const Place& place) {
    return counts.contains(place) ? counts.at(place).people : 0;
  };
  for (const Sum& sum : SumsOf(counts)) {
    for (const Place& part : sum.parts)
      RC_ASSERT(hidden.contains(part) || people_at(part) >= kLeast);
  }
  if (hidden.contains({})) return;  // nobody knows how many there are
  const auto possible = Attacker(counts, hidden).Possible();
  for (const Place& place : hidden) RC_ASSERT(possible.at(place).size() >= 2);
}

}  // namespace
}  // namespace noren::statistics
