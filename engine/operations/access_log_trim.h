// Taking old entries of the access log: who made them is forgotten, the entries themselves stay as
// the commitments that the log's tree is of. Not before the time that the policy keeps them at
// least.
// Source:   docs/design/0035-refused-callers.md (Access records), docs/formats/audit_entry.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "engine/model/civil_day.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct TrimAccessLogRequest {
  std::string idempotency_key;
  model::CivilDay before;  // entries of this day and later stay, by the policy's own time
};
struct TrimmedAccessLog {
  std::size_t entries = 0;  // of this call
  bool more = false;        // there are others: call again, under another key
  EntryPosition position;
};
//   errors   kNotAllowed; kPolicyForbids: an entry of the last day has to be kept longer, or the
//            policy says nothing of how long; those of the calendar
StatusOr<TrimmedAccessLog> TrimAccessLog(ServiceContext& context, const Call& call,
                                         const TrimAccessLogRequest& request);

}  // namespace noren::operations
