// How a side's points are shared out over the features it asks about.
// Source:   docs/formats/ranking.md, section Score
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "engine/matching/feature.h"

namespace noren::matching {

inline constexpr std::int32_t kSidePoints = 10000;

// Asked features in proportion to their weights, rests to the largest remainders (ties: the earlier
// feature). Sums to kSidePoints, or is all zero when the side asks for nothing.
using Shares = std::array<std::int32_t, kFeatureCount>;
Shares Apportion(const Weights& weights, const FeatureSet& asked);

// Bit n: feature n has a share.
inline std::uint32_t FeaturesOf(const Shares& shares) {
  std::uint32_t features = 0;
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    features |= static_cast<std::uint32_t>(shares[i] != 0) << i;
  }
  return features;
}

}  // namespace noren::matching
