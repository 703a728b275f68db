// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/tables.h"

#include <algorithm>
#include <set>

namespace noren::statistics {
namespace {

constexpr std::string_view kNotStated = "none";
constexpr std::size_t kMaxValueBytes = 32;

// Upper ends of the bands, in months; the last one is open.
struct Band {
  std::uint16_t below_months;
  std::string_view name;
};
constexpr std::array<Band, 5> kBands = {{{12, "under-1-year"},
                                         {36, "1-to-3-years"},
                                         {60, "3-to-5-years"},
                                         {120, "5-to-10-years"},
                                         {UINT16_MAX, "10-years-or-more"}}};

std::string BandOf(std::optional<std::uint16_t> months) {
  if (!months) return std::string(kNotStated);
  const auto band = std::ranges::find_if(
      kBands, [months](const Band& one) { return *months < one.below_months; });
  return std::string(band->name);
}

// The first digit of an ISCO-08 code is its major group.
std::string MajorGroupOf(const model::Profile& profile) {
  if (profile.occupations.empty()) return std::string(kNotStated);
  const std::string code = profile.occupations.front().text();
  const std::size_t digit = code.find_first_of("0123456789");
  return digit == std::string::npos ? std::string(kNotStated) : code.substr(digit, 1);
}

// "KR-11" of "KR-11440": ISO 3166-2, where districts have longer codes.
std::string SubdivisionOf(const model::Profile& profile) {
  constexpr std::size_t kSubdivisionSize = 5;
  return profile.regions.empty() ? std::string(kNotStated)
                                 : profile.regions.front().text().substr(0, kSubdivisionSize);
}

bool IsValue(std::string_view value) {
  return !value.empty() && value.size() <= kMaxValueBytes && std::ranges::all_of(value, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

std::map<Facet, std::set<std::string>> ValuesOf(const Counts& counts) {
  std::map<Facet, std::set<std::string>> values;
  for (const auto& [place, count] : counts) {
    for (const auto& [facet, value] : place) values[facet].insert(value);
  }
  return values;
}

}  // namespace

std::string_view FacetName(Facet facet) {
  switch (facet) {
    case Facet::kOccupation:
      return "occupation";
    case Facet::kRegion:
      return "region";
    case Facet::kEducation:
      return "education";
    case Facet::kExperience:
      return "experience";
  }
  return "";
}

std::optional<Facet> FindFacet(std::string_view name) {
  const auto* found = std::ranges::find(kFacets, name, FacetName);
  return found == kFacets.end() ? std::nullopt : std::optional<Facet>(*found);
}

std::string PlaceText(const Place& place) {
  std::string text;
  for (const auto& [facet, value] : place) {
    if (!text.empty()) text += ' ';
    text += std::string(FacetName(facet)) + '=' + value;
  }
  return text;
}

std::optional<Place> ParsePlace(std::string_view text) {
  Place place;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view one = rest.substr(0, end);
    const std::size_t equals = std::min(one.find('='), one.size());
    const std::optional<Facet> facet = FindFacet(one.substr(0, equals));
    const std::string_view value = one.substr(std::min(equals + 1, one.size()));
    if (!facet || !IsValue(value)) return std::nullopt;
    place.emplace(*facet, value);
    rest = rest.substr(std::min(end + 1, rest.size()));
  }
  const bool is_own = place.size() <= 2 && PlaceText(place) == text;
  return is_own ? std::optional<Place>(std::move(place)) : std::nullopt;
}

Facets FacetsOf(const model::Profile& profile) {
  return {MajorGroupOf(profile), SubdivisionOf(profile),
          profile.education ? std::string(model::EducationName(*profile.education))
                            : std::string(kNotStated),
          BandOf(profile.experience_months)};
}

void Add(const Facets& person, std::uint64_t key, Counts& counts) {
  const auto add = [&](Place place) {
    Count& count = counts[std::move(place)];
    count.people += 1;
    count.key = (count.key + key % kRoundTo) % kRoundTo;
  };
  add({});
  for (std::size_t i = 0; i < kFacets.size(); ++i) {
    add({{kFacets[i], person[i]}});
    for (std::size_t j = i + 1; j < kFacets.size(); ++j)
      add({{kFacets[i], person[i]}, {kFacets[j], person[j]}});
  }
}

std::vector<Sum> SumsOf(const Counts& counts) {
  const auto values = ValuesOf(counts);
  std::vector<Sum> sums;
  const auto add = [&](Place total, Facet by) {
    Sum sum{std::move(total), {}};
    for (const std::string& value : values.at(by)) {
      Place part = sum.total;
      part.emplace(by, value);
      sum.parts.push_back(std::move(part));
    }
    sums.push_back(std::move(sum));
  };
  for (const auto& [facet, own] : values) {
    add({}, facet);
    for (const std::string& value : own) {
      for (const auto& [other, ignored] : values) {
        if (other != facet) add({{facet, value}}, other);
      }
    }
  }
  return sums;
}

}  // namespace noren::statistics
