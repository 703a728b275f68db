// Where operations ask what the operator has stated (engine/policy/stated), and write down a no.
// Threads:  free functions concurrently
// Source:   docs/design/0022-what-the-notice-enforces.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/audit/entry.h"
#include "engine/operations/people.h"
#include "engine/policy/decisions.h"

namespace noren::operations {

// What was asked for, as its entry in the log names it.
struct AskedOf {
  audit::Operation operation;
  std::string object;                    // printed id; empty: none
  const LoadedPerson* person = nullptr;  // null: about nobody
};

// Ok when it is allowed. A refusal is in the log, with its clauses, before it is returned.
Status RequireStated(ServiceContext& context, const Call& call, const AskedOf& asked,
                     const policy::Decision& decision);

// What one entry rests on when two decisions allowed it; each clause once, as many as fit.
std::vector<std::string> JoinClauses(std::vector<std::string> first,
                                     const std::vector<std::string>& second);

// May the person still be asked for what the invitation names?
//   errors   those of policy::MayAskFor; kConsentAnew: what it says has changed since
policy::Decision JudgeInvitation(ServiceContext& context, const LoadedPerson& person,
                                 const personal_data::Invitation& invitation);

// May the company still have what this consent is to, under the policy in force? Refused with those
// of policy::MayProvide, or kConsentAnew: what the person agreed to has changed since, or
// kNoAcknowledgement: the notice that they confirmed has (notice_changes.h).
StatusOr<policy::Decision> JudgeRelease(ServiceContext& context, const LoadedCandidate& loaded);

}  // namespace noren::operations
