// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/summary.h"

#include <bit>
#include <map>
#include <string_view>
#include <utility>

#include "crypto/base/encoding.h"

namespace noren::bench {
namespace {

// Postings by the power of two of how many people fit; bins of a few say little.
std::vector<SelectivityPoint> BySelectivity(const std::vector<double>& latencies_us,
                                            const std::vector<std::size_t>& eligible_counts) {
  constexpr std::size_t kLeastInBin = 5;
  struct Bin {
    std::vector<double> eligible;
    std::vector<double> latencies;
  };
  std::map<std::size_t, Bin> bins;
  for (std::size_t i = 0; i < latencies_us.size(); ++i) {
    if (eligible_counts[i] == 0) continue;
    Bin& bin = bins[static_cast<std::size_t>(std::bit_width(eligible_counts[i]))];
    bin.eligible.push_back(static_cast<double>(eligible_counts[i]));
    bin.latencies.push_back(latencies_us[i]);
  }
  std::vector<SelectivityPoint> points;
  for (const auto& [power, bin] : bins) {
    if (bin.eligible.size() < kLeastInBin) continue;
    points.push_back({MedianOf(bin.eligible), MedianOf(bin.latencies)});
  }
  return points;
}

constexpr std::string_view kOwnEngine = "noren";

std::string NoteOf(const Result& result) {
  std::string note = result.variant.empty() ? "" : " (" + result.variant + ")";
  if (result.threads > 1) note += ", " + std::to_string(result.threads) + " threads";
  return note;
}

std::string Hex(std::uint64_t hash) {
  RecordWriter word;
  word.U64(hash);
  return HexEncode(word.bytes());
}

}  // namespace

Result ResultOf(const Measurement& measurement, const Truth& truth, std::size_t seekers_count) {
  Result result;
  result.experiment = measurement.experiment;
  result.engine = measurement.engine;
  result.variant = measurement.variant;
  result.threads = measurement.threads;
  result.seekers_count = seekers_count;
  result.queries_per_s = MedianOf(measurement.queries_per_s);
  result.wall_queries_per_s = MedianOf(measurement.wall_queries_per_s);
  result.p50_us = measurement.p50_us;
  result.p99_us = measurement.p99_us;
  result.wall_p99_us = measurement.wall_p99_us;
  result.exact = measurement.checked.exact;
  result.recall = measurement.checked.recall;
  result.answers_hash = Hex(measurement.checked.hash);
  if (measurement.experiment == "w1a" && measurement.threads == 1) {
    result.by_selectivity = BySelectivity(measurement.best_latencies_us, truth.w1a.eligible_counts);
  }
  return result;
}

std::vector<NamedNumber> RatiosOf(const std::vector<Result>& results) {
  std::vector<NamedNumber> ratios;
  for (const Result& own : results) {
    if (!own.engine.starts_with(kOwnEngine) || !own.variant.empty() || own.threads != 1) continue;
    for (const Result& other : results) {
      if (&other == &own || other.experiment != own.experiment ||
          other.seekers_count != own.seekers_count) {
        continue;
      }
      const bool of_itself = other.engine == own.engine;
      if (!of_itself && (other.threads != 1 || other.engine.starts_with(kOwnEngine))) continue;
      std::string name = own.experiment + ": ";
      name += of_itself ? other.engine + NoteOf(other) + " / one thread, alone"
                        : own.engine + " / " + other.engine + NoteOf(other);
      ratios.push_back({std::move(name), of_itself ? other.queries_per_s / own.queries_per_s
                                                   : own.queries_per_s / other.queries_per_s});
    }
  }
  return ratios;
}

std::vector<NamedNumber> NamesOf(const Limits& limits) {
  return {{"DRAM read, GB/s", limits.dram_read_gb_per_s},
          {"L3-size read (8 MiB), GB/s", limits.l3_read_gb_per_s},
          {"L2-size read (512 KiB), GB/s", limits.l2_read_gb_per_s},
          {"random lines of 256 MiB, million/s", limits.random_lines_million_per_s},
          {"random lines in a chain, ns", limits.random_line_chain_ns}};
}

}  // namespace noren::bench
