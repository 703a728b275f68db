// Each broken sample is refused for its own reason, at its own line and field, and nothing else of
// the row survives.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "tests/datasets/sample_files.h"

namespace noren::datasets {
namespace {

struct Expectation {
  std::size_t line = 0;
  std::string code;
  std::string field;
  std::size_t survivors = 0;
};

std::vector<std::string> SplitByTab(const std::string& text) {
  std::vector<std::string> cells;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find('\t', begin);
    cells.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return cells;
    begin = end + 1;
  }
}

std::map<std::string, Expectation> ReadExpectations() {
  std::map<std::string, Expectation> expectations;
  std::istringstream lines(ReadFileBytes(SamplesFolder() + "/broken/EXPECTED.tsv"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const auto cells = SplitByTab(line);
    if (cells.size() != 5) {
      ADD_FAILURE() << "EXPECTED.tsv: " << line;
      continue;
    }
    expectations[cells[0]] = {std::stoul(cells[1]), cells[2], cells[3], std::stoul(cells[4])};
  }
  return expectations;
}

TEST(BrokenSamples, EachIsRefusedWithItsCodeLineAndFieldAndNothingSurvives) {
  for (const auto& [name, expected] : ReadExpectations()) {
    SCOPED_TRACE(name);
    const intake::Intake intake = ReadSample("broken/" + name);
    std::string reported;
    bool found = false;
    for (const auto& problem : intake.problems) {
      reported += ToText(problem) + "\n";
      found = found || (problem.line == expected.line && problem.field == expected.field &&
                        model::RowOf(problem.cause).name == expected.code &&
                        problem.severity == intake::Severity::kError);
    }
    EXPECT_TRUE(found) << "expected line " << expected.line << " field '" << expected.field << "' "
                       << expected.code << "; reported:\n"
                       << reported;
    EXPECT_EQ(intake.seekers.size() + intake.postings.size(), expected.survivors);
    EXPECT_EQ(intake.refused_rows_count, 1U);
  }
}

// One breakage a file: a second complaint would mean that the sample, or the report, is wrong. A
// forbidden member may be called unknown as well: it is both.
TEST(BrokenSamples, EachIsReportedForItsOwnReasonAlone) {
  for (const auto& [name, expected] : ReadExpectations()) {
    std::size_t own = 0;
    for (const auto& problem : ReadSample("broken/" + name).problems) {
      const bool is_own = model::RowOf(problem.cause).name == expected.code;
      const bool may_stand_beside =
          expected.code == "FORBIDDEN_FIELD" && problem.cause == model::ErrorCode::kUnknownField;
      EXPECT_TRUE(is_own || may_stand_beside) << name << ": " << ToText(problem);
      own += is_own ? 1U : 0U;
    }
    EXPECT_EQ(own, 1U) << name;
  }
}

TEST(BrokenSamples, TableAndFolderNameTheSameFiles) {
  std::vector<std::string> named = {"EXPECTED.tsv"};
  for (const auto& [name, expected] : ReadExpectations()) named.push_back(name);
  std::ranges::sort(named);
  EXPECT_EQ(named, FilesIn("broken"));
  EXPECT_GE(named.size(), 60U);
}

TEST(BrokenSamples, EveryDefaultRuleIsBrokenInThreeLanguages) {
  std::map<std::string, int> files_of_rule;
  for (const auto& [name, expected] : ReadExpectations()) {
    if (!name.starts_with("forbidden-")) continue;
    const std::string rule = name.substr(10, name.rfind('-') - 10);
    ++files_of_rule[rule];
    EXPECT_EQ(expected.code, "FORBIDDEN_FIELD") << name;
  }
  for (const auto& rule : intake::DefaultForbiddenFields())
    EXPECT_GE(files_of_rule[rule.rule], 3) << rule.rule;
}

TEST(BrokenSamples, ReportsNeverRepeatTheRefusedValue) {
  const std::set<std::string> values = {"991231-3000002", "000000000124", "Quill Brackenthorpe",
                                        "quill@example.com"};
  for (const auto& [name, expected] : ReadExpectations()) {
    for (const auto& problem : ReadSample("broken/" + name).problems) {
      for (const std::string& value : values)
        EXPECT_EQ(ToText(problem).find(value), std::string::npos) << name;
    }
  }
}

}  // namespace
}  // namespace noren::datasets
