// The age recipients a company's releases are wrapped to. Each registration is in the log.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"

namespace noren::operations {

inline constexpr std::size_t kMaxCompanyKeys = 8;

StatusOr<EntryPosition> AddCompanyKey(ServiceContext& context, const Call& call,
                                      const std::string& idempotency_key,
                                      const std::string& recipient);

// The live ones, sorted.
StatusOr<std::vector<std::string>> RecipientsOf(ServiceContext& context, std::string_view company);

}  // namespace noren::operations
