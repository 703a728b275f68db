// Finds out, in nobody's call, who stands under one token: notes each newcomer under the newest
// key version, moves who stands under an older one, and puts two people with one identifier before
// the officer.
// Source:   docs/design/0007-blind-enrolment.md (What answers show, Rotation)
// Threads:  free functions concurrently; of two settlements of the same contacts one is made again
// Why safe: a commit holds a fixed number of contacts, hit or not, so that sequence numbers tell a
//           portal nothing
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/operations/service_context.h"
#include "engine/personal_data/staged.h"

namespace noren::operations {

// Settles the next contacts, or clears away what a retired version left. False: nothing is left.
StatusOr<bool> SettleEnrolments(ServiceContext& context);
// Until no contact is left.
Status SettleAllEnrolments(ServiceContext& context);

// What enrolment keeps of a person, for destruction: also when the person's key is gone.
// `keys`: null when they are gone.
Status StageEnrolmentErasure(ServiceContext& context, const model::PersonId& person,
                             const personal_data::PersonKeys* keys, personal_data::Staged& staged);

}  // namespace noren::operations
