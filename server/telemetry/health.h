// Whether the service takes calls, and when not, why: read by /readyz, set by the daemon.
// Threads:  thread-safe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "server/telemetry/event_log.h"

namespace noren::server {

enum class HealthPhase : std::uint8_t { kStarting, kReady, kDegraded, kSealed, kDraining };

std::string_view HealthPhaseName(HealthPhase phase);

class HealthState {
 public:
  // kDegraded and kSealed carry a reason ("disk", "clock", "anchor", "consents"); it is shown to
  // whoever asks, so it is a literal.
  void Set(HealthPhase phase, Literal reason = "none");
  struct Snapshot {
    HealthPhase phase;
    std::string_view reason;
  };
  Snapshot Get() const;

 private:
  mutable std::mutex mutex_;
  HealthPhase phase_ = HealthPhase::kStarting;
  std::string_view reason_ = "none";
};

}  // namespace noren::server
