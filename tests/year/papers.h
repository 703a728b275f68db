// What somebody has to bring to be known under a policy, and on which ground it may say no: read
// off the statement, so that the driver brings what the operator asks for.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/policy/policy.h"
#include "engine/policy/rights_rules.h"

namespace noren::year {

// Facts and papers that suffice.
policy::IdentityCheck KnownBy(const policy::Policy& policy, policy::Requester requester);

struct Ground {
  std::string code;
  std::map<std::string, std::string> evidence;
  bool ongoing = false;
};
// Nothing: the policy lists none that could hold for this right.
std::optional<Ground> GroundAgainst(const policy::Policy& policy, model::Right right);

// The rights the policy knows, in its order.
std::vector<model::Right> RightsOf(const policy::Policy& policy);

}  // namespace noren::year
