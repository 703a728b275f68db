// What ending a company consists of, for the operations that do it (company_leaving.h).
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "engine/operations/company_leaving.h"

namespace noren::operations {

// The record of a company that has left once; nothing: it never did.
struct StoredLeaving {
  std::optional<CompanyLeaving> leaving;
  std::optional<Bytes> stored;  // what changes condition on
};
//   errors   kDataCorrupt
StatusOr<StoredLeaving> ReadLeaving(ServiceContext& context, std::string_view company);
// `after` in place of `before`, with the next version.
Status StageLeaving(ServiceContext& context, StoredLeaving before, CompanyLeaving after,
                    personal_data::Staged& staged);
Status VisitLeavings(ServiceContext& context, const std::function<Status(StoredLeaving)>& visit);

// Closes the company's open postings. False: none is.
StatusOr<bool> StageClosedPostings(ServiceContext& context, std::string_view company,
                                   Change& change);

}  // namespace noren::operations
