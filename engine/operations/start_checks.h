// What has to hold before a service serves anybody: somebody answers for the measures, data are
// kept where the notice says, abroad only after somebody has studied the country's system, and the
// policy is one that somebody approved.
// Source:   docs/formats/register_entry.md, section "Before a service starts"
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/operations/service_context.h"

namespace noren::operations {

// By the policy alone, before anything is opened. `country`: where data are kept (ISO 3166-1
// alpha-2); empty: the operator's own. Under a policy that states nothing nothing is taken in; what
// it has can still be withdrawn and destroyed, so that it may start.
//   errors   kPolicyIncomplete; kStorageCountry
Status CheckStart(const policy::Policy& policy, std::string_view country);

// By the registers, once they can be read: the country was studied, and of the policy somebody
// approved, where one ever was approved.
//   errors   kStorageCountry; kPolicyForbids; kDataCorrupt
Status CheckStartByRegisters(ServiceContext& context, const policy::Policy& policy,
                             std::string_view country);

}  // namespace noren::operations
