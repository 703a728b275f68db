// A portal registers a posting for a company, and closes it.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/model/posting.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct RegisterPostingRequest {
  std::string idempotency_key;
  model::Posting posting;
};
struct RegisteredPosting {
  model::PostingId posting;
  EntryPosition position;
  std::vector<std::string> personal;  // fields that tell how to reach somebody; never ranked
};
//   errors   kBadRequest, kUnknownCode (with the field); kPolicyForbids: the company has left
StatusOr<RegisteredPosting> RegisterPosting(ServiceContext& context, const Call& call,
                                            const RegisterPostingRequest& request);
// No ranking, card or invitation from then on; consents already given live on.
StatusOr<EntryPosition> ClosePosting(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key,
                                     const model::PostingId& posting);

}  // namespace noren::operations
