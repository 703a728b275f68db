// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/sites.h"

#include "engine/policy/stated/basis.h"
#include "engine/policy/stated_names.h"

namespace noren::policy {

const Entry* SiteWithItsOwnPolicy(const Policy& policy, std::string_view portal) {
  for (const Entry* site : All(policy, "site")) {
    if (site->Text("portal") == portal) return site;
  }
  return nullptr;
}

Decision MayServeSite(const Policy& policy, std::string_view portal) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  const Entry* const controller = policy.statement->One("controller");
  if (controller != nullptr) basis.Rest(*controller, "scope");
  const Entry* const site = SiteWithItsOwnPolicy(policy, portal);
  if (site == nullptr) return basis.Allow();
  basis.Rest(*site);
  return basis.Refuse(model::ErrorCode::kNoPolicy);
}

}  // namespace noren::policy
