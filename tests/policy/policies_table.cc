// SPDX-License-Identifier: Apache-2.0
#include "tests/policy/policies_table.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/policy/vocabulary.h"

namespace noren::clauses {
namespace {

constexpr std::string_view kIntroduction =
    R"(# The operators' clauses, and what proves each

Generated from `tests/policy/clauses` and `datasets/policies`; `noren_policy_clauses_test` runs
the cases, the checks compare this page (`NOREN_WRITE_POLICIES=1
build/dev/tests/checks/noren_checks_test --gtest_filter=Policies.*` writes it). The words of the
cases are in [formats/clause_cases.md](formats/clause_cases.md). **Enforced** names the operations
that the case calls and asks for their answer, **rendered** the place in the public notice,
**attested** the register that asks an officer for evidence: software cannot enforce a locked
cabinet, it can ask when somebody last looked. The test of a clause is
`Clauses/Case.Holds/<policy>_<id>`.
)";

const ClauseCase* CaseOf(const OperatorCases& of, const std::string& id) {
  const auto found = std::ranges::find(of.cases, id, &ClauseCase::id);
  return found == of.cases.end() ? nullptr : &*found;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

// The operations that the case asserts something of, in the order of its steps.
std::string OperationsOf(const ClauseCase& one, Shows shows) {
  std::vector<std::string> operations;
  for (const Step& step : one.steps) {
    const StepRow* row = FindStep(step.name);
    if (row == nullptr || row->shows != shows || !Asserts(step)) continue;
    const std::string operation(row->operation);
    if (std::ranges::find(operations, operation) == operations.end())
      operations.push_back(operation);
  }
  return Joined(operations);
}

std::string RowOf(const ClausePlace& place, const ClauseCase& one) {
  const std::string enforced = OperationsOf(one, Shows::kEnforced);
  const bool rendered = !OperationsOf(one, Shows::kRendered).empty();
  const bool attested = !OperationsOf(one, Shows::kAttested).empty();
  const std::string where = place.article + (place.place.empty() ? "" : ", " + place.place);
  return "| " + place.id + " | " + enforced + " | " + (rendered ? where : "") + " | " +
         (attested ? Joined(place.measures) : "") + " | " + one.proves + " |\n";
}

void CheckOne(const OperatorCases& of, const std::set<std::string>& listed,
              std::vector<std::string>& problems) {
  std::set<std::string> clauses, seen;
  for (const ClausePlace& place : of.places) {
    clauses.insert(place.id);
    const bool has_case = CaseOf(of, place.id) != nullptr;
    if (!has_case && !listed.contains(place.id)) problems.push_back(place.id + " has no case");
    if (has_case && listed.contains(place.id))
      problems.push_back(place.id + " is listed as missing and has a case");
  }
  for (const ClauseCase& one : of.cases) {
    if (!clauses.contains(one.id)) problems.push_back(one.id + " is no clause of " + of.policy);
    if (!seen.insert(one.id).second) problems.push_back(one.id + " has two cases");
    for (const CaseProblem& problem : CheckCase(one)) {
      problems.push_back(of.policy + ".toml:" + std::to_string(problem.line) + " " +
                         problem.sentence);
    }
  }
}

}  // namespace

std::string PoliciesPage(const std::vector<OperatorCases>& operators,
                         const std::vector<MissingCase>& missing) {
  std::string page(kIntroduction);
  page += "\n| operator | clauses | with a case | without |\n|---|---|---|---|\n";
  std::map<std::string, std::string> why;
  for (const MissingCase& one : missing) why[one.id] = one.why;
  for (const OperatorCases& of : operators) {
    page += "| " + of.policy + " | " + std::to_string(of.places.size()) + " | " +
            std::to_string(of.cases.size()) + " | " +
            std::to_string(of.places.size() - of.cases.size()) + " |\n";
  }
  for (const OperatorCases& of : operators) {
    page += "\n## " + of.policy +
            "\n\n| clause | enforced by | rendered in | attested by | the case shows "
            "|\n|---|---|---|---|---|\n";
    for (const ClausePlace& place : of.places) {
      const ClauseCase* one = CaseOf(of, place.id);
      page += one != nullptr ? RowOf(place, *one)
                             : "| " + place.id + " | | | | no case: " + why[place.id] + " |\n";
    }
  }
  return page;
}

std::vector<std::string> CheckOperators(const std::vector<OperatorCases>& operators,
                                        const std::vector<MissingCase>& missing) {
  std::vector<std::string> problems;
  std::set<std::string> listed, clauses;
  for (const MissingCase& one : missing) {
    if (!listed.insert(one.id).second) problems.push_back(one.id + " is listed twice");
    if (one.why.empty()) problems.push_back(one.id + " is listed without a reason");
  }
  for (const OperatorCases& of : operators) {
    for (const ClausePlace& place : of.places) clauses.insert(place.id);
    CheckOne(of, listed, problems);
  }
  for (const std::string& id : listed) {
    if (!clauses.contains(id)) problems.push_back(id + " is listed as missing and is no clause");
  }
  return problems;
}

}  // namespace noren::clauses
