// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/destruction_part.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/kept_leaves.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/media.h"
#include "engine/operations/scan.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

bool IsDamage(const Status& status) { return model::CodeOf(status) == ErrorCode::kDataCorrupt; }

audit::EntryDraft EntryFor(audit::Operation operation, const model::PlanId& plan) {
  audit::EntryDraft entry;
  entry.operation = operation;
  entry.principal = kServiceItself;
  entry.object = plan.ToString();
  return entry;
}

// The restored tree, or a restored record, may have given a number to somebody else.
StatusOr<std::vector<DestructionTarget>> WithoutUsed(ServiceContext& context,
                                                     std::vector<DestructionTarget> targets) {
  NOREN_ASSIGN_OR_RETURN(const LeafSet used, UsedLeaves(context));
  std::erase_if(targets,
                [&used](const DestructionTarget& target) { return used.contains(target.leaf); });
  return targets;
}

Status PayOne(ServiceContext& context, const storage::KeyValue& owed) {
  NOREN_ASSIGN_OR_RETURN(const storage::OpenedValue opened,
                         storage::OpenValue(context.keys.store_seal(),
                                            {keyspaces::kOwedDestruction, owed.key}, owed.value));
  NOREN_ASSIGN_OR_RETURN(DestructionAct act, DestructionActOf(opened.plaintext));
  // A file keeps its record, which says that it is destroyed.
  if (act.level != DestructionLevel::kFile) {
    NOREN_ASSIGN_OR_RETURN(act.targets, WithoutUsed(context, std::move(act.targets)));
  }
  const audit::EntryDraft entry = EntryFor(audit::Operation::kDestroyPart, act.plan);
  NOREN_RETURN_IF_ERROR(DestroyKeys(context, entry, std::move(act)));
  Change change;
  change.entry = entry;
  change.staged.Delete(owed.key);
  return context.pipeline.Commit(std::move(change)).status();
}

// The power failed between the batch that says so and the anchor: the root of before is in force.
Status EndLostMedia(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<MediumKey> media, LostMedia(context));
  std::vector<DestructionTarget> targets;
  for (const MediumKey& medium : media) {
    const auto keys = context.keyring.Open(medium.leaf);
    if (keys.ok()) targets.emplace_back().leaf = medium.leaf;
  }
  if (targets.empty()) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(targets, WithoutUsed(context, std::move(targets)));
  for (const MediumKey& medium : media) {
    const auto is_its = [&](const DestructionTarget& one) { return one.leaf == medium.leaf; };
    if (std::ranges::none_of(targets, is_its)) continue;
    DestructionAct act;
    act.level = DestructionLevel::kMedium;
    act.at = medium.since;
    act.file = medium.name;
    act.targets.emplace_back().leaf = medium.leaf;
    audit::EntryDraft entry = EntryFor(audit::Operation::kDestroyPart, act.plan);
    entry.object = medium.name;
    NOREN_RETURN_IF_ERROR(DestroyKeys(context, entry, std::move(act)));
  }
  return OkStatus();
}

Status PayOwed(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const auto owed,
                         ScanAll(context, std::string(keyspaces::kOwedDestruction)));
  for (const storage::KeyValue& one : owed) {
    const Status paid = PayOne(context, one);
    // A record does not open, and its leaf may be one of these: they wait until it is repaired.
    if (!IsDamage(paid)) NOREN_RETURN_IF_ERROR(paid);
  }
  return OkStatus();
}

// Lists of plans that were never stored, or of ones that are over.
Status DeleteOrphanParts(ServiceContext& context) {
  Change change;
  NOREN_RETURN_IF_ERROR(
      VisitAll(context, keyspaces::kDestructionPart, [&](const storage::KeyValue& one) -> Status {
        NOREN_ASSIGN_OR_RETURN(const auto id,
                               personal_data::keyspaces::IdOfKey<model::PlanId>(one.key, 0));
        const auto plan = LoadPlan(context, id);
        const bool is_gone = model::CodeOf(plan.status()) == ErrorCode::kNotFound;
        if (is_gone && change.staged.mutations.size() < kMutationsPerChange)
          change.staged.Delete(one.key);
        return OkStatus();
      }));
  if (change.staged.mutations.empty()) return OkStatus();
  change.entry = EntryFor(audit::Operation::kVoidDestruction, {});
  return context.pipeline.Commit(std::move(change)).status();
}

Status StageOwed(ServiceContext& context, const storage::NarrowingAct& act,
                 personal_data::Staged& staged) {
  const std::string key = keyspaces::OwedDestructionKey(act.sequence);
  staged.Put(key, storage::SealValue(context.keys.store_seal(), {keyspaces::kOwedDestruction, key},
                                     1, act.payload, context.random));
  return OkStatus();
}

Status CommitAgain(ServiceContext& context, const DestructionAct& act, personal_data::Staged staged,
                   std::vector<AddressedEvent> told = {}) {
  Change change;
  AddEvents(context, change, std::move(told));
  change.entry = EntryFor(audit::Operation::kReapplyNarrowingActs, act.plan);
  change.staged = std::move(staged);
  return context.pipeline.Commit(std::move(change)).status();
}

// The file stays closed for good, and its items go.
StatusOr<std::size_t> DestroyFileAgain(ServiceContext& context, const DestructionAct& act) {
  personal_data::Staged state;
  NOREN_ASSIGN_OR_RETURN(const auto file, LoadFile(context, act.file));
  const personal_data::LeafIndex leaf = act.targets.empty() ? 0 : act.targets.front().leaf;
  NOREN_ASSIGN_OR_RETURN(
      Bytes stored,
      EncodeFileKey(act.file, {file ? file->key.leaf : leaf, FileKey::State::kDestroyed, act.at},
                    context.keys, context.random));
  state.Put(keyspaces::FileKeyKey(act.file), std::move(stored));
  NOREN_RETURN_IF_ERROR(CommitAgain(context, act, std::move(state)));
  std::size_t found = 0;
  std::string cursor;
  for (bool more = true; more;) {
    NOREN_ASSIGN_OR_RETURN(FilePage page, StageFilePage(context, act.file, cursor));
    found += page.found;
    more = page.more;
    cursor = page.cursor;
    if (page.ending.staged.mutations.empty()) continue;
    NOREN_RETURN_IF_ERROR(
        CommitAgain(context, act, std::move(page.ending.staged), std::move(page.ending.told)));
  }
  return found;
}

}  // namespace

StatusOr<std::size_t> ReapplyDestruction(ServiceContext& context,
                                         const storage::NarrowingAct& stored) {
  NOREN_ASSIGN_OR_RETURN(const DestructionAct act, DestructionActOf(stored.payload));
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, context.keyring.root());
  if (root.generation < act.generation_after) {
    personal_data::Staged owed;
    NOREN_RETURN_IF_ERROR(StageOwed(context, stored, owed));
    NOREN_RETURN_IF_ERROR(CommitAgain(context, act, std::move(owed)));
  }
  if (act.level == DestructionLevel::kFile) return DestroyFileAgain(context, act);
  if (act.level == DestructionLevel::kMedium) return LoseMediumAgain(context, act);
  const Call self{kServiceItself, "", {}};
  const audit::EntryDraft entry = EntryFor(audit::Operation::kReapplyNarrowingActs, act.plan);
  NOREN_ASSIGN_OR_RETURN(
      const RetiredPart retired,
      RetireRecords(context, {self, entry, act.level, std::nullopt, HandedOver::kAssumed},
                    act.targets));
  return retired.found;
}

Status ResumePlans(ServiceContext& context) {
  NOREN_RETURN_IF_ERROR(PayOwed(context));
  const Status media = EndLostMedia(context);
  if (!IsDamage(media)) NOREN_RETURN_IF_ERROR(media);
  NOREN_RETURN_IF_ERROR(DeleteOrphanParts(context));
  const Status resumed = ResumeRunningPlan(context);
  // A damaged record stops this plan, and nothing else: it runs on once the record is repaired.
  return IsDamage(resumed) ? OkStatus() : resumed;
}

}  // namespace noren::operations
