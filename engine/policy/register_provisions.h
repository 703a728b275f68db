// Provisions that officers make outside the service, and joint use: each is recorded before it is
// made, and the record is refused where the policy knows no such ground, recipient, item or member.
// Source:   docs/formats/register_entry.md, section "What is refused"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

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

// May the member whom `next` names be on record as who first acquired data of such people?
//   errors   those of MayHaveAcquired (stated/joint_use.h)
Decision MayHaveAcquired(const Policy& policy, std::span<const RegisteredStep> before,
                         const RegisteredStep& next);

// One of the people whom a hand-over names, as they are on its day.
struct ProvidedPerson {
  std::string_view subject;  // kind of person; empty: the usual one
  bool confirmed = false;    // the public notice
  // What they permit this very recipient to have; null: nothing.
  const std::vector<std::string>* permitted = nullptr;
};
// May what `asked` says be handed over of this person? What is on record of them counts, not what
// the entry says of a confirmation or a permission.
//   errors   those of MayHandOver; kRecipientUndeclared: the policy names no such recipient;
//            kConsentMissing: the recipient is one that people apply to, each with a consent of
//            their own; kConsentScope: nothing, or something else, is permitted to this recipient
Decision MayProvidePerson(const Policy& policy, const RegisteredStep& asked,
                          const ProvidedPerson& person);
// May the person permit it to somebody of the kind that has what each person permits?
//   errors   kPolicyIncomplete; kRecipientUndeclared: the policy has no such kind; kItemNotListed
Decision MayPermit(const Policy& policy, std::span<const std::string> items);
// What an entry asks for, as far as a person is shown it.
struct AskedProvision {
  std::string_view recipient_kind, purpose, means;
  std::vector<std::string> items;
  bool has_age = false;  // among the items, by the name that the policy gives it
};
AskedProvision AskedBy(const Policy& policy, const RegisteredStep& asked);

}  // namespace noren::policy
