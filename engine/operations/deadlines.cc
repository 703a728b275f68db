// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/deadlines.h"

#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/duties.h"
#include "engine/operations/events.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/release_access.h"
#include "engine/operations/scan.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using personal_data::ConsentState;

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kPageRows = 64;
constexpr std::string_view kCompanyLeft = "company_left";

// A deadline as it is stored.
struct Due {
  DeadlineKind kind = DeadlineKind::kInvitation;
  UnixSeconds at;
  model::PersonId person;
  Bytes id;
};

Bytes EncodeDue(const Deadline& deadline) {
  RecordWriter writer;
  writer.U8(kFormat).U8(static_cast<std::uint8_t>(deadline.kind)).I64(deadline.at.value);
  return writer.Raw(deadline.person.bytes()).Raw(deadline.id).Take();
}

StatusOr<Due> OpenDue(ServiceContext& context, const std::string& key, ByteSpan stored) {
  const auto opened =
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kDeadline, key}, stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "deadline");
  RecordReader reader(opened->plaintext);
  const std::uint8_t format = reader.U8();
  Due due;
  due.kind = static_cast<DeadlineKind>(reader.U8());
  due.at = {reader.I64()};
  const ByteSpan person = reader.Raw(model::PersonId::kSizeBytes);
  due.id = ToBytes(reader.Raw(kIdBytes));
  if (!reader.Finish().ok() || format != kFormat || due.kind < DeadlineKind::kInvitation ||
      due.kind > DeadlineKind::kAccess) {
    return MakeError(ErrorCode::kDataCorrupt, "deadline");
  }
  NOREN_ASSIGN_OR_RETURN(due.person, model::PersonId::FromBytes(person));
  return due;
}

Event ExpiryOf(UnixSeconds at, const model::PostingId& posting, std::string_view detail) {
  Event event;
  event.kind = EventKind::kExpiry;
  event.at = at;
  event.posting = posting;
  event.detail = std::string(detail);
  return event;
}

// An invitation that nobody answered: the portal is told. The company learns of nobody.
Status PassInvitation(ServiceContext& context, const Due& due, const LoadedPerson& person,
                      Attempt& attempt) {
  NOREN_ASSIGN_OR_RETURN(const auto id, model::InvitationId::FromBytes(due.id));
  NOREN_ASSIGN_OR_RETURN(const auto invitation, LoadInvitation(context, person, id));
  NOREN_ASSIGN_OR_RETURN(const auto consent, LoadConsentOf(context, person, invitation.consent));
  if (consent.version.state != ConsentState::kRequested) return OkStatus();
  Event event = ExpiryOf(due.at, invitation.posting, "invitation");
  event.subject = person.record.address.handle.ToString();
  event.object = id.ToString();
  AddEvents(context, attempt.change, {{PortalOf(person), std::move(event)}});
  return OkStatus();
}

Status PassConsent(ServiceContext& context, const Due& due, const LoadedPerson& person,
                   Attempt& attempt) {
  NOREN_ASSIGN_OR_RETURN(const auto id, model::ConsentId::FromBytes(due.id));
  NOREN_ASSIGN_OR_RETURN(const auto consent, LoadConsentOf(context, person, id));
  if (consent.version.state != ConsentState::kGranted) return OkStatus();
  Event to_portal = ExpiryOf(due.at, consent.consent.posting, "consent");
  to_portal.subject = person.record.address.handle.ToString();
  to_portal.object = id.ToString();
  Event to_company = ExpiryOf(due.at, consent.consent.posting, "consent");
  to_company.subject =
      context.pseudonyms
          .CandidateRefFor(consent.consent.company, consent.consent.posting, person.person)
          .ToString();
  AddEvents(context, attempt.change,
            {{PortalOf(person), std::move(to_portal)},
             {CompanyNamed(consent.consent.company), std::move(to_company)}});
  return OkStatus();
}

Status PassAccess(ServiceContext& context, const Due& due, Attempt& attempt) {
  NOREN_ASSIGN_OR_RETURN(const auto release, model::ReleaseId::FromBytes(due.id));
  NOREN_ASSIGN_OR_RETURN(auto access, FindAccess(context, release));
  if (!access || access->ended) return OkStatus();
  access->ended = true;
  PutAccess(context, *access, attempt.change.staged);
  attempt.change.entry.operation = audit::Operation::kExpireAccess;
  attempt.change.entry.object = release.ToString();
  NOREN_ASSIGN_OR_RETURN(StagedDuty duty, StageDutyOfAccess(context, *access));
  attempt.change.staged.Append(std::move(duty.staged));
  AddEvents(context, attempt.change, std::move(duty.told));
  return OkStatus();
}

Status PassOfPerson(ServiceContext& context, const Due& due, Attempt& attempt) {
  const StatusOr<LoadedPerson> person = LoadPerson(context, due.person);
  if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return OkStatus();  // erased
  NOREN_RETURN_IF_ERROR(person.status());
  attempt.subject = person->person;
  attempt.subject_keys = person->keys;
  attempt.change.entry.subject = person->person.ToString();
  const Status passed = due.kind == DeadlineKind::kInvitation
                            ? PassInvitation(context, due, *person, attempt)
                            : PassConsent(context, due, *person, attempt);
  // Destroyed at the level of the application: nothing is left that could end.
  return model::CodeOf(passed) == ErrorCode::kNotFound ? OkStatus() : passed;
}

StatusOr<Attempt> StagePass(ServiceContext& context, const std::string& key) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);  // another call has passed it
  NOREN_ASSIGN_OR_RETURN(const Due due, OpenDue(context, key, *stored));
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kPassDeadline;
  attempt.change.entry.principal = kServiceItself;
  attempt.change.staged.Require(key, stored);
  attempt.change.staged.Delete(key);
  NOREN_RETURN_IF_ERROR(due.kind == DeadlineKind::kAccess ? PassAccess(context, due, attempt)
                                                          : PassOfPerson(context, due, attempt));
  return attempt;
}

}  // namespace

Status StageCompanyEndOf(ServiceContext& context, const LoadedPerson& person,
                         const personal_data::LoadedConsent& consent, Attempt& attempt) {
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  attempt.change.entry.subject = person.person.ToString();
  const personal_data::ConsentScope scope{person.context(), context.keys, context.time.Now(),
                                          context.random};
  NOREN_ASSIGN_OR_RETURN(personal_data::StagedConsent ended,
                         personal_data::StageEndOfCompany(scope, consent));
  attempt.change.staged.Append(std::move(ended.staged));
  Event event = ExpiryOf(scope.time, consent.consent.posting, kCompanyLeft);
  event.subject = person.record.address.handle.ToString();
  event.object = consent.consent.consent.ToString();
  AddEvents(context, attempt.change, {{PortalOf(person), std::move(event)}});
  return OkStatus();
}

namespace {

// kNotFound: it is of another company, of later, answered, or gone.
StatusOr<Attempt> StageInvitationEnd(ServiceContext& context, const LeftCompany& left,
                                     const std::string& key, const Due& due) {
  NOREN_ASSIGN_OR_RETURN(const auto id, model::InvitationId::FromBytes(due.id));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, due.person));
  NOREN_ASSIGN_OR_RETURN(const auto invitation, LoadInvitation(context, person, id));
  const bool is_meant = invitation.company == left.company && invitation.invited_at <= left.left_at;
  if (!is_meant) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const auto consent, LoadConsentOf(context, person, invitation.consent));
  if (consent.version.state != ConsentState::kRequested) return MakeError(ErrorCode::kNotFound);
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kExpireConsent;
  attempt.change.entry.principal = kServiceItself;
  attempt.change.entry.object = invitation.consent.ToString();
  attempt.change.staged.Delete(key);
  NOREN_RETURN_IF_ERROR(StageCompanyEndOf(context, person, consent, attempt));
  return attempt;
}

}  // namespace

Status EndInvitations(ServiceContext& context, const LeftCompany& left) {
  return VisitAll(context, keyspaces::kDeadline, [&](const storage::KeyValue& item) -> Status {
    const StatusOr<Due> due = OpenDue(context, item.key, item.value);
    // A damaged one is no reason to leave the others as they are; nothing opens by it.
    if (!due.ok() || due->kind != DeadlineKind::kInvitation) return OkStatus();
    const auto ended =
        Record(context, [&] { return StageInvitationEnd(context, left, item.key, *due); });
    const ErrorCode code = model::CodeOf(ended.status());
    if (code == ErrorCode::kNotFound || code == ErrorCode::kDataCorrupt) return OkStatus();
    return ended.status();
  });
}

void StageDeadline(ServiceContext& context, const Deadline& deadline,
                   personal_data::Staged& staged) {
  const std::string key = keyspaces::DeadlineKey(
      deadline.at.value, static_cast<std::uint8_t>(deadline.kind), deadline.id);
  staged.Put(key, storage::SealValue(context.keys.store_seal(), {keyspaces::kDeadline, key}, 1,
                                     EncodeDue(deadline), context.random));
}

StatusOr<std::size_t> PassDeadlines(ServiceContext& context) {
  std::size_t passed = 0;
  // The time first: a clock that has leapt meanwhile is not trusted any more.
  const UnixSeconds now = context.time.Now();
  if (!context.time.trusted()) return passed;
  const std::string prefix(keyspaces::kDeadline);
  // Kinds are from 1: the keys of this very second are after this one, those before it are due.
  const std::string end = keyspaces::DeadlineKey(now.value + 1, 0, {});
  std::string after;
  for (bool more = true; more;) {
    const auto page = context.store.Scan(kEmbeddedPartition, prefix, after, kPageRows);
    if (!page.ok()) return MakeError(ErrorCode::kStorage);
    more = page->more;
    for (const storage::KeyValue& item : page->items) {
      if (item.key >= end) return passed;
      after = item.key;
      const auto recorded = Record(context, [&] { return StagePass(context, item.key); });
      const ErrorCode code = model::CodeOf(recorded.status());
      // A damaged record is no reason not to tell what else has ended; it stays where it is.
      if (code == ErrorCode::kNotFound || code == ErrorCode::kDataCorrupt) continue;
      NOREN_RETURN_IF_ERROR(recorded.status());
      ++passed;
    }
  }
  return passed;
}

}  // namespace noren::operations
