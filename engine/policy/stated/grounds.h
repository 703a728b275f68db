// The grounds on which a policy lets data go to somebody else: numbered, with conditions and with
// what has to be on record. A ground that the policy does not list, or marks as deleted, is none,
// whatever a law may say.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/decisions.h"

namespace noren::policy {

// One thing on record: a word of the group "evidence", and what is written there.
struct EvidenceField {
  std::string_view word;  // "case_number"
  std::string text;       // blank counts as missing
};

// What somebody who relies on a ground brings.
struct GroundClaim {
  std::string_view code;  // "TP_COURT"
  // Words of the group "condition" that hold, each because somebody has said why.
  std::vector<std::string_view> conditions;
  std::vector<EvidenceField> evidence;
  std::string_view recipient_kind;  // the printed name, where the ground is for some only
  std::int64_t approvers = 0;       // different people who approved
  bool identifies = true;           // somebody could be recognised in what is given
};

//   errors   kPolicyIncomplete; kGroundNotInPolicy; kGroundDeleted: not in force any more;
//            kGroundEvidence: a condition does not hold, something is not on record, the recipient
//            is of another kind, an approval is missing, or the output identifies people
Decision MayRelyOn(const Policy& policy, const GroundClaim& claim);

// The ground in force with this code.
//   errors   those of MayRelyOn but kGroundEvidence
Decision HasGround(const Policy& policy, std::string_view code);

}  // namespace noren::policy
