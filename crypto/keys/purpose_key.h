// One key per purpose from the root key, so that no two parts of the system share one.
// Source:   HKDF-SHA256, info "noren/v1/<purpose>"; the list of purposes is in
//           docs/design/0001-the-doorway.md
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "crypto/base/secret_bytes.h"

namespace noren::keys {

// 32 bytes. `root` has at least 16 bytes; `purpose` is a literal of [a-z0-9-] (programmer's errors
// otherwise).
SecretBytes DerivePurposeKey(const SecretBytes& root, std::string_view purpose);

}  // namespace noren::keys
