// /livez, /readyz and /metrics over plain HTTP on a loopback port of its own. GET and HEAD only, no
// request body, at most 32 connections, 5 s each; it shares no thread with the service.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "crypto/base/status.h"
#include "server/telemetry/health.h"
#include "server/telemetry/metrics.h"

namespace noren::server {

class HttpEndpoint {
 public:
  // `health` and `metrics` must outlive the endpoint.
  //   address  a loopback address ("127.0.0.1", "::1"); port 0: any free one
  //   errors  kInvalidArgument: not a loopback address; kUnavailable: cannot listen
  static StatusOr<std::unique_ptr<HttpEndpoint>> Start(const std::string& address,
                                                       std::uint16_t port,
                                                       const HealthState& health,
                                                       const MetricsRegistry& metrics);
  ~HttpEndpoint();
  std::uint16_t port() const;

 private:
  struct State;
  explicit HttpEndpoint(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace noren::server
