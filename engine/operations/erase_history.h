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

// Stages the deletion of so many of them, beside the rest of the erasure.
inline constexpr std::size_t kMaxHistoryInErasure = 500;
Status StageHistoryErasure(ServiceContext& context, const model::PersonId& person,
                           personal_data::Staged& staged);

// Deletes the others in changes of their own. Once the person's record is gone, not before: until
// then the person may still turn out to stay, and has the whole history or none of it to lose.
// Repeating it is harmless.
Status EraseRestOfHistory(ServiceContext& context, const model::PersonId& person);

}  // namespace noren::operations
