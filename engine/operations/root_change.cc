// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/root_change.h"

#include <utility>

#include "engine/operations/backup.h"
#include "engine/operations/commit_pipeline.h"

namespace noren::operations {

Status FollowWithTreeCopy(const ServiceContext& context) {
  return context.backup == nullptr ? OkStatus() : RefreshKeyTreeCopy(*context.backup);
}

StatusOr<const personal_data::DestructionPlan*> RootChange::Begin(
    std::vector<personal_data::LeafIndex> leaves) {
  NOREN_RETURN_IF_ERROR(Abandon());
  StatusOr<personal_data::DestructionPlan> plan =
      leaves.empty() ? context_.keyring.PrepareRotation()
                     : context_.keyring.PrepareDestruction(std::move(leaves));
  NOREN_RETURN_IF_ERROR(plan.status());
  plan_ = std::move(*plan);
  // It opens under the old root and under the new one: the data disk may be lost at any step.
  const Status copied = FollowWithTreeCopy(context_);
  if (!copied.ok()) NOREN_RETURN_IF_ERROR(Abandon());
  NOREN_RETURN_IF_ERROR(copied);
  return &*plan_;
}

Status RootChange::End(const Status& committed) {
  if (committed.ok()) {
    if (!plan_) return OkStatus();
    NOREN_RETURN_IF_ERROR(context_.keyring.CompleteDestruction(*plan_));
    return FollowWithTreeCopy(context_);  // the old nodes leave it too
  }
  if (!context_.pipeline.failed()) NOREN_RETURN_IF_ERROR(Abandon());
  return committed;
}

Status RootChange::Abandon() {
  if (!plan_) return OkStatus();
  const personal_data::DestructionPlan plan = std::move(*plan_);
  plan_.reset();
  return context_.keyring.AbandonDestruction(plan);
}

}  // namespace noren::operations
