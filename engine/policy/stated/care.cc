// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/care.h"

#include <algorithm>

#include "engine/policy/stated/basis.h"

namespace noren::policy {

using model::ErrorCode;

Decision IsNotBanned(const Policy& policy, std::string_view name) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kForbidField);
  Basis basis(policy, Rule::kForbidField);
  for (const Entry* group : policy.statement->All("banned")) {
    if (!group->Holds("items", name)) continue;
    // An exception is named; a ban in principle without one is a ban.
    if (group->Holds("exceptions", name)) {
      basis.Rest(*group, "exceptions");
      return basis.Allow();
    }
    basis.Rest(*group);
    basis.Rest(*group, "items");
    basis.Rest(*group, "exceptions");
    return basis.Refuse(ErrorCode::kBannedCategory);
  }
  basis.RestOnAll("banned");
  return basis.Allow();
}

Decision MayTakeCategory(const Policy& policy, const CategoryTerms& terms) {
  const Decision banned = IsNotBanned(policy, terms.category);
  if (!banned.allowed) return banned;
  Basis basis(policy, Rule::kCollectItem);
  const Entry* care = policy.statement->One("special_care");
  if (care == nullptr || !care->Holds("categories", terms.category)) {
    basis.RestOnAll("special_care");
    return basis.Refuse(ErrorCode::kItemUndeclared);
  }
  basis.Rest(*care, "categories");
  basis.Rest(*care, "flow");
  if (care->Holds("flow", "explain") &&
      (!terms.explained_at || terms.taken_at < *terms.explained_at)) {
    return basis.Refuse(ErrorCode::kSpecialCareUnexplained);
  }
  const UnixSeconds from = terms.explained_at.value_or(UnixSeconds{});
  if (care->Holds("flow", "consent") &&
      (!terms.consented_at || *terms.consented_at < from || terms.taken_at < *terms.consented_at)) {
    return basis.Refuse(ErrorCode::kSpecialCareUnconsented);
  }
  return basis.Allow();
}

}  // namespace noren::policy
