// What the service tidies by itself, before it serves: answers older than 24 hours, used nonces
// that have gone stale, leaves of
// registrations that never committed, and document payloads nothing refers to.
// Threads:  SweepAtStart runs before anyone is served
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/operations/idempotent_run.h"

namespace noren::operations {

Status SweepAtStart(ServiceContext& context);

// Deletes payloads that no item refers to and that are older than the longest upload.
StatusOr<storage::SweepReport> SweepBlobs(ServiceContext& context);
// Deletes the nonces of acts that are too old to be accepted anyway.
StatusOr<std::size_t> SweepNonces(ServiceContext& context);

}  // namespace noren::operations
