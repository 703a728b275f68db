// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "bench/macro/measure.h"
#include "bench/macro/summary.h"
#include "bench/report/chart.h"
#include "bench/report/run_report.h"

namespace noren::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

RunReport SomeReport() {
  RunReport report;
  report.environment = {"abc", "g++", "a processor", 2, "avx512"};
  report.data = {1000, 10, "b624a81d00", "2af4ed8200"};
  report.rounds = 3;
  report.limits = {{"DRAM read, GB/s", 42.5}};
  report.engines = {{"noren", 1000, 1.5, 210}};
  Result own;
  own.experiment = "w1a";
  own.engine = "noren";
  own.seekers_count = 1000;
  own.queries_per_s = 60'000;
  own.exact = true;
  own.by_selectivity = {{100, 12.5}};
  Result other = own;
  other.engine = "Lucene";
  other.variant = "wand";
  other.queries_per_s = 600;
  other.exact = false;
  other.recall = 0.5;
  report.results = {own, other};
  return report;
}

TEST(RunReport, IsTheSameAfterJson) {
  const RunReport report = SomeReport();
  const auto read = FromJson(ToJson(report));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, report);
}

TEST(RunReport, RefusesOtherJson) {
  EXPECT_EQ(FromJson("{}").status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(FromJson("not json").status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(FromJson("").status().code(), StatusCode::kDataLoss);
}

TEST(RunReport, TableSaysWhoIsNotExact) {
  const std::string table = ToTable(SomeReport(), TableStyle::kMarkdown);
  EXPECT_THAT(table, HasSubstr("| w1a | noren | 1,000 | 1 | 60,000 |"));
  EXPECT_THAT(table, HasSubstr("recall 0.500"));
}

TEST(RunReport, NumbersAreReadable) {
  EXPECT_EQ(Readable(1'234'567), "1,234,567");
  EXPECT_EQ(Readable(123.4), "123");
  EXPECT_EQ(Readable(12.34), "12.3");
  EXPECT_EQ(Readable(1.234), "1.23");
  EXPECT_EQ(Readable(0.1234), "0.123");
  EXPECT_EQ(Readable(-1234), "-1,234");
}

TEST(Ratios, AreOfOneExperimentAndOneNumberOfPeople) {
  std::vector<Result> results = SomeReport().results;
  Result larger = results[1];
  larger.seekers_count = 9999;
  Result broad = results[1];
  broad.experiment = "w1b";
  results.push_back(larger);
  results.push_back(broad);
  EXPECT_EQ(RatiosOf(results), (std::vector<NamedNumber>{{"w1a: noren / Lucene (wand)", 100}}));
}

TEST(Ratios, OfItselfAreAgainstOneThreadAlone) {
  std::vector<Result> results = SomeReport().results;
  Result two = results[0];
  two.threads = 2;
  two.queries_per_s = 114'000;
  const auto ratios = RatiosOf({results[0], two});
  EXPECT_EQ(ratios, (std::vector<NamedNumber>{{"w1a: noren, 2 threads / one thread, alone", 1.9}}));
}

TEST(Percentile, IsTheValueBelowWhichTheShareLies) {
  EXPECT_EQ(PercentileOf({5, 1, 4, 2, 3}, 0.5), 3);
  EXPECT_EQ(PercentileOf({5, 1, 4, 2, 3}, 1.0), 5);
  EXPECT_EQ(PercentileOf({}, 0.5), 0);
  EXPECT_EQ(MedianOf({7}), 7);
}

TEST(RunQueries, AnswersEachQueryOnceWithAnyNumberOfThreads) {
  for (const int threads : {1, 3}) {
    std::vector<std::atomic<int>> asked(100);
    const Round round = RunQueries(100, threads, [&](int, std::size_t query) { ++asked[query]; });
    for (const auto& count : asked) EXPECT_EQ(count, 1);
    EXPECT_EQ(round.queries_count, 100u);
    EXPECT_EQ(round.latencies_us.size(), 100u);
    EXPECT_GT(round.cpu_seconds, 0);
  }
}

TEST(Chart, DrawsEachLineWithItsName) {
  const std::string svg =
      ToSvg({"title", "people", "q/s", {{"ours", {{10, 1}, {1000, 20}}}, {"theirs", {{10, 2}}}}});
  EXPECT_THAT(svg, HasSubstr(">ours</text>"));
  EXPECT_THAT(svg, HasSubstr(">theirs</text>"));
  EXPECT_THAT(svg, HasSubstr(">1k</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(ToSvg({"empty", "x", "y", {}}), Not(HasSubstr("nan")));
}

// A hundred times as far to the right is twice ten times as far.
TEST(Chart, AxesAreLogarithmic) {
  const std::string svg = ToSvg({"", "", "", {{"line", {{1, 1}, {10, 1}, {100, 10}}}}});
  EXPECT_THAT(svg, HasSubstr("polyline points=\"80.0,380.0 320.0,380.0 560.0,48.0\""));
}

}  // namespace
}  // namespace noren::bench
