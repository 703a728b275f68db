// T12 of docs/THREAT_MODEL.md: whoever has the files and knows how often everything occurs in the
// population, against what lies there.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/matching/rows.h"
#include "engine/operations/market.h"
#include "engine/operations/people.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/market_fixture.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

constexpr std::size_t kPeople = 240;
constexpr std::size_t kWindowBytes = 8;

// Two in five live in the first place, and so on: what the attacker knows from the statistics.
const std::vector<std::pair<std::string, std::size_t>> kRegions = {
    {"KR-11440", 96}, {"KR-11680", 60}, {"KR-26350", 36}, {"KR-28177", 24}, {"KR-30200", 24}};

class T12CountedTokens : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::string> regions;
    for (const auto& [code, count] : kRegions) regions.insert(regions.end(), count, code);
    SeededRandom order(12);
    for (std::size_t i = regions.size(); i > 1; --i)
      std::swap(regions[i - 1], regions[order.Below(i)]);
    for (std::size_t i = 0; i < kPeople; ++i) Register(i, regions[i]);
    ASSERT_OK(service_.context().market.SaveSnapshot(snapshot_, service_.random(),
                                                     service_.clock().Now()));
  }
  void Register(std::size_t number, const std::string& region) {
    RegisterSeekerRequest request{service_.NextKey(),
                                  "ref-" + std::to_string(100000 + number),
                                  SomeProfile(static_cast<int>(number)),
                                  std::nullopt,
                                  "invented" + std::to_string(100000 + number) + "@mail.example",
                                  "en"};
    request.profile.regions = {*model::RegionCode::Parse(region)};
    const auto registered = RegisterSeeker(service_.context(), service_.portal(), request);
    ASSERT_OK(registered);
    const auto loaded = LoadPersonByHandle(service_.context(), "first-portal", registered->handle);
    ASSERT_OK(loaded);
    truth_[loaded->person.ToString()] = region;
  }

  // What is known of each person: a set of features that can be counted.
  using Features = std::map<std::string, std::set<std::string>>;

  // The strings that stand with several people, matched by how often they do with the regions in
  // the order of their sizes; whoever has none is guessed to live where most do. The share that is
  // guessed right.
  double Guess(const Features& features) const {
    std::map<std::string, std::size_t> counts;
    for (const auto& [person, own] : features) {
      for (const std::string& feature : own) ++counts[feature];
    }
    std::vector<std::pair<std::size_t, std::string>> by_count;
    for (const auto& [feature, count] : counts) {
      if (count > 1 && count < features.size()) by_count.emplace_back(count, feature);
    }
    std::ranges::sort(by_count, std::greater<>());
    // Each string stands for the region whose size is nearest to its count.
    std::map<std::string, std::string> meaning;
    for (const auto& [count, feature] : by_count) {
      const auto nearest = std::ranges::min_element(kRegions, {}, [&](const auto& region) {
        return region.second > count ? region.second - count : count - region.second;
      });
      meaning[feature] = nearest->first;
    }
    std::size_t right = 0;
    for (const auto& [person, region] : truth_) {
      std::string guessed = kRegions.front().first;
      std::size_t nearest = kPeople;
      const auto own = features.find(person);
      if (own != features.end()) {
        for (const std::string& feature : own->second) {
          const auto known = meaning.find(feature);
          if (known == meaning.end()) continue;
          const std::size_t distance = DistanceTo(known->second, counts.at(feature));
          if (distance >= nearest) continue;
          nearest = distance;
          guessed = known->second;
        }
      }
      right += guessed == region ? 1 : 0;
    }
    return static_cast<double>(right) / kPeople;
  }
  static std::size_t DistanceTo(const std::string& region, std::size_t count) {
    for (const auto& [code, size] : kRegions) {
      if (code == region) return size > count ? size - count : count - size;
    }
    return kPeople;
  }
  static double Majority() { return static_cast<double>(kRegions.front().second) / kPeople; }

  static void AddWindows(ByteSpan bytes, std::set<std::string>& to) {
    for (std::size_t i = 0; i + kWindowBytes <= bytes.size(); ++i)
      to.insert(std::string(AsText(bytes.subspan(i, kWindowBytes))));
  }

  TestService service_;
  std::map<std::string, std::string> truth_;  // person -> region
  MemorySnapshotPlace snapshot_;
};

// Every value that names a person in its key: eight bytes that occur twice, and how long it is.
TEST_F(T12CountedTokens, FromTheDatabaseRegionsAreGuessedNoBetterThanWithoutIt) {
  Features features;
  for (const storage::KeyValue& item : ContentOf(service_.data())) {
    for (const auto& [person, region] : truth_) {
      const std::string id = person.substr(person.find('-') + 1);
      if (item.key.find(id) == std::string::npos) continue;
      AddWindows(item.value, features[person]);
      const std::string kind = item.key.substr(0, item.key.find('/'));
      features[person].insert(kind + " of " + std::to_string(item.value.size()) + " bytes");
      break;
    }
  }
  ASSERT_EQ(features.size(), kPeople);
  EXPECT_LE(Guess(features), 1.1 * Majority());
}

// The snapshot of the ranking side holds all rows, and no place of any size comes twice in it.
TEST_F(T12CountedTokens, NothingInTheMarketsSnapshotCanBeCounted) {
  ASSERT_GT(snapshot_.content.size(), kPeople * kWindowBytes);
  std::set<std::string> seen;
  std::size_t repeated = 0;
  for (std::size_t i = 0; i + kWindowBytes <= snapshot_.content.size(); ++i) {
    const ByteSpan window = ByteSpan(snapshot_.content).subspan(i, kWindowBytes);
    repeated += seen.insert(std::string(AsText(window))).second ? 0 : 1;
  }
  EXPECT_EQ(repeated, 0u);
}

// The control: the same attack on the rows as they are in memory finds most.
TEST_F(T12CountedTokens, TheSameAttackOnTheRowsInMemorySucceeds) {
  Features features;
  for (const auto& [person, region] : truth_) {
    const auto id = model::PersonId::Parse(person);
    ASSERT_OK(id);
    const auto known = service_.context().market.FindPerson(*id);
    ASSERT_TRUE(known.has_value());
    for (const auto& path : known->row.regions) {
      features[person].insert("token " + std::to_string(path.levels[path.depth() - 1].value));
    }
  }
  EXPECT_GT(Guess(features), 0.8);
}

}  // namespace
}  // namespace noren::operations
