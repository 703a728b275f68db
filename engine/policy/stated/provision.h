// To whom a policy lets items go: the recipient it names, for the purposes, with the items and by
// the means it names, on a ground in force.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "engine/policy/decisions.h"
#include "engine/policy/stated/grounds.h"

namespace noren::policy {

// A release to a company that a person applied to. Here it is always consented to one application
// at a time, also where a text would let all companies have everything.
struct ReleaseTerms {
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  std::span<const model::ItemKind> items;
  std::string_view subject;         // kind of person; empty: the usual one
  std::int64_t retention_days = 0;  // of the company's copy
};

// What is on record of the consent.
struct ConsentEvidence {
  bool recorded = false;    // the person's act, with its proof
  bool text_shown = false;  // the notice, by its digest
  bool before_release = false;
  bool same_company = false;  // it names this very company and posting
};

// The recipient that people agree to one application at a time; null: there is none.
const Entry* AppliedTo(const Statement& statement);

// May a person be asked to let a company have this?
//   errors   kPolicyIncomplete; kNoProvisionDeclared: nothing is provided to anybody;
//            kRecipientUndeclared: to nobody on consent to one application; kGroundNotInPolicy,
//            kGroundDeleted; kPurposeUndeclared, kItemNotListed, kMeansNotListed: not for this
//            recipient; kPolicyForbids: it would keep its copy longer than is said
Decision MayAskFor(const Policy& policy, const ReleaseTerms& terms);

// May it be handed over now?
//   errors   those of MayAskFor; kGroundEvidence
Decision MayProvide(const Policy& policy, const ReleaseTerms& terms,
                    const ConsentEvidence& consent);

// What a hand-over to somebody else than an applied-to company names (the commissioning city, a
// partner).
struct ProvisionTerms {
  std::string_view recipient;               // id of stated.recipient
  std::string_view purpose;                 // printed name
  std::string_view means;                   // printed name
  std::span<const std::string_view> items;  // printed names
  std::string_view subject;
};
//   errors   kRecipientUndeclared, and as above
Decision MayHandOver(const Policy& policy, const ProvisionTerms& terms, const GroundClaim& claim);

}  // namespace noren::policy
