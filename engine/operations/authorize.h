// Which role may call which operation: the first line of every operation. What belongs to whom is
// decided where it is loaded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>

#include "engine/operations/service_context.h"

namespace noren::operations {

// Where the policy binds who works with the data, an officer has acknowledged it before anything
// but reading and acknowledging it (acknowledgements.h).
enum class Acknowledged : std::uint8_t { kRequired, kNotRequired };

// Ok when the caller has a name and one of the roles, is not locked, the policy is in force, and a
// company has not left. Who is refused is counted (caller_locks.h).
//   errors   kCallerLocked, kNotAllowed, kNoPolicy, kPolicyUnread; kPolicyForbids: E_EXPIRED
//            (company_leaving.h)
Status RequireRole(ServiceContext& context, const Call& call,
                   std::initializer_list<model::Role> roles,
                   Acknowledged acknowledged = Acknowledged::kRequired);
// For what a company owes and is told after it has left, and for operations that write down that
// they refuse it.
//   errors   kCallerLocked, kNotAllowed, kNoPolicy, kPolicyUnread
Status RequireRoleAlsoAfterLeaving(ServiceContext& context, const Call& call,
                                   std::initializer_list<model::Role> roles,
                                   Acknowledged acknowledged = Acknowledged::kRequired);

}  // namespace noren::operations
