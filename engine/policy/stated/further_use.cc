// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/further_use.h"

#include <algorithm>

#include "engine/policy/stated/basis.h"

namespace noren::policy {

using model::ErrorCode;

Decision MayUseFurther(const Policy& policy, std::span<const WeighedPoint> points) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRanking);
  Basis basis(policy, Rule::kRanking);
  const Entry* rule = policy.statement->One("additional_use");
  const std::vector<const Entry*> factors = policy.statement->All("factor");
  if (rule == nullptr || factors.empty()) {
    basis.RestOnAll("purpose_rule");
    return basis.Refuse(ErrorCode::kPurposeUndeclared);
  }
  basis.Rest(*rule, "laws");
  basis.RestOnAll("factor");
  for (const Entry* factor : factors) {
    const bool wanted = factor->Word("favourable") == "yes";
    const bool met = std::ranges::any_of(points, [&](const WeighedPoint& point) {
      const bool reasoned = point.reason.find_first_not_of(" \t\n") != std::string_view::npos;
      return point.question == factor->Title() && point.answer == wanted && reasoned;
    });
    if (!met) return basis.Refuse(ErrorCode::kGroundEvidence);
  }
  return basis.Allow();
}

Decision IsOpenService(const Policy& policy, std::string_view service) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  basis.RestOnAll("open_services");
  const Entry* open = policy.statement->One("open_services");
  const bool listed = open != nullptr && open->Holds("services", service);
  return listed ? basis.Allow() : basis.Refuse(ErrorCode::kNoFile);
}

}  // namespace noren::policy
