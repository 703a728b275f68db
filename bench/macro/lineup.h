// Who takes part in a run: each engine enters itself with its experiments, its answers checked
// against the truth.
// Threads:  one owner.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/macro/contender.h"
#include "bench/macro/lucene_process.h"
#include "bench/macro/truth.h"
#include "bench/macro/w1_data.h"
#include "bench/report/run_report.h"
#include "crypto/base/status.h"

namespace noren::bench {

struct Lineup {
  Lineup(const W1Data& run_data, const Truth& run_truth) : data(run_data), truth(run_truth) {}

  const W1Data& data;
  const Truth& truth;
  int threads = 2;  // of the experiments with several
  std::vector<Contender> contenders;
  std::vector<EngineFacts> facts;
  std::vector<std::function<NamedNumber()>> numbers;  // asked for after the last round
  std::vector<std::shared_ptr<const void>> kept;      // engines, alive as long as the lineup

  template <typename T>
  T& Keep(std::unique_ptr<T> engine) {
    T& kept_engine = *engine;
    kept.push_back(std::shared_ptr<const void>(std::move(engine)));
    return kept_engine;
  }
};

enum class Variant : std::uint8_t { kSelective, kBroad };  // W1a, W1b
inline const PointsTruth& TruthOf(const Lineup& lineup, Variant variant) {
  return variant == Variant::kSelective ? lineup.truth.w1a : lineup.truth.w1b;
}
inline std::string NameOf(Variant variant) {
  return variant == Variant::kSelective ? "w1a" : "w1b";
}

// An engine in this process that answers posting by posting.
struct PointsEntry {
  Variant variant = Variant::kSelective;
  std::string engine;
  std::string note;  // what differs from the engine's other entries
  int threads = 1;
  std::size_t postings_count = 0;  // the first so many
  std::size_t passes = 1;          // over the postings, in one round
  std::function<Answer(int thread, std::size_t posting)> answer;
};
void Enter(Lineup& lineup, PointsEntry entry);

// Runs `build` and records what it took.
void AddFacts(Lineup& lineup, const std::string& engine, const std::function<void()>& build,
              const std::function<std::size_t()>& memory_bytes);

void EnterColumnScan(Lineup& lineup);
void EnterRoaring(Lineup& lineup);
void EnterIndex(Lineup& lineup);
void EnterIndexAlone(Lineup& lineup);  // one thread, nothing beside it
std::string IndexKernels();            // which instruction set was chosen
Status EnterLucene(Lineup& lineup, const LuceneOptions& options);

}  // namespace noren::bench
