// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/destruction_part.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_select.h"
#include "engine/operations/duties.h"
#include "engine/operations/erase_history.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/stored_items.h"
#include "engine/operations/withdrawals.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::size_t kItemsPerPage = 512;

bool IsGone(const Status& status) { return model::CodeOf(status) == ErrorCode::kNotFound; }

// Open requests to be erased, by person: done with whatever destroys the person.
using OpenRequests = std::multimap<model::PersonId, ErasureRequest>;

StatusOr<OpenRequests> ReadOpenRequests(ServiceContext& context) {
  OpenRequests open;
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, std::string(person_keyspaces::kErasureRequest)));
  for (const storage::KeyValue& one : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::RequestId>(one.key, 0));
    NOREN_ASSIGN_OR_RETURN(ErasureRequest request,
                           DecodeErasureRequest(id, one.value, context.keys));
    if (request.state == ErasureRequest::State::kOpen)
      open.emplace(request.person, std::move(request));
  }
  return open;
}

Status StageRequestsDone(ServiceContext& context, const OpenRequests& open,
                         const model::PersonId& person, personal_data::Staged& staged) {
  for (auto [at, end] = open.equal_range(person); at != end; ++at) {
    ErasureRequest request = at->second;
    request.state = ErasureRequest::State::kDone;
    NOREN_ASSIGN_OR_RETURN(Bytes done, EncodeErasureRequest(request, context.keys, context.random));
    staged.Put(person_keyspaces::ErasureRequestKey(request.request), std::move(done));
  }
  return OkStatus();
}

Status TellToDestroy(ServiceContext& context, const LoadedPerson& person,
                     const personal_data::Invitation& invitation, Ending& ending) {
  const auto candidate =
      context.pseudonyms.CandidateRefFor(invitation.company, invitation.posting, person.person);
  const std::string key = person_keyspaces::WithdrawalKey(invitation.company, candidate);
  NOREN_ASSIGN_OR_RETURN(
      Bytes told,
      EncodeWithdrawal(key, {candidate, invitation.posting, context.time.Now(), true, {}},
                       context.keys, context.random));
  ending.staged.Put(key, std::move(told));
  NOREN_ASSIGN_OR_RETURN(StagedDuty duty,
                         StageDutyOfEnd(context, {invitation.company, candidate, invitation.posting,
                                                  invitation.consent, DutyCause::kErasure, true}));
  ending.staged.Append(std::move(duty.staged));
  std::move(duty.told.begin(), duty.told.end(), std::back_inserter(ending.told));
  return OkStatus();
}

// A living consent to an item that goes ends with it, and the company has to destroy its copy.
Status EndConsentsNaming(ServiceContext& context, const LoadedPerson& person,
                         const model::ItemId& item, Ending& ending) {
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (const personal_data::Invitation& invitation : invitations) {
    if (ending.ended.contains(invitation.consent)) continue;  // it names more than one that goes
    const auto loaded = LoadConsentOf(context, person, invitation.consent);
    if (IsGone(loaded.status())) continue;
    // One that cannot be shown gives out nothing any more; its company is told all the same.
    const bool is_shown = model::CodeOf(loaded.status()) != ErrorCode::kDataCorrupt;
    if (is_shown) NOREN_RETURN_IF_ERROR(loaded.status());
    const bool is_granted =
        !is_shown || loaded->version.state == personal_data::ConsentState::kGranted;
    if (!is_granted && loaded->version.state != personal_data::ConsentState::kRequested) continue;
    const bool has_terms = is_shown && loaded->consent.terms;
    const auto& named = has_terms ? loaded->consent.terms->items : invitation.items;
    if (std::none_of(named.begin(), named.end(),
                     [&item](const personal_data::ConsentItem& one) { return one.item == item; }))
      continue;
    if (is_shown) {
      NOREN_ASSIGN_OR_RETURN(personal_data::Staged ended,
                             personal_data::StageJournaledWithdrawal(
                                 {person.person, invitation.consent}, loaded->version_bytes,
                                 context.time.Now(), context.keys, context.random));
      ending.staged.Append(std::move(ended));
    }
    ending.ended.insert(invitation.consent);
    if (is_granted) NOREN_RETURN_IF_ERROR(TellToDestroy(context, person, invitation, ending));
  }
  return OkStatus();
}

// `stored` is the item's record.
Status StageItemGone(ServiceContext& context, const DestructionTarget& target, const Bytes& stored,
                     Ending& ending) {
  const StatusOr<LoadedPerson> person = LoadPerson(context, target.person);
  if (!person.ok() && !IsGone(person.status())) return person.status();
  if (person.ok()) NOREN_RETURN_IF_ERROR(EndConsentsNaming(context, *person, target.item, ending));
  const std::string key = person_keyspaces::ItemKey(target.person, target.item);
  ending.staged.Require(key, stored);
  ending.staged.Delete(key);
  ending.staged.Delete(keyspaces::ReencryptKey(target.person, target.item));
  ending.staged.Delete(keyspaces::FormAnswerKey(target.person, target.item));
  return OkStatus();
}

// Stages one target after another; what was found is counted when the change is committed.
class Retirement {
 public:
  Retirement(ServiceContext& context, const PartScope& scope, OpenRequests requests)
      : context_(context), scope_(scope), requests_(std::move(requests)) {}

  // Everything of one target; nothing when it is gone or spared. `ended` by the targets before it.
  StatusOr<Ending> Stage(const DestructionTarget& target, const std::set<model::ConsentId>& ended) {
    Ending ending;
    ending.ended = ended;
    NOREN_RETURN_IF_ERROR(StageInto(target, ending));
    return ending;
  }
  const std::set<personal_data::LeafIndex>& spared() const { return spared_; }
  // A piece of this target is gone: it is not spared any more.
  void Decide(personal_data::LeafIndex leaf) { decided_.insert(leaf); }
  // Once the change is committed: what it had no room for.
  Status Finish() {
    for (const model::PersonId& person : long_histories_)
      NOREN_RETURN_IF_ERROR(EraseRestOfHistory(context_, person));
    long_histories_.clear();
    return OkStatus();
  }

 private:
  Status StageInto(const DestructionTarget& target, Ending& ending) {
    switch (scope_.level) {
      case DestructionLevel::kPeople:
        return StagePerson(target, ending);
      case DestructionLevel::kItems:
        return StageItem(target, ending);
      case DestructionLevel::kHeld:
        return StageHeld(target, ending.staged);
      case DestructionLevel::kFile:
      case DestructionLevel::kMedium:
        break;
    }
    return MakeError(ErrorCode::kInternal, "level");
  }

  Status StagePerson(const DestructionTarget& target, Ending& ending) {
    personal_data::Staged& staged = ending.staged;
    const std::string key = person_keyspaces::PersonKey(target.person);
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context_, key));
    if (!stored) {
      long_histories_.insert(target.person);  // of an interrupted run
      return OkStatus();
    }
    StatusOr<LoadedPerson> person = LoadPerson(context_, target.person);
    const bool is_damaged = model::CodeOf(person.status()) == ErrorCode::kDataCorrupt;
    if (is_damaged) person = ByKeysAlone(target, *stored);
    spared_.erase(target.leaf);
    long_histories_.erase(target.person);
    NOREN_ASSIGN_OR_RETURN(const bool is_spared, IsSpared(person, is_damaged));
    if (is_spared && !decided_.contains(target.leaf)) {
      spared_.insert(target.leaf);
      return OkStatus();
    }
    if (person.ok()) {
      NOREN_ASSIGN_OR_RETURN(StagedDuty notices,
                             StageCompanyNotices(context_, *person, scope_.handed_over));
      staged = std::move(notices.staged);
      ending.told = std::move(notices.told);
    }
    staged.Require(key, *stored);
    NOREN_RETURN_IF_ERROR(StageRequestsDone(context_, requests_, target.person, staged));
    NOREN_ASSIGN_OR_RETURN(
        personal_data::Staged rest,
        StageErasure(context_, target.person, is_damaged && person.ok() ? &*person : nullptr));
    staged.Append(std::move(rest));
    if (staged.mutations.size() >= kMaxHistoryInErasure) long_histories_.insert(target.person);
    return OkStatus();
  }

  // A record that does not open protects nobody from being destroyed: with the keys of the leaf
  // that was planned, the companies to be told are still found.
  StatusOr<LoadedPerson> ByKeysAlone(const DestructionTarget& target, const Bytes& stored) {
    NOREN_ASSIGN_OR_RETURN(auto keys, context_.keyring.Open(target.leaf));
    return LoadedPerson{target.person, {}, stored, std::move(keys)};
  }

  // Of people selected by time: who was active again, or cannot be asked.
  StatusOr<bool> IsSpared(const StatusOr<LoadedPerson>& person, bool is_damaged) {
    if (!scope_.idle_since || !person.ok()) return false;
    if (is_damaged) return true;
    NOREN_ASSIGN_OR_RETURN(const UnixSeconds active_at, ActiveAt(context_, *person));
    return active_at >= *scope_.idle_since;
  }

  Status StageItem(const DestructionTarget& target, Ending& ending) {
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context_, person_keyspaces::ItemKey(
                                                                    target.person, target.item)));
    return stored ? StageItemGone(context_, target, *stored, ending) : OkStatus();
  }

  Status StageHeld(const DestructionTarget& target, personal_data::Staged& staged) {
    const std::string key = keyspaces::HoldKey(target.hold);
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context_, key));
    if (!stored) return OkStatus();
    staged.Require(key, *stored);
    staged.Delete(key);
    staged.Delete(keyspaces::HoldOfKey(target.person, target.hold));
    return OkStatus();
  }

  ServiceContext& context_;
  const PartScope& scope_;
  OpenRequests requests_;
  std::set<personal_data::LeafIndex> spared_;
  std::set<personal_data::LeafIndex> decided_;
  std::set<model::PersonId> long_histories_;
};

// One change's worth of targets.
struct Group {
  Ending ending;
  std::vector<Bytes> feed;
  std::size_t taken = 0;
  std::size_t found = 0;
  personal_data::LeafIndex leaf = 0;  // of the last that was found
};

bool IsTooMuch(const Ending& group, const Ending& one) {
  return group.size() + one.size() > kMutationsPerChange ||
         CountConsents(group.staged) + CountConsents(one.staged) > kConsentsPerChange;
}

StatusOr<Group> StageGroup(const PartScope& scope, Retirement& retirement,
                           std::span<const DestructionTarget> targets) {
  Group group;
  for (const DestructionTarget& target : targets) {
    NOREN_ASSIGN_OR_RETURN(Ending ending, retirement.Stage(target, group.ending.ended));
    if (group.found > 0 && IsTooMuch(group.ending, ending)) break;
    ++group.taken;
    if (ending.staged.mutations.empty()) continue;
    ++group.found;
    group.leaf = target.leaf;
    group.ending.Append(std::move(ending));
    if (scope.level == DestructionLevel::kPeople)
      group.feed.push_back(PersonChanged(target.person));
  }
  return group;
}

}  // namespace

void Ending::Append(Ending other) {
  staged.Append(std::move(other.staged));
  std::move(other.told.begin(), other.told.end(), std::back_inserter(told));
  ended.merge(other.ended);
}

StatusOr<RetiredPart> RetireRecords(ServiceContext& context, const PartScope& scope,
                                    std::span<const DestructionTarget> targets) {
  OpenRequests requests;
  if (scope.level == DestructionLevel::kPeople) {
    NOREN_ASSIGN_OR_RETURN(requests, ReadOpenRequests(context));
  }
  Retirement retirement(context, scope, std::move(requests));
  RetiredPart retired;
  while (!targets.empty()) {
    Group group;
    const auto stage = [&]() -> StatusOr<Attempt> {
      NOREN_ASSIGN_OR_RETURN(group, StageGroup(scope, retirement, targets));
      const std::size_t size = group.ending.staged.mutations.size();
      NOREN_RETURN_IF_ERROR(
          EraseAhead(context, scope.entry, group.ending.staged, group.ending.told));
      if (group.ending.staged.mutations.size() < size) retirement.Decide(group.leaf);
      Attempt attempt;
      attempt.change.staged = std::move(group.ending.staged);
      AddEvents(context, attempt.change, std::move(group.ending.told));
      attempt.change.feed = group.feed;
      attempt.change.entry = scope.entry;
      return attempt;
    };
    NOREN_RETURN_IF_ERROR(Record(context, stage).status());
    NOREN_RETURN_IF_ERROR(retirement.Finish());
    retired.found += group.found;
    targets = targets.subspan(group.taken);
  }
  retired.spared = retirement.spared();
  return retired;
}

StatusOr<FilePage> StageFilePage(ServiceContext& context, const std::string& file,
                                 const std::string& cursor) {
  auto page = context.store.Scan(kEmbeddedPartition, std::string(person_keyspaces::kItem), cursor,
                                 kItemsPerPage);
  if (!page.ok()) return MakeError(ErrorCode::kStorage);
  FilePage result;
  result.cursor = cursor;
  for (const storage::KeyValue& one : page->items) {
    if (result.ending.size() > kMutationsPerChange) {
      result.more = true;
      return result;
    }
    result.cursor = one.key;
    NOREN_ASSIGN_OR_RETURN(const auto placed,
                           personal_data::ReadPlacedItem(one.key, one.value, context.keys));
    if (placed.place.file != file) continue;
    DestructionTarget target;
    NOREN_ASSIGN_OR_RETURN(target.person, person_keyspaces::IdOfKey<model::PersonId>(one.key, 0));
    NOREN_ASSIGN_OR_RETURN(target.item, person_keyspaces::IdOfKey<model::ItemId>(one.key, 1));
    NOREN_RETURN_IF_ERROR(StageItemGone(context, target, one.value, result.ending));
    ++result.found;
  }
  result.more = page->more;
  return result;
}

Status DestroyKeys(ServiceContext& context, const audit::EntryDraft& entry, DestructionAct act) {
  std::vector<personal_data::LeafIndex> leaves;
  for (const DestructionTarget& target : act.targets) leaves.push_back(target.leaf);
  if (leaves.empty()) return OkStatus();
  StatusOr<personal_data::DestructionPlan> plan = context.keyring.PrepareDestruction(leaves);
  if (IsGone(plan.status())) return OkStatus();
  NOREN_RETURN_IF_ERROR(plan.status());
  act.generation_after = plan->new_root.generation;
  // The copy beside the backups opens under either root from here on, whenever the disk is lost.
  Status committed = FollowWithCopy(context);
  if (committed.ok()) {
    Change change;
    change.entry = entry;
    change.narrowing = MakeDestructionAct(act);
    change.key_tree_root = plan->new_root.Clone();
    committed = context.pipeline.Commit(std::move(change)).status();
  }
  if (committed.ok()) return context.keyring.CompleteDestruction(*plan);
  if (!context.pipeline.failed()) NOREN_RETURN_IF_ERROR(context.keyring.AbandonDestruction(*plan));
  return committed;
}

}  // namespace noren::operations
