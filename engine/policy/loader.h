// Reads a policy file (TOML), strictly: a key that is missing, unknown, of the wrong type or out of
// range is an error with its line, its column and, for an unknown key, the nearest known one.
// Nothing has a default.
// Source:   docs/formats/policy.md
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/policy/policy.h"

namespace noren::policy {

inline constexpr std::size_t kMaxPolicySizeBytes = std::size_t{1} << 20;

enum class ProblemKind : std::uint8_t {
  kSyntax = 1,
  kMissingKey,
  kUnknownKey,
  kWrongType,
  kOutOfRange,   // a number, a length or a name that is not one of the allowed
  kInconsistent  // two places that do not fit together, e.g. a clause id that is not declared
};

struct PolicyProblem {
  ProblemKind kind = ProblemKind::kSyntax;
  std::uint32_t line = 0;    // 1-based; of the enclosing table for a missing key
  std::uint32_t column = 0;  // 1-based
  std::string path;          // "forbidden[3].rule.ko"
  std::string sentence;      // says what is wrong and what would be right
};
// "line 12, column 3: cards.k: ..."
std::string ToText(const PolicyProblem& problem);

struct PolicyLoad {
  std::optional<Policy> policy;         // set exactly when there is no problem
  std::vector<PolicyProblem> problems;  // in the order of the file
};

PolicyLoad LoadPolicy(std::string_view toml_text);

// As LoadPolicy. kInvalidArgument with the problems, one per line.
StatusOr<Policy> ParsePolicy(std::string_view toml_text);

}  // namespace noren::policy
