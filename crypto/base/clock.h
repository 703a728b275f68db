// Source of time, injected everywhere; wall time is whole seconds since 1970 UTC.
// Threads:  implementations are thread-safe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace noren {

struct UnixSeconds {
  std::int64_t value = 0;
  auto operator<=>(const UnixSeconds&) const = default;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixSeconds Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  UnixSeconds Now() const override;
};

}  // namespace noren
