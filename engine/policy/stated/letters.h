// Whether whom a letter is about may be found by what it names of the person.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/policy/decisions.h"

namespace noren::policy {

//   errors   kPolicyIncomplete; kItemUndeclared: no part of a form is matched with the registry
Decision MayFindByLetter(const Policy& policy);

}  // namespace noren::policy
