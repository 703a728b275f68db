// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "engine/audit/log_reader.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/backup.h"
#include "engine/operations/block_employer.h"
#include "engine/operations/caller_locks.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/consent_versions.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_record.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/duties.h"
#include "engine/operations/erase_history.h"
#include "engine/operations/erase_person.h"
#include "engine/operations/events.h"
#include "engine/operations/freezes.h"
#include "engine/operations/kept_leaves.h"
#include "engine/operations/legal_hold_acts.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/market.h"
#include "engine/operations/media_record.h"
#include "engine/operations/narrowing.h"
#include "engine/operations/person_fact_acts.h"
#include "engine/operations/rights_requests.h"
#include "engine/operations/stored_items.h"
#include "engine/operations/stray_records.h"
#include "engine/operations/subscriptions.h"
#include "engine/operations/token_keys.h"
#include "engine/operations/withdrawals.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;

bool IsGone(const Status& status) { return model::CodeOf(status) == ErrorCode::kNotFound; }

Change StartChange(const NarrowedPerson& narrowed) {
  Change change;
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  change.entry.subject = narrowed.person.ToString();
  change.feed.push_back(PersonChanged(narrowed.person));
  return change;
}

// The company is told again: the notice of then is lost. That something was handed over is assumed.
Status StageNotice(ServiceContext& context, const NarrowedPerson& narrowed,
                   personal_data::Staged& staged, std::vector<AddressedEvent>& told) {
  const StatusOr<LoadedPerson> person = LoadPerson(context, narrowed.person);
  if (!person.ok()) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const auto loaded, LoadConsentOf(context, *person, narrowed.consent));
  const auto candidate = context.pseudonyms.CandidateRefFor(
      loaded.consent.company, loaded.consent.posting, narrowed.person);
  const std::string key = keyspaces::WithdrawalKey(loaded.consent.company, candidate);
  NOREN_ASSIGN_OR_RETURN(
      Bytes record,
      EncodeWithdrawal(key, {candidate, loaded.consent.posting, narrowed.at, true, {}},
                       context.keys, context.random));
  staged.Put(key, std::move(record));
  NOREN_ASSIGN_OR_RETURN(
      StagedDuty duty,
      StageDutyOfEnd(context, {loaded.consent.company, candidate, loaded.consent.posting,
                               narrowed.consent, DutyCause::kWithdrawal, true}));
  staged.Append(std::move(duty.staged));
  told = std::move(duty.told);
  return OkStatus();
}

// False when the backup is older than the consent.
StatusOr<bool> WithdrawConsentAgain(ServiceContext& context, const NarrowedPerson& narrowed,
                                    Change& change) {
  const StatusOr<StoredConsent> stored = ReadConsent(context, narrowed.person, narrowed.consent);
  NOREN_RETURN_IF_ERROR(stored.status());
  if (!stored->version) return false;
  NOREN_ASSIGN_OR_RETURN(
      personal_data::Staged staged,
      personal_data::StageJournaledWithdrawal({narrowed.person, narrowed.consent}, *stored->version,
                                              narrowed.at, context.keys, context.random));
  std::vector<AddressedEvent> told;
  NOREN_RETURN_IF_ERROR(StageNotice(context, narrowed, staged, told));
  change.staged.Append(std::move(staged));
  AddEvents(context, change, std::move(told));
  change.entry.object = narrowed.consent.ToString();
  return true;
}

StatusOr<bool> HideAgain(ServiceContext& context, const NarrowedPerson& narrowed, Change& change) {
  StatusOr<LoadedPerson> person = LoadPerson(context, narrowed.person);
  if (IsGone(person.status())) return false;
  NOREN_RETURN_IF_ERROR(person.status());
  // A consent given after the withdrawal is lost with the rest; the person is asked again.
  personal_data::PersonRecord record = person->record;
  record.address.version += 1;
  record.discoverability.live = false;
  record.discoverability.consent_version += 1;
  record.discoverability.given_at = std::max(record.discoverability.given_at, narrowed.at);
  NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::EncodePersonRecord(
                                           record, *person->keys, context.keys, context.random));
  change.staged.Replace(keyspaces::PersonKey(narrowed.person), std::move(person->stored),
                        std::move(stored));
  return true;
}

StatusOr<bool> WithdrawAgain(ServiceContext& context, const NarrowedPerson& narrowed,
                             Change& change) {
  if (!narrowed.purpose.empty()) return UnsubscribeAgain(context, narrowed, change);
  return narrowed.consent.is_none() ? HideAgain(context, narrowed, change)
                                    : WithdrawConsentAgain(context, narrowed, change);
}

StatusOr<bool> BlockAgain(ServiceContext& context, const NarrowedPerson& narrowed, Change& change) {
  StatusOr<LoadedPerson> person = LoadPerson(context, narrowed.person);
  if (IsGone(person.status())) return false;
  NOREN_RETURN_IF_ERROR(person.status());
  return StageBlocks(context, *person, narrowed, change);
}

// True while the person's key still opens under the root that the anchor has: the erasure was
// journaled and its root never anchored. A leaf that somebody else has by now is not the person's.
StatusOr<bool> KeyIsStillThere(ServiceContext& context, const model::PersonId& person,
                               const NarrowedErasure& erasure) {
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, context.keyring.root());
  if (!erasure.leaf || root.generation >= erasure.generation_after) return false;
  NOREN_ASSIGN_OR_RETURN(const auto people, ScanAll(context, std::string(keyspaces::kPerson)));
  for (const storage::KeyValue& item : people) {
    NOREN_ASSIGN_OR_RETURN(const auto other, keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    const auto address = personal_data::OpenPersonAddress(other, item.value, context.keys);
    if (other != person && address.ok() && address->leaf == *erasure.leaf) return false;
  }
  bool is_another = false;
  const auto compare = [&](personal_data::LeafIndex leaf) { is_another |= leaf == *erasure.leaf; };
  NOREN_RETURN_IF_ERROR(VisitLeavesOfItems(context, compare));
  NOREN_RETURN_IF_ERROR(VisitLeavesOfHolds(context, compare));
  NOREN_RETURN_IF_ERROR(VisitLeavesOfMedia(context, compare));
  NOREN_RETURN_IF_ERROR(VisitLeavesOfTokenKeys(context, compare));
  return !is_another;
}

Status PutRequest(ServiceContext& context, const ErasureRequest& request,
                  personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(Bytes stored, EncodeErasureRequest(request, context.keys, context.random));
  staged.Put(keyspaces::ErasureRequestKey(request.request), std::move(stored));
  return OkStatus();
}

Status CloseErasureRequests(ServiceContext& context, const model::PersonId& person,
                            personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, std::string(keyspaces::kErasureRequest)));
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto id, keyspaces::IdOfKey<model::RequestId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(ErasureRequest request,
                           DecodeErasureRequest(id, item.value, context.keys));
    if (request.person != person) continue;
    request.state = ErasureRequest::State::kDone;
    NOREN_RETURN_IF_ERROR(PutRequest(context, request, staged));
  }
  return OkStatus();
}

// The request as it was when its erasure was journaled, made anew when the backup has none: the
// next start destroys the key.
Status KeepDestroying(ServiceContext& context, const NarrowedPerson& narrowed,
                      personal_data::Staged& staged) {
  const NarrowedErasure& erasure = *narrowed.erasure;
  ErasureRequest request;
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ReadOne(context, keyspaces::ErasureRequestKey(erasure.request)));
  if (stored) {
    NOREN_ASSIGN_OR_RETURN(request, DecodeErasureRequest(erasure.request, *stored, context.keys));
  } else {
    request.asked_at = narrowed.at;
    request.asked_by = "journal";
  }
  request.request = erasure.request;
  request.person = narrowed.person;
  request.state = ErasureRequest::State::kDestroying;
  request.receipt = erasure.receipt;
  request.handle_commitment = erasure.handle_commitment;
  request.leaf = erasure.leaf;
  request.generation_before = erasure.generation_before;
  return PutRequest(context, request, staged);
}

StatusOr<bool> EraseAgain(ServiceContext& context, const NarrowedPerson& narrowed, Change& change) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ReadOne(context, keyspaces::PersonKey(narrowed.person)));
  // While the key opens, what leads to the companies goes here: then they are told here too.
  std::vector<AddressedEvent> told;
  const StatusOr<LoadedPerson> person = LoadPerson(context, narrowed.person);
  if (person.ok()) {
    NOREN_ASSIGN_OR_RETURN(StagedDuty notices,
                           StageCompanyNotices(context, *person, HandedOver::kAssumed));
    change.staged = std::move(notices.staged);
    told = std::move(notices.told);
  }
  NOREN_ASSIGN_OR_RETURN(personal_data::Staged records, StageErasure(context, narrowed.person));
  change.staged.Append(std::move(records));
  NOREN_RETURN_IF_ERROR(EraseAhead(context, change.entry, change.staged, told));
  AddEvents(context, change, std::move(told));
  NOREN_ASSIGN_OR_RETURN(const bool has_key,
                         KeyIsStillThere(context, narrowed.person, *narrowed.erasure));
  NOREN_RETURN_IF_ERROR(has_key ? KeepDestroying(context, narrowed, change.staged)
                                : CloseErasureRequests(context, narrowed.person, change.staged));
  return stored.has_value() || has_key;
}

Status ApplyHold(ServiceContext& context, const storage::NarrowingAct& act,
                 RestoreSummary& summary) {
  Change change;
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  NOREN_ASSIGN_OR_RETURN(const bool applied, ReapplyHold(context, act, change));
  if (!applied) return OkStatus();
  summary.holds += 1;
  return context.pipeline.Commit(std::move(change)).status();
}

Status ApplyFreeze(ServiceContext& context, const storage::NarrowingAct& act,
                   RestoreSummary& summary) {
  NOREN_ASSIGN_OR_RETURN(const FreezeAct freeze, FreezeActOf(act));
  Change change;
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  change.entry.subject = freeze.person.ToString();
  change.entry.object = freeze.request.ToString();
  change.feed.push_back(PersonChanged(freeze.person));
  NOREN_ASSIGN_OR_RETURN(const bool applied, ReapplyFreeze(context, act, change.staged));
  if (!applied) return OkStatus();
  summary.freezes += 1;
  return context.pipeline.Commit(std::move(change)).status();
}

Status ApplyCallerLock(ServiceContext& context, const storage::NarrowingAct& act,
                       RestoreSummary& summary) {
  Change change;
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  NOREN_ASSIGN_OR_RETURN(const bool applied, ReapplyCallerLock(context, act, change));
  if (!applied) return OkStatus();
  summary.caller_locks += 1;
  return context.pipeline.Commit(std::move(change)).status();
}

Status ApplyFacts(ServiceContext& context, const storage::NarrowingAct& act,
                  RestoreSummary& summary) {
  Change change;
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  NOREN_ASSIGN_OR_RETURN(const bool applied, ReapplyFacts(context, act, change));
  if (!applied) return OkStatus();
  summary.facts += 1;
  return context.pipeline.Commit(std::move(change)).status();
}

Status ApplyLeaving(ServiceContext& context, const storage::NarrowingAct& act,
                    RestoreSummary& summary) {
  Change change;
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  NOREN_ASSIGN_OR_RETURN(const bool applied, ReapplyCompanyLeaving(context, act, change));
  if (!applied) return OkStatus();
  summary.companies += 1;
  return context.pipeline.Commit(std::move(change)).status();
}

// False when the backup has the request, or not the person.
StatusOr<bool> AskForErasureAgain(ServiceContext& context, const NarrowedPerson& narrowed,
                                  Change& change) {
  const std::string person_key = keyspaces::PersonKey(narrowed.person);
  const std::string request_key = keyspaces::ErasureRequestKey(narrowed.request->request);
  NOREN_ASSIGN_OR_RETURN(const auto person, ReadOne(context, person_key));
  NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, request_key));
  if (!person || stored) return false;
  ErasureRequest request;
  request.request = narrowed.request->request;
  request.person = narrowed.person;
  request.asked_at = narrowed.at;
  request.asked_by = narrowed.request->asked_by;
  NOREN_RETURN_IF_ERROR(PutRequest(context, request, change.staged));
  NOREN_RETURN_IF_ERROR(
      StageErasureFreeze(context, request.person, request.request, change.staged).status());
  change.entry.object = request.request.ToString();
  return true;
}

Status ApplyOne(ServiceContext& context, const storage::NarrowingAct& act,
                RestoreSummary& summary) {
  if (act.kind == storage::NarrowingKind::kHold) return ApplyHold(context, act, summary);
  if (IsCallerLockAct(act)) return ApplyCallerLock(context, act, summary);
  if (act.kind == storage::NarrowingKind::kSuspension) return ApplyFreeze(context, act, summary);
  if (act.kind == storage::NarrowingKind::kFacts) return ApplyFacts(context, act, summary);
  if (IsDestructionAct(act)) {
    NOREN_ASSIGN_OR_RETURN(const std::size_t targets, ReapplyDestruction(context, act));
    summary.erasures += targets;
    return OkStatus();
  }
  if (IsCompanyLeavingAct(act)) return ApplyLeaving(context, act, summary);
  NOREN_ASSIGN_OR_RETURN(const NarrowedPerson narrowed, NarrowedPersonOf(act));
  Change change = StartChange(narrowed);
  bool applied = false;
  if (act.kind == storage::NarrowingKind::kErasure) {
    NOREN_ASSIGN_OR_RETURN(applied, EraseAgain(context, narrowed, change));
    summary.erasures += applied ? 1 : 0;
  } else if (act.kind == storage::NarrowingKind::kErasureRequest) {
    NOREN_ASSIGN_OR_RETURN(applied, AskForErasureAgain(context, narrowed, change));
    summary.erasure_requests += applied ? 1 : 0;
  } else if (act.kind == storage::NarrowingKind::kWithdrawal) {
    StatusOr<bool> done = WithdrawAgain(context, narrowed, change);
    NOREN_ASSIGN_OR_RETURN(applied, std::move(done));
    summary.withdrawals += applied ? 1 : 0;
  } else if (act.kind == storage::NarrowingKind::kEmployerBlock) {
    NOREN_ASSIGN_OR_RETURN(applied, BlockAgain(context, narrowed, change));
    summary.employer_blocks += applied ? 1 : 0;
  } else {
    return model::MakeError(ErrorCode::kDataCorrupt, "narrowing act of an unknown kind");
  }
  if (!applied) return OkStatus();
  NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(change)).status());
  return act.kind == storage::NarrowingKind::kErasure ? EraseRestOfHistory(context, narrowed.person)
                                                      : OkStatus();
}

// Of a hold whose copy was destroyed since no act is applied: a restore that placed it again would
// journal that after its destruction.
StatusOr<std::set<model::HoldId>> DestroyedHolds(const std::vector<storage::NarrowingAct>& acts) {
  std::set<model::HoldId> destroyed;
  for (const storage::NarrowingAct& act : acts) {
    if (!IsDestructionAct(act)) continue;
    NOREN_ASSIGN_OR_RETURN(const DestructionAct destruction, DestructionActOf(act.payload));
    if (destruction.level != DestructionLevel::kHeld) continue;
    for (const auto& target : destruction.targets) destroyed.insert(target.hold);
  }
  return destroyed;
}

// The log reaches as far as the anchor. It may be what an interrupted restore left: then the acts
// since the backup cannot be
// told from those that were applied, and the data of the backup have to be put in place again.
Status CheckNothingIsLost(ServiceContext& context, const storage::AnchorRecord& anchored) {
  if (anchored.partitions.empty()) return OkStatus();
  const audit::LogReader reader(context.store, kEmbeddedPartition);
  const storage::PartitionHead& known = anchored.partitions[0];
  const StatusOr<Hash256> head = reader.HeadAt(context.pipeline.log_state(), known.sequence);
  if (head.ok() && *head == known.head) return OkStatus();
  return model::MakeError(ErrorCode::kSealed, "put the data of the backup in place again");
}

Status ContinueLog(ServiceContext& context, const storage::AnchorRecord& anchored,
                   RestoreSummary& summary) {
  const std::uint64_t known = anchored.partitions.empty() ? 0 : anchored.partitions[0].sequence;
  if (summary.backup_sequence >= known) return CheckNothingIsLost(context, anchored);
  summary.lost_first = summary.backup_sequence + 1;
  summary.lost_last = known;
  Change change;
  change.entry.operation = audit::Operation::kContinueAfterRestore;
  change.entry.principal = kServiceItself;
  change.entry.lost =
      audit::LostRange{summary.lost_first, summary.lost_last, anchored.log.size, anchored.log.root};
  return context.pipeline.Commit(std::move(change)).status();
}

}  // namespace

StatusOr<RestoreSummary> ReapplyAfterRestore(ServiceContext& context,
                                             const storage::AnchorRecord& anchored,
                                             storage::NarrowingJournal& journal) {
  // A backup is data that somebody kept: its consents must be the ones that its log ends with.
  NOREN_RETURN_IF_ERROR(context.pipeline.CheckSealed());
  NOREN_RETURN_IF_ERROR(CheckAllConsents(context));
  RestoreSummary summary;
  summary.backup_sequence = context.pipeline.log_state().sequence;
  NOREN_RETURN_IF_ERROR(ContinueLog(context, anchored, summary));
  NOREN_RETURN_IF_ERROR(KeepLeavesOfTheLost(context));
  NOREN_RETURN_IF_ERROR(RenewLostTokenKeys(context).status());
  std::vector<storage::NarrowingAct> since;
  NOREN_RETURN_IF_ERROR(journal.Replay([&](const storage::NarrowingAct& act) {
    if (act.sequence > summary.backup_sequence) since.push_back(act);
    return OkStatus();
  }));
  NOREN_ASSIGN_OR_RETURN(const std::set<model::HoldId> destroyed, DestroyedHolds(since));
  for (const storage::NarrowingAct& act : since) {
    if (act.kind == storage::NarrowingKind::kHold) {
      NOREN_ASSIGN_OR_RETURN(const HoldAct hold, HoldActOf(act));
      if (destroyed.contains(hold.hold)) continue;
    }
    NOREN_RETURN_IF_ERROR(ApplyOne(context, act, summary));
  }
  NOREN_RETURN_IF_ERROR(EraseStrayRecords(context));
  NOREN_RETURN_IF_ERROR(SettleLeavings(context));
  return summary;
}

}  // namespace noren::operations
