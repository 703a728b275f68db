// The sealed copy of where the log stands. Entries are public and carry no key, so whoever writes
// the database could add some after the anchored one, with a consent root of their own; at start
// the log must end where this record, sealed in the same batch as its last entry, says.
// Source:   docs/formats/operations_records.md
// Threads:  free functions
// Secrets:  the store's sealing key, borrowed
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/audit/log_state.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/storage/store.h"

namespace noren::operations {

storage::Mutation SealLogHead(const audit::LogState& state, const personal_data::PurposeKeys& keys,
                              Random& random);

// Ok when the log is empty, or sealed as it stands.
//   errors   kDataLoss: not sealed, or another end of the log is; kUnavailable: not read
Status CheckLogSeal(storage::Store& store, const audit::LogState& state,
                    const personal_data::PurposeKeys& keys);

}  // namespace noren::operations
