// After a restore, what leads from a company to people who are gone: their keys, which would say
// which candidates and releases were theirs, are destroyed, so everything is looked through once.
// Source:   docs/design/0001-the-doorway.md; ARCHITECTURE invariant 9
// Threads:  before serving
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/status.h"
#include "engine/operations/service_context.h"

namespace noren::operations {

// Deletes what is left of people and items whose key is gone, candidates whose person is not there,
// and addresses of releases whose candidate is not. Consents to such items end; each company that
// has no notice yet is told, and owes the destruction of its copies.
Status EraseStrayRecords(ServiceContext& context);

}  // namespace noren::operations
