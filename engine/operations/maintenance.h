// What the service tidies by itself, before it serves: answers older than 24 hours, used nonces
// that have gone stale, leaves of
// registrations that never committed, and document payloads nothing refers to.
// Threads:  SweepAtStart runs before anyone is served
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "crypto/keys/key_tree.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

Status SweepAtStart(ServiceContext& context);

// Leaves of the key tree that people, items, files and held copies stand on: 2 MiB, however many.
class LeafSet {
 public:
  void insert(personal_data::LeafIndex leaf);
  bool contains(personal_data::LeafIndex leaf) const { return leaf < bits_.size() && bits_[leaf]; }
  std::size_t size() const { return size_; }

 private:
  std::vector<bool> bits_ = std::vector<bool>(keys::kTreeLeavesCount);
  std::size_t size_ = 0;
};
StatusOr<LeafSet> UsedLeaves(ServiceContext& context);

// Deletes payloads that no item refers to and that are older than the longest upload.
StatusOr<storage::SweepReport> SweepBlobs(ServiceContext& context);
// Deletes the nonces of acts that are too old to be accepted anyway.
StatusOr<std::size_t> SweepNonces(ServiceContext& context);

}  // namespace noren::operations
