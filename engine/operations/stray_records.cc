// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/stray_records.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/people.h"
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
                           person_keyspaces::IdOfKey<model::CandidateRef>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(personal_data::CandidateRecord record,
                           personal_data::DecodeCandidate(candidate, item.value, context.keys));
    if (!there.contains(record.person)) strays.push_back({candidate, std::move(record)});
  }
  return strays;
}

// The notice of the destruction is lost with the rest. That something was handed over is assumed.
Status StageNotice(ServiceContext& context, const Stray& stray, personal_data::Staged& staged) {
  const std::string key = person_keyspaces::WithdrawalKey(stray.record.company, stray.candidate);
  NOREN_ASSIGN_OR_RETURN(const auto told, ReadOne(context, key));
  if (told) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(
      Bytes notice,
      EncodeWithdrawal(key, {stray.candidate, stray.record.posting, context.time.Now(), true, {}},
                       context.keys, context.random));
  staged.Put(key, std::move(notice));
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

Status CommitAll(ServiceContext& context, personal_data::Staged staged) {
  Change change;
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  change.staged = std::move(staged);
  return context.pipeline.Commit(std::move(change)).status();
}

}  // namespace

Status EraseStrayRecords(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<Stray> strays, FindStrays(context));
  if (strays.empty()) return OkStatus();
  // Addresses first: the candidates say which of them lead nowhere.
  NOREN_ASSIGN_OR_RETURN(const auto addresses, AddressesThatLeadNowhere(context, strays));
  for (std::size_t begin = 0; begin < addresses.size(); begin += kRecordsPerChange) {
    personal_data::Staged staged;
    const std::size_t end = std::min(addresses.size(), begin + kRecordsPerChange);
    for (std::size_t i = begin; i < end; ++i) staged.Delete(addresses[i]);
    NOREN_RETURN_IF_ERROR(CommitAll(context, std::move(staged)));
  }
  for (std::size_t begin = 0; begin < strays.size(); begin += kRecordsPerChange) {
    personal_data::Staged staged;
    const std::size_t end = std::min(strays.size(), begin + kRecordsPerChange);
    for (std::size_t i = begin; i < end; ++i) {
      NOREN_RETURN_IF_ERROR(StageNotice(context, strays[i], staged));
      staged.Delete(person_keyspaces::CandidateKey(strays[i].candidate));
      staged.Delete(keyspaces::ApplicantKey(strays[i].record.posting, strays[i].candidate));
    }
    NOREN_RETURN_IF_ERROR(CommitAll(context, std::move(staged)));
  }
  return OkStatus();
}

}  // namespace noren::operations
