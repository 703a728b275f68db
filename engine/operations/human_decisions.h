// That a human decided: who, in which role, when and why, in a statement they signed. A company's
// certificate is a machine's; without such a statement it invites and rejects nobody.
// Source:   docs/formats/decision.md, docs/design/0012-after-the-release.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/act_gate.h"
#include "engine/operations/company_signers.h"
#include "engine/personal_data/decision.h"

namespace noren::operations {

// A decision that may be carried out, and what to write for it.
struct AdmittedDecision {
  personal_data::HumanDecision decision;
  model::DecisionId id;
  personal_data::Staged staged;  // the record, on the condition that it was not used before
};
// The caller is the company. The fields of the act are compared by whoever carries it out.
//   errors   kHumanRequired: no statement, nobody registered, or none of this name and role;
//            kProofRequired: not signed, and the policy asks for it; kProofInvalid; kActStale: too
//            old, or used before; kBadRequest
StatusOr<AdmittedDecision> AdmitDecision(ServiceContext& context, const Call& call,
                                         const SignedStatement& carried,
                                         personal_data::DecisionAct expected);
// Whom the decision is about: makes it theirs to read and to ask about.
void StageDecided(const model::ConsentId& consent, const model::DecisionId& decision,
                  personal_data::Staged& staged);

struct RejectRequest {
  std::string idempotency_key;
  model::CandidateRef candidate;
  SignedStatement decision;
};
// Rejects one who applied. The person is told through their portal.
//   errors   those of AdmitDecision; kNotFound; kConsentWithdrawn
StatusOr<EntryPosition> RejectCandidate(ServiceContext& context, const Call& call,
                                        const RejectRequest& request);

// A decision as it is kept, after the people it was about are gone: it names none of them.
struct DecisionRecord {
  model::DecisionId decision;
  personal_data::HumanDecision said;
  std::string statement;
  Bytes signature;  // empty: the company vouched
};
StatusOr<DecisionRecord> LoadDecision(ServiceContext& context, const model::DecisionId& decision);
// The decisions about one application, oldest first.
StatusOr<std::vector<DecisionRecord>> DecisionsOf(ServiceContext& context,
                                                  const model::ConsentId& consent);

}  // namespace noren::operations
