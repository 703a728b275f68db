// What officers do with a plan of destruction: plan, look, approve; another one than the planner,
// where the policy says so.
// Source:   docs/design/0013-destruction.md
// Threads:  free functions concurrently
// Why safe: approval and begin are conditional on the plan's record as it was read, and compare the
//           digest, the officers' names and their keys.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/audit/log_state.h"
#include "engine/operations/destruction_select.h"
#include "engine/operations/idempotent_run.h"
#include "engine/personal_data/destruction_statement.h"

namespace noren::operations {

struct PlanRequest {
  std::string idempotency_key;
  DestructionRule rule;
  std::string reason;  // ground and, where there is one, the internal plan: 3..1200 bytes
};
struct PlannedDestruction {
  PlanRecord plan;  // of a dry run: counts and targets' digest alone
  Hash256 targets{};
  EntryPosition position;
};
// Selects and counts; stores nothing.
StatusOr<PlannedDestruction> DryRunDestruction(ServiceContext& context, const Call& call,
                                               const PlanRequest& request);
//   errors   those of Select; kNotFound: nothing is selected; kReasonRequired
StatusOr<PlannedDestruction> PlanDestruction(ServiceContext& context, const Call& call,
                                             const PlanRequest& request);

// `digest` is the one the officer saw.
//   errors   kApprovalRequired: the same officer, or the same key; kPlanVoid; kStateConflict: not
//            waiting for approval, or another digest; kNotFound
StatusOr<EntryPosition> ApproveDestruction(ServiceContext& context, const Call& call,
                                           const std::string& idempotency_key,
                                           const model::PlanId& plan, const Hash256& digest);

// Newest first.
StatusOr<std::vector<PlanRecord>> ListPlans(ServiceContext& context, const Call& call);
StatusOr<PlanRecord> ReadPlan(ServiceContext& context, const Call& call, const model::PlanId& plan);
struct ListedReceipt {
  model::ReceiptId receipt;
  personal_data::StoredRunReceipt stored;
};
// In the order of the log.
StatusOr<std::vector<ListedReceipt>> ListRunReceipts(ServiceContext& context, const Call& call);

// Everything that shows offline that the log has the receipt, but the signature of `state`.
struct ReceiptProof {
  personal_data::StoredRunReceipt stored;
  Bytes entry;
  std::uint64_t index = 0;
  std::vector<Hash256> path;
  audit::LogState state;
};
//   errors   kNotFound
StatusOr<ReceiptProof> ProveRunReceipt(ServiceContext& context, const Call& call,
                                       const model::ReceiptId& receipt);

// For execution: makes the plan void in the log, and returns `why`.
Status VoidPlan(ServiceContext& context, const Call& call, const LoadedPlan& plan,
                const Status& why);
// The plan's file, in this state; stages that it is still the one that was read.
Status StageFileState(ServiceContext& context, const PlanRecord& plan, bool open,
                      personal_data::Staged& staged);
// An entry about a plan.
audit::EntryDraft PlanDraft(const Call& call, audit::Operation operation, const PlanRecord& plan);
// Replaces the plan's record by `next`.
Status StagePlan(ServiceContext& context, const LoadedPlan& before, const PlanRecord& next,
                 personal_data::Staged& staged);

}  // namespace noren::operations
