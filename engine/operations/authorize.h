// Which role may call which operation: the first line of every operation. What belongs to whom is
// decided where it is loaded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>

#include "engine/operations/service_context.h"

namespace noren::operations {

// Ok when the caller has a name and one of the roles, and the policy is in force.
//   errors   kNotAllowed, kNoPolicy
Status RequireRole(ServiceContext& context, const Call& call,
                   std::initializer_list<model::Role> roles);

}  // namespace noren::operations
