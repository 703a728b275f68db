// One engine in one experiment: how to check its answers and how to run a round of it. A run takes
// the rounds of all contenders in turn, so that what disturbs the machine disturbs all of them.
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "bench/macro/measure.h"
#include "bench/macro/truth.h"

namespace noren::bench {

struct Contender {
  std::string experiment;  // "w1a"
  std::string engine;      // "noren", "lucene 8.7"
  std::string variant;     // "" or what differs: "wand", "updates 1000/s"
  int threads = 1;
  std::size_t postings_count = 0;  // a round asks for each of them once or more
  std::function<Checked()> check;
  std::function<Round()> round;
};

struct EngineFacts {
  std::string engine;
  double build_seconds = 0;  // of core time, on one thread
  std::size_t memory_bytes = 0;
  double bytes_per_person = 0;
};

// What is kept of a contender's rounds.
struct Measurement {
  std::string experiment;
  std::string engine;
  std::string variant;
  int threads = 1;
  Checked checked;
  std::vector<double> queries_per_s;       // by core time, per round
  std::vector<double> wall_queries_per_s;  // per round
  double p50_us = 0;                       // core time, of the least disturbed round
  double p99_us = 0;
  double wall_p99_us = 0;
  std::vector<double> best_latencies_us;  // by posting, over all rounds; not kept in files
};

// The order of rounds: every contender once, then every one again.
std::vector<Measurement> RunInterleaved(const std::vector<Contender>& contenders, int rounds);

}  // namespace noren::bench
