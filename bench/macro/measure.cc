// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/measure.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "bench/macro/clocks.h"

namespace noren::bench {

Round RunQueries(std::size_t queries_count, int threads,
                 const std::function<void(int thread, std::size_t query)>& answer) {
  Round round;
  round.threads = threads;
  round.queries_count = queries_count;
  round.latencies_us.resize(queries_count);
  round.wall_latencies_us.resize(queries_count);
  std::atomic<std::size_t> next{0};
  std::vector<double> cpu(static_cast<std::size_t>(threads));
  const auto work = [&](int thread) {
    const double cpu_before = ThreadCpuSeconds();
    for (std::size_t query = next++; query < queries_count; query = next++) {
      const double before = WallSeconds();
      const double query_cpu_before = ThreadCpuSeconds();
      answer(thread, query);
      round.latencies_us[query] = (ThreadCpuSeconds() - query_cpu_before) * 1e6;
      round.wall_latencies_us[query] = (WallSeconds() - before) * 1e6;
    }
    cpu[static_cast<std::size_t>(thread)] = ThreadCpuSeconds() - cpu_before;
  };
  const double before = WallSeconds();
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(work, thread);
  work(0);
  for (std::thread& other : others) other.join();
  round.wall_seconds = WallSeconds() - before;
  for (const double seconds : cpu) round.cpu_seconds += seconds;
  return round;
}

Round RunTogether(std::size_t queries_count, int threads, const std::function<void()>& answer_all) {
  Round round;
  round.threads = threads;
  round.queries_count = queries_count;
  const double before = WallSeconds();
  const double cpu_before = ProcessCpuSeconds();
  answer_all();
  round.cpu_seconds = ProcessCpuSeconds() - cpu_before;
  round.wall_seconds = WallSeconds() - before;
  return round;
}

void ForEachInParallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto worker = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) others.emplace_back(worker);
  worker();
  for (std::thread& other : others) other.join();
}

double PercentileOf(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto index = static_cast<std::size_t>(share * static_cast<double>(values.size()));
  return values[std::min(index, values.size() - 1)];
}
double MedianOf(std::vector<double> values) { return PercentileOf(std::move(values), 0.5); }

}  // namespace noren::bench
