// Act "continue": the person's answer when they are asked whether they stay registered. Leaving is
// said twice, and ends the registration on that day.
// Source:   docs/design/0031-contacts.md, docs/design/0021-retention.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/operations/person_acts.h"

namespace noren::operations {

// How long the first word of leaving waits for the second.
inline constexpr std::int64_t kLeavingLifeSeconds = 24 * 3600;

// The result: "stays"; of leaving the first time "contact-...", which the second confirms; of the
// second the request that an officer carries out ("request-...").
//   errors   kStateConflict: nobody asked, or what is confirmed is not open; kPolicyForbids:
//            E_ERASED: they have left; E_EXPIRED: too late to stay; or the notice lets nobody leave
//            so
StatusOr<ActResult> AnswerContinuation(ServiceContext& context, const Call& call,
                                       const std::string& idempotency_key, const PersonAct& act);

}  // namespace noren::operations
