// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/region_distance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/matching/scoring/fit.h"
#include "engine/matching/scoring/region.h"

namespace noren::matching {
namespace {

constexpr std::size_t kProvinceDepth = 2;
constexpr std::size_t kMunicipalityDepth = 3;

std::array<double, 3> OnSphere(double latitude, double longitude) {
  const double lat = latitude * std::numbers::pi / 180;
  const double lon = longitude * std::numbers::pi / 180;
  return {std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)};
}

double SquaredChord(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  const double x = a[0] - b[0];
  const double y = a[1] - b[1];
  const double z = a[2] - b[2];
  return x * x + y * y + z * z;
}

double KilometresOf(double squared_chord) {
  return 2 * kEarthRadiusKm * std::asin(std::min(1.0, std::sqrt(squared_chord) / 2));
}

// A chord is shorter than its arc, so that nothing nearer than kTooFarKm is cut off.
constexpr double kTooFarSquaredChord = (kTooFarKm / kEarthRadiusKm) * (kTooFarKm / kEarthRadiusKm);

bool HoldsOnPath(const RegionPath& path, Token region) {
  return std::ranges::find(path.levels, region) != path.levels.end();
}

}  // namespace

double KilometresBetween(const RegionCentre& a, const RegionCentre& b) {
  return KilometresOf(
      SquaredChord(OnSphere(a.latitude, a.longitude), OnSphere(b.latitude, b.longitude)));
}

std::uint16_t NearFit(double kilometres) {
  const double fit = kFullFit * (kTooFarKm - kilometres) / (kTooFarKm - kAtHandKm);
  return static_cast<std::uint16_t>(std::clamp(std::round(fit), 0.0, double{kFullFit}));
}

RegionCentres::RegionCentres(const std::vector<RegionCentre>& centres) {
  for (const RegionCentre& centre : centres) {
    const std::size_t depth = centre.path.depth();
    if (depth != kProvinceDepth && depth != kMunicipalityDepth) continue;
    centres_.push_back({NearKeyOf(centre.path), OnSphere(centre.latitude, centre.longitude)});
  }
  std::ranges::sort(centres_, {}, &Centre::region);
}

const RegionCentres::Centre* RegionCentres::Find(Token region) const {
  const auto at = std::ranges::lower_bound(centres_, region, {}, &Centre::region);
  return at != centres_.end() && at->region == region ? &*at : nullptr;
}

void RegionCentres::AddAround(const RegionPath& place, std::vector<NearRegion>& near) const {
  const Centre* own = Find(NearKeyOf(place));
  if (own == nullptr) return;
  for (const Centre& centre : centres_) {
    const double squared_chord = SquaredChord(own->at, centre.at);
    if (squared_chord >= kTooFarSquaredChord) continue;
    const std::uint16_t fit = NearFit(KilometresOf(squared_chord));
    if (fit > 0) near.push_back({centre.region, fit});
  }
}

void RegionCentres::Expand(PostingRow& posting) const {
  std::vector<NearRegion>& near = posting.near_regions;
  near.clear();
  for (const RegionPath& place : posting.regions) AddAround(place, near);
  std::erase_if(near, [&posting](const NearRegion& one) {
    return std::ranges::any_of(posting.regions, [&one](const RegionPath& place) {
      return HoldsOnPath(place, one.region);
    });
  });
  // The best fit of a region first, and only that.
  std::ranges::sort(near, [](const NearRegion& a, const NearRegion& b) {
    return a.region != b.region ? a.region < b.region : a.fit > b.fit;
  });
  const auto rest = std::ranges::unique(near, {}, &NearRegion::region);
  near.erase(rest.begin(), rest.end());
}

}  // namespace noren::matching
