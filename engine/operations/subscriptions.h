// Acts "unsubscribe" and "subscribe": what a person does not want to be sent, by purpose. Taking it
// away needs no key, and survives a restore.
// Source:   docs/design/0031-contacts.md, docs/formats/contact.md
// Threads:  free functions concurrently
// Why safe: whoever is told something is told on the condition that the list is as it was read
//           (announcements.h): an acknowledged act wins over every later sending
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/operations/narrowing.h"
#include "engine/operations/person_acts.h"

namespace noren::operations {

//   errors   kBadRequest: the policy has no such purpose; kLimitReached
StatusOr<ActResult> Unsubscribe(ServiceContext& context, const Call& call,
                                const std::string& idempotency_key, const PersonAct& act);
//   errors   kBadRequest: the policy has no such purpose; kPolicyForbids: frozen or over
StatusOr<ActResult> Subscribe(ServiceContext& context, const Call& call,
                              const std::string& idempotency_key, const PersonAct& act);

// As the journal has it; false when it was there, or the person is not.
StatusOr<bool> UnsubscribeAgain(ServiceContext& context, const NarrowedPerson& narrowed,
                                Change& change);

}  // namespace noren::operations
