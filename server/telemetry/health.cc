// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/health.h"

namespace noren::server {

std::string_view HealthPhaseName(HealthPhase phase) {
  switch (phase) {
    case HealthPhase::kStarting:
      return "starting";
    case HealthPhase::kReady:
      return "ready";
    case HealthPhase::kDegraded:
      return "degraded";
    case HealthPhase::kSealed:
      return "sealed";
    case HealthPhase::kDraining:
      break;
  }
  return "draining";
}

void HealthState::Set(HealthPhase phase, Literal reason) {
  const std::lock_guard lock(mutex_);
  phase_ = phase;
  reason_ = reason.text();
}

HealthState::Snapshot HealthState::Get() const {
  const std::lock_guard lock(mutex_);
  return {phase_, reason_};
}

}  // namespace noren::server
