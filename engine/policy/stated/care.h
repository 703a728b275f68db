// Categories that are not collected at all, and categories that are only after the need for them
// was explained and the person has agreed. What is banned stays banned, whoever agrees.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "crypto/base/clock.h"
#include "engine/policy/decisions.h"

namespace noren::policy {

// A category as the source prints it, and what came before it was taken.
struct CategoryTerms {
  std::string_view category;  // "medical history", in the source's words
  std::optional<UnixSeconds> explained_at, consented_at;
  UnixSeconds taken_at;
};

//   errors   kPolicyIncomplete; kBannedCategory; kItemUndeclared: neither banned nor declared as
//            special care; kSpecialCareUnexplained: no explanation before it; then
//            kSpecialCareUnconsented: no consent after the explanation and before it
Decision MayTakeCategory(const Policy& policy, const CategoryTerms& terms);

// Does anything stop this printed name from being collected? For lists and forms.
//   errors   kBannedCategory
Decision IsNotBanned(const Policy& policy, std::string_view name);

}  // namespace noren::policy
