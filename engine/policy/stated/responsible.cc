// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/responsible.h"

#include "engine/policy/stated/basis.h"

namespace noren::policy {

Decision IsAnybodyResponsible(const Policy& policy) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  basis.RestOnAll("officer");
  const bool is_asked = !policy.statement->All("measure").empty();
  if (!is_asked || !policy.statement->All("officer").empty()) return basis.Allow();
  basis.RestOnAll("measure");
  return basis.Refuse(model::ErrorCode::kPolicyIncomplete);
}

}  // namespace noren::policy
