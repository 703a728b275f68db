// docs/POLICIES.md: one row for each clause of the five operators: what enforces it, where the
// notice says it, which register shows it, and which test proves that. Generated from the cases and
// the policy files; a check compares.
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/policy/case_file.h"

namespace noren::clauses {

struct OperatorCases {
  std::string policy;               // "mapo"
  std::vector<ClausePlace> places;  // of datasets/policies/<policy>.toml
  std::vector<ClauseCase> cases;    // of tests/policy/clauses/<policy>.toml
};
inline constexpr const char* kOperators[] = {"mapo", "gojobs", "sapporo-ui", "kyodo-kanagawa",
                                             "openup-it"};

std::string PoliciesPage(const std::vector<OperatorCases>& operators,
                         const std::vector<MissingCase>& missing);

// A clause without a case that is not listed as missing, a listed one that has a case or does not
// exist, a clause with two cases, a case of no clause; and what CheckCase finds.
std::vector<std::string> CheckOperators(const std::vector<OperatorCases>& operators,
                                        const std::vector<MissingCase>& missing);

}  // namespace noren::clauses
