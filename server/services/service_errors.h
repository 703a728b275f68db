// From a refusal of the engine to the exception of the wire. Only what errors.inc and the log-safe
// parts of a status say goes out; a status without a code is INTERNAL and says nothing.
// Source:   docs/formats/errors.md, server/thrift/common.thrift
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "crypto/base/status.h"
#include "gen-cpp/common_types.h"

namespace noren::server {

// `refusal` is not ok. `language`: "ko" and "ja" give that sentence, anything else the English one.
wire::ServiceError ToServiceError(const Status& refusal, std::string_view request_id,
                                  std::string_view language);

// The same refusal with the field path of the wire ("posting.required.skills[0].level" of the model
// is "posting.required_skills[0].level" there). Other refusals, and an ok status, come back as they
// are.
Status WithWireField(const Status& refusal);

}  // namespace noren::server
