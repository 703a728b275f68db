// A Clock that stands still until the test moves it.
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "crypto/base/clock.h"

namespace noren {

class FixedClock final : public Clock {
 public:
  // 2026-01-05 00:00:00 UTC, a Monday.
  static constexpr std::int64_t kDefaultNow = 1767571200;

  explicit FixedClock(std::int64_t now = kDefaultNow) : now_(now) {}
  UnixSeconds Now() const override { return {now_.load()}; }
  void Set(UnixSeconds now) { now_ = now.value; }
  void AdvanceSeconds(std::int64_t seconds) { now_ += seconds; }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace noren
