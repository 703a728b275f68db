// Which leaves of the key tree are in use, and the keys of people whom a restore lost: registered
// after the backup, they are in no store that is served, and yet in the key tree. A newer backup
// that is restored later has them. So their leaves are not swept as if nobody had used them; the
// next destruction takes them with it, since who comes back to be erased may be one of them under a
// new id.
// Source:   docs/formats/backup.md, docs/formats/operations_records.md (state/kept-leaves)
// Threads:  free functions; KeepLeavesOfTheLost in a restore only
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "crypto/keys/key_tree.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/staged.h"

namespace noren::operations {

// A set of leaves in 2 MiB, however many.
class LeafSet {
 public:
  void insert(personal_data::LeafIndex leaf);
  bool contains(personal_data::LeafIndex leaf) const { return leaf < bits_.size() && bits_[leaf]; }
  std::size_t size() const { return size_; }
  std::optional<personal_data::LeafIndex> last() const { return last_; }  // the highest

 private:
  std::vector<bool> bits_ = std::vector<bool>(keys::kTreeLeavesCount);
  std::size_t size_ = 0;
  std::optional<personal_data::LeafIndex> last_;
};
// What people, items, files, held copies and keys of tokens in the store stand on.
//   errors   kDataCorrupt: a record does not open, so that its leaf is not known
StatusOr<LeafSet> UsedLeaves(ServiceContext& context);

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
