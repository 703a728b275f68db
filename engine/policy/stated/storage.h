// Countries a policy names as places of storage.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/policy/decisions.h"

namespace noren::policy {

// The country whose zone the operator's days are of: "KR", "JP"; empty for UTC.
std::string_view HomeCountry(const Policy& policy);

// May data be kept in this country (ISO 3166-1 alpha-2)? At home where the text says nothing of
// storage or marks home as meant; abroad only where the country is listed.
//   errors   kPolicyIncomplete; kStorageCountry
Decision MayStoreIn(const Policy& policy, std::string_view country);

}  // namespace noren::policy
