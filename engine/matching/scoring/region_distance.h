// How near two regions are, by the distance between their centres. Centres are of provinces and
// municipalities; a ward counts as its municipality.
// Source:   docs/formats/ranking.md, section Near regions
// Threads:  immutable once filled.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/matching/rows.h"

namespace noren::matching {

inline constexpr double kEarthRadiusKm = 6371.0088;
inline constexpr double kAtHandKm = 5;   // full fit up to here
inline constexpr double kTooFarKm = 60;  // no fit from here on

struct RegionCentre {
  RegionPath path;       // of a province or a municipality
  double latitude = 0;   // degrees
  double longitude = 0;  // degrees
};

// Along the great circle.
double KilometresBetween(const RegionCentre& a, const RegionCentre& b);
// 1000 up to kAtHandKm, falling evenly to 0 at kTooFarKm; rounded to the nearest.
std::uint16_t NearFit(double kilometres);

class RegionCentres {
 public:
  RegionCentres() = default;
  // What is neither a province nor a municipality is left out.
  explicit RegionCentres(const std::vector<RegionCentre>& centres);

  std::size_t size() const { return centres_.size(); }
  // Replaces posting.near_regions: every region with a fit above 0, the best over the places of the
  // posting. Left out is what a place lies in: the hierarchy speaks for that.
  void Expand(PostingRow& posting) const;

 private:
  struct Centre {
    Token region;
    std::array<double, 3> at{};  // on the unit sphere
  };
  const Centre* Find(Token region) const;
  void AddAround(const RegionPath& place, std::vector<NearRegion>& near) const;

  std::vector<Centre> centres_;  // sorted by token
};

inline void ExpandNearRegions(PostingRow& posting, const RegionCentres& centres) {
  centres.Expand(posting);
}

}  // namespace noren::matching
