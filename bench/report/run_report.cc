// SPDX-License-Identifier: Apache-2.0
#include "bench/report/run_report.h"

#include <nlohmann/json.hpp>

namespace noren::bench {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Environment, commit, compiler, cpu, cores, kernels)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DataSet, seekers_count, postings_count, seekers_fingerprint,
                                   postings_fingerprint)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(NamedNumber, name, value)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EngineReport, engine, seekers_count, build_seconds,
                                   bytes_per_person)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SelectivityPoint, eligible_count, latency_us)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Result, experiment, engine, variant, threads, seekers_count,
                                   queries_per_s, wall_queries_per_s, p50_us, p99_us, wall_p99_us,
                                   exact, recall, answers_hash, by_selectivity)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunReport, environment, data, rounds, limits, numbers, ratios,
                                   engines, results)

std::string ToJson(const RunReport& report) { return nlohmann::json(report).dump(1) + "\n"; }

StatusOr<RunReport> FromJson(const std::string& json) {
  try {
    return nlohmann::json::parse(json).get<RunReport>();
  } catch (const nlohmann::json::exception&) {
    return DataLoss("not a report of a run");
  }
}

}  // namespace noren::bench
