// A company asks the best of a class whether they want to apply. It learns of nobody who does not
// say yes.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/company_signers.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct InviteRequest {
  std::string idempotency_key;
  model::PostingId posting;
  std::string card;
  std::int32_t how_many = 0;
  std::vector<model::ItemKind> item_kinds;
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  std::string decided_by = {};    // the human who decided; empty, or as in the decision
  SignedStatement decision = {};  // act "invite"
};
// The same answer whether as many, fewer or none were asked.
//   errors   those of AdmitDecision; kNoRecipientKey; kPolicyForbids; kLimitReached; kNotFound
StatusOr<EntryPosition> InviteCandidates(ServiceContext& context, const Call& call,
                                         const InviteRequest& request);

}  // namespace noren::operations
