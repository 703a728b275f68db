// Which role may call which operation: the first line of every operation. What belongs to whom is
// decided where it is loaded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>

#include "engine/operations/service_context.h"

namespace noren::operations {

// Ok when the caller has a name and one of the roles, and the policy is in force; and a company has
// not left.
//   errors   kNotAllowed, kNoPolicy; kPolicyForbids: E_EXPIRED (company_leaving.h)
Status RequireRole(ServiceContext& context, const Call& call,
                   std::initializer_list<model::Role> roles);
// For what a company owes and is told after it has left, and for operations that write down that
// they refuse it.
//   errors   kNotAllowed, kNoPolicy
Status RequireRoleAlsoAfterLeaving(ServiceContext& context, const Call& call,
                                   std::initializer_list<model::Role> roles);

}  // namespace noren::operations
