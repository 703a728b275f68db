// Counters, gauges and histograms, printed as OpenMetrics text. Label sets are bounded: series
// beyond the limit of a family are summed in one series whose labels are "other", so no caller can
// make memory grow.
// Source:   OpenMetrics 1.0 text format
// Threads:  thread-safe; references stay valid as long as the registry.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/telemetry/event_log.h"

namespace noren::server {

class Counter {
 public:
  void Increment(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void Set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Seconds (or another unit named by the metric) in fixed buckets.
class Histogram {
 public:
  explicit Histogram(std::span<const double> upper_bounds);
  void Observe(double value);
  std::uint64_t count() const;
  std::uint64_t bucket_count(std::size_t index) const;  // not cumulative; the last is +Inf
  double sum() const { return sum_.load(std::memory_order_relaxed); }
  std::span<const double> upper_bounds() const { return upper_bounds_; }

 private:
  std::vector<double> upper_bounds_;
  std::vector<std::atomic<std::uint64_t>> buckets_;
  std::atomic<double> sum_{0};
};

// 100 us to 10 s in steps of about 2.5.
std::span<const double> LatencyBucketsSeconds();

struct MetricSpec {
  Literal name;                                    // "noren_requests": unit last, without "_total"
  std::string_view help;                           // one sentence, from the source
  std::vector<std::string_view> label_names = {};  // from the source
  std::size_t series_count_max = 64;
};

template <typename Metric>
class MetricFamily {
 public:
  // The series with these label values, as many as there are label names. Values keep
  // [A-Za-z0-9_.:-]; other characters become '_', and they are cut at 64 characters.
  Metric& With(std::initializer_list<std::string_view> label_values);
  Metric& Single() { return With({}); }

  ~MetricFamily();
  MetricFamily(const MetricFamily&) = delete;
  MetricFamily& operator=(const MetricFamily&) = delete;

 private:
  friend class MetricsRegistry;
  struct State;
  explicit MetricFamily(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class MetricsRegistry {
 public:
  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  // Asking for a name again gives the first family of that kind. A name must not be used for two
  // kinds.
  MetricFamily<Counter>& AddCounter(const MetricSpec& spec);
  MetricFamily<Gauge>& AddGauge(const MetricSpec& spec);
  MetricFamily<Histogram>& AddHistogram(const MetricSpec& spec,
                                        std::span<const double> upper_bounds);

  // Content type: application/openmetrics-text; version=1.0.0; charset=utf-8
  std::string ExportText() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

extern template class MetricFamily<Counter>;
extern template class MetricFamily<Gauge>;
extern template class MetricFamily<Histogram>;

}  // namespace noren::server
