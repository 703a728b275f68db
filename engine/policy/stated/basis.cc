// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/basis.h"

#include <algorithm>

namespace noren::policy {

void Basis::Add(const std::vector<std::string>& clauses) {
  for (const std::string& clause : clauses) {
    if (clauses_.size() == kMaxDecisionClauses) return;
    if (std::ranges::find(clauses_, clause) == clauses_.end()) clauses_.push_back(clause);
  }
}

void Basis::Rest(const Entry& entry, std::string_view key) {
  const Fact* fact = entry.Find(key);
  if (fact != nullptr) Add(fact->clauses);
}

void Basis::Rest(const Entry& entry) {
  for (const Fact& fact : entry.facts) {
    if (!fact.row->Has('t')) continue;
    Add(fact.clauses);
    return;
  }
  if (!entry.facts.empty()) Add(entry.facts.front().clauses);
}

void Basis::RestOnAll(std::string_view section) {
  if (policy_.statement == nullptr) return;
  for (const Entry* entry : policy_.statement->All(section)) Rest(*entry);
}

void Basis::Rest(const Decision& decision) { Add(decision.clauses); }

std::vector<std::string> Basis::Clauses() const {
  return clauses_.empty() ? policy_.clauses_of_rule[static_cast<std::size_t>(rule_)] : clauses_;
}

Decision Basis::Allow() const { return {true, model::ErrorCode::kNone, Clauses()}; }

Decision Basis::Refuse(model::ErrorCode error) const { return {false, error, Clauses()}; }

Decision NothingStated(const Policy& policy, Rule rule) {
  return Refuse(policy, rule, model::ErrorCode::kPolicyIncomplete);
}

}  // namespace noren::policy
