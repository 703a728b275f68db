// What officers do to the service as a whole, as the audit log knows it.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/audit/entry.h"
#include "engine/operations/service_context.h"

namespace noren::operations {

// One entry that says who sealed or unsealed. Unlike other operations it does not ask whether the
// policy is in force: a service can always be sealed.
//   errors   kNotAllowed: not an officer; kStorage
Status RecordCustodyAct(ServiceContext& context, const Call& call, audit::Operation operation);

}  // namespace noren::operations
