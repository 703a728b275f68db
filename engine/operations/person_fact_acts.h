// The journal's act of what holds of a person from day to day (a kind, a permission): after a
// restore it holds again. It is sealed under the person's own key and ends with it.
// Source:   docs/formats/journal.md (payload of format 10)
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/operations/idempotent_run.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

// The person's record with these facts in place of those of before, and the act that says what
// changed: `changed` has only that.
struct FactChange {
  personal_data::PersonFacts facts;
  personal_data::PersonFacts changed;
};
Status StageFacts(ServiceContext& context, const LoadedPerson& person, FactChange facts,
                  Change& change);

StatusOr<storage::NarrowingAct> MakeFactAct(personal_data::PersonContext person,
                                            const personal_data::PersonFacts& changed,
                                            Random& random);

//   returns  false: the backup has it, or not the person, or the key is gone
//   errors   kDataCorrupt
StatusOr<bool> ReapplyFacts(ServiceContext& context, const storage::NarrowingAct& act,
                            Change& change);

}  // namespace noren::operations
