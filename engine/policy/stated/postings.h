// What a notice says of postings: what one may hold, and whether they are shown to people who have
// not signed up.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/policy/decisions.h"

namespace noren::policy {

// May a posting hold this? What it may hold is the list of this service (noren_jsonl.md); a notice
// that lists it says so of the companies' file that is open.
//   errors   kItemUndeclared: it is not in the list
Decision MayBeInPosting(const Policy& policy, bool is_in_list);

// May the open postings be listed to somebody of whom nothing is known?
//   errors   kPolicyIncomplete; kNoFile: no such service is among those without sign-up
Decision ArePostingsOpen(const Policy& policy);

}  // namespace noren::policy
