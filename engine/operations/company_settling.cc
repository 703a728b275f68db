// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/company_work.h"
#include "engine/operations/deadlines.h"
#include "engine/operations/duties.h"
#include "engine/operations/events.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/posting_record.h"
#include "engine/operations/release_access.h"
#include "engine/operations/scan.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using personal_data::ConsentState;

// Destroyed, or another call has done it.
bool IsNothingToDo(const Status& status) {
  const ErrorCode code = model::CodeOf(status);
  return code == ErrorCode::kNotFound || code == ErrorCode::kDataCorrupt;
}

Attempt ByTheService(audit::Operation operation, std::string object) {
  Attempt attempt;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = kServiceItself;
  attempt.change.entry.object = std::move(object);
  return attempt;
}

// What a person said yes to before the company left is over.
StatusOr<Attempt> StageConsentEnd(ServiceContext& context, const CompanyLeaving& leaving,
                                  const personal_data::CandidateRecord& candidate) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, candidate.person));
  NOREN_ASSIGN_OR_RETURN(const auto loaded, LoadConsentOf(context, person, candidate.consent));
  const bool is_of_before = loaded.consent.answered_at <= leaving.left_at;
  if (loaded.version.state != ConsentState::kGranted || !is_of_before)
    return model::MakeError(ErrorCode::kNotFound);
  Attempt attempt = ByTheService(audit::Operation::kExpireConsent, candidate.consent.ToString());
  NOREN_RETURN_IF_ERROR(StageCompanyEndOf(context, person, loaded, attempt));
  return attempt;
}

Status EndConsents(ServiceContext& context, const CompanyLeaving& leaving) {
  const auto end = [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           person_keyspaces::IdOfKey<model::CandidateRef>(item.key, 1));
    const auto candidate =
        personal_data::DecodeCandidate(leaving.company, id, item.value, context.keys);
    // A damaged record is no reason to leave the others as they are; nothing opens by it.
    if (!candidate.ok()) return OkStatus();
    const auto ended =
        Record(context, [&] { return StageConsentEnd(context, leaving, *candidate); });
    return IsNothingToDo(ended.status()) ? OkStatus() : ended.status();
  };
  return VisitAll(context, person_keyspaces::CandidatePrefix(leaving.company), end);
}

// The company has it no longer, and owes the destruction of its copy.
StatusOr<Attempt> StageAccessEnd(ServiceContext& context, const CompanyLeaving& leaving,
                                 const model::ReleaseId& release) {
  const std::string key = keyspaces::AccessKey(release);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  NOREN_ASSIGN_OR_RETURN(auto access, FindAccess(context, release));
  if (!stored || !access || access->ended || access->released_at > leaving.left_at)
    return model::MakeError(ErrorCode::kNotFound);
  access->ended = true;
  access->ends_at = std::min(access->ends_at, leaving.left_at);
  Attempt attempt = ByTheService(audit::Operation::kExpireAccess, release.ToString());
  attempt.change.staged.Require(key, stored);
  PutAccess(context, *access, attempt.change.staged);
  NOREN_ASSIGN_OR_RETURN(StagedDuty duty, StageDutyOfAccess(context, *access));
  attempt.change.staged.Append(std::move(duty.staged));
  AddEvents(context, attempt.change, std::move(duty.told));
  return attempt;
}

Status EndAccesses(ServiceContext& context, const CompanyLeaving& leaving) {
  const auto end = [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto release,
                           person_keyspaces::IdOfKey<model::ReleaseId>(item.key, 1));
    const auto ended = Record(context, [&] { return StageAccessEnd(context, leaving, release); });
    return IsNothingToDo(ended.status()) ? OkStatus() : ended.status();
  };
  return VisitAll(context, keyspaces::ReleaseOfPrefix(leaving.company), end);
}

// One that was registered while the company left.
Status CloseLatePostings(ServiceContext& context, const CompanyLeaving& leaving) {
  const auto closed = Record(context, [&]() -> StatusOr<Attempt> {
    Attempt attempt = ByTheService(audit::Operation::kClosePosting, leaving.company);
    NOREN_ASSIGN_OR_RETURN(const bool any,
                           StageClosedPostings(context, leaving.company, attempt.change));
    if (!any) return model::MakeError(ErrorCode::kNotFound);
    return attempt;
  });
  return IsNothingToDo(closed.status()) ? OkStatus() : closed.status();
}

Status Settle(ServiceContext& context, const CompanyLeaving& leaving) {
  // Who has returned has postings of its own again.
  if (leaving.returned_at.value == 0) NOREN_RETURN_IF_ERROR(CloseLatePostings(context, leaving));
  NOREN_RETURN_IF_ERROR(EndInvitations(context, {leaving.company, leaving.left_at}));
  NOREN_RETURN_IF_ERROR(EndAccesses(context, leaving));
  NOREN_RETURN_IF_ERROR(EndConsents(context, leaving));
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  NOREN_ASSIGN_OR_RETURN(StoredLeaving now, ReadLeaving(context, leaving.company));
                  Attempt attempt = ByTheService(audit::Operation::kSettleLeaving, leaving.company);
                  // It has left once more meanwhile: that is settled next.
                  if (!now.leaving || now.leaving->left_at != leaving.left_at) return attempt;
                  CompanyLeaving settled = *now.leaving;
                  settled.settled = true;
                  NOREN_RETURN_IF_ERROR(StageLeaving(context, std::move(now), std::move(settled),
                                                     attempt.change.staged));
                  return attempt;
                })
      .status();
}

}  // namespace

Status VisitLeavings(ServiceContext& context, const std::function<Status(StoredLeaving)>& visit) {
  const auto open = [&](const storage::KeyValue& item) -> Status {
    const std::string company = item.key.substr(keyspaces::kCompanyLeft.size());
    NOREN_ASSIGN_OR_RETURN(CompanyLeaving leaving,
                           DecodeCompanyLeaving(company, item.value, context.keys));
    return visit({std::move(leaving), item.value});
  };
  return VisitAll(context, keyspaces::kCompanyLeft, open);
}

StatusOr<bool> StageClosedPostings(ServiceContext& context, std::string_view company,
                                   Change& change) {
  bool any = false;
  const auto close = [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::PostingId>(item.key, 0));
    StatusOr<PostingRecord> record = DecodePostingRecord(id, item.value, context.keys);
    if (!record.ok()) return OkStatus();  // nothing opens by one that is damaged
    if (record->content.company != company || !record->open) return OkStatus();
    record->open = false;
    record->version += 1;
    NOREN_ASSIGN_OR_RETURN(Bytes closed,
                           EncodePostingRecord(*record, context.keys, context.random));
    change.staged.Replace(item.key, item.value, std::move(closed));
    change.feed.push_back(PostingChanged(id));
    any = true;
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(VisitAll(context, person_keyspaces::kPosting, close));
  return any;
}

Status SettleLeavings(ServiceContext& context) {
  std::vector<CompanyLeaving> unsettled;
  NOREN_RETURN_IF_ERROR(VisitLeavings(context, [&](StoredLeaving read) {
    if (!read.leaving->settled) unsettled.push_back(*std::move(read.leaving));
    return OkStatus();
  }));
  for (const CompanyLeaving& leaving : unsettled) NOREN_RETURN_IF_ERROR(Settle(context, leaving));
  return OkStatus();
}

}  // namespace noren::operations
