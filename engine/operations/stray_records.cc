// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/stray_records.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/destruction_part.h"
#include "engine/operations/duties.h"
#include "engine/operations/erase_history.h"
#include "engine/operations/erase_person.h"
#include "engine/operations/events.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/people.h"
#include "engine/operations/scan.h"
#include "engine/operations/stored_items.h"
#include "engine/operations/withdrawals.h"
#include "engine/personal_data/consent_record.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;

constexpr std::size_t kRecordsPerChange = 200;

struct Stray {
  model::CandidateRef candidate;
  personal_data::CandidateRecord record;
};

Change StartChange() {
  Change change;
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  return change;
}

// Those whose key was destroyed while they were lost: the backup has a record that nobody opens.
Status ErasePeopleWithoutKey(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const auto people,
                         ScanAll(context, std::string(person_keyspaces::kPerson)));
  for (const storage::KeyValue& item : people) {
    NOREN_ASSIGN_OR_RETURN(const auto person,
                           person_keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    const Status loaded = LoadPerson(context, person).status();
    if (model::CodeOf(loaded) != model::ErrorCode::kNotFound) continue;
    Change change = StartChange();
    change.entry.subject = person.ToString();
    NOREN_ASSIGN_OR_RETURN(change.staged, StageErasure(context, person));
    std::vector<AddressedEvent> nobody;  // the candidates lead to the companies
    NOREN_RETURN_IF_ERROR(EraseAhead(context, change.entry, change.staged, nobody));
    change.feed.push_back(PersonChanged(person));
    NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(change)).status());
    NOREN_RETURN_IF_ERROR(EraseRestOfHistory(context, person));
  }
  return OkStatus();
}

// The items of people who are there whose own key is gone: a restore of an older backup lost them,
// and the destruction of somebody since then took their keys along (kept_leaves.h).
StatusOr<std::vector<DestructionTarget>> ItemsWithoutKey(ServiceContext& context) {
  std::vector<DestructionTarget> lost;
  NOREN_RETURN_IF_ERROR(
      VisitAll(context, person_keyspaces::kItem, [&](const storage::KeyValue& stored) -> Status {
        DestructionTarget target;
        NOREN_ASSIGN_OR_RETURN(target.person,
                               person_keyspaces::IdOfKey<model::PersonId>(stored.key, 0));
        NOREN_ASSIGN_OR_RETURN(target.item,
                               person_keyspaces::IdOfKey<model::ItemId>(stored.key, 1));
        const auto person = LoadPerson(context, target.person);
        if (!person.ok()) return OkStatus();
        const Status opened = LoadItem(context, *person, target.item).status();
        if (model::CodeOf(opened) == model::ErrorCode::kNotFound) lost.push_back(target);
        return OkStatus();
      }));
  return lost;
}

// As when they are destroyed: consents to them end, and the companies are told.
Status EraseItemsWithoutKey(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const auto lost, ItemsWithoutKey(context));
  if (lost.empty()) return OkStatus();
  const Call self{kServiceItself, "", {}};
  const audit::EntryDraft entry = StartChange().entry;
  return RetireRecords(context,
                       {self, entry, DestructionLevel::kItems, std::nullopt, HandedOver::kAssumed},
                       lost)
      .status();
}

StatusOr<std::set<model::PersonId>> PeopleWhoAreThere(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const auto people,
                         ScanAll(context, std::string(person_keyspaces::kPerson)));
  std::set<model::PersonId> there;
  for (const storage::KeyValue& item : people) {
    NOREN_ASSIGN_OR_RETURN(const auto person,
                           person_keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    there.insert(person);
  }
  return there;
}

StatusOr<std::vector<Stray>> FindStrays(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const std::set<model::PersonId> there, PeopleWhoAreThere(context));
  NOREN_ASSIGN_OR_RETURN(const auto candidates,
                         ScanAll(context, std::string(person_keyspaces::kCandidate)));
  std::vector<Stray> strays;
  for (const storage::KeyValue& item : candidates) {
    NOREN_ASSIGN_OR_RETURN(const auto candidate,
                           person_keyspaces::IdOfKey<model::CandidateRef>(item.key, 1));
    const std::string_view company = person_keyspaces::Segments(item.key).front();
    NOREN_ASSIGN_OR_RETURN(
        personal_data::CandidateRecord record,
        personal_data::DecodeCandidate(company, candidate, item.value, context.keys));
    if (!there.contains(record.person)) strays.push_back({candidate, std::move(record)});
  }
  return strays;
}

// The notice and the duty of the destruction are lost with the rest. That something was handed over
// is assumed.
Status StageNotice(ServiceContext& context, const Stray& stray, Change& change,
                   std::vector<AddressedEvent>& told) {
  const personal_data::CandidateRecord& record = stray.record;
  const std::string key = person_keyspaces::WithdrawalKey(record.company, stray.candidate);
  NOREN_ASSIGN_OR_RETURN(const auto noticed, ReadOne(context, key));
  if (noticed) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(
      Bytes notice,
      EncodeWithdrawal(key, {stray.candidate, record.posting, context.time.Now(), true, {}},
                       context.keys, context.random));
  change.staged.Put(key, std::move(notice));
  NOREN_ASSIGN_OR_RETURN(StagedDuty duty,
                         StageDutyOfEnd(context, {record.company, stray.candidate, record.posting,
                                                  record.consent, DutyCause::kErasure, true}));
  change.staged.Append(std::move(duty.staged));
  std::move(duty.told.begin(), duty.told.end(), std::back_inserter(told));
  return OkStatus();
}

StatusOr<std::vector<std::string>> AddressesThatLeadNowhere(ServiceContext& context,
                                                            const std::vector<Stray>& strays) {
  std::set<model::CandidateRef> gone;
  for (const Stray& stray : strays) gone.insert(stray.candidate);
  NOREN_ASSIGN_OR_RETURN(const auto addresses,
                         ScanAll(context, std::string(keyspaces::kReleaseOf)));
  std::vector<std::string> keys;
  for (const storage::KeyValue& item : addresses) {
    NOREN_ASSIGN_OR_RETURN(const model::CandidateRef candidate,
                           CandidateOfRelease(context, item.key, item.value));
    if (gone.contains(candidate)) keys.push_back(item.key);
  }
  return keys;
}

Status DeleteAddresses(ServiceContext& context, std::span<const std::string> addresses) {
  Change change = StartChange();
  for (const std::string& address : addresses) change.staged.Delete(address);
  return context.pipeline.Commit(std::move(change)).status();
}

Status DeleteStrays(ServiceContext& context, std::span<const Stray> strays) {
  Change change = StartChange();
  std::vector<AddressedEvent> told;
  for (const Stray& stray : strays) {
    NOREN_RETURN_IF_ERROR(StageNotice(context, stray, change, told));
    change.staged.Delete(person_keyspaces::CandidateKey(stray.record.company, stray.candidate));
    change.staged.Delete(keyspaces::ApplicantKey(stray.record.posting, stray.candidate));
  }
  AddEvents(context, change, std::move(told));
  return context.pipeline.Commit(std::move(change)).status();
}

// As many at a time as one change should hold.
template <typename Record, typename Delete>
Status InParts(const std::vector<Record>& records, const Delete& remove) {
  for (std::size_t begin = 0; begin < records.size(); begin += kRecordsPerChange) {
    const std::size_t count = std::min(records.size() - begin, kRecordsPerChange);
    NOREN_RETURN_IF_ERROR(remove(std::span<const Record>(records).subspan(begin, count)));
  }
  return OkStatus();
}

}  // namespace

Status EraseStrayRecords(ServiceContext& context) {
  NOREN_RETURN_IF_ERROR(ErasePeopleWithoutKey(context));
  NOREN_RETURN_IF_ERROR(EraseItemsWithoutKey(context));
  NOREN_ASSIGN_OR_RETURN(const std::vector<Stray> strays, FindStrays(context));
  if (strays.empty()) return OkStatus();
  // Addresses first: the candidates say which of them lead nowhere.
  NOREN_ASSIGN_OR_RETURN(const auto addresses, AddressesThatLeadNowhere(context, strays));
  NOREN_RETURN_IF_ERROR(InParts(addresses, [&](std::span<const std::string> part) {
    return DeleteAddresses(context, part);
  }));
  return InParts(strays, [&](std::span<const Stray> part) { return DeleteStrays(context, part); });
}

}  // namespace noren::operations
