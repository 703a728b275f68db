// Gathers the clauses that a decision about the stated part rests on, while it is being made.
//   Grounds:  Basis basis(policy, Rule::kRelease); basis.Rest(*recipient, "items");
//             return basis.Refuse(ErrorCode::kItemNotListed);
// Threads:  a value of one call.
// Source:   docs/design/0022-what-the-notice-enforces.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/decisions.h"

namespace noren::policy {

// What an entry of the audit log holds (audit::kMaxClauses).
inline constexpr std::size_t kMaxDecisionClauses = 16;

class Basis {
 public:
  // `rule` says what the decision rests on when no stated fact does.
  Basis(const Policy& policy, Rule rule) : policy_(policy), rule_(rule) {}

  // The clauses of this fact; nothing when the entry does not have it.
  void Rest(const Entry& entry, std::string_view key);
  // The clauses of what the entry is called by, or of its first fact.
  void Rest(const Entry& entry);
  // Every clause of a whole section, for what no entry of it allows.
  void RestOnAll(std::string_view section);
  // The clauses of another decision that this one needed.
  void Rest(const Decision& decision);

  Decision Allow() const;
  Decision Refuse(model::ErrorCode error) const;

 private:
  void Add(const std::vector<std::string>& clauses);
  std::vector<std::string> Clauses() const;

  const Policy& policy_;
  Rule rule_;
  std::vector<std::string> clauses_;
};

// kPolicyIncomplete with the clauses of `rule`: the policy has no stated part.
Decision NothingStated(const Policy& policy, Rule rule);

}  // namespace noren::policy
