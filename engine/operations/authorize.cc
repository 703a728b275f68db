// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/authorize.h"

#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/acknowledgements.h"
#include "engine/operations/caller_locks.h"
#include "engine/operations/company_leaving.h"
#include "engine/policy/decisions.h"

namespace noren::operations {

Status RequireRole(ServiceContext& context, const Call& call,
                   std::initializer_list<model::Role> roles, Acknowledged acknowledged) {
  NOREN_RETURN_IF_ERROR(RequireRoleAlsoAfterLeaving(context, call, roles, acknowledged));
  if (call.principal.role != model::Role::kCompany) return OkStatus();
  personal_data::Staged looked_at;
  return RequireCompanyStays(context, call.principal.name, std::nullopt, looked_at);
}

Status RequireRoleAlsoAfterLeaving(ServiceContext& context, const Call& call,
                                   std::initializer_list<model::Role> roles,
                                   Acknowledged acknowledged) {
  NOREN_RETURN_IF_ERROR(RequireUnlocked(context, call));
  // Whoever has no name could not be held to anything that the log says of them.
  if (call.principal.name.empty() ||
      std::find(roles.begin(), roles.end(), call.principal.role) == roles.end()) {
    return RefuseCaller(context, call);
  }
  NOREN_RETURN_IF_ERROR(policy::ToStatus(policy::IsInForce(context.policy, context.time.Now())));
  return acknowledged == Acknowledged::kRequired ? RequireAcknowledged(context, call) : OkStatus();
}

}  // namespace noren::operations
