// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/shares.h"

#include <algorithm>

namespace noren::matching {

Shares Apportion(const Weights& weights, const FeatureSet& asked) {
  Shares shares{};
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < kFeatureCount; ++i) total += asked[i] ? weights.of[i] : 0u;
  if (total == 0) return shares;
  constexpr auto kCount = static_cast<std::uint32_t>(kFeatureCount);
  // Remainder and feature in one number: the largest one is the next to get a point.
  std::array<std::uint32_t, kFeatureCount> rests{};
  std::uint32_t left = kSidePoints;
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    if (!asked[i] || weights.of[i] == 0) continue;
    const std::uint32_t exact = std::uint32_t{kSidePoints} * weights.of[i];
    const std::uint32_t share = exact / total;
    shares[i] = static_cast<std::int32_t>(share);
    rests[i] = (exact - share * total) * kCount + (kCount - static_cast<std::uint32_t>(i));
    left -= share;
  }
  for (; left > 0; --left) {
    const auto largest = std::ranges::max_element(rests);
    ++shares[static_cast<std::size_t>(largest - rests.begin())];
    *largest = 0;
  }
  return shares;
}

}  // namespace noren::matching
