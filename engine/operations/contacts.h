// Contacts of an officer with one person: opened for a purpose that the notice declares, closed
// with whether anything has changed where the notice says that it is asked; and what a person was
// told.
// Source:   docs/design/0031-contacts.md, docs/formats/contact.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/civil_day.h"
#include "engine/operations/act_gate.h"
#include "engine/operations/contact_record.h"
#include "engine/operations/destruction_select.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct RecordContactRequest {
  std::string idempotency_key;
  NamedPerson person;
  std::string purpose;  // as the notice prints it, or its id
  std::string about;    // the programme, where the notice limits the purpose to one
};
struct RecordedContact {
  ContactId contact;
  EntryPosition position;
};
//   errors   kNotFound; those of policy::MayContact and of JudgePurpose, which are in the log:
//            kPurposeUndeclared also when the purpose begins with work and no placement is on
//            record; kPolicyForbids: frozen or over
StatusOr<RecordedContact> RecordContact(ServiceContext& context, const Call& call,
                                        const RecordContactRequest& request);

struct CloseContactRequest {
  std::string idempotency_key;
  NamedPerson person;
  ContactId contact;
  ContactMark mark = ContactMark::kNone;
};
// A mark is the person's word of that day: it counts as a confirmation (retention.h).
//   errors   kNotFound; kStateConflict: closed, or none that is closed; kSourceMissing: no mark,
//            and the notice says that it is asked; kPolicyForbids: E_EXPIRED
StatusOr<EntryPosition> CloseContact(ServiceContext& context, const Call& call,
                                     const CloseContactRequest& request);

struct ContactsOfPerson {
  std::vector<ContactRecord> contacts;    // oldest first
  std::vector<std::string> unsubscribed;  // purposes, as the notice prints them
  std::optional<model::CivilDay> last_confirmed;
};
// As it is stored; nobody is told that it was read.
StatusOr<ContactsOfPerson> ContactsOf(ServiceContext& context, const LoadedPerson& person);
// The person reads that an officer has seen it.
StatusOr<ContactsOfPerson> ListContacts(ServiceContext& context, const Call& call,
                                        const NamedPerson& person);
// act "read": the person's own.
StatusOr<ContactsOfPerson> ReadOwnContacts(ServiceContext& context, const Call& call,
                                           const PersonAct& act);

// Is the purpose one of this person's data, by the policy in force and by what they agreed to?
//   purpose  id in the policy
//   errors   of the decision: those of policy::MayUseForUnder
StatusOr<policy::Decision> JudgePurpose(ServiceContext& context, const LoadedPerson& person,
                                        std::string_view purpose);

}  // namespace noren::operations
