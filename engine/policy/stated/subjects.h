// Kinds of people as the source names them. Each person registered is of one kind; files, purposes
// and further items are declared per kind.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/policy/decisions.h"

namespace noren::policy {

// The kind of a person of whom the portal says none: the one marked `usual`, else the only
// one that may be ranked, else the only one there is. Null: it has to be said.
const Entry* UsualSubject(const Statement& statement);

// The kind called `id`, or the usual one when it is empty; null when there is none.
const Entry* SubjectOf(const Statement& statement, std::string_view id);

// May somebody of this kind be registered?
//   errors   kPolicyIncomplete; kSourceMissing: the kind has to be said; kNoFile: the policy
//            declares no such kind, or no file of it
Decision MayRegister(const Policy& policy, std::string_view subject);

// Does the policy keep data of such people because they agreed to it (`basis = "consent"` of a
// file of theirs)?
bool IsKeptByConsent(const Policy& policy, std::string_view subject);
// May somebody of this kind be kept, who has agreed to it or not?
//   errors   kPolicyIncomplete; kConsentAnew: they are kept by consent, and there is none
Decision MayBeKept(const Policy& policy, std::string_view subject, bool agreed);

// May it be recorded that somebody is of this kind, or of this part of it, from a day on? Of a kind
// without a file, too: whoever leaves has left.
//   errors   kPolicyIncomplete; kNoFile: the policy names no such kind, or no such part of it
Decision MayBecome(const Policy& policy, std::string_view kind, std::string_view sub_kind);

// Whether the entry's `subject` names the kind; an entry that names none is of everybody.
bool IsAbout(const Entry& entry, const Entry& subject);

}  // namespace noren::policy
