// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/hand_over.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/freezes.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/person_fact_acts.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/registers.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/register_provisions.h"
#include "engine/policy/stated/minors.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using personal_data::PartnerPermission;

// Another portal's people are not told apart from nobody.
StatusOr<LoadedPerson> LoadNamed(ServiceContext& context, const Call& call,
                                 const NamedPerson& person) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer, model::Role::kPortal}));
  const bool is_others =
      call.principal.role == model::Role::kPortal && call.principal.name != person.portal;
  if (is_others) return MakeError(ErrorCode::kNotFound);
  return LoadPersonByHandle(context, person.portal, person.handle);
}

Status CheckPermission(const PermitPartnerRequest& request) {
  const auto is_text = [](const std::string& text) {
    return !text.empty() && text.size() <= personal_data::kMaxFactTextBytes;
  };
  if (!is_text(request.partner)) return MakeFieldError(ErrorCode::kBadRequest, "partner");
  const std::set<std::string_view> distinct(request.items.begin(), request.items.end());
  if (request.items.empty() || request.items.size() > personal_data::kMaxPermittedItems ||
      distinct.size() != request.items.size() || !std::ranges::all_of(request.items, is_text))
    return MakeFieldError(ErrorCode::kBadRequest, "items");
  if (!model::IsInRange(request.first_day))
    return MakeFieldError(ErrorCode::kOutOfRange, "first_day");
  const bool in_order = !request.last_day || (model::IsInRange(*request.last_day) &&
                                              request.first_day <= *request.last_day);
  return in_order ? OkStatus() : MakeFieldError(ErrorCode::kOutOfRange, "last_day");
}

RequestIdentity Identify(const PermitPartnerRequest& request) {
  RecordWriter writer;
  writer.Field(request.person.portal).Raw(request.person.handle.bytes()).Field(request.partner);
  for (const std::string& item : request.items) writer.Field(item);
  writer.U32(static_cast<std::uint32_t>(request.first_day.days_since_1970));
  writer.U8(request.last_day ? 1 : 0);
  const model::CivilDay last = request.last_day.value_or(model::CivilDay());
  writer.U32(static_cast<std::uint32_t>(last.days_since_1970));
  return IdentifyRequest(request.idempotency_key, "permit_partner", writer.bytes());
}

// Days of birth are in it: two requests that differ in one are different.
RequestIdentity Identify(const HandOverRequest& request) {
  RecordWriter writer;
  writer.U64(request.entry).U32(static_cast<std::uint32_t>(request.people.size()));
  for (const HandedPerson& one : request.people) {
    writer.Field(one.person.portal).Raw(one.person.handle.bytes()).U8(one.born ? 1 : 0);
    const model::CivilDay born = one.born.value_or(model::CivilDay());
    writer.U32(static_cast<std::uint32_t>(born.days_since_1970));
  }
  return IdentifyRequest(request.idempotency_key, "hand_over", writer.bytes());
}

// What a hand-over has in common for everybody in it.
struct Batch {
  policy::RegisteredStep asked;
  policy::AskedProvision provision;
  UnixSeconds at;
  model::CivilDay day;
};

StatusOr<Batch> BatchOf(ServiceContext& context, const HandOverRequest& request) {
  NOREN_ASSIGN_OR_RETURN(auto entries, LoadRegister(context, policy::RegisterKind::kHandOvers));
  if (request.entry == 0 || request.entry > entries.size()) return MakeError(ErrorCode::kNotFound);
  Batch batch;
  batch.asked = std::move(entries[request.entry - 1].step);
  if (batch.asked.step != "asked")
    return MakeFieldError(ErrorCode::kStateConflict, "entry", "not one that asks");
  for (const RegisterEntry& one : entries) {
    const bool is_later = one.step.case_number == batch.asked.case_number;
    if (is_later && one.step.step == "provided")
      return MakeFieldError(ErrorCode::kStateConflict, "entry", "provided already");
  }
  batch.provision = policy::AskedBy(context.policy, batch.asked);
  batch.at = context.time.Now();
  batch.day = policy::TodayOf(context.policy, batch.at);
  return batch;
}

Status CheckPeople(const HandOverRequest& request) {
  if (request.people.empty()) return MakeFieldError(ErrorCode::kMissingField, "people");
  if (request.people.size() > kMaxHandedOver) return MakeFieldError(ErrorCode::kTooLarge, "people");
  std::set<std::pair<std::string, model::SeekerHandle>> seen;
  for (const HandedPerson& one : request.people) {
    if (!seen.emplace(one.person.portal, one.person.handle).second)
      return MakeFieldError(ErrorCode::kDuplicateValue, "people");
  }
  return OkStatus();
}

// The day of birth is said exactly where the age is asked for: it goes no further than here.
Status CheckBorn(const Batch& batch, const HandedPerson& one) {
  if (batch.provision.has_age && !one.born) return MakeFieldError(ErrorCode::kMissingField, "born");
  if (!batch.provision.has_age && one.born)
    return MakeFieldError(ErrorCode::kBadRequest, "born", "no age is asked for");
  const bool is_day = !one.born || (model::IsInRange(*one.born) && *one.born <= batch.day);
  return is_day ? OkStatus() : MakeFieldError(ErrorCode::kOutOfRange, "born");
}

policy::Decision JudgePerson(ServiceContext& context, const Batch& batch,
                             const LoadedPerson& person) {
  const personal_data::PersonRecord& record = person.record;
  policy::ProvidedPerson provided;
  provided.subject = personal_data::KindOn(record.facts, record.stated.subject, batch.day);
  provided.confirmed = record.stated.notice != Hash256{};
  const PartnerPermission* permission =
      personal_data::PermissionOn(record.facts, batch.asked.subject, batch.day);
  if (permission != nullptr) provided.permitted = &permission->items;
  return policy::MayProvidePerson(context.policy, batch.asked, provided);
}

HandOverRecord RecordOf(ServiceContext& context, const Batch& batch, const LoadedPerson& person) {
  const personal_data::PersonRecord& record = person.record;
  return {batch.at,
          batch.day,
          std::string(batch.provision.recipient_kind),
          batch.asked.subject,
          std::string(batch.provision.purpose),
          std::string(batch.provision.means),
          batch.provision.items,
          std::string(personal_data::KindOn(record.facts, record.stated.subject, batch.day)),
          batch.asked.number,
          context.policy.VersionText()};
}

// The person is as they were judged, and not frozen, until this very commit.
Status StagePerson(ServiceContext& context, const Batch& batch, const LoadedPerson& person,
                   personal_data::Staged& staged) {
  NOREN_RETURN_IF_ERROR(RequireMayProvide(context, person, staged));
  staged.Require(personal_data::keyspaces::PersonKey(person.person), person.stored);
  std::array<std::uint8_t, 16> unique{};
  context.random.Fill(unique);
  std::string key = keyspaces::HandOverKey(person.person, batch.at.value, unique);
  NOREN_ASSIGN_OR_RETURN(
      Bytes value,
      SealHandOver(person.context(), key, RecordOf(context, batch, person), context.random));
  staged.Put(std::move(key), std::move(value));
  return OkStatus();
}

// Refused by the notice, with what it says of this person, before anything is staged.
Status RequireEach(ServiceContext& context, const Call& call, const HandOverRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const Batch batch, BatchOf(context, request));
  for (const HandedPerson& one : request.people) {
    NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadNamed(context, call, one.person));
    NOREN_RETURN_IF_ERROR(CheckBorn(batch, one));
    NOREN_RETURN_IF_ERROR(RequireStated(
        context, call,
        {audit::Operation::kHandOver, "hand_overs-" + std::to_string(batch.asked.number), &person},
        JudgePerson(context, batch, person)));
  }
  return OkStatus();
}

StatusOr<Attempt> StageHandOver(ServiceContext& context, const Call& call,
                                const HandOverRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const Batch batch, BatchOf(context, request));
  AddRegisterEntryRequest provided;
  provided.idempotency_key = request.idempotency_key;
  provided.kind = policy::RegisterKind::kHandOvers;
  provided.step = "provided";
  provided.at = batch.at;
  provided.follows = request.entry;
  NOREN_ASSIGN_OR_RETURN(Attempt attempt, StageRegisterEntry(context, call, provided));
  attempt.change.entry.operation = audit::Operation::kHandOver;
  std::string ages;
  for (const HandedPerson& one : request.people) {
    NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadNamed(context, call, one.person));
    const policy::Decision decision = JudgePerson(context, batch, person);
    if (!decision.allowed) return policy::ToStatus(decision);
    attempt.change.entry.clause_ids =
        JoinClauses(std::move(attempt.change.entry.clause_ids), decision.clauses);
    NOREN_RETURN_IF_ERROR(StagePerson(context, batch, person, attempt.change.staged));
    if (one.born) ages += std::to_string(policy::AgeOn(*one.born, batch.day)) + " ";
  }
  attempt.answer.push_back(model::ToIso(batch.day));
  attempt.answer.push_back(std::move(ages));
  return attempt;
}

}  // namespace

StatusOr<EntryPosition> PermitPartner(ServiceContext& context, const Call& call,
                                      const PermitPartnerRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson named, LoadNamed(context, call, request.person));
  NOREN_RETURN_IF_ERROR(CheckPermission(request));
  const policy::Decision declared = policy::MayPermit(context.policy, request.items);
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kPermitPartner, "", &named}, declared));
  const PartnerPermission permission{request.partner, request.items, request.first_day,
                                     request.last_day};
  const auto stage = [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadNamed(context, call, request.person));
    Attempt attempt;
    attempt.change.entry.operation = audit::Operation::kPermitPartner;
    attempt.change.entry.principal = call.principal;
    attempt.change.entry.subject = person.person.ToString();
    attempt.change.entry.clause_ids = declared.clauses;
    attempt.subject = person.person;
    attempt.subject_keys = person.keys;
    personal_data::PersonFacts facts = person.record.facts;
    NOREN_ASSIGN_OR_RETURN(const bool is_new, personal_data::PutPermission(facts, permission));
    if (!is_new) return attempt;
    personal_data::PersonFacts changed;
    changed.permissions = {permission};
    NOREN_RETURN_IF_ERROR(
        StageFacts(context, person, {std::move(facts), std::move(changed)}, attempt.change));
    return attempt;
  };
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, Identify(request), stage));
  return std::move(run.position);
}

StatusOr<HandedOver> HandOver(ServiceContext& context, const Call& call,
                              const HandOverRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckPeople(request));
  bool is_first = true;
  const auto stage = [&]() -> StatusOr<Attempt> {
    if (std::exchange(is_first, false)) NOREN_RETURN_IF_ERROR(RequireEach(context, call, request));
    return StageHandOver(context, call, request);
  };
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, Identify(request), stage));
  if (run.answer.size() != 3) return MakeError(ErrorCode::kDataCorrupt, "hand-over answer");
  HandedOver handed;
  handed.entry = std::stoull(run.answer[0]);
  NOREN_ASSIGN_OR_RETURN(handed.day, model::ParseCivilDay(run.answer[1]));
  for (std::size_t at = 0, end = 0; (end = run.answer[2].find(' ', at)) != std::string::npos;
       at = end + 1)
    handed.ages.push_back(std::stoi(run.answer[2].substr(at, end - at)));
  handed.position = std::move(run.position);
  return handed;
}

}  // namespace noren::operations
