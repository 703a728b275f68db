// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/tables.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace noren::statistics {
namespace {

model::Profile ProfileOf(const std::string& occupation, const std::string& region) {
  model::Profile profile;
  profile.occupations = {model::OccupationCode::Parse(occupation).value()};
  profile.regions = {model::RegionCode::Parse(region).value()};
  return profile;
}

TEST(FacetsOf, TakesTheFirstOfSeveralAndSaysWhatIsNotStated) {
  model::Profile profile = ProfileOf("ISCO-2512", "JP-13");
  profile.regions.push_back(model::RegionCode::Parse("JP-01").value());
  EXPECT_EQ(FacetsOf(profile), (Facets{"2", "JP-13", "none", "none"}));
  profile.regions.front() = model::RegionCode::Parse("KR-11440").value();
  EXPECT_EQ(FacetsOf(profile)[1], "KR-11") << "a district counts where it lies";
  profile.regions.front() = model::RegionCode::Parse("JP-13").value();
  profile.education = model::Education::kBachelor;
  const std::pair<std::uint16_t, std::string> bands[] = {
      {0, "under-1-year"},      {11, "under-1-year"},   {12, "1-to-3-years"},
      {35, "1-to-3-years"},     {36, "3-to-5-years"},   {59, "3-to-5-years"},
      {60, "5-to-10-years"},    {119, "5-to-10-years"}, {120, "10-years-or-more"},
      {840, "10-years-or-more"}};
  for (const auto& [months, band] : bands) {
    profile.experience_months = months;
    EXPECT_EQ(FacetsOf(profile), (Facets{"2", "JP-13", "bachelor", band})) << months;
  }
  EXPECT_EQ(FacetsOf(model::Profile()), (Facets{"none", "none", "none", "none"}));
}

TEST(Add, CountsSomebodyOnceInEveryTable) {
  Counts counts;
  Add({"2", "JP-13", "bachelor", "none"}, 5, counts);
  Add({"2", "JP-01", "bachelor", "none"}, 7, counts);
  EXPECT_EQ(counts.at({}), (Count{2, 0}));
  EXPECT_EQ(counts.at({{Facet::kRegion, "JP-13"}}), (Count{1, 2}));
  EXPECT_EQ(counts.at({{Facet::kOccupation, "2"}, {Facet::kEducation, "bachelor"}}), (Count{2, 0}));
  EXPECT_EQ(counts.size(), 1u + 3 + 2 + 5 + 4) << "total, singles (two regions), pairs";
}

RC_GTEST_PROP(SumsOf, PartsAddUpToTheirTotal, ()) {
  Counts counts;
  const auto people = *rc::gen::inRange(1, 40);
  for (int i = 0; i < people; ++i) {
    Facets facets;
    for (std::string& value : facets) value = std::string(1, *rc::gen::inRange('a', 'd'));
    Add(facets, static_cast<std::uint64_t>(i), counts);
  }
  const auto people_at = [&](const Place& place) {
    return counts.contains(place) ? counts.at(place).people : 0;
  };
  for (const Sum& sum : SumsOf(counts)) {
    std::uint64_t parts = 0;
    for (const Place& part : sum.parts) parts += people_at(part);
    RC_ASSERT(parts == people_at(sum.total));
  }
}

TEST(PlaceText, IsReadBackAndNothingElseIs) {
  for (const Place& place : {Place{}, Place{{Facet::kRegion, "JP-13"}},
                             Place{{Facet::kOccupation, "2"}, {Facet::kExperience, "none"}}}) {
    EXPECT_EQ(ParsePlace(PlaceText(place)), place);
  }
  EXPECT_EQ(PlaceText({{Facet::kRegion, "JP-13"}, {Facet::kOccupation, "2"}}),
            "occupation=2 region=JP-13");
  for (const char* text :
       {"region", "region=", "=JP-13", "name=a", "region=JP-13 occupation=2", "region=JP-13 ",
        " region=JP-13", "region=JP-13  occupation=2", "region=a region=b", "region=JP 13",
        "occupation=1 region=a education=b", "region=123456789012345678901234567890123"}) {
    EXPECT_FALSE(ParsePlace(text)) << text;
  }
}

}  // namespace
}  // namespace noren::statistics
