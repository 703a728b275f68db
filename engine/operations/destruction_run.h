// Executing an approved plan: part after part, resumable at any write, ended by a signed receipt.
// Source:   docs/design/0013-destruction.md (Execution)
// Threads:  free functions concurrently; of two that execute one plan each finds the other's work
//           done
// Why safe: a part is done only when a change after the new root says so; repeating one that is not
//           finds its records or its keys gone and goes on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "engine/operations/destruction_plan.h"

namespace noren::operations {

struct ExecutionProgress {
  PlanRecord plan;
  std::optional<personal_data::StoredRunReceipt> receipt;  // when it is done
};
// At most `max_parts` parts; call again until the receipt is there. Once it is answered with the
// receipt nothing that the plan selected opens or is released any more.
//   errors   kApprovalRequired; kPlanVoid: expired, or not what was approved any more;
//            kStateConflict: another plan runs; kNotFound
StatusOr<ExecutionProgress> ExecuteDestruction(ServiceContext& context, const Call& call,
                                               const model::PlanId& plan, std::uint32_t max_parts);

// Ends the plan that runs, if any.
Status ResumeRunningPlan(ServiceContext& context);
// What a crash or a restore left: destroys what is owed, ends the plan that runs. Call at start,
// before serving.
Status ResumePlans(ServiceContext& context);

// Applies one act of a plan again after a restore; how many targets were there.
StatusOr<std::size_t> ReapplyDestruction(ServiceContext& context, const storage::NarrowingAct& act);

}  // namespace noren::operations
