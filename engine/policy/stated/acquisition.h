// How data may come in: after the notice was shown, from whom, and with whose consent.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "engine/policy/decisions.h"

namespace noren::policy {

// Has the person to confirm the public notice before anything is taken?
bool NeedsConfirmation(const Policy& policy);

// `confirmed`: the digest of the notice that was confirmed; `notice`: of the one in force.
//   errors   kPolicyIncomplete; kNoAcknowledgement: none was, or another
Decision MayRegisterAfter(const Policy& policy, const std::optional<Hash256>& confirmed,
                          const Hash256& notice);

struct SourceTerms {
  bool from_person = true;
  std::optional<UnixSeconds> consented_at;  // the person, to this source
  UnixSeconds taken_at;
};
// May something be taken from somebody else than the person?
//   errors   kPolicyIncomplete; kConsentAnew: no consent came first, or the policy says nothing of
//            other sources
Decision MayTakeFrom(const Policy& policy, const SourceTerms& terms);

}  // namespace noren::policy
