// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/record_origin.h"

#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/registers.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/register_provisions.h"
#include "engine/policy/stated/joint_use.h"
#include "engine/policy/stated/subjects.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kMaxSaidByBytes = 128;

struct StoredOrigin {
  std::optional<Origin> origin;
  std::optional<Bytes> stored;
};
StatusOr<StoredOrigin> ReadOrigin(ServiceContext& context, const LoadedPerson& person) {
  const std::string key = keyspaces::OriginKey(person.person);
  StoredOrigin read;
  NOREN_ASSIGN_OR_RETURN(read.stored, ReadOne(context, key));
  if (!read.stored) return read;
  const auto opened =
      storage::OpenValue(person.keys->records, {keyspaces::kOrigin, key}, *read.stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "origin");
  NOREN_ASSIGN_OR_RETURN(read.origin, DecodeOrigin(opened->plaintext));
  return read;
}

// By what the register says of the member today.
StatusOr<policy::Decision> JudgeMember(ServiceContext& context, const LoadedPerson& person,
                                       const std::string& member) {
  NOREN_ASSIGN_OR_RETURN(const auto steps, StepsOf(context, policy::RegisterKind::kJointUse));
  std::string kind(KindNameToday(context, person));
  if (kind.empty() && context.policy.statement != nullptr) {
    const policy::Entry* const usual = policy::UsualSubject(*context.policy.statement);
    if (usual != nullptr) kind = usual->id;
  }
  policy::RegisteredStep next;
  next.kind = policy::RegisterKind::kJointUse;
  next.subject = member;
  next.at = context.time.Now();
  next.fields = {{"people", kind}};
  return policy::MayHaveAcquired(context.policy, steps, next);
}

}  // namespace

Bytes EncodeOrigin(const Origin& origin) {
  RecordWriter writer;
  writer.U8(kLayout).Field(origin.member).I64(origin.recorded_at.value).Field(origin.said_by);
  return writer.Take();
}

StatusOr<Origin> DecodeOrigin(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t layout = reader.U8();
  Origin origin;
  origin.member = reader.Text(kMaxMemberBytes);
  origin.recorded_at = {reader.I64()};
  origin.said_by = reader.Text(kMaxSaidByBytes);
  if (!reader.Finish().ok() || layout != kLayout || origin.member.empty())
    return MakeError(ErrorCode::kDataCorrupt, "origin");
  return origin;
}

StatusOr<std::optional<Origin>> FindOrigin(ServiceContext& context, const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(StoredOrigin read, ReadOrigin(context, person));
  return std::move(read.origin);
}

StatusOr<EntryPosition> RecordOrigin(ServiceContext& context, const Call& call,
                                     const RecordOriginRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (request.member.empty() || request.member.size() > kMaxMemberBytes)
    return model::MakeFieldError(ErrorCode::kBadRequest, "member");
  const auto load = [&] {
    return LoadPersonByHandle(context, request.person.portal, request.person.handle);
  };
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson named, load());
  NOREN_ASSIGN_OR_RETURN(const policy::Decision judged,
                         JudgeMember(context, named, request.member));
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kRecordOrigin, "", &named}, judged));
  RecordWriter encoded;
  encoded.Field(request.person.portal).Raw(request.person.handle.bytes()).Field(request.member);
  const auto identity = IdentifyRequest(request.idempotency_key, "record_origin", encoded.bytes());
  const auto stage = [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, load());
    NOREN_ASSIGN_OR_RETURN(StoredOrigin before, ReadOrigin(context, person));
    if (before.origin && before.origin->member != request.member)
      return model::MakeFieldError(ErrorCode::kStateConflict, "member", "another one is on record");
    Attempt attempt;
    attempt.change.entry.operation = audit::Operation::kRecordOrigin;
    attempt.change.entry.principal = call.principal;
    attempt.change.entry.subject = person.person.ToString();
    attempt.change.entry.clause_ids = judged.clauses;
    attempt.subject = person.person;
    attempt.subject_keys = person.keys;
    if (before.origin) return attempt;
    const std::string key = keyspaces::OriginKey(person.person);
    const Origin origin{request.member, context.time.Now(), "officer " + call.principal.name};
    // The person is there until this very commit: nothing of theirs is written after an erasure.
    attempt.change.staged.Require(personal_data::keyspaces::PersonKey(person.person),
                                  person.stored);
    attempt.change.staged.Replace(
        key, std::nullopt,
        storage::SealValue(person.keys->records, {keyspaces::kOrigin, key}, 1, EncodeOrigin(origin),
                           context.random));
    return attempt;
  };
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, stage));
  return std::move(run.position);
}

StatusOr<std::vector<std::string>> PassOn(ServiceContext& context, const LoadedPerson& person,
                                          RightHead& head, personal_data::Staged& staged) {
  std::vector<std::string> clauses = policy::ClausesOfManager(context.policy);
  NOREN_ASSIGN_OR_RETURN(StoredOrigin read, ReadOrigin(context, person));
  staged.Require(keyspaces::OriginKey(person.person), std::move(read.stored));
  // An objection is to a decision that was made here.
  if (!read.origin || clauses.empty() || !head.objects_to.is_none())
    return std::vector<std::string>();
  head.state = RightState::kWaitingOwner;
  head.referral.owner = read.origin->member;
  head.referral.asked_at = context.time.Now();
  head.referral.asked_by = std::string(kAskedByJointUse);
  return clauses;
}

}  // namespace noren::operations
