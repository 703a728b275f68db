// Children: whom a policy counts as such, and that somebody has to agree for them.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/model/civil_day.h"
#include "engine/policy/decisions.h"

namespace noren::policy {

// Full years on that day; the birthday itself counts. Who was born on 29 February is a year older
// on 1 March of a common year.
std::int32_t AgeOn(model::CivilDay born, model::CivilDay day);

// Is a person of this age a child under the policy? Nothing: the policy does not say.
std::optional<bool> IsChild(const Policy& policy, std::int32_t age);

struct ChildTerms {
  bool is_child = false;         // as whoever registers the person says
  bool guardian_agrees = false;  // the legal representative has agreed
};
// May the person be registered, or a consent of theirs be taken?
//   errors   kPolicyIncomplete; kMinor: a child without the representative's consent, or where the
//            policy states nothing of children
Decision MayActFor(const Policy& policy, const ChildTerms& terms);

}  // namespace noren::policy
