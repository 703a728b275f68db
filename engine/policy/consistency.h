// Whether the parts of a policy fit together: what the loader checks once every value alone is in
// order.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "engine/policy/policy.h"
#include "engine/policy/table_reader.h"

namespace noren::policy {

// Notes every contradiction at the top-level key it is found in.
void CheckConsistency(const Policy& policy, TableReader& root);

// The placeholders of a notice text, without braces, in order; a brace that is not part of one is
// reported as "".
std::vector<std::string_view> PlaceholdersOf(std::string_view text);

}  // namespace noren::policy
