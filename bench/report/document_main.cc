// Writes the results of docs/BENCHMARKS.md, and its charts, from the JSON under bench/results.
// Argument: the root of the source tree.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bench/report/chart.h"
#include "bench/report/run_report.h"

namespace noren::bench {
namespace {

constexpr std::string_view kBegin = "<!-- results: written by ./dev bench -->\n";
constexpr std::string_view kEnd = "<!-- end of results -->";

std::optional<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}
bool WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return static_cast<bool>(out);
}

std::optional<RunReport> ReadReport(const std::filesystem::path& path) {
  const std::optional<std::string> json = ReadFile(path);
  if (!json) return std::nullopt;
  const StatusOr<RunReport> report = FromJson(*json);
  if (!report.ok()) {
    std::cerr << path << " is not a report\n";
    return std::nullopt;
  }
  return *report;
}

Chart SelectivityChart(const RunReport& report) {
  Chart chart{"W1a: latency by number of people who fit",
              "people who meet every condition",
              "microseconds",
              {}};
  for (const Result& result : report.results) {
    if (result.by_selectivity.empty() || result.threads > 1) continue;
    ChartLine line{result.engine, {}};
    if (!result.variant.empty()) line.name += ", " + result.variant;
    for (const SelectivityPoint& point : result.by_selectivity) {
      line.points.push_back({point.eligible_count, point.latency_us});
    }
    chart.lines.push_back(std::move(line));
  }
  return chart;
}

Chart ScaleChart(const RunReport& report) {
  Chart chart{
      "Queries per second by number of people", "people", "queries per second, one core", {}};
  for (const Result& result : report.results) {
    const std::string name = result.experiment + ", " + result.engine;
    auto line = std::ranges::find(chart.lines, name, &ChartLine::name);
    if (line == chart.lines.end()) line = chart.lines.insert(line, ChartLine{name, {}});
    line->points.push_back({static_cast<double>(result.seekers_count), result.queries_per_s});
  }
  return chart;
}

bool WriteDocument(const std::filesystem::path& root) {
  std::string results;
  if (const auto report = ReadReport(root / "bench/results/w1.json")) {
    results +=
        "From [w1.json](../bench/results/w1.json). " + ToTable(*report, TableStyle::kMarkdown);
    results += "![latency by selectivity](w1_selectivity.svg)\n\n";
    if (!WriteFile(root / "docs/w1_selectivity.svg", ToSvg(SelectivityChart(*report)))) {
      return false;
    }
  }
  if (const auto report = ReadReport(root / "bench/results/w1_scale.json")) {
    results += "### Scale\n\nFrom [w1_scale.json](../bench/results/w1_scale.json). " +
               ToTable(*report, TableStyle::kMarkdown);
    results += "![queries per second by people](w1_scale.svg)\n\n";
    if (!WriteFile(root / "docs/w1_scale.svg", ToSvg(ScaleChart(*report)))) return false;
  }
  const std::filesystem::path document = root / "docs/BENCHMARKS.md";
  std::optional<std::string> text = ReadFile(document);
  if (!text) return false;
  const std::size_t begin = text->find(kBegin);
  const std::size_t end = text->find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin) return false;
  text->replace(begin + kBegin.size(), end - begin - kBegin.size(), "\n" + results);
  return WriteFile(document, *text);
}

}  // namespace
}  // namespace noren::bench

int main(int argc, char** argv) {
  if (argc == 2 && noren::bench::WriteDocument(argv[1])) return 0;
  std::cerr << "usage: noren_bench_document ROOT, which has docs/BENCHMARKS.md with its markers\n";
  return 1;
}
