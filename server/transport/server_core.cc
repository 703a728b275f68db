// SPDX-License-Identifier: Apache-2.0
#include "server/transport/server_core.h"

namespace noren::server {

ServerMetrics::ServerMetrics(MetricsRegistry& registry)
    : connections(registry.AddGauge({"noren_connections", "Authenticated connections."}).Single()),
      bytes_in_flight(
          registry.AddGauge({"noren_bytes_in_flight", "Bytes of frames and replies held."})
              .Single()),
      accepted(
          registry.AddCounter({"noren_connections_accepted", "Connections accepted."}).Single()),
      tls_refused(registry.AddCounter(
          {"noren_tls_refused", "Connections refused before a call.", {"reason"}})),
      frames_refused(registry.AddCounter(
          {"noren_frames_refused", "Frames that ended a connection.", {"reason"}})),
      timeouts(
          registry.AddCounter({"noren_timeouts", "Connections closed at a deadline.", {"phase"}})),
      requests(registry.AddCounter({"noren_requests", "Calls by outcome.", {"outcome"}})),
      request_seconds(registry
                          .AddHistogram({"noren_request_seconds",
                                         "First byte of a call to its answer being ready."},
                                        LatencyBucketsSeconds())
                          .Single()) {}

ServerCore::ServerCore(const ServerOptions& options_in, ProcessorFactory factory_in,
                       ServerEnvironment environment_in)
    : options(options_in),
      factory(std::move(factory_in)),
      environment(environment_in),
      metrics(environment_in.metrics),
      connections(connections_hard_max()),
      requests_in_flight(options_in.limits.requests_in_flight_max),
      bytes_in_flight(options_in.limits.bytes_in_flight_max),
      workers(options_in.worker_threads) {}

}  // namespace noren::server
