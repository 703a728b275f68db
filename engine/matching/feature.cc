// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/feature.h"

#include "engine/matching/scoring/features.h"

namespace noren::matching {

std::string_view FeatureName(Feature feature) {
  if (feature == Feature::kNothingAsked) return "nothing_asked";
  const auto index = static_cast<std::size_t>(feature);
  return index < kFeatureCount ? kFeatures[index].name : std::string_view();
}

std::string_view SideName(Side side) { return side == Side::kPosting ? "posting" : "person"; }

}  // namespace noren::matching
