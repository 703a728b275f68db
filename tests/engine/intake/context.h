// The dictionary of the tree and the default rules, for the tests of intake.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/intake/documents.h"
#include "tests/engine/model/taxonomies.h"

namespace noren::intake {

inline const IntakeContext& TestContext() {
  static const ForbiddenFields forbidden(DefaultForbiddenFields(), ResidentNumbers::kRefuse);
  static const IntakeContext context{model::TestDictionary(), forbidden};
  return context;
}

inline std::vector<std::pair<std::string, model::ErrorCode>> Problems(const Intake& intake,
                                                                      Severity severity) {
  std::vector<std::pair<std::string, model::ErrorCode>> found;
  for (const RowProblem& problem : intake.problems) {
    if (problem.severity == severity) found.emplace_back(problem.field, problem.cause);
  }
  return found;
}

inline std::vector<std::pair<std::string, model::ErrorCode>> Errors(const Intake& intake) {
  return Problems(intake, Severity::kError);
}

inline std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text + " (not found: " + from + ")"
                                 : text.replace(at, from.size(), to);
}

}  // namespace noren::intake
