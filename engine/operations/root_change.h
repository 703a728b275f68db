// A new root of the key tree, with or without leaves that are destroyed by it: from the copied
// nodes to the deletion of the old ones, and the copy of the tree beside the backups with it.
// Source:   docs/formats/key_tree_store.md, docs/formats/backup.md
// Threads:  one owner; other changes of the root wait
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "engine/operations/service_context.h"

namespace noren::operations {

// The copy of the key tree beside the backups is as the tree: also when a leaf came that the
// journal needs, which is no part of a backup.
Status FollowWithTreeCopy(const ServiceContext& context);

class RootChange {
 public:
  explicit RootChange(ServiceContext& context) : context_(context) {}

  // The new root is put into the anchor next, by a change with its `key_tree_root`. Again when
  // somebody came before the attempt.
  //   leaves   none: the root alone
  //   errors   kNotFound: leaves are given, and none of them exists
  StatusOr<const personal_data::DestructionPlan*> Begin(
      std::vector<personal_data::LeafIndex> leaves = {});
  // The new root is durable in the anchor when the batch is; only then the old one is given up.
  // After a failure of the disk nobody knows which one the anchor holds; the next start does.
  Status End(const Status& committed);

 private:
  Status Abandon();

  ServiceContext& context_;
  std::optional<personal_data::DestructionPlan> plan_;
};

}  // namespace noren::operations
