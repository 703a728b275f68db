// What may be put on a medium or device that leaves the service: only on one that is listed, and
// never in a form that whoever finds it can read.
// Source:   docs/design/0036-media.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "engine/policy/decisions.h"
#include "engine/policy/register_due.h"

namespace noren::policy {

// `plain`: the caller wants it unsealed.
//   errors   kPolicyForbids with the clauses of the measures of the register of media
Decision MayPutOnMedium(const Policy& policy, std::span<const RegisteredStep> steps,
                        std::string_view medium, bool plain);

}  // namespace noren::policy
