// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/contender.h"

#include <algorithm>
#include <iostream>
#include <limits>

namespace noren::bench {
namespace {

void Add(const Round& round, Measurement& measurement) {
  measurement.queries_per_s.push_back(round.CpuQueriesPerSecond());
  measurement.wall_queries_per_s.push_back(round.WallQueriesPerSecond());
  if (round.latencies_us.empty()) return;
  const double p99 = PercentileOf(round.latencies_us, 0.99);
  if (measurement.p99_us == 0 || p99 < measurement.p99_us) {
    measurement.p99_us = p99;
    measurement.p50_us = PercentileOf(round.latencies_us, 0.5);
  }
  auto& best = measurement.best_latencies_us;
  best.resize(round.latencies_us.size(), std::numeric_limits<double>::max());
  for (std::size_t i = 0; i < best.size(); ++i) best[i] = std::min(best[i], round.latencies_us[i]);
}

}  // namespace

std::vector<Measurement> RunInterleaved(const std::vector<Contender>& contenders, int rounds) {
  std::vector<Measurement> measurements;
  for (const Contender& contender : contenders) {
    std::cerr << "checking " << contender.experiment << " " << contender.engine << " "
              << contender.variant << std::endl;
    measurements.push_back({contender.experiment,
                            contender.engine,
                            contender.variant,
                            contender.threads,
                            contender.check(),
                            {},
                            {},
                            0,
                            0,
                            {}});
  }
  for (int round = 0; round < rounds; ++round) {
    std::cerr << "round " << round + 1 << " of " << rounds << std::endl;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      Add(contenders[i].round(), measurements[i]);
    }
  }
  return measurements;
}

}  // namespace noren::bench
