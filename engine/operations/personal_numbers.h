// Resident registration numbers and Individual Numbers in what people write: refused before
// anything is stored, and never repeated in the refusal.
// Source:   My Number Act arts. 15 and 20; Personal Information Protection Act (Korea) art. 24-2;
//           engine/intake/forbidden_fields.h says what such a number is
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/policy/policy.h"

namespace noren::operations {

// Ok where the policy does not refuse such numbers, or none stands in the text; a digest in
// hexadecimal digits holds none.
//   errors   kPolicyForbids: E_MY_NUMBER with its clauses, of an Individual Number where the policy
//            says how it handles these; kForbiddenField: else
Status RequireNoPersonalNumber(const policy::Policy& policy, std::string_view text,
                               std::string_view field);
Status RequireNoPersonalNumber(const policy::Policy& policy, const std::vector<std::string>& texts,
                               std::string_view field);

// Of a text that arrives in pieces: `tail` is the end of what came before, and then of this one.
Status RequireNoPersonalNumberIn(const policy::Policy& policy, ByteSpan piece, std::string& tail,
                                 std::string_view field);

}  // namespace noren::operations
