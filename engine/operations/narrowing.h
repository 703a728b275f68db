// Narrowing acts as the journal keeps them: everything that must hold again after an older backup
// is restored.
// Source:   docs/formats/journal.md (payloads)
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/clock.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

// Withdrawal: of one consent, or of discoverability when `consent` is none. Erasure: of the whole
// person.
struct NarrowedPerson {
  model::PersonId person;
  model::ConsentId consent;
  UnixSeconds at;  // of discoverability: the bar, also for the restored record
};

storage::NarrowingAct MakeNarrowingAct(storage::NarrowingKind kind, const NarrowedPerson& narrowed);
//   errors   kDataCorrupt
StatusOr<NarrowedPerson> NarrowedPersonOf(const storage::NarrowingAct& act);

}  // namespace noren::operations
