// Measures every engine there is on workload W1, in rounds that take turns, after checking each
// engine's answers. Prints one table and keeps JSON. Fails when an exact engine is not.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/baseline/limits.h"
#include "bench/baseline/memory_kernels.h"
#include "bench/macro/environment.h"
#include "bench/macro/lineup.h"
#include "bench/macro/lineup_dense.h"
#include "bench/macro/summary.h"
#include "bench/report/run_report.h"
#include "datasets/generate/w1/w1_bytes.h"
#include "datasets/generate/w1/w1_rows.h"

namespace noren::bench {
namespace {

struct Options {
  std::size_t seekers_count = w1::kFullSeekersCount;
  std::size_t postings_count = w1::kFullPostingsCount;
  int rounds = 5;
  bool is_smoke = false;
  std::vector<std::size_t> scale;  // numbers of people; empty: one run of all engines
  std::string only;                // experiments that begin with this
  std::string commit = "unknown";
  std::string work_folder = "w1_work";
  std::string json_file;  // "": not kept
  std::string lucene_class_path;
};

constexpr std::string_view kUsage =
    "usage: noren_w1_bench [--smoke] [--scale=N,N,...] [--seekers=N] [--postings=N] [--rounds=N]\n"
    "         [--only=EXPERIMENT] [--commit=ID] [--work=FOLDER] [--json=FILE]\n"
    "         [--lucene=CLASSPATH]\n";

template <typename T>
bool ParseNumber(std::string_view text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0;
}
bool ParseNumbers(std::string_view text, std::vector<std::size_t>& numbers) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (!ParseNumber(text.substr(0, comma), numbers.emplace_back())) return false;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return true;
}

bool ParseOption(std::string_view option, Options& options) {
  const std::size_t equals = std::min(option.find('='), option.size());
  const std::string_view name = option.substr(0, equals);
  const std::string_view value = option.substr(std::min(equals + 1, option.size()));
  if (name == "--smoke") return options.is_smoke = value.empty();
  if (name == "--scale") return ParseNumbers(value, options.scale);
  if (name == "--seekers") return ParseNumber(value, options.seekers_count);
  if (name == "--postings") return ParseNumber(value, options.postings_count);
  if (name == "--rounds") return ParseNumber(value, options.rounds);
  if (name == "--only") return (options.only = value, true);
  if (name == "--commit") return (options.commit = value, true);
  if (name == "--work") return (options.work_folder = value, true);
  if (name == "--json") return (options.json_file = value, true);
  if (name == "--lucene") return (options.lucene_class_path = value, true);
  return false;
}

std::optional<Options> ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (!ParseOption(argv[i], options)) return std::nullopt;
  }
  if (options.is_smoke) {
    options.seekers_count = 20'000;
    options.postings_count = 50;
    options.rounds = 1;
  }
  return options;
}

std::string KernelsOfEngines() {
  std::string kernels = "memory " + std::string(MemoryKernelName());
#if NOREN_BENCH_HAS_QUERY
  kernels += ", " + IndexKernels();
#endif
#if NOREN_BENCH_HAS_DENSE
  kernels += ", " + DenseKernels();
#endif
  return kernels;
}

bool Wanted(const Options& options, std::string_view experiment) {
  return experiment.starts_with(options.only);
}
bool WantsAnyOf(const Options& options, std::vector<std::string_view> experiments) {
  return std::ranges::any_of(experiments, [&](auto one) { return Wanted(options, one); });
}

Status EnterPointsEngines(const Options& options, Lineup& lineup) {
  EnterColumnScan(lineup);
#if NOREN_BENCH_HAS_ROARING
  EnterRoaring(lineup);
#endif
#if NOREN_BENCH_HAS_QUERY
  if (options.scale.empty()) {
    EnterIndex(lineup);
  } else {
    EnterIndexAlone(lineup);
  }
#endif
  if (options.lucene_class_path.empty()) return OkStatus();
  const std::filesystem::path work = options.work_folder;
  std::filesystem::remove_all(work / "lucene");
  std::filesystem::create_directories(work / "lucene");
  return EnterLucene(lineup, {options.lucene_class_path, work.string(), work / "lucene"});
}

// A run holds its data and truths while the engines that look at them are alive.
StatusOr<std::vector<Measurement>> RunAll(const Options& options, Lineup& lineup) {
  std::optional<DenseTruth> filtered;
  std::optional<DenseTruth> everybody;
  if (WantsAnyOf(options, {"w1a", "w1b", "w1d points"})) {
    NOREN_RETURN_IF_ERROR(EnterPointsEngines(options, lineup));
  }
  // Other numbers of people come without vectors.
  if (!lineup.data.filters.empty() && WantsAnyOf(options, {"w1c", "w1d dense"})) {
    filtered.emplace(lineup.data, Passing::kFiltered, 100);
    everybody.emplace(lineup.data, Passing::kEverybody, 25);
    const DenseTruths truths{*filtered, *everybody};
#if NOREN_BENCH_HAS_FAISS
    EnterFaiss(lineup, truths);
#endif
#if NOREN_BENCH_HAS_DENSE
    EnterDenseIndex(lineup, truths);
#endif
  }
  std::erase_if(lineup.contenders,
                [&](const Contender& one) { return !Wanted(options, one.experiment); });
  return RunInterleaved(lineup.contenders, options.rounds);
}

void AddTo(RunReport& report, const Lineup& lineup, const std::vector<Measurement>& measurements) {
  const std::size_t seekers = lineup.data.seekers.size();
  for (const Measurement& measurement : measurements) {
    report.results.push_back(ResultOf(measurement, lineup.truth, seekers));
  }
  for (const auto& number : lineup.numbers) report.numbers.push_back(number());
  for (const EngineFacts& facts : lineup.facts) {
    report.engines.push_back({facts.engine, seekers, facts.build_seconds, facts.bytes_per_person});
  }
}

Status MeasureAt(const Options& options, std::size_t seekers_count, RunReport& report) {
  const bool with_vectors = options.scale.empty() && WantsAnyOf(options, {"w1c", "w1d dense"});
  NOREN_ASSIGN_OR_RETURN(const W1Data data,
                         MakeW1Data(seekers_count, options.postings_count,
                                    with_vectors ? Vectors::kMade : Vectors::kNone));
  report.data = {data.seekers.size(), data.postings.size(), data.seekers_fingerprint,
                 data.postings_fingerprint};
  std::cerr << "answering by looking at everybody" << std::endl;
  const Truth truth = MakeTruth(data);
  const std::size_t checked_postings = options.is_smoke ? data.postings.size() : 3;
  {
    const w1::PlainTokens tokens;
    if (!AgreesWithOracle(data, w1::W1SeekerRows(data.seekers, tokens), truth, checked_postings)) {
      return Internal("the column scan and the ranking's oracle differ");
    }
  }
  Lineup lineup(data, truth);
  NOREN_ASSIGN_OR_RETURN(const std::vector<Measurement> measurements, RunAll(options, lineup));
  AddTo(report, lineup, measurements);
  return OkStatus();
}

Status CheckAllExact(const RunReport& report) {
  for (const Result& result : report.results) {
    if (!result.exact) return Internal("an engine's answers are not exact");
  }
  return OkStatus();
}

StatusOr<RunReport> Measure(const Options& options) {
  RunReport report;
  report.environment = DescribeEnvironment(options.commit, KernelsOfEngines());
  report.rounds = options.rounds;
  if (options.scale.empty()) {
    const std::size_t dram_bytes = std::size_t{options.is_smoke ? 16U : 1024U} << 20U;
    report.limits = NamesOf(MeasureLimits(dram_bytes));
    NOREN_RETURN_IF_ERROR(MeasureAt(options, options.seekers_count, report));
  }
  for (const std::size_t seekers_count : options.scale) {
    NOREN_RETURN_IF_ERROR(MeasureAt(options, seekers_count, report));
  }
  report.ratios = RatiosOf(report.results);
  return report;
}

int Run(const Options& options) {
  std::filesystem::create_directories(options.work_folder);
  const StatusOr<RunReport> report = Measure(options);
  if (!report.ok()) {
    std::cerr << MessageOf(report.status()) << "\n";
    return 1;
  }
  std::cout << ToTable(*report, TableStyle::kTerminal);
  const Status exact = CheckAllExact(*report);
  if (!exact.ok()) {
    std::cerr << MessageOf(exact) << "\n";
    return 1;
  }
  if (options.json_file.empty()) return 0;
  std::ofstream out(options.json_file, std::ios::trunc);
  out << ToJson(*report);
  out.close();
  return out ? 0 : 1;
}

}  // namespace
}  // namespace noren::bench

int main(int argc, char** argv) {
  const auto options = noren::bench::ParseOptions(argc, argv);
  if (!options) {
    std::cerr << noren::bench::kUsage;
    return 1;
  }
  return noren::bench::Run(*options);
}
