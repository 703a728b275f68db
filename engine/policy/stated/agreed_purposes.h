// What somebody agreed to with an earlier version of the notice, purpose by purpose.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/policy/policy.h"

namespace noren::policy {

// Does a new purpose have to be consented to before it is used?
bool AsksAnew(const Statement& statement);

// Whether the version `agreed` has this purpose, with the same facts wherever a change asks the
// consents anew. Null: it is not known which version it was, so no.
bool IsAgreedTo(const Entry& purpose, const Policy* agreed);

}  // namespace noren::policy
