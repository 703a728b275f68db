// Whether a notice that states measures names anybody who answers for them.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/policy/decisions.h"

namespace noren::policy {

//   errors   kPolicyIncomplete: nothing is stated, or measures and no officer
Decision IsAnybodyResponsible(const Policy& policy);

}  // namespace noren::policy
