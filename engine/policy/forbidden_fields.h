// Whether a field's name is one that the policy forbids to collect. Intake asks through a parameter; the list is here.
// Source:   docs/formats/policy.md, ARCHITECTURE invariant 11
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "engine/policy/policy.h"

namespace noren::policy {

// ASCII letters in lower case; spaces, '_', '-', '.', '/' and U+30FB left out: "Marital_Status" and "marital status"
// are one name. Other text is compared as it is.
std::string FoldFieldName(std::string_view name);

// The rule that forbids a field of this name, or null. Only the name is looked at, never the value.
const ForbiddenField* FindForbidden(const Policy& policy, std::string_view field_name);

}  // namespace noren::policy
