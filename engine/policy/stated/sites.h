// Which policy holds at which site. A service has one; a site that the notice names with another
// one is served by a service of its own, and this one takes nothing from it.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/policy/decisions.h"

namespace noren::policy {

// The entry of the site whose portal has a certificate of this name; null: the policy in force
// holds there, as everywhere that nothing else is said of.
const Entry* SiteWithItsOwnPolicy(const Policy& policy, std::string_view portal);

// May people's data be taken through this portal?
//   errors   kPolicyIncomplete; kNoPolicy: another policy holds there
Decision MayServeSite(const Policy& policy, std::string_view portal);

}  // namespace noren::policy
