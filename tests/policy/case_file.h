// The cases of the clauses, as tests/policy/clauses/*.toml hold them: for one clause of an operator
// what its acceptance statement asks, as steps that a runner takes against a whole service.
//   [[clause]]
//   id = "M-65"
//   proves = "the notice names the report centre, its address and its number"
//   steps = [{ do = "notice", clause = "M-65", has = ["privacy.kisa.or.kr", "118"] }]
// Source:   docs/formats/clause_cases.md
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace noren::clauses {

// Every value is kept as its texts: one for a text, number or truth, several for an array.
struct Step {
  std::string name;
  std::map<std::string, std::vector<std::string>> arguments;
  std::size_t line = 0;

  bool Has(const std::string& argument) const { return arguments.contains(argument); }
  // The first text of the argument, or `otherwise`.
  std::string Text(const std::string& argument, const std::string& otherwise = "") const;
  std::vector<std::string> Many(const std::string& argument) const;
  bool Is(const std::string& argument) const { return Text(argument) == "true"; }
};

struct ClauseCase {
  std::string id;      // "M-65"
  std::string policy;  // "mapo"
  std::string proves;
  std::vector<Step> steps;
  std::size_t line = 0;
};

struct CaseProblem {
  std::size_t line = 0;
  std::string sentence;
};

struct CaseFile {
  std::string policy;
  std::vector<ClauseCase> cases;
  std::vector<CaseProblem> problems;  // of form; what the words mean is vocabulary.h
};
CaseFile ParseCases(std::string_view toml);

// One question put to every operator: the conflicts between the documents, as
// tests/policy/questions.toml has them. Each answer is a case whose id is the question's.
//   [[question]]
//   id = "paper"
//   asks = "how may paper be destroyed"
//   [[question.answer]]
//   policy = "mapo"
//   steps = [...]
struct Question {
  std::string id;
  std::string asks;
  std::vector<ClauseCase> answers;
  std::size_t line = 0;
};
struct QuestionFile {
  std::vector<Question> questions;
  std::vector<CaseProblem> problems;
};
QuestionFile ParseQuestions(std::string_view toml);

// What a policy file says about its clauses, for the table: where each stands, and which measures
// rest on it.
struct ClausePlace {
  std::string id;
  std::string article;                // label and title, as printed
  std::string place;                  // within the article, as printed
  std::vector<std::string> measures;  // "training (an internal management plan)"
};
// In the order of the articles. Empty when the text is no policy with a statement.
std::vector<ClausePlace> PlacesOf(std::string_view policy_toml);

// "M-23 why not" per line, '#' begins a remark.
struct MissingCase {
  std::string id;
  std::string why;
  std::size_t line = 0;
};
std::vector<MissingCase> ParseMissing(std::string_view text);

}  // namespace noren::clauses
