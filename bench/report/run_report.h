// What is kept of a run: where it ran, on what, and what was measured. As JSON under bench/results,
// and as one table.
// Source:   docs/BENCHMARKS.md
// Threads:  plain values; pure functions.
// Errors:   kDataLoss: not written by ToJson
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "crypto/base/status.h"

namespace noren::bench {

struct Environment {
  std::string commit;
  std::string compiler;
  std::string cpu;
  unsigned cores = 0;
  std::string kernels;  // instruction sets that were used
  bool operator==(const Environment&) const = default;
};
struct DataSet {
  std::size_t seekers_count = 0;
  std::size_t postings_count = 0;
  std::string seekers_fingerprint;
  std::string postings_fingerprint;
  bool operator==(const DataSet&) const = default;
};
struct NamedNumber {
  std::string name;
  double value = 0;
  bool operator==(const NamedNumber&) const = default;
};
struct EngineReport {
  std::string engine;
  std::size_t seekers_count = 0;
  double build_seconds = 0;
  double bytes_per_person = 0;
  bool operator==(const EngineReport&) const = default;
};
struct SelectivityPoint {
  double eligible_count = 0;  // median of the bin
  double latency_us = 0;      // median of the bin, of each posting's least
  bool operator==(const SelectivityPoint&) const = default;
};
struct Result {
  std::string experiment;
  std::string engine;
  std::string variant;
  int threads = 1;
  std::size_t seekers_count = 0;
  double queries_per_s = 0;  // by core time, median of rounds
  double wall_queries_per_s = 0;
  double p50_us = 0;  // of core time in the least disturbed round; 0: not measured one by one
  double p99_us = 0;
  double wall_p99_us = 0;  // of the time that passed
  bool exact = false;
  double recall = 0;
  std::string answers_hash;
  std::vector<SelectivityPoint> by_selectivity;
  bool operator==(const Result&) const = default;
};
struct RunReport {
  Environment environment;
  DataSet data;
  int rounds = 0;
  std::vector<NamedNumber> limits;
  std::vector<NamedNumber> numbers;  // what else was measured
  std::vector<NamedNumber> ratios;
  std::vector<EngineReport> engines;
  std::vector<Result> results;
  bool operator==(const RunReport&) const = default;
};

std::string ToJson(const RunReport& report);
StatusOr<RunReport> FromJson(const std::string& json);

enum class TableStyle : std::uint8_t { kTerminal, kMarkdown };
std::string ToTable(const RunReport& report, TableStyle style);

// 12,345 or 0.123: what a reader can compare at a glance.
std::string Readable(double number);

}  // namespace noren::bench
