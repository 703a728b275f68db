// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated_names.h"

#include <algorithm>

namespace noren::policy {

const Entry* One(const Policy& policy, std::string_view section) {
  return policy.statement == nullptr ? nullptr : policy.statement->One(section);
}
std::vector<const Entry*> All(const Policy& policy, std::string_view section) {
  return policy.statement == nullptr ? std::vector<const Entry*>() : policy.statement->All(section);
}

// A name as the policy prints it, in its language or in English.
bool IsCalled(const Value& value, std::string_view given) {
  return value.text == given || (!value.english.empty() && value.english == given);
}
bool Names(const Fact& fact, std::string_view given) {
  return std::ranges::any_of(fact.values,
                             [given](const Value& value) { return IsCalled(value, given); });
}
bool IsAmong(const Value& value, const std::vector<std::string>& given) {
  return std::ranges::any_of(given, [&](const std::string& one) { return IsCalled(value, one); });
}
std::vector<Value> ValuesOf(const Entry* entry, std::string_view key) {
  const Fact* const fact = entry == nullptr ? nullptr : entry->Find(key);
  return fact == nullptr ? std::vector<Value>() : fact->values;
}
bool Has(const Entry* entry, std::string_view key) { return !ValuesOf(entry, key).empty(); }

std::vector<std::string> ClausesOf(const Entry& entry) {
  std::vector<std::string> clauses;
  for (const Fact& fact : entry.facts) {
    for (const std::string& clause : fact.clauses) {
      if (std::ranges::find(clauses, clause) == clauses.end()) clauses.push_back(clause);
    }
  }
  return clauses;
}

}  // namespace noren::policy
