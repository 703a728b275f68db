// What the policy lets officers record: only measures it states, only methods of destruction it
// names, no processors where it has none and none before their contract is complete, no handler
// before what has to come first and no access before their designation; and what register_cases.h
// has. Refused with the clause.
// Source:   docs/formats/register_entry.md, section "What is refused"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "engine/policy/register_due.h"

namespace noren::policy {

// `before`: everything recorded so far, in the order of the times. `next.case_number` says which
// entry it goes on from; 0 when it begins something.
//   errors   kPolicyForbids with the clauses; kBadRequest: a clause or part that no measure of this
//            register has, a step that has to go on from another and does not; those of
//            CheckRegisterFields
Status MayRecord(const Policy& policy, std::span<const RegisteredStep> before,
                 const RegisteredStep& next);

}  // namespace noren::policy
