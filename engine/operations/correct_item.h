// An item in the operator's custody that was wrong: a new version takes its place once the person's
// correction of it is accepted. A grant is to the bytes that it names, so whoever was granted the
// wrong ones has to ask again.
// Source:   docs/design/0020-rights-requests.md (8)
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/operations/people.h"
#include "engine/operations/service_context.h"

namespace noren::operations {

//   errors   kStateConflict: no correction of the item is accepted and still to be carried out
Status RequireAcceptedCorrection(ServiceContext& context, const LoadedPerson& person,
                                 const model::ItemId& item);

// Ends the grants that name the item, each in a batch of its own, and tells the companies that
// there is something newer. Interrupted, it has ended some, and the next call ends the rest.
//   errors   kRetryLater: one of them changed meanwhile
Status SupersedeGrants(ServiceContext& context, const Call& call, const LoadedPerson& person,
                       const personal_data::ItemRecord& item);

}  // namespace noren::operations
