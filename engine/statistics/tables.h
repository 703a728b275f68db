// Counts of people by what is coded of them: the figures of an edition, before anything is shown.
// Source:   docs/design/0038-statistics.md
// Threads:  values; pure functions
// Secrets:  counts that are not shown; they never leave engine/operations/statistics
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/profile.h"

namespace noren::statistics {

// Values are stored: never renumbered.
enum class Facet : std::uint8_t { kOccupation = 1, kRegion = 2, kEducation = 3, kExperience = 4 };
inline constexpr std::array kFacets = {Facet::kOccupation, Facet::kRegion, Facet::kEducation,
                                       Facet::kExperience};
std::string_view FacetName(Facet facet);  // "occupation"
std::optional<Facet> FindFacet(std::string_view name);

// Where a figure stands: the value of each of its facets, none for the total; at most two.
using Place = std::map<Facet, std::string>;
// "occupation=2 region=JP-13"; "" for the total.
std::string PlaceText(const Place& place);
//   nullopt  not written by PlaceText
std::optional<Place> ParsePlace(std::string_view text);

inline constexpr std::uint64_t kRoundTo = 3;

struct Count {
  std::uint64_t people = 0;
  // The keys of these people, added up, modulo kRoundTo: which way it is rounded, and no name.
  std::uint64_t key = 0;
  bool operator==(const Count&) const = default;
};
using Counts = std::map<Place, Count>;

// What is counted of one person: one value for each facet, "none" where nothing is stated.
using Facets = std::array<std::string, kFacets.size()>;  // in the order of kFacets
Facets FacetsOf(const model::Profile& profile);

// Adds somebody to the total, to each facet's figure and to that of each pair.
//   key  from the person's name in the statistics domain
void Add(const Facets& person, std::uint64_t key, Counts& counts);

// A figure and those that add up to it; every place of `counts`' values is in them, empty ones too.
struct Sum {
  Place total;
  std::vector<Place> parts;  // ascending
};
std::vector<Sum> SumsOf(const Counts& counts);

}  // namespace noren::statistics
