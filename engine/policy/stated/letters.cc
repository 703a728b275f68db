// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/letters.h"

#include "engine/policy/stated/basis.h"
#include "engine/policy/stated_names.h"

namespace noren::policy {

Decision MayFindByLetter(const Policy& policy) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  for (const Entry* part : All(policy, "form_part")) {
    if (part->Bool("matched") != true) continue;
    basis.Rest(*part, "fields");
    return basis.Allow();
  }
  basis.RestOnAll("form_part");
  return basis.Refuse(model::ErrorCode::kItemUndeclared);
}

}  // namespace noren::policy
