// The part of an erasure that has no bound: a person has a record for each time they were shown
// alone, for each day and card epoch, and for each entry of the log about them. One commit does not
// hold the records of years.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/model/ids.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/staged.h"

namespace noren::operations {

// Of a person whose erasure is decided: deletes such records in commits of their own, until those
// that are left fit beside the rest of the erasure. Repeating it is harmless.
inline constexpr std::size_t kMaxHistoryInErasure = 1000;
Status ShrinkHistory(ServiceContext& context, const model::PersonId& person);

// Stages the deletion of those that are left.
Status StageHistoryErasure(ServiceContext& context, const model::PersonId& person,
                           personal_data::Staged& staged);

}  // namespace noren::operations
