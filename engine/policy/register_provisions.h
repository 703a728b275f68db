// Provisions that officers make outside the service, and joint use: each is recorded before it is
// made, and the record is refused where the policy knows no such ground, recipient, item or member.
// Source:   docs/formats/register_entry.md, section "What is refused"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "engine/policy/decisions.h"
#include "engine/policy/register_due.h"

namespace noren::policy {

// Whether entries of this register rest on a decision below.
bool IsOfProvision(RegisterKind kind);

// `before`: as MayRecord has it. Everybody who records a step of a case approves of it; they are
// counted when it is provided.
//   errors   those of MayHandOver, where the kind of recipient is one that the policy names;
//            kNoProvisionDeclared: on consent, where nothing is provided to anybody; those of
//            MayRelyOn, and kGroundEvidence for a resolution of a later day; of joint use those of
//            MayUseJointly
Decision MayRecordProvision(const Policy& policy, std::span<const RegisteredStep> before,
                            const RegisteredStep& next);

}  // namespace noren::policy
