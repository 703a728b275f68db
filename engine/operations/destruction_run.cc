// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/destruction_run.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_part.h"
#include "engine/operations/kept_leaves.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/market.h"
#include "engine/operations/stored_items.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using State = PlanRecord::State;

constexpr int kMaxRaces = 8;  // with another call that executes the same plan

Status CheckMayBegin(ServiceContext& context, const Call& call, const LoadedPlan& plan) {
  const PlanRecord& record = plan.record;
  if (record.state == State::kPlanned && context.policy.destruction.four_eyes) {
    return RecordRefusal(context, PlanDraft(call, audit::Operation::kBeginDestruction, record),
                         MakeError(ErrorCode::kApprovalRequired));
  }
  if (context.time.Now() >= record.expires_at)
    return VoidPlan(context, call, plan, MakeError(ErrorCode::kPlanVoid, "expired"));
  return OkStatus();
}

// From here on the plan runs, no hold is placed, and only the end of it is left.
StatusOr<Attempt> StageBegin(ServiceContext& context, const Call& call, const model::PlanId& id) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPlan plan, LoadPlan(context, id));
  Attempt attempt;
  attempt.change.entry = PlanDraft(call, audit::Operation::kBeginDestruction, plan.record);
  if (plan.record.state == State::kExecuting) return attempt;
  NOREN_RETURN_IF_ERROR(CheckMayBegin(context, call, plan));
  NOREN_ASSIGN_OR_RETURN(const auto running, RunningPlan(context));
  if (running) return MakeError(ErrorCode::kStateConflict, "another plan runs");
  // The count of holds is read before the holds are: what comes in between changes it.
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> hold_epoch, ReadOne(context, HoldEpochKey()));
  const StatusOr<Selection> now = SelectAgain(context, plan.record);
  if (model::CodeOf(now.status()) == ErrorCode::kPlanVoid)
    return VoidPlan(context, call, plan, now.status());
  NOREN_RETURN_IF_ERROR(now.status());
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, context.keyring.root());
  PlanRecord next = plan.record;
  next.state = State::kExecuting;
  next.begun_at = context.time.Now();
  next.counts = now->counts;
  next.generation_before = root.generation;
  personal_data::Staged& staged = attempt.change.staged;
  NOREN_RETURN_IF_ERROR(StagePlan(context, plan, next, staged));
  NOREN_RETURN_IF_ERROR(StageFileState(context, next, false, staged));
  staged.Replace(RunningPlanKey(), std::nullopt, ToBytes(id.bytes()));
  staged.Require(HoldEpochKey(), std::move(hold_epoch));
  attempt.change.deadline = plan.record.expires_at;
  return attempt;
}

audit::EntryDraft PartEntry(const Call& call, const PlanRecord& plan) {
  return PlanDraft(call, audit::Operation::kDestroyPart, plan);
}

DestructionAct ActOf(ServiceContext& context, const PlanRecord& plan,
                     std::vector<DestructionTarget> targets) {
  return {plan.level, plan.plan, context.time.Now(), 0, plan.file, std::move(targets)};
}

// kStateConflict when another call was faster.
Status CommitProgress(ServiceContext& context, const Call& call, const LoadedPlan& plan,
                      const PlanRecord& next, Change change) {
  NOREN_RETURN_IF_ERROR(StagePlan(context, plan, next, change.staged));
  if (next.next_part > plan.record.next_part)
    change.staged.Delete(keyspaces::DestructionPartKey(next.plan, plan.record.next_part));
  change.entry = PartEntry(call, next);
  return context.pipeline.Commit(std::move(change)).status();
}

Status RunPart(ServiceContext& context, const Call& call, const LoadedPlan& plan) {
  const PlanRecord& record = plan.record;
  NOREN_ASSIGN_OR_RETURN(std::vector<DestructionTarget> targets,
                         LoadPart(context, {record.plan, record.next_part}));
  const audit::EntryDraft entry = PartEntry(call, record);
  PartScope scope{call, entry, record.level, std::nullopt};
  if (record.by == SelectBy::kIdleSince) scope.idle_since = record.older_than;
  PlanRecord next = record;
  if (record.level != DestructionLevel::kFile) {
    NOREN_ASSIGN_OR_RETURN(const RetiredPart retired, RetireRecords(context, scope, targets));
    std::erase_if(targets, [&retired](const DestructionTarget& target) {
      return retired.spared.contains(target.leaf);
    });
    next.spared += retired.spared.size();
  }
  NOREN_RETURN_IF_ERROR(DestroyKeys(context, entry, ActOf(context, record, std::move(targets))));
  next.next_part += 1;
  return CommitProgress(context, call, plan, next, {});
}

// The file's key is gone; its records follow.
Status RunFilePage(ServiceContext& context, const Call& call, const LoadedPlan& plan) {
  NOREN_ASSIGN_OR_RETURN(FilePage page,
                         StageFilePage(context, plan.record.file, plan.record.cursor));
  PlanRecord next = plan.record;
  next.cursor = page.cursor;
  next.scanned = !page.more;
  Change change;
  change.staged = std::move(page.ending.staged);
  AddEvents(context, change, std::move(page.ending.told));
  return CommitProgress(context, call, plan, next, std::move(change));
}

StatusOr<personal_data::SignedReceipt> SignFor(ServiceContext& context, const Call& call,
                                               const PlanRecord& plan) {
  personal_data::RunReceipt receipt;
  receipt.receipt = plan.receipt;
  receipt.plan = plan.plan;
  receipt.plan_sha256 = plan.digest;
  receipt.level = std::string(DestructionLevelName(plan.level));
  receipt.file = plan.file;
  receipt.totals = {
      plan.counts.people - (plan.level == DestructionLevel::kPeople ? plan.spared : 0),
      plan.counts.items, plan.counts.held_people, plan.counts.held_items};
  receipt.spared = plan.spared;
  receipt.planned_by = plan.planner.key;
  receipt.approved_by = plan.approver.key;
  receipt.executed_by = call.key;
  receipt.begun_at = plan.begun_at;
  receipt.completed_at = context.time.Now();
  receipt.generation_before = plan.generation_before;
  receipt.generation_after = plan.generation_after;
  receipt.erasure_claim = std::string(storage::NameOf(context.erasure_claim));
  receipt.policy_version = context.policy.VersionText();
  return personal_data::SignRunReceipt(receipt, context.keys);
}

Status StageFileDestroyed(ServiceContext& context, const PlanRecord& plan,
                          personal_data::Staged& staged) {
  if (plan.level != DestructionLevel::kFile) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(auto file, LoadFile(context, plan.file));
  if (!file) return OkStatus();
  file->key.state = FileKey::State::kDestroyed;
  file->key.since = context.time.Now();
  NOREN_ASSIGN_OR_RETURN(Bytes stored,
                         EncodeFileKey(plan.file, file->key, context.keys, context.random));
  staged.Replace(keyspaces::FileKeyKey(plan.file), std::move(file->stored), std::move(stored));
  return OkStatus();
}

// The receipt, whose digest is in the entry; nothing runs any more.
StatusOr<Attempt> StageCompletion(ServiceContext& context, const Call& call,
                                  const model::PlanId& id) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPlan plan, LoadPlan(context, id));
  if (plan.record.state == State::kDone) return MakeError(ErrorCode::kStateConflict);
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, context.keyring.root());
  PlanRecord next = plan.record;
  next.state = State::kDone;
  next.generation_after = root.generation;
  next.receipt = model::ReceiptId::Generate(context.random);
  NOREN_ASSIGN_OR_RETURN(const auto signed_receipt, SignFor(context, call, next));
  Attempt attempt;
  personal_data::Staged& staged = attempt.change.staged;
  NOREN_RETURN_IF_ERROR(StagePlan(context, plan, next, staged));
  NOREN_RETURN_IF_ERROR(StageFileDestroyed(context, next, staged));
  staged.Delete(RunningPlanKey());
  NOREN_ASSIGN_OR_RETURN(personal_data::Staged end_of_keeping, StageEndOfKeeping(context));
  staged.Append(std::move(end_of_keeping));
  attempt.change.entry = PlanDraft(call, audit::Operation::kCompleteDestruction, next);
  attempt.change.entry.statement_digest = primitives::Sha256(AsBytes(signed_receipt.text));
  attempt.change.entry.clause_ids =
      context.policy.clauses_of_rule[static_cast<std::size_t>(policy::Rule::kErasure)];
  attempt.change.positioned =
      [&context, signed_receipt, key = keyspaces::DestructionReceiptKey(next.receipt)](
          std::uint64_t sequence, const audit::EntryOpening&) -> StatusOr<personal_data::Staged> {
    NOREN_ASSIGN_OR_RETURN(
        Bytes stored, personal_data::EncodeRunReceipt(key, {sequence, signed_receipt}, context.keys,
                                                      context.random));
    personal_data::Staged more;
    more.Put(key, std::move(stored));
    return more;
  };
  return attempt;
}

// Who comes back to be erased may be one of those whom a restore lost, under a new id.
Status DestroyLostLeaves(ServiceContext& context, const Call& call, const PlanRecord& plan) {
  if (plan.level != DestructionLevel::kPeople) return OkStatus();
  while (true) {
    NOREN_ASSIGN_OR_RETURN(const auto lost, LostPeoplesLeaves(context, kTargetsPerPart));
    if (lost.empty()) return OkStatus();
    std::vector<DestructionTarget> targets;
    for (const personal_data::LeafIndex leaf : lost) targets.push_back({{}, {}, {}, leaf, 0});
    NOREN_RETURN_IF_ERROR(
        DestroyKeys(context, PartEntry(call, plan), ActOf(context, plan, std::move(targets))));
  }
}

Status Complete(ServiceContext& context, const Call& call, const model::PlanId& plan) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPlan loaded, LoadPlan(context, plan));
  NOREN_RETURN_IF_ERROR(DestroyLostLeaves(context, call, loaded.record));
  NOREN_RETURN_IF_ERROR(FollowWithCopy(context));  // the old nodes leave the copy, too
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  const Status done =
      Record(context, [&] { return StageCompletion(context, call, plan); }).status();
  return model::CodeOf(done) == ErrorCode::kStateConflict ? OkStatus() : done;
}

// One step of a plan that runs; false when none is left.
StatusOr<bool> RunStep(ServiceContext& context, const Call& call, const LoadedPlan& plan) {
  const PlanRecord& record = plan.record;
  if (record.next_part < record.parts) {
    NOREN_RETURN_IF_ERROR(RunPart(context, call, plan));
    return true;
  }
  if (record.level != DestructionLevel::kFile || record.scanned) return false;
  NOREN_RETURN_IF_ERROR(RunFilePage(context, call, plan));
  return true;
}

Status RunPlan(ServiceContext& context, const Call& call, const model::PlanId& id,
               std::uint32_t max_steps) {
  int races = 0;
  for (std::uint32_t steps = 0; steps < max_steps;) {
    NOREN_ASSIGN_OR_RETURN(const LoadedPlan plan, LoadPlan(context, id));
    if (plan.record.state != State::kExecuting) return OkStatus();
    const StatusOr<bool> stepped = RunStep(context, call, plan);
    if (stepped.ok() && !*stepped) return Complete(context, call, id);
    if (stepped.ok()) {
      ++steps;
      continue;
    }
    // Another call did this part meanwhile, and deleted its list.
    NOREN_ASSIGN_OR_RETURN(const LoadedPlan after, LoadPlan(context, id));
    if (after.stored == plan.stored || ++races > kMaxRaces) return stepped.status();
  }
  return OkStatus();
}

}  // namespace

StatusOr<ExecutionProgress> ExecuteDestruction(ServiceContext& context, const Call& call,
                                               const model::PlanId& id, std::uint32_t max_parts) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  // A plan is read in several places, and its parts follow one another: two officers take turns.
  static std::mutex turn;
  const std::lock_guard lock(turn);
  NOREN_ASSIGN_OR_RETURN(const LoadedPlan before, LoadPlan(context, id));
  if (before.record.state == State::kVoid) return MakeError(ErrorCode::kPlanVoid);
  if (before.record.state == State::kPlanned || before.record.state == State::kApproved) {
    NOREN_RETURN_IF_ERROR(Record(context, [&] { return StageBegin(context, call, id); }).status());
  }
  NOREN_RETURN_IF_ERROR(RunPlan(context, call, id, max_parts));
  NOREN_ASSIGN_OR_RETURN(LoadedPlan after, LoadPlan(context, id));
  ExecutionProgress progress{std::move(after.record), std::nullopt};
  if (progress.plan.state != State::kDone) return progress;
  const std::string key = keyspaces::DestructionReceiptKey(progress.plan.receipt);
  NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kDataCorrupt, "receipt is gone");
  NOREN_ASSIGN_OR_RETURN(progress.receipt,
                         personal_data::DecodeRunReceipt(key, *stored, context.keys));
  return progress;
}

Status ResumeRunningPlan(ServiceContext& context) {
  const Call self{kServiceItself, "", {}};
  NOREN_ASSIGN_OR_RETURN(const auto running, RunningPlan(context));
  if (!running) return OkStatus();
  return RunPlan(context, self, *running, std::numeric_limits<std::uint32_t>::max());
}

}  // namespace noren::operations
