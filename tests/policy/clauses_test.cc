// Every clause of the five operators that has a case: the acceptance statement of the clause, taken
// through the operations of a whole service under that operator's policy file.
// Source:   docs/POLICIES.md, docs/formats/clause_cases.md
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/policy/policies_table.h"
#include "tests/policy/scene.h"
#include "tests/policy/vocabulary.h"
#include "tests/support/folders.h"

namespace noren::clauses {

void PrintTo(const ClauseCase& one, std::ostream* out) { *out << one.policy << " " << one.id; }

namespace {

std::vector<ClauseCase> AllCases() {
  std::vector<ClauseCase> all;
  for (const char* name : kOperators) {
    std::ifstream file(SourceFolder() + "/tests/policy/clauses/" + name + ".toml");
    std::ostringstream text;
    text << file.rdbuf();
    for (ClauseCase& one : ParseCases(text.str()).cases) all.push_back(std::move(one));
  }
  return all;
}

std::string NameOf(const testing::TestParamInfo<ClauseCase>& info) {
  std::string name = info.param.policy + "_" + info.param.id;
  std::ranges::replace(name, '-', '_');
  return name;
}

class Case : public testing::TestWithParam<ClauseCase> {};

TEST_P(Case, Holds) {
  ASSERT_TRUE(CheckCase(GetParam()).empty()) << CheckCase(GetParam())[0].sentence;
  Scene(GetParam()).Run();
}
INSTANTIATE_TEST_SUITE_P(Clauses, Case, testing::ValuesIn(AllCases()), NameOf);

std::vector<ClauseCase> AllAnswers() {
  std::ifstream file(SourceFolder() + "/tests/policy/questions.toml");
  std::ostringstream text;
  text << file.rdbuf();
  std::vector<ClauseCase> all;
  for (clauses::Question& question : ParseQuestions(text.str()).questions) {
    for (ClauseCase& answer : question.answers) all.push_back(std::move(answer));
  }
  return all;
}

// The conflicts between the documents: one question, and what each operator answers.
class Conflict : public testing::TestWithParam<ClauseCase> {};

TEST_P(Conflict, IsAnsweredAsTheOperatorDoes) {
  ASSERT_TRUE(CheckCase(GetParam()).empty()) << CheckCase(GetParam())[0].sentence;
  Scene(GetParam()).Run();
}
INSTANTIATE_TEST_SUITE_P(Questions, Conflict, testing::ValuesIn(AllAnswers()), NameOf);

TEST(ClauseVocabulary, IsWhatTheRunnerCanDo) {
  for (const StepRow& row : Vocabulary()) {
    EXPECT_TRUE(AllSteps().contains(row.name)) << row.name;
  }
  for (const auto& [name, function] : AllSteps()) {
    EXPECT_NE(FindStep(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace noren::clauses
