// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/register_seeker.h"

#include <utility>

#include "crypto/primitives/signature.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/corrections.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/registration_consent.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/held_item.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/stated/acquisition.h"
#include "engine/policy/stated/minors.h"
#include "engine/policy/stated/sites.h"
#include "engine/policy/stated/subjects.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

constexpr std::size_t kMaxRefBytes = 128;
constexpr std::size_t kMaxContactBytes = 254;

Status CheckRequest(ServiceContext& context, const RegisterSeekerRequest& request) {
  if (request.ref.empty() || request.ref.size() > kMaxRefBytes) {
    return MakeFieldError(ErrorCode::kBadRequest, "ref", "1..128 bytes");
  }
  if (request.contact.empty() || request.contact.size() > kMaxContactBytes) {
    return MakeFieldError(ErrorCode::kBadRequest, "contact", "1..254 bytes");
  }
  if (request.language != "ko" && request.language != "ja" && request.language != "en") {
    return MakeFieldError(ErrorCode::kBadRequest, "language", "ko, ja or en");
  }
  NOREN_RETURN_IF_ERROR(model::Validate(request.profile));
  const std::vector<Status> unknown = context.dictionary.UnknownCodesIn(request.profile);
  return unknown.empty() ? OkStatus() : unknown.front();
}

// What a first registration must say of its custody.
Status CheckCustody(ServiceContext& context, const RegisterSeekerRequest& request) {
  const model::Custody custody = request.custody.value_or(model::Custody::kOperator);
  NOREN_RETURN_IF_ERROR(policy::ToStatus(policy::MayUseCustody(context.policy, custody)));
  if (custody == model::Custody::kOperator) {
    return request.age_recipient.empty()
               ? OkStatus()
               : MakeFieldError(ErrorCode::kBadRequest, "age_recipient", "person custody only");
  }
  if (!request.person_key) return MakeFieldError(ErrorCode::kMissingField, "person_key");
  if (request.age_recipient.empty()) {
    return MakeFieldError(ErrorCode::kMissingField, "age_recipient");
  }
  if (!primitives::VerifyingKey{*request.person_key}.IsUsable()) {
    return MakeFieldError(ErrorCode::kBadRequest, "person_key", "not an Ed25519 public key");
  }
  return personal_data::CheckPersonRecipient(request.age_recipient);
}

Bytes EncodeRequest(const RegisterSeekerRequest& request) {
  RecordWriter writer;
  writer.Field(request.ref).Field(model::EncodeProfile(request.profile)).Field(request.contact);
  writer.Field(request.language)
      .Field(request.person_key ? ByteSpan(*request.person_key) : ByteSpan());
  if (request.custody) writer.Field(model::CustodyName(*request.custody));
  if (!request.age_recipient.empty()) writer.Field(request.age_recipient);
  EncodeIdentifiers(request.identifiers, writer);
  const bool states = !request.subject.empty() || request.notice || request.is_child;
  if (states) {
    writer.Field("stated").Field(request.subject);
    writer.Field(request.notice ? ByteSpan(*request.notice) : ByteSpan());
    writer.U8(request.is_child ? 1 : 0).U8(request.guardian_agrees ? 1 : 0);
  }
  if (request.agrees) writer.Field("agrees");
  return writer.Take();
}

// Everything about the person that the request says.
void TakeFields(const RegisterSeekerRequest& request, personal_data::PersonRecord& record) {
  record.language = request.language;
  record.contact = request.contact;
  record.profile = model::EncodeProfile(request.profile);
  if (request.person_key) record.person_key = request.person_key;
  if (!request.subject.empty()) record.stated.subject = request.subject;
  if (request.notice) record.stated.notice = *request.notice;
  if (request.is_child) record.stated.child = request.guardian_agrees;
}

// What the notice says to this registration, by all the clauses it rests on. `is_kept`: the person
// has agreed to being kept, now or before.
policy::Decision JudgeRegistration(ServiceContext& context, const Call& call,
                                   const RegisterSeekerRequest& request, bool is_kept) {
  const policy::Policy& policy = context.policy;
  const Hash256 notice = policy::NeedsConfirmation(policy) ? PublicNoticeOf(policy) : Hash256();
  policy::Decision all = policy::MayRegister(policy, request.subject);
  for (const policy::Decision& one :
       {policy::MayRegisterAfter(policy, request.notice, notice),
        policy::MayActFor(policy, {request.is_child, request.guardian_agrees}),
        policy::MayBeKept(policy, request.subject, is_kept),
        policy::MayServeSite(policy, call.principal.name)}) {
    if (!all.allowed) break;
    if (!one.allowed) return one;
    // What a decision rests on by default says nothing that another does not.
    all.clauses = JoinClauses(std::move(all.clauses), one.clauses);
  }
  return all;
}

audit::EntryDraft DraftFor(ServiceContext& context, const Call& call,
                           const RegisterSeekerRequest& request, audit::Operation operation,
                           const model::PersonId& person) {
  audit::EntryDraft draft;
  draft.operation = operation;
  draft.principal = call.principal;
  draft.subject = person.ToString();
  draft.clause_ids = JudgeRegistration(context, call, request, true).clauses;
  return draft;
}

StatusOr<Attempt> StageUpdate(ServiceContext& context, const Call& call,
                              const RegisterSeekerRequest& request, LoadedPerson person) {
  // Whoever comes back after the end is registered anew, once the old registration is destroyed.
  NOREN_RETURN_IF_ERROR(RequireInTime(context, person, "ref"));
  Attempt attempt;
  // Key and contact are what proves the person's acts: fixed at registration, or a portal could put
  // its own in their place
  // and consent in the person's name.
  if (request.person_key && request.person_key != person.record.person_key) {
    return MakeFieldError(ErrorCode::kStateConflict, "person_key", "fixed at registration");
  }
  if (request.contact != person.record.contact) {
    return MakeFieldError(ErrorCode::kStateConflict, "contact", "fixed at registration");
  }
  if (request.custody && request.custody != person.record.custody) {
    return MakeFieldError(ErrorCode::kStateConflict, "custody", "fixed at registration");
  }
  if (!request.age_recipient.empty() && request.age_recipient != person.record.age_recipient) {
    return MakeFieldError(ErrorCode::kStateConflict, "age_recipient", "fixed at registration");
  }
  const Bytes profile_before = person.record.profile;
  TakeFields(request, person.record);
  std::string consent;
  if (request.agrees) {
    person.record.stated.agreed = context.policy.digest;
    NOREN_RETURN_IF_ERROR(context.policy_versions.Stage(context, attempt.change.staged));
    NOREN_ASSIGN_OR_RETURN(consent,
                           StageRegistrationConsent(context, person, attempt.change.staged));
  }
  if (person.record.profile != profile_before)
    NOREN_RETURN_IF_ERROR(AddCorrectionEvents(context, person, std::nullopt, attempt.change));
  person.record.address.version += 1;
  NOREN_ASSIGN_OR_RETURN(
      Bytes stored,
      personal_data::EncodePersonRecord(person.record, *person.keys, context.keys, context.random));
  attempt.change.staged.Replace(personal_data::keyspaces::PersonKey(person.person),
                                std::move(person.stored), std::move(stored));
  NOREN_RETURN_IF_ERROR(
      StageContacts(context, call, person.person, request.identifiers, attempt.change.staged));
  attempt.change.entry =
      DraftFor(context, call, request, audit::Operation::kUpdateProfile, person.person);
  attempt.change.feed.push_back(PersonChanged(person.person));
  attempt.answer = {person.record.address.handle.ToString()};
  if (!consent.empty()) attempt.answer.push_back(consent);
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  return attempt;
}

StatusOr<Attempt> StageNew(ServiceContext& context, const Call& call,
                           const RegisterSeekerRequest& request, const std::string& subject_key,
                           const Hash256& token) {
  namespace keys = personal_data::keyspaces;
  NOREN_RETURN_IF_ERROR(CheckCustody(context, request));
  NOREN_ASSIGN_OR_RETURN(const personal_data::AddedLeaf leaf, context.keyring.AddLeaf());
  personal_data::PersonRecord record;
  record.person = model::PersonId::Generate(context.random);
  record.address = {1, leaf.leaf, call.principal.name,
                    model::SeekerHandle::Generate(context.random)};
  record.registered_at = context.time.Now();
  TakeFields(request, record);
  record.stated.agreed = context.policy.digest;
  record.custody = request.custody.value_or(model::Custody::kOperator);
  record.age_recipient = request.age_recipient;
  Attempt attempt;
  personal_data::Staged& staged = attempt.change.staged;
  NOREN_RETURN_IF_ERROR(context.policy_versions.Stage(context, staged));
  NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::EncodePersonRecord(
                                           record, *leaf.keys, context.keys, context.random));
  staged.Replace(keys::PersonKey(record.person), std::nullopt, std::move(stored));
  for (const std::string& key :
       {keys::HandleKey(call.principal.name, record.address.handle), subject_key}) {
    NOREN_ASSIGN_OR_RETURN(Bytes pointer, personal_data::EncodePersonPointer(
                                              key, record.person, context.keys, context.random));
    staged.Replace(key, std::nullopt, std::move(pointer));
  }
  // The way back, so that destruction finds the subject token.
  const std::string back_key = keyspaces::SubjectOfKey(record.person);
  Bytes back = storage::SealValue(context.keys.store_seal(), {keyspaces::kSubjectOf, back_key}, 1,
                                  token, context.random);
  staged.Replace(back_key, std::nullopt, std::move(back));
  NOREN_RETURN_IF_ERROR(StageContacts(context, call, record.person, request.identifiers, staged));
  std::string consent;
  if (request.agrees)
    consent = StageFirstRegistrationConsent(context, record.person, *leaf.keys, staged);
  attempt.change.entry =
      DraftFor(context, call, request, audit::Operation::kRegisterSeeker, record.person);
  attempt.change.feed.push_back(PersonChanged(record.person));
  attempt.answer = {record.address.handle.ToString()};
  if (!consent.empty()) attempt.answer.push_back(consent);
  attempt.subject = record.person;
  attempt.subject_keys = leaf.keys;
  return attempt;
}

// Whoever is not there yet has agreed to nothing.
StatusOr<bool> HasAgreedBefore(ServiceContext& context, const std::string& subject_key) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> pointer, ReadOne(context, subject_key));
  if (!pointer) return false;
  NOREN_ASSIGN_OR_RETURN(const model::PersonId known,
                         personal_data::DecodePersonPointer(subject_key, *pointer, context.keys));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, known));
  NOREN_ASSIGN_OR_RETURN(const auto consent, FindRegistrationConsent(context, person));
  return consent.has_value();
}

}  // namespace

StatusOr<RegisteredSeeker> RegisterSeeker(ServiceContext& context, const Call& call,
                                          const RegisterSeekerRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_RETURN_IF_ERROR(CheckRequest(context, request));
  const Hash256 token = context.pseudonyms.SubjectToken(call.principal.name, request.ref);
  const std::string subject_key = personal_data::keyspaces::SubjectKey(token);
  bool is_kept = request.agrees;
  if (!is_kept && policy::IsKeptByConsent(context.policy, request.subject)) {
    NOREN_ASSIGN_OR_RETURN(is_kept, HasAgreedBefore(context, subject_key));
  }
  NOREN_RETURN_IF_ERROR(RequireStated(context, call, {audit::Operation::kRegisterSeeker, ""},
                                      JudgeRegistration(context, call, request, is_kept)));
  const auto identity =
      IdentifyRequest(request.idempotency_key, "register_seeker", EncodeRequest(request));
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> pointer, ReadOne(context, subject_key));
        if (!pointer) return StageNew(context, call, request, subject_key, token);
        NOREN_ASSIGN_OR_RETURN(
            const model::PersonId known,
            personal_data::DecodePersonPointer(subject_key, *pointer, context.keys));
        NOREN_ASSIGN_OR_RETURN(LoadedPerson person, LoadPerson(context, known));
        return StageUpdate(context, call, request, std::move(person));
      }));
  NOREN_ASSIGN_OR_RETURN(const model::SeekerHandle handle,
                         model::SeekerHandle::Parse(run.answer.at(0)));
  // Of a request that agreed to nothing the answer is the handle alone.
  std::string consent = run.answer.size() > 1 ? std::move(run.answer[1]) : std::string();
  return RegisteredSeeker{handle, std::move(run.position), std::move(consent)};
}

StatusOr<SeekerSummary> GetSeeker(ServiceContext& context, const Call& call,
                                  const model::SeekerHandle& handle) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, handle));
  SeekerSummary summary;
  summary.handle = handle;
  NOREN_ASSIGN_OR_RETURN(summary.profile, model::DecodeProfile(person.record.profile));
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, person));
  for (const personal_data::ItemRecord& item : items) summary.items.push_back(item.item);
  summary.discoverable = person.record.discoverability.live;
  summary.custody = person.record.custody;
  return summary;
}

}  // namespace noren::operations
