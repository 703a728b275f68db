// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/contacts.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/model/profile.h"
#include "engine/operations/act_run.h"
#include "engine/operations/authorize.h"
#include "engine/operations/exposures.h"
#include "engine/operations/freezes.h"
#include "engine/operations/market.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/retention_work.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/stated/contacting.h"
#include "engine/policy/stated/purposes.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::string_view kForm = "contacts";
constexpr std::string_view kToKnow = "to know what the person was told";

// They have begun to work, as an officer has noted.
bool IsPlaced(ServiceContext& context, const RetentionNotes& notes) {
  const model::CivilDay today = policy::TodayOf(context.policy, context.time.Now());
  return notes.purpose_achieved && !(today < *notes.purpose_achieved);
}

StatusOr<policy::Decision> JudgeContact(ServiceContext& context, const LoadedPerson& person,
                                        const RecordContactRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const LoadedNotes loaded, LoadNotes(context, person));
  policy::Decision declared = policy::MayContact(
      context.policy, {request.purpose, KindNameToday(context, person), request.about},
      IsPlaced(context, loaded.notes));
  if (!declared.allowed) return declared;
  return JudgePurpose(context, person, policy::PurposeOf(context.policy, request.purpose)->id);
}

Attempt StartAttempt(const Call& call, audit::Operation operation, const LoadedPerson& person,
                     const ContactId& contact) {
  Attempt attempt = RetentionAttempt(call, operation, person);
  attempt.change.entry.object = contact.ToString();
  return attempt;
}

StatusOr<Attempt> StageRecord(ServiceContext& context, const Call& call,
                              const RecordContactRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, request.person.portal, request.person.handle));
  NOREN_ASSIGN_OR_RETURN(const policy::Decision decision, JudgeContact(context, person, request));
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kOpenContact, "", &person}, decision));
  ContactRecord record;
  record.contact = ContactId::Generate(context.random);
  record.kind = ContactKind::kTalk;
  record.purpose = policy::PurposeOf(context.policy, request.purpose)->id;
  record.about = request.about;
  record.by = call.principal.name;
  record.at = context.time.Now();
  Attempt attempt = StartAttempt(call, audit::Operation::kOpenContact, person, record.contact);
  attempt.change.entry.clause_ids = decision.clauses;
  NOREN_RETURN_IF_ERROR(RequireMayUse(context, person, attempt.change.staged));
  attempt.change.staged.Require(person_keyspaces::PersonKey(person.person), person.stored);
  attempt.change.staged.Replace(ContactKey(person.person, record.contact), std::nullopt,
                                SealContact(context, person, record));
  attempt.answer = {record.contact.ToString()};
  return attempt;
}

StatusOr<Attempt> StageClosing(ServiceContext& context, const Call& call,
                               const CloseContactRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, request.person.portal, request.person.handle));
  NOREN_ASSIGN_OR_RETURN(auto found, FindContact(context, person, request.contact));
  if (!found) return MakeError(ErrorCode::kNotFound);
  ContactRecord& record = found->record;
  if (record.kind != ContactKind::kTalk || record.closed_at)
    return MakeFieldError(ErrorCode::kStateConflict, "contact", "it is not open");
  const bool is_marked = request.mark != ContactMark::kNone;
  const policy::Decision decision = policy::MayCloseContact(context.policy, is_marked);
  NOREN_RETURN_IF_ERROR(RequireStated(
      context, call, {audit::Operation::kCloseContact, request.contact.ToString(), &person},
      decision));
  record.closed_at = context.time.Now();
  record.mark = request.mark;
  Attempt attempt = StartAttempt(call, audit::Operation::kCloseContact, person, request.contact);
  attempt.change.entry.clause_ids = decision.clauses;
  attempt.change.staged.Replace(ContactKey(person.person, request.contact), found->stored,
                                SealContact(context, person, record));
  if (!is_marked) {
    attempt.change.staged.Require(person_keyspaces::PersonKey(person.person), person.stored);
    return attempt;
  }
  NOREN_ASSIGN_OR_RETURN(LoadedNotes loaded, LoadNotes(context, person));
  NOREN_RETURN_IF_ERROR(TakeConfirmation(context, person, loaded.notes));
  StageNotes(context, person, std::move(loaded), attempt.change.staged);
  attempt.change.feed.push_back(PersonChanged(person.person));  // it may end on another day now
  return attempt;
}

RecordWriter EncodedPerson(const NamedPerson& person) {
  RecordWriter encoded;
  encoded.Field(person.portal).Raw(person.handle.bytes());
  return encoded;
}

}  // namespace

StatusOr<ContactsOfPerson> ContactsOf(ServiceContext& context, const LoadedPerson& person) {
  ContactsOfPerson all;
  NOREN_ASSIGN_OR_RETURN(all.contacts, LoadContacts(context, person));
  NOREN_ASSIGN_OR_RETURN(const Unsubscribed unsubscribed, LoadUnsubscribed(context, person));
  for (const std::string& id : unsubscribed.purposes) {
    const policy::Entry* purpose = policy::PurposeOf(context.policy, id);
    all.unsubscribed.emplace_back(purpose == nullptr ? id : purpose->Title());
  }
  NOREN_ASSIGN_OR_RETURN(const LoadedNotes loaded, LoadNotes(context, person));
  const auto profile = model::DecodeProfile(person.record.profile);
  if (profile.ok()) all.last_confirmed = profile->confirmed_on;
  for (const UnixSeconds at : loaded.notes.confirmations) {
    const model::CivilDay day = policy::TodayOf(context.policy, at);
    if (!all.last_confirmed || *all.last_confirmed < day) all.last_confirmed = day;
  }
  return all;
}

StatusOr<policy::Decision> JudgePurpose(ServiceContext& context, const LoadedPerson& person,
                                        std::string_view purpose) {
  const policy::Policy& policy = context.policy;
  const policy::Entry* entry = policy::PurposeOf(policy, purpose);
  const std::string_view title = entry == nullptr ? purpose : entry->Title();
  const KindToday today = KindOfToday(context, person);
  const std::string& subject = today.kind;
  policy::Decision declared = policy::MayUseFor(policy, title, subject, today.sub_kinds);
  if (!declared.allowed || person.record.stated.agreed == policy.digest) return declared;
  const auto agreed = AgreedVersion(context, person);
  // Of a version that cannot be shown it is not known what the person agreed to.
  if (model::CodeOf(agreed.status()) == ErrorCode::kDataCorrupt)
    return policy::MayUseForUnder(policy, nullptr, title, subject);
  NOREN_RETURN_IF_ERROR(agreed.status());
  return policy::MayUseForUnder(policy, agreed->get(), title, subject);
}

StatusOr<RecordedContact> RecordContact(ServiceContext& context, const Call& call,
                                        const RecordContactRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (request.about.size() > kMaxAboutBytes) return MakeFieldError(ErrorCode::kBadRequest, "about");
  RecordWriter encoded = EncodedPerson(request.person);
  encoded.Field(request.purpose).Field(request.about);
  const auto identity = IdentifyRequest(request.idempotency_key, "record_contact", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageRecord(context, call, request);
                         }));
  NOREN_ASSIGN_OR_RETURN(const auto id, ContactId::Parse(run.answer.at(0)));
  return RecordedContact{id, std::move(run.position)};
}

StatusOr<EntryPosition> CloseContact(ServiceContext& context, const Call& call,
                                     const CloseContactRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  RecordWriter encoded = EncodedPerson(request.person);
  encoded.Raw(request.contact.bytes()).U8(static_cast<std::uint8_t>(request.mark));
  const auto identity = IdentifyRequest(request.idempotency_key, "close_contact", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageClosing(context, call, request);
                         }));
  return std::move(run.position);
}

StatusOr<ContactsOfPerson> ListContacts(ServiceContext& context, const Call& call,
                                        const NamedPerson& person) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson loaded,
                         LoadPersonByHandle(context, person.portal, person.handle));
  const auto seen = Record(context, [&]() -> StatusOr<Attempt> {
    Attempt attempt = RetentionAttempt(call, audit::Operation::kReadContacts, loaded);
    const ListShowing showing{audit::Operation::kReadContacts, kForm, kToKnow, {}};
    NOREN_RETURN_IF_ERROR(StageListShowing(context, call, showing, {loaded.person}, attempt));
    return attempt;
  });
  NOREN_RETURN_IF_ERROR(seen.status());
  return ContactsOf(context, loaded);
}

StatusOr<ContactsOfPerson> ReadOwnContacts(ServiceContext& context, const Call& call,
                                           const PersonAct& act) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson reader, AdmitOwnReading(context, call, act));
  return ContactsOf(context, reader);
}

}  // namespace noren::operations
