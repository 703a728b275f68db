// What a release consent rests on in a policy, as one digest: the same under two versions of the
// policy exactly when nothing that the person agreed to has changed. What else changes (a telephone
// number, another purpose, another recipient) leaves the consent alive.
// Threads:  pure functions.
// Source:   docs/design/0022-what-the-notice-enforces.md; docs/formats/policy.md, "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "crypto/base/bytes.h"
#include "engine/policy/stated/provision.h"

namespace noren::policy {

// The stated entries concerned: the recipient and its further items, its ground, what is said of
// provision and of new purposes, the files of the items with their periods, and the names of all
// these. In the order of the statement; empty without a stated part.
std::vector<const Entry*> EntriesOfConsent(const Policy& policy, const ReleaseTerms& terms);

// SHA-256 over the facts of these entries whose change asks consents anew (flag c of their rows).
// Zeros where nothing is stated.
Hash256 ConsentFacts(const Policy& policy, const ReleaseTerms& terms);

// Does a consent asked for under `facts` cover the same release under this policy?
//   errors   kPolicyIncomplete; kConsentAnew
Decision StillCovers(const Policy& policy, const ReleaseTerms& terms, const Hash256& facts);

}  // namespace noren::policy
