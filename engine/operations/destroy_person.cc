// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/destroy_person.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/backup.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/duties.h"
#include "engine/operations/erase_history.h"
#include "engine/operations/erase_person.h"
#include "engine/operations/events.h"
#include "engine/operations/kept_leaves.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/market.h"
#include "engine/operations/narrowing.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/retention_due.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using State = ErasureRequest::State;

audit::EntryDraft DraftFor(const Call& call, const ErasureRequest& request,
                           audit::Operation operation) {
  audit::EntryDraft draft;
  draft.operation = operation;
  draft.principal = call.principal;
  draft.subject = request.person.ToString();
  draft.object = request.request.ToString();
  return draft;
}

StatusOr<ErasureRequest> LoadRequest(ServiceContext& context, const model::RequestId& request,
                                     Bytes& stored_out) {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored,
                         ReadOne(context, person_keyspaces::ErasureRequestKey(request)));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  stored_out = std::move(*stored);
  return DecodeErasureRequest(request, stored_out, context.keys);
}

}  // namespace

Status FollowWithCopy(const ServiceContext& context) {
  return context.backup == nullptr ? OkStatus() : RefreshKeyTreeCopy(*context.backup);
}

namespace {

// The receipt's id, and its commitment to the handle while that can still be read.
Status BeginReceipt(ServiceContext& context, ErasureRequest& request) {
  request.receipt = model::ReceiptId::Generate(context.random);
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ReadOne(context, person_keyspaces::PersonKey(request.person)));
  if (!stored) return MakeError(ErrorCode::kStateConflict, "destroyed under another request");
  NOREN_ASSIGN_OR_RETURN(const auto address,
                         personal_data::OpenPersonAddress(request.person, *stored, context.keys));
  request.handle_commitment = personal_data::CommitToHandle(request.receipt, address.handle);
  request.leaf = address.leaf;
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, context.keyring.root());
  request.generation_before = root.generation;
  return OkStatus();
}

// First commit: the request is being executed. A crash from here on is finished at the next start.
StatusOr<ErasureRequest> MarkDestroying(ServiceContext& context, const Call& call,
                                        const model::RequestId& id) {
  ErasureRequest request;
  const auto marked_at = Record(context, [&]() -> StatusOr<Attempt> {
    Bytes stored;
    NOREN_ASSIGN_OR_RETURN(request, LoadRequest(context, id, stored));
    if (request.state == State::kDone)
      return MakeError(ErrorCode::kStateConflict, "destroyed already");
    request.state = State::kDestroying;
    if (request.receipt.is_none()) NOREN_RETURN_IF_ERROR(BeginReceipt(context, request));
    Attempt attempt;
    NOREN_ASSIGN_OR_RETURN(Bytes marked,
                           EncodeErasureRequest(request, context.keys, context.random));
    attempt.change.staged.Replace(person_keyspaces::ErasureRequestKey(id), std::move(stored),
                                  std::move(marked));
    attempt.change.entry = DraftFor(call, request, audit::Operation::kApproveDestruction);
    return attempt;
  });
  NOREN_RETURN_IF_ERROR(marked_at.status());
  return request;
}

// That the person asks, by the clauses: where the policy cancels registrations for several reasons,
// the log says for which one this was.
std::vector<std::string> GroundOf(ServiceContext& context) {
  return JoinClauses(
      policy::ClausesOfCancellation(context.policy, "no"),
      context.policy.clauses_of_rule[static_cast<std::size_t>(policy::Rule::kErasure)]);
}

struct Destruction {
  ErasureRequest request;
  personal_data::Staged staged;  // deletes the records, tells the companies
  std::vector<AddressedEvent> told;
  personal_data::DestructionPlan plan;
  bool key_was_gone = false;  // a restore or an interrupted run had destroyed it already
};

// The batch that deletes the records, journals the erasure and puts the new root into the anchor;
// old slots are overwritten.
Status CommitErasure(ServiceContext& context, const Call& call, Destruction& destruction) {
  Change change;
  change.entry = DraftFor(call, destruction.request, audit::Operation::kDestroyPerson);
  NOREN_RETURN_IF_ERROR(EraseAhead(context, change.entry, destruction.staged, destruction.told));
  change.staged = std::move(destruction.staged);
  AddEvents(context, change, std::move(destruction.told));
  change.entry.clause_ids = GroundOf(context);
  const ErasureRequest& request = destruction.request;
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, context.keyring.root());
  const std::uint64_t after =
      destruction.key_was_gone ? root.generation : destruction.plan.new_root.generation;
  change.narrowing =
      MakeNarrowingAct(storage::NarrowingKind::kErasure,
                       {request.person,
                        {},
                        context.time.Now(),
                        NarrowedErasure{request.request, request.receipt, request.handle_commitment,
                                        request.leaf, request.generation_before, after}});
  if (!destruction.key_was_gone) change.key_tree_root = destruction.plan.new_root.Clone();
  change.feed.push_back(PersonChanged(destruction.request.person));
  return context.pipeline.Commit(std::move(change)).status();
}

// Other requests of the same person are done with this one.
Status StageOtherRequests(ServiceContext& context, const ErasureRequest& executed,
                          personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, std::string(person_keyspaces::kErasureRequest)));
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::RequestId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(ErasureRequest other,
                           DecodeErasureRequest(id, item.value, context.keys));
    if (other.person != executed.person || id == executed.request || other.state != State::kOpen)
      continue;
    other.state = State::kDone;
    NOREN_ASSIGN_OR_RETURN(Bytes done, EncodeErasureRequest(other, context.keys, context.random));
    staged.Put(item.key, std::move(done));
  }
  return OkStatus();
}

// What the commit needs. The records are read first: from PrepareDestruction on the person's keys
// do not open any more.
StatusOr<Destruction> Prepare(ServiceContext& context, const ErasureRequest& request) {
  Destruction destruction;
  destruction.request = request;
  const StatusOr<LoadedPerson> person = LoadPerson(context, request.person);
  if (person.ok()) {
    NOREN_ASSIGN_OR_RETURN(StagedDuty notices,
                           StageCompanyNotices(context, *person, HandedOver::kAsStored));
    destruction.staged = std::move(notices.staged);
    destruction.told = std::move(notices.told);
  }
  NOREN_ASSIGN_OR_RETURN(personal_data::Staged records, StageErasure(context, request.person));
  destruction.staged.Append(std::move(records));
  NOREN_RETURN_IF_ERROR(StageOtherRequests(context, request, destruction.staged));
  destruction.key_was_gone = true;
  if (!request.leaf) return destruction;
  std::vector<personal_data::LeafIndex> leaves = {*request.leaf};
  if (context.keyring.Open(*request.leaf).ok()) {
    NOREN_ASSIGN_OR_RETURN(const auto lost,
                           LostPeoplesLeaves(context, personal_data::kMaxLeavesPerDestruction - 1));
    leaves.insert(leaves.end(), lost.begin(), lost.end());
  }
  StatusOr<personal_data::DestructionPlan> plan =
      context.keyring.PrepareDestruction(std::move(leaves));
  if (model::CodeOf(plan.status()) == ErrorCode::kNotFound) return destruction;
  NOREN_RETURN_IF_ERROR(plan.status());
  destruction.key_was_gone = false;
  destruction.plan = std::move(*plan);
  return destruction;
}

StatusOr<personal_data::SignedReceipt> MakeReceipt(ServiceContext& context,
                                                   const Destruction& destruction,
                                                   std::uint64_t sequence) {
  personal_data::DestructionReceipt receipt;
  receipt.receipt = destruction.request.receipt;
  receipt.handle_commitment = destruction.request.handle_commitment;
  receipt.destroyed_at = context.time.Now();
  receipt.what = {"consents", "contact", "items", "profile", "records"};
  receipt.erasure_claim = std::string(storage::NameOf(context.erasure_claim));
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, context.keyring.root());
  receipt.generation_before = destruction.key_was_gone ? destruction.request.generation_before
                                                       : destruction.plan.old_generation;
  receipt.generation_after = root.generation;
  receipt.audit_sequence = sequence;
  NOREN_ASSIGN_OR_RETURN(const auto holds, HoldsOf(context, destruction.request.person));
  receipt.kept_under_hold = holds.size();
  receipt.policy_version = context.policy.VersionText();
  return personal_data::SignReceipt(receipt, context.keys);
}

// Last commit: the signed receipt, and the request is done.
StatusOr<Attempt> StageReceipt(ServiceContext& context, const Call& call,
                               const Destruction& destruction) {
  Bytes stored;
  NOREN_ASSIGN_OR_RETURN(ErasureRequest request,
                         LoadRequest(context, destruction.request.request, stored));
  if (request.state == State::kDone)
    return MakeError(ErrorCode::kStateConflict, "destroyed already");
  request.state = State::kDone;
  Attempt attempt;
  NOREN_ASSIGN_OR_RETURN(Bytes done, EncodeErasureRequest(request, context.keys, context.random));
  attempt.change.staged.Replace(person_keyspaces::ErasureRequestKey(request.request),
                                std::move(stored), std::move(done));
  attempt.change.entry = DraftFor(call, request, audit::Operation::kDestroyPerson);
  attempt.change.entry.clause_ids = GroundOf(context);
  // Once more, for what a call that raced with the erasure may have left.
  NOREN_ASSIGN_OR_RETURN(personal_data::Staged rest, StageErasure(context, request.person));
  attempt.change.staged.Append(std::move(rest));
  NOREN_ASSIGN_OR_RETURN(personal_data::Staged end_of_keeping, StageEndOfKeeping(context));
  attempt.change.staged.Append(std::move(end_of_keeping));
  attempt.change.positioned = [&context, &destruction](
                                  std::uint64_t sequence,
                                  const audit::EntryOpening&) -> StatusOr<personal_data::Staged> {
    NOREN_ASSIGN_OR_RETURN(const auto receipt, MakeReceipt(context, destruction, sequence));
    NOREN_ASSIGN_OR_RETURN(
        Bytes kept, personal_data::EncodeReceipt(destruction.request.receipt, receipt, context.keys,
                                                 context.random));
    personal_data::Staged staged;
    staged.Put(person_keyspaces::ReceiptKey(destruction.request.receipt), std::move(kept));
    return staged;
  };
  attempt.answer = {destruction.request.receipt.ToString()};
  return attempt;
}

// Everything between the mark and the receipt. After an error the anchor may or may not have the
// new root: then nothing is
// abandoned, and the next start decides.
StatusOr<Destruction> Execute(ServiceContext& context, const Call& call,
                              const ErasureRequest& request) {
  NOREN_ASSIGN_OR_RETURN(Destruction destruction, Prepare(context, request));
  // The copy beside the backups now opens under the old root and under the new one: the data disk
  // may be lost at any step that follows.
  Status committed = FollowWithCopy(context);
  if (committed.ok()) committed = CommitErasure(context, call, destruction);
  if (!committed.ok()) {
    if (!destruction.key_was_gone && !context.pipeline.failed()) {
      NOREN_RETURN_IF_ERROR(context.keyring.AbandonDestruction(destruction.plan));
    }
    return committed;
  }
  if (!destruction.key_was_gone)
    NOREN_RETURN_IF_ERROR(context.keyring.CompleteDestruction(destruction.plan));
  NOREN_RETURN_IF_ERROR(FollowWithCopy(context));  // the old nodes leave it too
  NOREN_RETURN_IF_ERROR(EraseRestOfHistory(context, request.person));
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  return destruction;
}

StatusOr<personal_data::SignedReceipt> ReadReceipt(ServiceContext& context, const std::string& id) {
  NOREN_ASSIGN_OR_RETURN(const auto receipt, model::ReceiptId::Parse(id));
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ReadOne(context, person_keyspaces::ReceiptKey(receipt)));
  if (!stored) return MakeError(ErrorCode::kDataCorrupt, "receipt is gone");
  return personal_data::DecodeReceipt(receipt, *stored, context.keys);
}

}  // namespace

StatusOr<DestroyedPerson> DestroyPerson(ServiceContext& context, const Call& call,
                                        const DestroyRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (request.reason.size() < 3 || request.reason.size() > 1200) {
    return model::MakeFieldError(ErrorCode::kReasonRequired, "reason", "3..300 characters");
  }
  if (context.policy.destruction.four_eyes_on_request)
    return MakeError(ErrorCode::kApprovalRequired);  // by a plan
  RecordWriter encoded;
  encoded.Raw(request.request.bytes()).Field(request.reason);
  const auto identity = IdentifyRequest(request.idempotency_key, "destroy", encoded.bytes());
  std::optional<Destruction> destruction;
  NOREN_ASSIGN_OR_RETURN(RunResult run,
                         RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
                           if (!destruction) {
                             NOREN_ASSIGN_OR_RETURN(const ErasureRequest marked,
                                                    MarkDestroying(context, call, request.request));
                             NOREN_ASSIGN_OR_RETURN(destruction, Execute(context, call, marked));
                           }
                           return StageReceipt(context, call, *destruction);
                         }));
  NOREN_ASSIGN_OR_RETURN(personal_data::SignedReceipt receipt,
                         ReadReceipt(context, run.answer.at(0)));
  return DestroyedPerson{std::move(receipt), std::move(run.position)};
}

Status ResumeDestructions(ServiceContext& context) {
  const Call self{kServiceItself, ""};
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, std::string(person_keyspaces::kErasureRequest)));
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::RequestId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(const ErasureRequest request,
                           DecodeErasureRequest(id, item.value, context.keys));
    if (request.state != State::kDestroying) continue;
    const StatusOr<Destruction> destruction = Execute(context, self, request);
    // A damaged record or map node: the request waits until it is repaired; the others do not.
    if (model::CodeOf(destruction.status()) == ErrorCode::kDataCorrupt) continue;
    NOREN_RETURN_IF_ERROR(destruction.status());
    NOREN_RETURN_IF_ERROR(
        Record(context, [&] { return StageReceipt(context, self, *destruction); }).status());
  }
  return ResumePlans(context);
}

}  // namespace noren::operations
