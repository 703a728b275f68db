// A posting as a portal writes it, read by the service itself: what it may hold is the list of
// docs/formats/noren_jsonl.md and nothing else, and what the policy forbids is refused by name.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/operations/register_posting.h"

namespace noren::operations {

inline constexpr std::size_t kMaxPostingDocumentBytes = std::size_t{128} << 10;

// `document`: one row of Noren JSON Lines, "posting/1".
//   errors   E_ITEM (field): a field that is not in the list; kForbiddenField and the other causes
//            of a row's report (field); kTooLarge; kBadRequest: not one posting; those of
//            RegisterPosting
StatusOr<RegisteredPosting> RegisterPostingDocument(ServiceContext& context, const Call& call,
                                                    const std::string& idempotency_key,
                                                    const std::string& document);

}  // namespace noren::operations
