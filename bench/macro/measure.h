// Rounds of queries, timed: the core time they took, the time that passed, and each query's wait.
// Threads:  RunQueries starts its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace noren::bench {

struct Round {
  double wall_seconds = 0;
  double cpu_seconds = 0;  // of all threads that answered
  int threads = 1;
  std::size_t queries_count = 0;
  // By query; empty when queries are answered together.
  std::vector<double> latencies_us;  // core time: what a query waits for when nothing else runs
  std::vector<double> wall_latencies_us;

  double WallQueriesPerSecond() const { return static_cast<double>(queries_count) / wall_seconds; }
  // What the wall clock would show if nothing else used the cores.
  double CpuQueriesPerSecond() const {
    return static_cast<double>(queries_count) * threads / cpu_seconds;
  }
};

// Answers queries 0..queries_count-1, each once, with `threads` threads.
Round RunQueries(std::size_t queries_count, int threads,
                 const std::function<void(int thread, std::size_t query)>& answer);
// All at once, by one call that uses `threads` threads and ends with them.
Round RunTogether(std::size_t queries_count, int threads, const std::function<void()>& answer_all);

// Runs `work(i)` for 0..count-1 on a few threads; for what is not measured.
void ForEachInParallel(std::size_t count, const std::function<void(std::size_t)>& work);

double MedianOf(std::vector<double> values);
// The value below which `share` of the values lie; 0 when there are none.
double PercentileOf(std::vector<double> values, double share);

}  // namespace noren::bench
