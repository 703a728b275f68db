// An edition from counts of so many people in 64 regions: which figures are suppressed, against the
// bare sums of the same run. Counting itself is a scan of all people, whose cost is that of opening
// their records (market_bench).
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <string>

#include "engine/statistics/suppression.h"

namespace noren::statistics {
namespace {

constexpr std::uint64_t kLeast = 10;
constexpr std::uint64_t kRegions = 64, kOccupations = 10, kEducations = 10, kBands = 6;

std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// Half of the people live in the first regions, as people do.
Counts SomeCounts(std::uint64_t people) {
  Counts counts;
  for (std::uint64_t i = 0; i < people; ++i) {
    const std::uint64_t random = Mix(i + 1);
    const std::uint64_t region = random % kRegions, again = (random >> 16) % kRegions;
    Add({std::to_string((random >> 32) % kOccupations), std::to_string(std::min(region, again)),
         std::to_string((random >> 40) % kEducations), std::to_string((random >> 48) % kBands)},
        random, counts);
  }
  return counts;
}

void BM_AddPerson(benchmark::State& state) {
  Counts counts;
  std::uint64_t i = 0;
  for (auto _ : state) {
    const std::uint64_t random = Mix(++i);
    Add({std::to_string(random % kOccupations), std::to_string((random >> 8) % kRegions), "none",
         "none"},
        random, counts);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_AddPerson);

void BM_SumsOf(benchmark::State& state) {
  const Counts counts = SomeCounts(static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(SumsOf(counts));
}
BENCHMARK(BM_SumsOf)->ArgName("people")->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BM_PublishEdition(benchmark::State& state) {
  const Counts counts = SomeCounts(static_cast<std::uint64_t>(state.range(0)));
  std::size_t hidden = 0;
  for (auto _ : state) {
    const Figures figures = Publish(counts, kLeast);
    hidden = 0;
    for (const auto& [place, figure] : figures) hidden += figure ? 0 : 1;
    benchmark::DoNotOptimize(hidden);
  }
  state.counters["figures"] = static_cast<double>(counts.size());
  state.counters["hidden"] = static_cast<double>(hidden);
}
BENCHMARK(BM_PublishEdition)
    ->ArgName("people")
    ->Arg(1'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace noren::statistics
