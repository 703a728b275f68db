// Keys of people whom a restore lost: registered after the backup, they are in no store that is
// served, and yet in the key tree. A newer backup that is restored later has them. So their leaves
// are not swept as if nobody had used them; the next destruction takes them with it, since who
// comes back to be erased may be one of them under a new id.
// Source:   docs/formats/backup.md, docs/formats/operations_records.md (state/kept-leaves)
// Threads:  free functions; KeepLeavesOfTheLost in a restore only
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <vector>

#include "engine/operations/service_context.h"
#include "engine/personal_data/staged.h"

namespace noren::operations {

// Leaves of the people in the store.
//   errors   kDataCorrupt: a person's record does not open, so that its leaf is not known
StatusOr<std::set<personal_data::LeafIndex>> UsedLeaves(ServiceContext& context);

// Half-open; ascending, not overlapping.
struct LeafRange {
  personal_data::LeafIndex begin = 0;
  personal_data::LeafIndex end = 0;
  bool operator==(const LeafRange&) const = default;
};
//   errors   kDataCorrupt
StatusOr<std::vector<LeafRange>> ReadKeptLeaves(ServiceContext& context);
bool IsKept(const std::vector<LeafRange>& kept, personal_data::LeafIndex leaf);

// After the data of a backup were put in place: from now on every leaf behind those of its people
// is kept. Commits when there is any.
Status KeepLeavesOfTheLost(ServiceContext& context);

// Leaves of lost people that exist, at most `limit`, for a destruction to take along.
StatusOr<std::vector<personal_data::LeafIndex>> LostPeoplesLeaves(ServiceContext& context,
                                                                  std::size_t limit);
// After that destruction: ends the keeping when none is left.
StatusOr<personal_data::Staged> StageEndOfKeeping(ServiceContext& context);

}  // namespace noren::operations
