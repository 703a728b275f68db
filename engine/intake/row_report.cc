// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/row_report.h"

namespace noren::intake {

std::string ToText(const RowProblem& problem) {
  std::string text = "line " + std::to_string(problem.line) + ": ";
  if (problem.severity == Severity::kWarning) text.append("warning: ");
  if (!problem.field.empty()) text.append(problem.field).append(": ");
  text.append(model::RowOf(problem.cause).name).append(": ").append(problem.fix);
  return text;
}

model::JsonValue ToJson(const RowProblem& problem) {
  model::JsonValue value = model::JsonValue::MakeObject();
  value.Set("line", static_cast<std::int64_t>(problem.line));
  value.Set("field", problem.field);
  value.Set("cause", model::RowOf(problem.cause).name);
  value.Set("severity", problem.severity == Severity::kError ? "error" : "warning");
  value.Set("fix", problem.fix);
  return value;
}

}  // namespace noren::intake
