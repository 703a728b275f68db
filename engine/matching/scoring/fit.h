// How well one value answers one wish, on a scale of thousandths; the unit every feature file
// returns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace noren::matching {

inline constexpr std::int32_t kFullFit = 1000;
// A value that was asked for and is not stated counts as half: neither punished as zero nor
// rewarded.
inline constexpr std::int32_t kNeutralFit = 500;

enum class FitState : std::uint8_t {
  kNotAsked,  // the asking side has no wish here: no term, its weight goes to the other features
  kMissing,   // asked for, not stated by the other side: kNeutralFit
  kKnown
};

struct Fit {
  FitState state = FitState::kNotAsked;
  std::int32_t thousandths = 0;  // 0..kFullFit

  static Fit NotAsked() { return {}; }
  static Fit Missing() { return {FitState::kMissing, kNeutralFit}; }
  static Fit Known(std::int64_t thousandths) {
    return {FitState::kKnown,
            static_cast<std::int32_t>(std::clamp<std::int64_t>(thousandths, 0, kFullFit))};
  }
  bool operator==(const Fit&) const = default;
};

}  // namespace noren::matching
