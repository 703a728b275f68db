// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/metrics.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "absl/strings/str_cat.h"

namespace noren::server {
namespace {

constexpr std::size_t kLabelValueSizeMax = 64;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string SafeLabelValue(std::string_view value) {
  std::string safe(value.substr(0, kLabelValueSizeMax));
  for (char& c : safe) {
    const bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '.' || c == ':' || c == '-';
    if (!ok) c = '_';
  }
  return safe;
}

// {a="x",b="y"}, with `extra` ("le=\"0.1\"") last; empty without labels.
std::string LabelText(const std::vector<std::string_view>& names,
                      const std::vector<std::string>& values, const std::string& extra = "") {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    absl::StrAppend(&text, text.empty() ? "" : ",", View(names[i]), "=\"", values[i], "\"");
  }
  if (!extra.empty()) absl::StrAppend(&text, text.empty() ? "" : ",", extra);
  return text.empty() ? text : absl::StrCat("{", text, "}");
}

using LabelValues = std::vector<std::string>;
using LabelNames = std::vector<std::string_view>;

void Print(const Counter& counter, std::string_view name, const LabelNames& names,
           const LabelValues& values, std::string& out) {
  absl::StrAppend(&out, View(name), "_total", LabelText(names, values), " ", counter.value(), "\n");
}

void Print(const Gauge& gauge, std::string_view name, const LabelNames& names,
           const LabelValues& values, std::string& out) {
  absl::StrAppend(&out, View(name), LabelText(names, values), " ", gauge.value(), "\n");
}

void Print(const Histogram& histogram, std::string_view name, const LabelNames& names,
           const LabelValues& values, std::string& out) {
  std::uint64_t cumulative = 0;
  const std::span<const double> bounds = histogram.upper_bounds();
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    cumulative += histogram.bucket_count(i);
    const std::string bound = i == bounds.size() ? "+Inf" : absl::StrCat(bounds[i]);
    absl::StrAppend(&out, View(name), "_bucket",
                    LabelText(names, values, absl::StrCat("le=\"", bound, "\"")), " ", cumulative,
                    "\n");
  }
  // The count is the last bucket's, so that a scrape is consistent in itself.
  absl::StrAppend(&out, View(name), "_count", LabelText(names, values), " ", cumulative, "\n");
  absl::StrAppend(&out, View(name), "_sum", LabelText(names, values), " ", histogram.sum(), "\n");
}

}  // namespace

Histogram::Histogram(std::span<const double> upper_bounds)
    : upper_bounds_(upper_bounds.begin(), upper_bounds.end()), buckets_(upper_bounds.size() + 1) {}

void Histogram::Observe(double value) {
  const auto bound = std::lower_bound(upper_bounds_.begin(), upper_bounds_.end(), value);
  const auto index = static_cast<std::size_t>(bound - upper_bounds_.begin());
  sum_.fetch_add(value, std::memory_order_relaxed);
  buckets_[index].fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
  std::uint64_t total = 0;
  for (const auto& bucket : buckets_) total += bucket.load(std::memory_order_relaxed);
  return total;
}

std::uint64_t Histogram::bucket_count(std::size_t index) const {
  return buckets_[index].load(std::memory_order_relaxed);
}

std::span<const double> LatencyBucketsSeconds() {
  static constexpr double kBounds[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                       0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return kBounds;
}

template <typename Metric>
struct MetricFamily<Metric>::State {
  explicit State(const MetricSpec& spec_in) : spec(spec_in) {}

  MetricSpec spec;
  std::vector<double> upper_bounds;  // histograms only
  mutable std::mutex mutex;          // guards `series`, not what it points to
  std::map<LabelValues, std::unique_ptr<Metric>> series;

  std::unique_ptr<Metric> Make() const {
    if constexpr (std::is_same_v<Metric, Histogram>) {
      return std::make_unique<Histogram>(upper_bounds);
    } else {
      return std::make_unique<Metric>();
    }
  }
};

template <typename Metric>
MetricFamily<Metric>::MetricFamily(std::unique_ptr<State> state) : state_(std::move(state)) {}
template <typename Metric>
MetricFamily<Metric>::~MetricFamily() = default;

template <typename Metric>
Metric& MetricFamily<Metric>::With(std::initializer_list<std::string_view> label_values) {
  LabelValues values;
  for (std::string_view value : label_values) values.push_back(SafeLabelValue(value));
  values.resize(state_->spec.label_names.size());
  const std::lock_guard lock(state_->mutex);
  auto found = state_->series.find(values);
  if (found == state_->series.end() && state_->series.size() >= state_->spec.series_count_max) {
    values.assign(values.size(), "other");
    found = state_->series.find(values);
  }
  if (found == state_->series.end())
    found = state_->series.emplace(std::move(values), state_->Make()).first;
  return *found->second;
}

template class MetricFamily<Counter>;
template class MetricFamily<Gauge>;
template class MetricFamily<Histogram>;

struct MetricsRegistry::State {
  template <typename Metric>
  using Families = std::map<std::string, std::unique_ptr<MetricFamily<Metric>>, std::less<>>;

  mutable std::mutex mutex;  // guards the maps
  Families<Counter> counters;
  Families<Gauge> gauges;
  Families<Histogram> histograms;

  template <typename Metric>
  MetricFamily<Metric>& Add(Families<Metric>& families, const MetricSpec& spec,
                            std::span<const double> upper_bounds) {
    const std::lock_guard lock(mutex);
    std::unique_ptr<MetricFamily<Metric>>& family = families[std::string(spec.name.text())];
    if (!family) {
      auto state = std::make_unique<typename MetricFamily<Metric>::State>(spec);
      state->upper_bounds.assign(upper_bounds.begin(), upper_bounds.end());
      family.reset(new MetricFamily<Metric>(std::move(state)));
    }
    return *family;
  }

  template <typename Metric>
  static void Export(const Families<Metric>& families, std::string_view type, std::string& out) {
    for (const auto& [name, family] : families) {
      const auto& state = *family->state_;
      absl::StrAppend(&out, "# TYPE ", name, " ", View(type), "\n# HELP ", name, " ",
                      View(state.spec.help), "\n");
      const std::lock_guard lock(state.mutex);
      for (const auto& [values, metric] : state.series)
        Print(*metric, name, state.spec.label_names, values, out);
    }
  }
};

MetricsRegistry::MetricsRegistry() : state_(std::make_unique<State>()) {}
MetricsRegistry::~MetricsRegistry() = default;

MetricFamily<Counter>& MetricsRegistry::AddCounter(const MetricSpec& spec) {
  return state_->Add(state_->counters, spec, {});
}
MetricFamily<Gauge>& MetricsRegistry::AddGauge(const MetricSpec& spec) {
  return state_->Add(state_->gauges, spec, {});
}
MetricFamily<Histogram>& MetricsRegistry::AddHistogram(const MetricSpec& spec,
                                                       std::span<const double> upper_bounds) {
  return state_->Add(state_->histograms, spec, upper_bounds);
}

std::string MetricsRegistry::ExportText() const {
  std::string out;
  const std::lock_guard lock(state_->mutex);
  State::Export(state_->counters, "counter", out);
  State::Export(state_->gauges, "gauge", out);
  State::Export(state_->histograms, "histogram", out);
  out += "# EOF\n";
  return out;
}

}  // namespace noren::server
