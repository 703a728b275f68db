// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "bench/report/run_report.h"

namespace noren::bench {
namespace {

using Cells = std::vector<std::string>;

std::string Fixed(double number, int decimals) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string OrNone(double number) { return number == 0 ? "-" : Readable(number); }

std::string Correctness(const Result& result) {
  if (result.exact) return "exact";
  return "recall " + Fixed(result.recall, 3);
}

std::string NameOf(const Result& result) {
  return result.variant.empty() ? result.engine : result.engine + " (" + result.variant + ")";
}

// Padding counts code points, not bytes.
std::size_t WidthOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

class Table {
 public:
  explicit Table(Cells head) : head_(std::move(head)) {}
  void Add(Cells row) { rows_.push_back(std::move(row)); }
  std::string Write(TableStyle style) const {
    const std::vector<std::size_t> widths = Widths();
    std::string out = Line(head_, widths, style);
    Cells rule;
    for (const std::size_t width : widths) rule.emplace_back(width, '-');
    out += Line(rule, widths, style);
    for (const Cells& row : rows_) out += Line(row, widths, style);
    return out + "\n";
  }

 private:
  std::vector<std::size_t> Widths() const {
    std::vector<std::size_t> widths;
    for (const std::string& cell : head_) widths.push_back(WidthOf(cell));
    for (const Cells& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        widths[i] = std::max(widths[i], WidthOf(row[i]));
      }
    }
    return widths;
  }
  static std::string Line(const Cells& cells, const std::vector<std::size_t>& widths,
                          TableStyle style) {
    const bool markdown = style == TableStyle::kMarkdown;
    std::string line = markdown ? "|" : "";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (markdown) line += " ";
      line += cells[i];
      if (!markdown) line += std::string(widths[i] - WidthOf(cells[i]), ' ');
      line += markdown ? " |" : "  ";
    }
    while (line.ends_with(' ')) line.pop_back();
    return line + "\n";
  }

  Cells head_;
  std::vector<Cells> rows_;
};

Table ResultsTable(const RunReport& report) {
  Table table({"experiment", "engine", "people", "threads", "q/s", "q/s (wall)", "p50 us", "p99 us",
               "p99 us (wall)", "answers"});
  for (const Result& result : report.results) {
    table.Add({result.experiment, NameOf(result),
               Readable(static_cast<double>(result.seekers_count)), std::to_string(result.threads),
               Readable(result.queries_per_s), Readable(result.wall_queries_per_s),
               OrNone(result.p50_us), OrNone(result.p99_us), OrNone(result.wall_p99_us),
               Correctness(result)});
  }
  return table;
}

Table EnginesTable(const RunReport& report) {
  Table table({"engine", "people", "build s", "bytes per person"});
  for (const EngineReport& engine : report.engines) {
    table.Add({engine.engine, Readable(static_cast<double>(engine.seekers_count)),
               Readable(engine.build_seconds), Readable(engine.bytes_per_person)});
  }
  return table;
}

Table NumbersTable(const std::string& title, const std::vector<NamedNumber>& numbers) {
  Table table({title, ""});
  for (const NamedNumber& number : numbers) table.Add({number.name, Readable(number.value)});
  return table;
}

std::string Heading(const RunReport& report) {
  return "Commit " + report.environment.commit + ", " + report.environment.compiler + ", " +
         report.environment.cpu + ", " + std::to_string(report.environment.cores) +
         " cores, kernels: " + report.environment.kernels + ". Data " +
         report.data.seekers_fingerprint.substr(0, 8) + " and " +
         report.data.postings_fingerprint.substr(0, 8) + ", " +
         Readable(static_cast<double>(report.data.postings_count)) + " postings, " +
         std::to_string(report.rounds) + " rounds.\n\n";
}

}  // namespace

std::string Readable(double number) {
  const double size = std::abs(number);
  std::string digits = Fixed(number, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
  std::size_t end = digits.find('.');
  if (end == std::string::npos) end = digits.size();
  const std::size_t begin = digits.starts_with('-') ? 1 : 0;
  while (end > begin + 3) {
    end -= 3;
    digits.insert(end, 1, ',');
  }
  return digits;
}

std::string ToTable(const RunReport& report, TableStyle style) {
  std::string out = Heading(report) + ResultsTable(report).Write(style);
  if (!report.engines.empty()) out += EnginesTable(report).Write(style);
  if (!report.limits.empty()) out += NumbersTable("limit", report.limits).Write(style);
  if (!report.numbers.empty()) out += NumbersTable("beside it", report.numbers).Write(style);
  if (!report.ratios.empty()) out += NumbersTable("ratio", report.ratios).Write(style);
  return out;
}

}  // namespace noren::bench
