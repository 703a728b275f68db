// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/trusted_time.h"

namespace noren::operations {

UnixSeconds TrustedTime::Now() {
  const UnixSeconds wall = clock_.Now();
  std::int64_t floor_s = floor_s_.load();
  if (!IsTrustedAt(wall)) return {wall.value > floor_s ? wall.value : floor_s};
  while (floor_s < wall.value && !floor_s_.compare_exchange_weak(floor_s, wall.value)) {
  }
  return {floor_s < wall.value ? wall.value : floor_s};
}

void TrustedTime::Trust() {
  if (steady_ != nullptr) ahead_s_.store(clock_.Now().value - steady_->Now().value);
  trusted_.store(true);
}

// Measured from when it was vouched for, so that many small leaps are one.
bool TrustedTime::IsTrustedAt(UnixSeconds wall) const {
  if (!trusted_.load()) return false;
  if (steady_ == nullptr) return true;
  const bool leapt = wall.value - steady_->Now().value > ahead_s_.load() + kClockLeapSeconds;
  if (leapt) trusted_.store(false);
  return !leapt;
}

}  // namespace noren::operations
