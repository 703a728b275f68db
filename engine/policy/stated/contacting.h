// What an operator may send to people, and what it may talk to one of them about: only for a
// purpose that its notice declares of such people, as far as the notice limits it.
// Threads:  pure functions.
// Source:   docs/design/0031-contacts.md; docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/decisions.h"

namespace noren::policy {

// The purpose that is called so, or has this id; null: there is none.
const Entry* PurposeOf(const Policy& policy, std::string_view name);

struct ContactTerms {
  std::string_view purpose;  // its printed name, or its id
  std::string_view subject;  // kind of person; empty: the usual one
  std::string_view about;    // the programme or business that it is about
};
// May people of this kind be sent something for this purpose?
//   errors   those of MayUseFor; kPurposeUndeclared: the purpose is statistics, needs a ground of
//            its own, or is limited to a programme that this is not about
Decision MayAnnounce(const Policy& policy, const ContactTerms& terms);
// May one person be talked to for it? `is_placed`: the person has begun to work.
//   errors   as above; kPurposeUndeclared: the purpose begins with work, and that has not begun
Decision MayContact(const Policy& policy, const ContactTerms& terms, bool is_placed);
// Is a contact closed without a word on whether anything has changed?
//   errors   kSourceMissing: the notice says that it is asked every time
Decision MayCloseContact(const Policy& policy, bool is_marked);

// What has to be there of a person to be sent something: an address, and what the purpose names.
struct ItemNeeded {
  model::ItemKind kind = model::ItemKind::kEmail;
  std::string printed;  // as the notice calls it, else the name of the kind
};
std::vector<ItemNeeded> ItemsNeeded(const Policy& policy, std::string_view purpose);

// May it be made known that this company is a processor now?
//   errors   kPolicyIncomplete; kProcessorUnregistered: the notice in force does not name it
Decision MayTellOfProcessor(const Policy& policy, std::string_view company);
// Has a change of processors to be made known to people? Where the notice sets a time limit for
// making it public, the notice itself does it.
bool TellsOfProcessors(const Policy& policy);
bool NamesProcessor(const Policy& policy, std::string_view company);

// What a person who is asked whether they stay may answer that they leave by.
//   errors   kPolicyIncomplete; kPolicyForbids: the notice asks nobody so
Decision MayLeaveByAnswer(const Policy& policy);

}  // namespace noren::policy
