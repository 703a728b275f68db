// Joint use with other organisations, and handing a registration over to a next contractor: no
// consent, but closed lists of who, what and whose data.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/civil_day.h"
#include "engine/policy/decisions.h"

namespace noren::policy {

struct JointUseTerms {
  // The member as the operator's register has it; `relation` is the printed word for such members.
  std::string_view relation;
  std::string_view country;  // ISO 3166-1 alpha-2
  model::CivilDay member_from;
  std::optional<model::CivilDay> member_until;  // the last day
  model::CivilDay day;
  std::string_view subject;
  std::span<const std::string_view> items;  // printed names
};
//   errors   kPolicyIncomplete; kNotJointMember: there is no joint use, or no such member on that
//            day; kForeignMember; kPurposeUndeclared: not of such people's data; kItemNotListed
Decision MayUseJointly(const Policy& policy, const JointUseTerms& terms);
// May such a member be on record as who first acquired such people's data? `items` is not read.
//   errors   as above, but for the items; kPolicyIncomplete: the notice does not say who manages
//            what a member has acquired
Decision MayHaveAcquired(const Policy& policy, const JointUseTerms& terms);
// By which the member that first acquired a record manages it; none where the notice does not say.
std::vector<std::string> ClausesOfManager(const Policy& policy);

struct SuccessionTerms {
  std::string_view from, to;                // printed names
  std::span<const std::string_view> items;  // printed names
  bool people_told = false;
  bool erasure_promised = false;  // by the former contractor, in writing
};
//   errors   kPolicyIncomplete; kRecipientUndeclared: the policy knows no such change;
//            kItemNotListed; kGroundEvidence: what has to be done with it is not on record
Decision MayHandToSuccessor(const Policy& policy, const SuccessionTerms& terms);

}  // namespace noren::policy
