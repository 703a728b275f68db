// The date rules of a statement as the calendar computes them: time limits, and how long a file is
// kept. What the operator set (caps, how days are counted) is part of the rule.
// Source:   docs/formats/policy.md, section "stated"; docs/formats/calendar_rules.md
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "crypto/base/status.h"
#include "engine/policy/calendar/date_rule.h"
#include "engine/policy/policy.h"

namespace noren::policy {

// The rule of `stated.date_rule` with this id; its id becomes "<policy>.<id>".
//   errors   kNotFound: there is none; kPolicyForbids: the policy states neither a period nor a cap
//            for it, so that it fixes no date
StatusOr<calendar::DateRule> StatedDateRule(const Policy& policy, std::string_view id);

// When what `stated.retention` with this id keeps has to be out of use: the last day of keeping. A
// retention that names a date rule has that one.
//   errors   kNotFound, kPolicyForbids: as above
StatusOr<calendar::DateRule> StatedRetention(const Policy& policy, std::string_view id);

}  // namespace noren::policy
