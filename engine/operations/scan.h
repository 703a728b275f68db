// Walking a keyspace page by page, for those whose size nothing bounds.
// Threads:  free functions concurrently; pages are not one snapshot
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/operations/service_context.h"

namespace noren::operations {

// Calls `visit` for every value under the prefix, in order of keys; stops at its first error.
Status VisitAll(ServiceContext& context, std::string_view prefix,
                const std::function<Status(const storage::KeyValue&)>& visit);

}  // namespace noren::operations
