// Every record of a person, staged for deletion, and what the companies are told: the same for a
// destruction, a plan, and a restore that applies one again.
// Source:   docs/design/0013-destruction.md (Execution)
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "engine/operations/duties.h"
#include "engine/operations/events.h"
#include "engine/operations/people.h"
#include "engine/personal_data/staged.h"

namespace noren::operations {

// Whether a company has copies: what the store says, or, after a restore, which may have lost a
// release, always.
enum class HandedOver { kAsStored, kAssumed };
// The companies of the person's living consents are told, as after a withdrawal. Before the
// erasure: their names are only known with the person's keys.
StatusOr<StagedDuty> StageCompanyNotices(ServiceContext& context, const LoadedPerson& person,
                                         HandedOver handed_over);

// Of a long history only the beginning: EraseRestOfHistory has to follow the commit.
// `known`: keys to use when the record itself is damaged.
StatusOr<personal_data::Staged> StageErasure(ServiceContext& context, const model::PersonId& person,
                                             const LoadedPerson* known = nullptr);

// What one change takes. A changed consent rewrites the nodes above it in the map of all consents.
inline constexpr std::size_t kMutationsPerChange = 1500;
inline constexpr std::size_t kConsentsPerChange = 64;
// How many consents these mutations change.
std::size_t CountConsents(const personal_data::Staged& staged);

// Of an erasure that is too much for one change: commits all but the last piece, in the order in
// which it was staged, the first with the events. The person's own record is staged last, so that
// who is interrupted finds the rest. For one person only, and only when nothing makes that person
// stay any more once the first piece is committed.
Status EraseAhead(ServiceContext& context, const audit::EntryDraft& entry,
                  personal_data::Staged& staged, std::vector<AddressedEvent>& told);

}  // namespace noren::operations
