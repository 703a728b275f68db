// Entries of four registers that have a rule of their own: complaints (who takes them, of which
// kind of person, to which purpose), media (data go only onto what is listed and up to date),
// additional use without consent (weighed, approved, and only as it was weighed), policies (once
// one is approved, a service runs under none that is not).
// Source:   docs/formats/register_entry.md, section "What is refused"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "engine/policy/decisions.h"
#include "engine/policy/register_due.h"

namespace noren::policy {

// Fills in what the operator states of every complaint and the entry leaves out: who takes it, the
// kind of person and the purpose.
void CompleteComplaint(const Policy& policy, RegisteredStep& lodged);

// Each is of a policy with a statement; `before` and `next` as MayRecord has them.
//   errors   kPolicyForbids with the clauses: lodged with another than the notice names, answered
//            or closed by whom it is about; kBadRequest: a kind of person that the notice does not
//            have; kPurposeUndeclared: a purpose that is not declared for that kind
Status MayRecordComplaint(const Policy& policy, std::span<const RegisteredStep> before,
                          const RegisteredStep& next);
//   errors   kMissingField: which medium; kPolicyForbids with the clauses: data onto one that is
//            not listed, or a device whose technical measures are missing or over their time
Status MayRecordMedium(const Policy& policy, std::span<const RegisteredStep> before,
                       const RegisteredStep& next);
//   errors   kPolicyForbids with the clauses: a point that speaks against it, or a safeguard that
//            the items belie; kPurposeUndeclared: used without an approval, after the day by which
//            it had to be weighed again, or otherwise than weighed
Status MayRecordAdditionalUse(const Policy& policy, std::span<const RegisteredStep> before,
                              const RegisteredStep& next);
// The first approval is of the policy in force, so that there is always one to go back to.
//   errors   kBadRequest: the digest is not written as records name a policy; kPolicyForbids with
//            the clauses: the first approval, and of another policy
Status MayRecordPolicy(const Policy& policy, std::span<const RegisteredStep> before,
                       const RegisteredStep& next);

// Whether a service may run under this policy: nobody ever approved of one, or somebody of this.
//   errors   kPolicyForbids
Decision IsPolicyApproved(const Policy& policy, std::span<const RegisteredStep> steps);
std::string DigestText(const Policy& policy);  // "sha256:0123456789abcdef", as records name it

}  // namespace noren::policy
