// What all connections of one server share: options, budgets, workers, metrics, the current
// certificates. Included by the .cc files of this folder only.
// Threads:  thread-safe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "server/transport/refused_peers.h"
#include "server/transport/server.h"
#include "server/transport/worker_pool.h"

namespace noren::server {

// A bounded count; taking never goes past the limit.
class Budget {
 public:
  explicit Budget(std::size_t limit) : limit_(limit) {}

  bool TryTake(std::size_t amount) {
    std::size_t used = used_.load(std::memory_order_relaxed);
    while (used + amount <= limit_) {
      if (used_.compare_exchange_weak(used, used + amount, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  // For what is there already and can only be counted (a reply).
  void Take(std::size_t amount) { used_.fetch_add(amount, std::memory_order_relaxed); }
  void Release(std::size_t amount) { used_.fetch_sub(amount, std::memory_order_relaxed); }
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

struct ServerMetrics {
  explicit ServerMetrics(MetricsRegistry& registry);

  Gauge& connections;
  Gauge& bytes_in_flight;
  Counter& accepted;
  MetricFamily<Counter>& tls_refused;     // reason
  MetricFamily<Counter>& frames_refused;  // reason
  MetricFamily<Counter>& timeouts;        // phase
  MetricFamily<Counter>& requests;        // outcome
  Histogram& request_seconds;
};

struct ServerCore {
  ServerCore(const ServerOptions& options_in, ProcessorFactory factory_in,
             ServerEnvironment environment_in);

  // The eighth beyond connections_max gets its first call answered before it is closed.
  std::size_t connections_hard_max() const {
    return options.limits.connections_max + options.limits.connections_max / 8 + 1;
  }
  std::shared_ptr<const TlsContext> tls() const {
    const std::lock_guard lock(tls_mutex);
    return tls_context;
  }
  void SetTls(std::shared_ptr<const TlsContext> fresh) {
    const std::lock_guard lock(tls_mutex);
    tls_context = std::move(fresh);
  }

  const ServerOptions options;
  const ProcessorFactory factory;
  ServerEnvironment environment;
  ServerMetrics metrics;
  Budget connections;  // authenticated, up to connections_hard_max
  Budget requests_in_flight;
  Budget bytes_in_flight;
  std::atomic<bool> draining{false};
  WorkerPool workers;
  RefusedPeers refused_peers;

 private:
  mutable std::mutex tls_mutex;  // guards tls_context
  std::shared_ptr<const TlsContext> tls_context;
};

}  // namespace noren::server
