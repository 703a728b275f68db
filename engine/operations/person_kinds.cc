// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/person_kinds.h"

#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/freezes.h"
#include "engine/operations/person_fact_acts.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/stated_gate.h"
#include "engine/policy/stated/purposes.h"
#include "engine/policy/stated/subjects.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeFieldError;
using personal_data::KindPeriod;

// Another portal's people are not told apart from nobody.
StatusOr<LoadedPerson> LoadNamed(ServiceContext& context, const Call& call,
                                 const NamedPerson& person) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer, model::Role::kPortal}));
  const bool is_others =
      call.principal.role == model::Role::kPortal && call.principal.name != person.portal;
  if (is_others) return model::MakeError(ErrorCode::kNotFound);
  return LoadPersonByHandle(context, person.portal, person.handle);
}

Status CheckRequest(const SetPersonKindRequest& request) {
  if (request.kind.empty() || request.kind.size() > personal_data::kMaxSubjectSizeBytes)
    return MakeFieldError(ErrorCode::kBadRequest, "kind");
  if (request.sub_kind.size() > personal_data::kMaxFactTextBytes)
    return MakeFieldError(ErrorCode::kBadRequest, "sub_kind");
  if (!model::IsInRange(request.first_day))
    return MakeFieldError(ErrorCode::kOutOfRange, "first_day");
  if (!request.last_day) return OkStatus();
  const bool in_order =
      model::IsInRange(*request.last_day) && request.first_day <= *request.last_day;
  return in_order ? OkStatus() : MakeFieldError(ErrorCode::kOutOfRange, "last_day");
}

RequestIdentity Identify(const SetPersonKindRequest& request) {
  RecordWriter writer;
  writer.Field(request.person.portal).Raw(request.person.handle.bytes());
  writer.Field(request.kind).Field(request.sub_kind);
  writer.U32(static_cast<std::uint32_t>(request.first_day.days_since_1970));
  writer.U8(request.last_day ? 1 : 0);
  const model::CivilDay last = request.last_day.value_or(model::CivilDay());
  writer.U32(static_cast<std::uint32_t>(last.days_since_1970));
  return IdentifyRequest(request.idempotency_key, "set_person_kind", writer.bytes());
}

Attempt AttemptOf(const Call& call, audit::Operation operation, const LoadedPerson& person,
                  std::vector<std::string> clauses) {
  Attempt attempt;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = person.person.ToString();
  attempt.change.entry.clause_ids = std::move(clauses);
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  return attempt;
}

}  // namespace

StatusOr<EntryPosition> SetPersonKind(ServiceContext& context, const Call& call,
                                      const SetPersonKindRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson named, LoadNamed(context, call, request.person));
  NOREN_RETURN_IF_ERROR(CheckRequest(request));
  const policy::Decision declared =
      policy::MayBecome(context.policy, request.kind, request.sub_kind);
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kSetPersonKind, "", &named}, declared));
  const KindPeriod period{request.kind, request.sub_kind, request.first_day, request.last_day};
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, Identify(request), [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadNamed(context, call, request.person));
        Attempt attempt =
            AttemptOf(call, audit::Operation::kSetPersonKind, person, declared.clauses);
        personal_data::PersonFacts facts = person.record.facts;
        NOREN_ASSIGN_OR_RETURN(const bool is_new, personal_data::PutKind(facts, period));
        if (!is_new) return attempt;
        personal_data::PersonFacts changed;
        changed.kinds = {period};
        NOREN_RETURN_IF_ERROR(
            StageFacts(context, person, {std::move(facts), std::move(changed)}, attempt.change));
        return attempt;
      }));
  return std::move(run.position);
}

StatusOr<PersonKinds> ReadPersonKinds(ServiceContext& context, const Call& call,
                                      const NamedPerson& named) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadNamed(context, call, named));
  NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                          return AttemptOf(call, audit::Operation::kReadPersonKinds, person, {});
                        }).status());
  KindToday today = KindOfToday(context, person);
  return PersonKinds{person.record.stated.subject, person.record.facts.kinds, std::move(today.kind),
                     std::move(today.sub_kinds)};
}

StatusOr<EntryPosition> UseForPurpose(ServiceContext& context, const Call& call,
                                      const NamedPerson& named, std::string_view purpose) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadNamed(context, call, named));
  const KindToday kind = KindOfToday(context, person);
  const policy::Decision decision =
      policy::MayUseFor(context.policy, purpose, kind.kind, kind.sub_kinds);
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kUseForPurpose, "", &person}, decision));
  return Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const LoadedPerson now, LoadNamed(context, call, named));
    Attempt attempt = AttemptOf(call, audit::Operation::kUseForPurpose, now, decision.clauses);
    NOREN_RETURN_IF_ERROR(RequireMayUse(context, now, attempt.change.staged));
    return attempt;
  });
}

}  // namespace noren::operations
