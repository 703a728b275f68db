// Further use without consent, weighed by the points a policy lists; and services that ask nobody
// to sign up.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "engine/policy/decisions.h"

namespace noren::policy {

// One point, by its question in the operator's language, as somebody has answered it.
struct WeighedPoint {
  std::string_view question;
  bool answer = false;
  std::string_view reason;  // blank counts as not answered
};

// May data be used further, without consent?
//   errors   kPolicyIncomplete; kPurposeUndeclared: the policy has no such rule; kGroundEvidence: a
//            point is not answered, has no reason, or speaks against it
Decision MayUseFurther(const Policy& policy, std::span<const WeighedPoint> points);

// Is this a service that leaves no record of anybody?
//   errors   kPolicyIncomplete; kNoFile: it is not among those without sign-up
Decision IsOpenService(const Policy& policy, std::string_view service);

}  // namespace noren::policy
