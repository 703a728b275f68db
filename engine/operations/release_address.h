// Where a release leads: release-of/<company>/<release>.
// Source:   docs/formats/operations_records.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "engine/operations/service_context.h"

namespace noren::operations {

struct ReleaseAddress {
  model::CandidateRef candidate;
  Hash256 order_token{};
};
StatusOr<Bytes> EncodeAddress(ServiceContext& context, const std::string& key,
                              const ReleaseAddress& address);
StatusOr<ReleaseAddress> DecodeAddress(ServiceContext& context, const std::string& key,
                                       ByteSpan stored);
//   errors   kNotFound: none, or another company's: the time it takes does not say which
StatusOr<ReleaseAddress> ReadAddress(ServiceContext& context, std::string_view company,
                                     const model::ReleaseId& release);

}  // namespace noren::operations
