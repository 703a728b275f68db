// What an import says about a row: line, field, stable cause, and what to do. Never the value
// itself.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"

namespace noren::intake {

enum class Severity : std::uint8_t { kWarning, kError };

// A row with at least one kError leaves nothing behind.
struct RowProblem {
  std::size_t line = 0;  // from 1; in a single document the row is line 1
  std::string field;     // "profile.skills[3].level"; empty for the whole row
  model::ErrorCode cause = model::ErrorCode::kNone;
  Severity severity = Severity::kError;
  std::string
      fix;  // one English sentence; names limits and code list entries, never the row's own text
};

// "line 12: profile.skills[3].level: OUT_OF_RANGE: Write 1 to 5." with the warning marked.
std::string ToText(const RowProblem& problem);
// {"cause","field","fix","line","severity"}
model::JsonValue ToJson(const RowProblem& problem);

}  // namespace noren::intake
