// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/contender.h"

#include <algorithm>
#include <iostream>
#include <limits>
#include <utility>

namespace noren::bench {
namespace {

void Add(const Round& round, std::size_t postings_count, Measurement& measurement) {
  measurement.queries_per_s.push_back(round.CpuQueriesPerSecond());
  measurement.wall_queries_per_s.push_back(round.WallQueriesPerSecond());
  if (round.latencies_us.empty()) return;
  const double p99 = PercentileOf(round.latencies_us, 0.99);
  if (measurement.p99_us == 0 || p99 < measurement.p99_us) {
    measurement.p99_us = p99;
    measurement.p50_us = PercentileOf(round.latencies_us, 0.5);
  }
  const double wall_p99 = PercentileOf(round.wall_latencies_us, 0.99);
  if (measurement.wall_p99_us == 0 || wall_p99 < measurement.wall_p99_us) {
    measurement.wall_p99_us = wall_p99;
  }
  auto& best = measurement.best_latencies_us;
  best.resize(postings_count, std::numeric_limits<double>::max());
  for (std::size_t i = 0; i < round.latencies_us.size(); ++i) {
    double& least = best[i % postings_count];
    least = std::min(least, round.latencies_us[i]);
  }
}

}  // namespace

std::vector<Measurement> RunInterleaved(const std::vector<Contender>& contenders, int rounds) {
  std::vector<Measurement> measurements;
  for (const Contender& contender : contenders) {
    std::cerr << "checking " << contender.experiment << " " << contender.engine << " "
              << contender.variant << std::endl;
    Measurement measurement;
    measurement.experiment = contender.experiment;
    measurement.engine = contender.engine;
    measurement.variant = contender.variant;
    measurement.threads = contender.threads;
    measurement.checked = contender.check();
    measurements.push_back(std::move(measurement));
  }
  for (int round = 0; round < rounds; ++round) {
    std::cerr << "round " << round + 1 << " of " << rounds << std::endl;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      Add(contenders[i].round(), contenders[i].postings_count, measurements[i]);
    }
  }
  return measurements;
}

}  // namespace noren::bench
