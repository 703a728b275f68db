// Forms that companies set for their own postings: whether the policy has them, and what one may
// ask.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/policy/decisions.h"

namespace noren::policy {

// May a company set a form, and are its answers taken?
//   errors   kPolicyIncomplete; kItemUndeclared: no file holds answers to such forms
Decision MayHaveForms(const Policy& policy);
// May a form ask this? A label that has the name of a field that is forbidden, of a banned item or
// of special care within it may not. Short names stand alone; what this does not see is the
// reviewer's.
//   errors   those of MayHaveForms; kBannedCategory
Decision MayFormAsk(const Policy& policy, std::string_view label);

// Is this kind taken only as answers to the form of one posting?
bool IsOfOnePosting(const Policy& policy, model::ItemKind kind);
// May this be handed in?
//   errors   kItemUndeclared: such items are answers to a form, and this is none
Decision MayTakeForPosting(const Policy& policy, model::ItemKind kind, bool is_answer);
// May a consent to one posting name the answers that were given to another?
//   errors   kConsentAnew
Decision MayReleaseAnswers(const Policy& policy, bool is_same_posting);

}  // namespace noren::policy
