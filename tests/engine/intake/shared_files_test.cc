// Public resumes and postings that are not part of the project: every file gives values or reports;
// the counts are printed.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "tests/engine/intake/context.h"
#include "tests/support/folders.h"

namespace noren::intake {
namespace {

std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Tally {
  std::size_t files = 0, seekers = 0, postings = 0, refused = 0;
  std::map<std::string, std::size_t> causes;

  void Add(const Intake& intake) {
    seekers += intake.seekers.size();
    postings += intake.postings.size();
    refused += intake.refused_rows_count;
    EXPECT_EQ(intake.rows_count,
              intake.seekers.size() + intake.postings.size() + intake.refused_rows_count);
    for (const RowProblem& problem : intake.problems) {
      EXPECT_FALSE(problem.fix.empty());
      const std::string severity = problem.severity == Severity::kError ? "error " : "warning ";
      ++causes[severity + std::string(model::RowOf(problem.cause).name)];
    }
  }
  void Print(const char* name) const {
    std::cout << name << ": " << files << " files, " << seekers << " seekers, " << postings
              << " postings, " << refused << " refused";
    for (const auto& [cause, count] : causes) std::cout << "; " << cause << " " << count;
    std::cout << "\n";
  }
};

TEST(SharedResumes, EveryFileGivesAValueOrAReport) {
  Tally tally;
  const std::filesystem::path root = std::filesystem::path(SharedData()) / "resumes";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".json") continue;
    ++tally.files;
    const Intake intake =
        ReadDocument(ReadWhole(entry.path()), {entry.path().filename(), "acme"}, TestContext());
    EXPECT_EQ(intake.rows_count, 1U) << entry.path();
    tally.Add(intake);
  }
  tally.Print("resumes");
  EXPECT_GE(tally.files, 20U);
  EXPECT_GE(tally.seekers, 1U);
  EXPECT_GE(tally.causes["error UNSUPPORTED_DOCUMENT"], 1U);
}

// The examples are wrapped as [{"file":..., "jsonld":{...}}]; each is read on its own, as a page
// would carry it.
TEST(SharedPostings, EveryExampleGivesAValueOrAReport) {
  const std::string text = ReadWhole(std::filesystem::path(SharedData()) /
                                     "postings/schemaorg/jobposting_examples.json");
  const auto examples = model::ParseJson(text);
  ASSERT_TRUE(examples.ok());
  Tally tally;
  for (const model::JsonValue& example : *examples->array()) {
    ++tally.files;
    const model::JsonValue* document = example.Find("jsonld");
    ASSERT_NE(document, nullptr);
    tally.Add(ReadDocument(model::DumpCanonical(*document), {"example", "acme"}, TestContext()));
  }
  tally.Print("postings");
  EXPECT_EQ(tally.files, 12U);
  EXPECT_EQ(tally.postings + tally.refused, 12U);
}

}  // namespace
}  // namespace noren::intake
