// The words of a case: which steps there are, which operation each calls, what may be given to it,
// and which of that asserts something.
// Source:   docs/formats/clause_cases.md
// Threads:  immutable.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/policy/case_file.h"

namespace noren::clauses {

// What a step that asserts shows of its clause.
enum class Shows : std::uint8_t { kNothing, kEnforced, kRendered, kAttested };

struct StepRow {
  std::string_view name;
  Shows shows = Shows::kNothing;
  std::string_view operation;   // of the service, as the code calls it
  std::string_view arguments;   // separated by spaces
  std::string_view assertions;  // as arguments
};
std::span<const StepRow> Vocabulary();
const StepRow* FindStep(std::string_view name);  // null: there is none

// An unknown step or argument, and a case that asserts nothing.
std::vector<CaseProblem> CheckCase(const ClauseCase& one);

// Whether the step is there to assert something.
bool Asserts(const Step& step);

}  // namespace noren::clauses
