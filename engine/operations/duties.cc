// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/duties.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/company_signers.h"
#include "engine/operations/deadlines.h"
#include "engine/operations/events.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/decision.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::uint8_t kFormat = 1;
constexpr std::int64_t kDaySeconds = 86400;
constexpr std::size_t kMaxNameBytes = 256;
constexpr std::size_t kSignatureBytes = 64;

// A function of what ended, so that what is told again after a restore is the same duty.
model::DutyId DutyIdOf(DutyCause cause, ByteSpan ended) {
  RecordWriter writer;
  writer.Field(std::string_view("noren/duty")).U8(static_cast<std::uint8_t>(cause)).Field(ended);
  const Hash256 digest = primitives::Sha256(writer.bytes());
  return *model::DutyId::FromBytes(ByteSpan(digest).first(model::DutyId::kSizeBytes));
}

void PutDuty(ServiceContext& context, const Duty& duty, personal_data::Staged& staged) {
  const std::string key = keyspaces::DutyKey(duty.company, duty.duty);
  staged.Put(key, storage::SealValue(context.keys.record(), {keyspaces::kDuty, key}, 1,
                                     EncodeDuty(duty), context.random));
}

StatusOr<Duty> OpenDuty(ServiceContext& context, const std::string& key, ByteSpan stored) {
  const auto opened = storage::OpenValue(context.keys.record(), {keyspaces::kDuty, key}, stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "duty");
  return DecodeDuty(opened->plaintext);
}

// Nothing when the duty is there already.
StatusOr<StagedDuty> StageNew(ServiceContext& context, Duty duty, EventKind told_as) {
  StagedDuty result;
  duty.acknowledge_by = {std::max(duty.since, duty.destroy_by).value +
                         context.policy.release.acknowledge_days * kDaySeconds};
  const std::string key = keyspaces::DutyKey(duty.company, duty.duty);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> before, ReadOne(context, key));
  if (before) return result;
  PutDuty(context, duty, result.staged);
  Event event;
  event.at = duty.since;
  event.subject = duty.candidate.ToString();
  event.posting = duty.posting;
  event.object = duty.duty.ToString();
  event.detail = std::string(DutyCauseName(duty.cause));
  event.kind = EventKind::kDuty;
  result.told.push_back({CompanyNamed(duty.company), event});
  if (told_as == EventKind::kDuty) return result;
  event.kind = told_as;
  result.told.insert(result.told.begin(), {CompanyNamed(duty.company), event});
  return result;
}

}  // namespace

std::string_view DutyCauseName(DutyCause cause) {
  switch (cause) {
    case DutyCause::kWithdrawal:
      return "withdrawal";
    case DutyCause::kErasure:
      return "erasure";
    case DutyCause::kAccessExpired:
      return "access_expired";
  }
  return "";
}

std::string_view DutyStateName(DutyState state) {
  if (state == DutyState::kAcknowledged) return "acknowledged";
  return state == DutyState::kOverdue ? "overdue" : "open";
}

DutyState StateOf(const Duty& duty, UnixSeconds now) {
  if (duty.acknowledged_at.value != 0) return DutyState::kAcknowledged;
  return now >= duty.acknowledge_by ? DutyState::kOverdue : DutyState::kOpen;
}

std::string StatementOf(const Duty& duty) {
  model::JsonValue json;
  json.Set("noren", "duty/1")
      .Set("duty", std::string_view(duty.duty.ToString()))
      .Set("company", std::string_view(duty.company))
      .Set("candidate", std::string_view(duty.candidate.ToString()))
      .Set("posting", std::string_view(duty.posting.ToString()))
      .Set("cause", DutyCauseName(duty.cause))
      .Set("since", duty.since.value)
      .Set("says", std::string_view(duty.destroy_copies ? "every copy is destroyed"
                                                        : "nothing was received"));
  if (!duty.release.is_none()) json.Set("release", std::string_view(duty.release.ToString()));
  return model::DumpCanonical(json);
}

Bytes EncodeDuty(const Duty& duty) {
  RecordWriter writer;
  writer.U8(kFormat).Raw(duty.duty.bytes()).Field(duty.company).Raw(duty.candidate.bytes());
  writer.Raw(duty.posting.bytes()).U8(static_cast<std::uint8_t>(duty.cause));
  writer.Raw(duty.release.bytes()).I64(duty.since.value).U8(duty.destroy_copies ? 1 : 0);
  writer.I64(duty.destroy_by.value).I64(duty.acknowledge_by.value);
  writer.I64(duty.acknowledged_at.value).Field(duty.signed_by).Field(duty.signature);
  return writer.Take();
}

StatusOr<Duty> DecodeDuty(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t format = reader.U8();
  Duty duty;
  const ByteSpan id = reader.Raw(model::DutyId::kSizeBytes);
  duty.company = reader.Text(kMaxNameBytes);
  const ByteSpan candidate = reader.Raw(model::CandidateRef::kSizeBytes);
  const ByteSpan posting = reader.Raw(model::PostingId::kSizeBytes);
  duty.cause = static_cast<DutyCause>(reader.U8());
  const ByteSpan release = reader.Raw(model::ReleaseId::kSizeBytes);
  duty.since = {reader.I64()};
  duty.destroy_copies = reader.U8() == 1;
  duty.destroy_by = {reader.I64()};
  duty.acknowledge_by = {reader.I64()};
  duty.acknowledged_at = {reader.I64()};
  duty.signed_by = reader.Text(kMaxNameBytes);
  duty.signature = ToBytes(reader.Field(kSignatureBytes));
  if (!reader.Finish().ok() || format != kFormat || DutyCauseName(duty.cause).empty())
    return MakeError(ErrorCode::kDataCorrupt, "duty");
  NOREN_ASSIGN_OR_RETURN(duty.duty, model::DutyId::FromBytes(id));
  NOREN_ASSIGN_OR_RETURN(duty.candidate, model::CandidateRef::FromBytes(candidate));
  NOREN_ASSIGN_OR_RETURN(duty.posting, model::PostingId::FromBytes(posting));
  NOREN_ASSIGN_OR_RETURN(duty.release, model::ReleaseId::FromBytes(release));
  return duty;
}

StatusOr<StagedDuty> StageDutyOfEnd(ServiceContext& context, const EndedApplication& ended) {
  Duty duty;
  duty.duty = DutyIdOf(ended.cause, ended.consent.bytes());
  duty.company = ended.company;
  duty.candidate = ended.candidate;
  duty.posting = ended.posting;
  duty.cause = ended.cause;
  duty.since = context.time.Now();
  duty.destroy_by = duty.since;  // at once: what the person allowed is over
  duty.destroy_copies = ended.destroy_copies;
  return StageNew(context, std::move(duty), EventKind::kWithdrawal);
}

StatusOr<StagedDuty> StageDutyOfAccess(ServiceContext& context, const ReleaseAccess& access) {
  // A withdrawal or an erasure has put a duty on every release of the application before.
  for (const DutyCause cause : {DutyCause::kWithdrawal, DutyCause::kErasure}) {
    const model::DutyId of_end = DutyIdOf(cause, access.consent.bytes());
    NOREN_ASSIGN_OR_RETURN(const auto there,
                           ReadOne(context, keyspaces::DutyKey(access.company, of_end)));
    if (there) return StagedDuty();
  }
  Duty duty;
  duty.duty = DutyIdOf(DutyCause::kAccessExpired, access.release.bytes());
  duty.company = access.company;
  duty.candidate = access.candidate;
  duty.posting = access.posting;
  duty.cause = DutyCause::kAccessExpired;
  duty.release = access.release;
  duty.since = access.ends_at;
  duty.destroy_by = std::max(access.ends_at, access.keep_until);
  duty.destroy_copies = true;
  return StageNew(context, std::move(duty), EventKind::kDuty);
}

UnixSeconds DutyTime(ServiceContext& context) {
  return context.time.trusted() ? context.time.Now() : context.time.floor();
}

StatusOr<std::vector<Duty>> ListDuties(ServiceContext& context, const Call& call,
                                       DutyFilter filter) {
  NOREN_RETURN_IF_ERROR(
      RequireRoleAlsoAfterLeaving(context, call, {model::Role::kCompany, model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(PassDeadlines(context).status());
  const std::string prefix = call.principal.role == model::Role::kOfficer
                                 ? std::string(keyspaces::kDuty)
                                 : keyspaces::DutyPrefix(call.principal.name);
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, prefix));
  const UnixSeconds now = DutyTime(context);
  std::vector<Duty> duties;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(Duty duty, OpenDuty(context, item.key, item.value));
    if (filter == DutyFilter::kOverdue && StateOf(duty, now) != DutyState::kOverdue) continue;
    duties.push_back(std::move(duty));
  }
  std::sort(duties.begin(), duties.end(), [](const Duty& a, const Duty& b) {
    return std::tie(a.since, a.duty) < std::tie(b.since, b.duty);
  });
  return duties;
}

StatusOr<EntryPosition> AcknowledgeDuty(ServiceContext& context, const Call& call,
                                        const DutyAcknowledgement& acknowledgement) {
  NOREN_RETURN_IF_ERROR(RequireRoleAlsoAfterLeaving(context, call, {model::Role::kCompany}));
  RecordWriter encoded;
  encoded.Raw(acknowledgement.duty.bytes()).Field(acknowledgement.statement);
  encoded.Field(acknowledgement.signature);
  const auto identity =
      IdentifyRequest(acknowledgement.idempotency_key, "acknowledge_duty", encoded.bytes());
  const std::string key = keyspaces::DutyKey(call.principal.name, acknowledgement.duty);
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
        if (!stored) return MakeError(ErrorCode::kNotFound);
        NOREN_ASSIGN_OR_RETURN(Duty duty, OpenDuty(context, key, *stored));
        if (duty.acknowledged_at.value != 0)
          return MakeFieldError(ErrorCode::kStateConflict, "duty", "acknowledged before");
        const std::string statement = StatementOf(duty);
        if (acknowledgement.statement != statement)
          return MakeFieldError(ErrorCode::kBadRequest, "acknowledgement.statement");
        if (acknowledgement.signature.empty()) return MakeError(ErrorCode::kProofRequired);
        NOREN_ASSIGN_OR_RETURN(
            const CompanySigner signer,
            FindSignerOf(context, call.principal.name, personal_data::kDutySignaturePrefix,
                         {statement, acknowledgement.signature}));
        duty.acknowledged_at = context.time.Now();
        duty.signed_by = signer.name + ", " + signer.role;
        duty.signature = acknowledgement.signature;
        Attempt attempt;
        attempt.change.entry.operation = audit::Operation::kAcknowledgeDuty;
        attempt.change.entry.principal = call.principal;
        attempt.change.entry.object = duty.duty.ToString();
        attempt.change.entry.statement_digest = primitives::Sha256(AsBytes(statement));
        attempt.change.staged.Require(key, stored);
        PutDuty(context, duty, attempt.change.staged);
        return attempt;
      }));
  return std::move(run.position);
}

}  // namespace noren::operations
