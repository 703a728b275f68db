// docs/POLICIES.md and the cases behind it: every clause of the five operators has a case that
// asserts something, or stands in the list of those that have none.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/checks/repository.h"
#include "tests/policy/policies_table.h"
#include "tests/policy/vocabulary.h"
#include "tests/support/folders.h"

namespace noren::checks {
namespace {

using clauses::CheckOperators;
using clauses::ClauseCase;
using clauses::OperatorCases;
using clauses::Step;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kClauses = 424;

std::vector<OperatorCases> Operators() {
  std::vector<OperatorCases> all;
  for (const char* name : clauses::kOperators) {
    const std::string policy(name);
    all.push_back({policy, clauses::PlacesOf(TextOf("datasets/policies/" + policy + ".toml")),
                   clauses::ParseCases(TextOf("tests/policy/clauses/" + policy + ".toml")).cases});
  }
  return all;
}

std::vector<clauses::MissingCase> Missing() {
  return clauses::ParseMissing(TextOf("tests/policy/clauses/without_case.txt"));
}

Step Asserting() { return {"status", {{"people", {"0"}}}, 7}; }

TEST(PoliciesCheck, FindsClausesWithoutCaseAndCasesWithoutAssertion) {
  const OperatorCases planted{
      "planted",
      {{"P-1", "A", "", {}}, {"P-2", "A", "", {}}, {"P-3", "A", "", {}}, {"P-4", "A", "", {}}},
      {{"P-1", "planted", "x", {Asserting()}, 3},
       {"P-2", "planted", "x", {{"status", {}, 9}}, 8},
       {"P-3", "planted", "x", {Asserting()}, 12},
       {"P-3", "planted", "x", {Asserting()}, 14},
       {"P-9", "planted", "x", {Asserting()}, 16}}};
  EXPECT_THAT(
      CheckOperators({planted}, {{"P-3", "later", 1}, {"P-8", "later", 2}}),
      ElementsAre("P-3 is listed as missing and has a case", "P-4 has no case",
                  "planted.toml:8 P-2: the case asserts nothing", "P-3 has two cases",
                  "P-9 is no clause of planted", "P-8 is listed as missing and is no clause"));
}

TEST(PoliciesCheck, FindsStepsAndArgumentsThatNobodyKnows) {
  const ClauseCase one{
      "P-1", "planted", "x", {Asserting(), {"pray", {}, 4}, {"status", {{"peopel", {"1"}}}, 5}}, 1};
  const auto problems = clauses::CheckCase(one);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].sentence, "P-1: no step is called 'pray'");
  EXPECT_EQ(problems[1].sentence, "P-1: 'status' takes no 'peopel'");
}

TEST(PoliciesCheck, FindsProblemsOfFormInACaseFile) {
  const auto file = clauses::ParseCases(
      "policy = 'p'\n[[clause]]\nid = 'P-1'\nwhat = 1\nsteps = [{ do = 'x', a = { b = 1 } }]\n");
  ASSERT_EQ(file.problems.size(), 3u);
  EXPECT_EQ(file.problems[0].sentence, "an argument is a text, a number, a truth or several");
  EXPECT_EQ(file.problems[1].sentence, "'what' is no key of a case");
  EXPECT_EQ(file.problems[2].sentence, "a case has an id and says what it proves");
  EXPECT_EQ(clauses::ParseCases("id = [").problems.size(), 1u);
}

TEST(Policies, EveryClauseHasACaseThatAssertsSomethingOrIsListedAsMissing) {
  for (const char* name : clauses::kOperators) {
    const std::string path = "tests/policy/clauses/" + std::string(name) + ".toml";
    for (const clauses::CaseProblem& problem : clauses::ParseCases(TextOf(path)).problems)
      ADD_FAILURE() << path << ":" << problem.line << " " << problem.sentence;
  }
  EXPECT_THAT(CheckOperators(Operators(), Missing()), IsEmpty());
  std::size_t count = 0;
  for (const OperatorCases& of : Operators()) count += of.places.size();
  EXPECT_EQ(count, kClauses);
}

TEST(Policies, EveryQuestionHasAnAnswerOfEveryOperator) {
  const auto file = clauses::ParseQuestions(TextOf("tests/policy/questions.toml"));
  for (const clauses::CaseProblem& problem : file.problems)
    ADD_FAILURE() << "questions.toml:" << problem.line << " " << problem.sentence;
  EXPECT_FALSE(file.questions.empty());
  for (const clauses::Question& question : file.questions) {
    std::vector<std::string> policies;
    for (const ClauseCase& answer : question.answers) {
      policies.push_back(answer.policy);
      for (const clauses::CaseProblem& problem : clauses::CheckCase(answer))
        ADD_FAILURE() << "questions.toml:" << problem.line << " " << problem.sentence;
    }
    EXPECT_THAT(policies, ::testing::UnorderedElementsAreArray(clauses::kOperators)) << question.id;
  }
}

TEST(Policies, ThePageIsMadeOfTheCases) {
  const std::string page = clauses::PoliciesPage(Operators(), Missing());
  if (std::getenv("NOREN_WRITE_POLICIES") != nullptr)
    std::ofstream(SourceFolder() + "/docs/POLICIES.md") << page;
  else
    EXPECT_TRUE(TextOf("docs/POLICIES.md") == page)
        << "docs/POLICIES.md is not what the cases say; write it anew with NOREN_WRITE_POLICIES=1";
  for (const OperatorCases& of : Operators()) {
    for (const clauses::ClausePlace& place : of.places)
      EXPECT_THAT(page, HasSubstr("\n| " + place.id + " |"));
  }
}

}  // namespace
}  // namespace noren::checks
