// Days as officers write them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "crypto/base/status.h"

namespace noren::cli {

// "2026-01-31" as its first second, UTC. `option` is named in the refusal.
StatusOr<std::int64_t> ParseDay(const std::string& text, const std::string& option);

}  // namespace noren::cli
