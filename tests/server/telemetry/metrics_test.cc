// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace noren::server {
namespace {

TEST(Metrics, ExportOpenMetricsText) {
  MetricsRegistry registry;
  registry.AddCounter({"calls", "Calls.", {"outcome"}}).With({"ok"}).Increment(3);
  registry.AddGauge({"open", "Open connections."}).Single().Set(-2);
  const double bounds[] = {0.5, 1};
  Histogram& seconds = registry.AddHistogram({"seconds", "Time."}, bounds).Single();
  seconds.Observe(0.5);  // a bound belongs to its own bucket
  seconds.Observe(0.75);
  seconds.Observe(7);
  EXPECT_EQ(
      registry.ExportText(),
      "# TYPE calls counter\n# HELP calls Calls.\ncalls_total{outcome=\"ok\"} 3\n"
      "# TYPE open gauge\n# HELP open Open connections.\nopen -2\n"
      "# TYPE seconds histogram\n# HELP seconds Time.\n"
      "seconds_bucket{le=\"0.5\"} 1\nseconds_bucket{le=\"1\"} 2\nseconds_bucket{le=\"+Inf\"} 3\n"
      "seconds_count 3\nseconds_sum 8.25\n# EOF\n");
}

TEST(Metrics, BoundTheNumberOfSeries) {
  MetricsRegistry registry;
  auto& family = registry.AddCounter({"calls", "Calls.", {"method"}, 10});
  for (int i = 0; i < 100'000; ++i) family.With({"m" + std::to_string(i)}).Increment();
  EXPECT_EQ(family.With({"m5"}).value(), 1U);
  EXPECT_EQ(family.With({"other"}).value(), 99'990U);
  const std::string text = registry.ExportText();
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 14);
}

TEST(Metrics, LabelValuesCannotBreakTheText) {
  MetricsRegistry registry;
  auto& family = registry.AddCounter({"calls", "Calls.", {"a", "b"}});
  family.With({"x\"} 5\nevil 1", std::string(1000, 'y')}).Increment();
  family.With({"only one"}).Increment();
  const std::string text = registry.ExportText();
  EXPECT_THAT(text,
              ::testing::HasSubstr("{a=\"x___5_evil_1\",b=\"" + std::string(64, 'y') + "\"} 1\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("{a=\"only_one\",b=\"\"} 1\n"));
}

TEST(Metrics, AddingANameAgainGivesTheSameSeries) {
  MetricsRegistry registry;
  registry.AddCounter({"calls", "Calls."}).Single().Increment();
  registry.AddCounter({"calls", "Calls."}).Single().Increment();
  EXPECT_EQ(registry.AddCounter({"calls", "Calls."}).Single().value(), 2U);
}

TEST(Metrics, CountExactlyFromManyThreads) {
  MetricsRegistry registry;
  auto& family = registry.AddCounter({"calls", "Calls.", {"t"}});
  Histogram& seconds =
      registry.AddHistogram({"seconds", "Time."}, LatencyBucketsSeconds()).Single();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) {
        family.With({i % 2 == 0 ? "even" : "odd"}).Increment();
        seconds.Observe(1);
        if (i % 1000 == 0) registry.ExportText();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(family.With({"even"}).value(), 20'000U);
  EXPECT_EQ(seconds.count(), 40'000U);
  EXPECT_EQ(seconds.sum(), 40'000.0);
}

}  // namespace
}  // namespace noren::server
