// The public notice of a policy as consents refer to it: by the digest of its text in the
// operator's language.
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "engine/policy/policy.h"

namespace noren::operations {

// Printed once for each version; zeros where the policy publishes nothing.
Hash256 PublicNoticeOf(const policy::Policy& policy);

}  // namespace noren::operations
