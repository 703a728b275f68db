// The end of a whole personal-information file: nothing is taken into it from that moment, and it
// is destroyed as a whole by the day that the policy sets.
// Source:   docs/formats/register_entry.md, section "The end of a file"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/policy/decisions.h"
#include "engine/policy/register_due.h"

namespace noren::policy {

// Of a policy with a statement; `next` is of the register of files.
//   errors   kMissingField: which file; kBadRequest: a file that can be destroyed as a whole is not
//            called that; kPolicyForbids with the clauses: the notice ends no file for this reason
Status MayRecordFile(const Policy& policy, const RegisteredStep& next);

// May an item of this kind still be taken?
//   errors   kPolicyForbids: its file has ended
Decision MayTakeIntoFile(const Policy& policy, std::span<const RegisteredStep> steps,
                         model::ItemKind kind, UnixSeconds now);

// Files that have ended and of which no entry says that they are destroyed.
//   errors   those of the calendar
StatusOr<std::vector<DueRow>> EndedFiles(const Policy& policy,
                                         std::span<const RegisteredStep> steps,
                                         model::CivilDay today, model::Language language);

}  // namespace noren::policy
