// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/acquisition.h"

#include "engine/policy/stated/basis.h"

namespace noren::policy {
namespace {

// The section and key that ask for it; null: neither does.
const Entry* AskedBy(const Statement& statement, std::string_view section, std::string_view key) {
  const Entry* entry = statement.One(section);
  return entry != nullptr && entry->Bool(key) == true ? entry : nullptr;
}

}  // namespace

bool NeedsConfirmation(const Policy& policy) {
  return policy.statement != nullptr &&
         (AskedBy(*policy.statement, "publication", "acknowledge") != nullptr ||
          AskedBy(*policy.statement, "collection", "individual_notice") != nullptr);
}

Decision MayRegisterAfter(const Policy& policy, const std::optional<Hash256>& confirmed,
                          const Hash256& notice) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  if (const Entry* entry = AskedBy(*policy.statement, "publication", "acknowledge")) {
    basis.Rest(*entry, "acknowledge");
  }
  if (const Entry* entry = AskedBy(*policy.statement, "collection", "individual_notice")) {
    basis.Rest(*entry, "individual_notice");
  }
  if (!NeedsConfirmation(policy) || confirmed == notice) return basis.Allow();
  return basis.Refuse(model::ErrorCode::kNoAcknowledgement);
}

Decision MayTakeFrom(const Policy& policy, const SourceTerms& terms) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  const Entry* rule = policy.statement->One("collection");
  if (rule != nullptr) basis.Rest(*rule, "source");
  if (terms.from_person) return basis.Allow();
  if (rule != nullptr) basis.Rest(*rule, "other_sources");
  const bool may_be = rule != nullptr && rule->Word("other_sources").has_value();
  const bool first = terms.consented_at && *terms.consented_at <= terms.taken_at;
  return may_be && first ? basis.Allow() : basis.Refuse(model::ErrorCode::kConsentAnew);
}

}  // namespace noren::policy
