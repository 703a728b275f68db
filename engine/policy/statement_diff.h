// What changed from one version of a policy to the next, which consents must be asked anew because
// of it, and which clauses a refusal rests on.
// Source:   docs/formats/policy.md, sections "What changed" and "Refusals"
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/policy.h"

namespace noren::policy {

enum class ChangeKind : std::uint8_t { kAdded = 1, kRemoved, kChanged };
std::string_view ChangeKindName(ChangeKind kind);  // "added"

struct PolicyChange {
  ChangeKind kind = ChangeKind::kChanged;
  std::string path;           // "stated.file.required", "consent.max_days"
  std::string entry;          // what the entry is called; empty outside lists
  std::string before, after;  // in English; empty where there is none
  std::vector<std::string> clauses;
  bool asks_anew = false;  // consents given under the older version do not cover it
};

// In the order of the sections. Values that records do not rest on (version, digest) are left out.
std::vector<PolicyChange> DiffPolicies(const Policy& before, const Policy& after);

struct Explanation {
  std::string code;
  std::string_view meaning;  // in English
  std::vector<std::string> clauses;
};
// A refusal of the statement (E_NO_FILE) or of the error table (POLICY_FORBIDS), with the clauses
// of this policy it rests on, in the order of the articles. Nothing: an unknown code.
std::optional<Explanation> Explain(const Policy& policy, std::string_view code);
std::vector<std::string> RefusalCodes();

}  // namespace noren::policy
