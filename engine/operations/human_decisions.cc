// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/human_decisions.h"

#include <algorithm>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/events.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/disclosure.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using personal_data::HumanDecision;

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxStatementBytes = 16 * 1024;
constexpr std::size_t kSignatureBytes = 64;

Bytes SealDecision(ServiceContext& context, const std::string& key,
                   const SignedStatement& carried) {
  RecordWriter writer;
  writer.U8(kFormat).Field(carried.statement).Field(carried.signature);
  return storage::SealValue(context.keys.record(), {keyspaces::kDecision, key}, 1, writer.bytes(),
                            context.random);
}

bool IsFreshEnough(ServiceContext& context, UnixSeconds at) {
  return policy::IsFresh(context.policy, at, context.time.Now()).allowed;
}

// The registered human who stands behind the statement.
Status CheckHuman(ServiceContext& context, const Call& call, const SignedStatement& carried,
                  const HumanDecision& said) {
  const std::string& company = call.principal.name;
  if (!carried.signature.empty()) {
    NOREN_ASSIGN_OR_RETURN(
        const CompanySigner signer,
        FindSignerOf(context, company, personal_data::kDecisionSignaturePrefix, carried));
    const bool is_that_human = signer.name == said.decided_by && signer.role == said.role;
    return is_that_human ? OkStatus()
                         : MakeFieldError(ErrorCode::kHumanRequired, "decision.decided_by",
                                          "another human signed");
  }
  if (context.policy.release.decisions_signed) return MakeError(ErrorCode::kProofRequired);
  NOREN_ASSIGN_OR_RETURN(const auto signers, SignersOf(context, company));
  const bool is_known = std::any_of(signers.begin(), signers.end(), [&said](const auto& one) {
    return one.name == said.decided_by && one.role == said.role;
  });
  return is_known ? OkStatus()
                  : MakeFieldError(ErrorCode::kHumanRequired, "decision.decided_by",
                                   "nobody of this name and role is registered");
}

Attempt StartRejection(ServiceContext& context, const Call& call, const LoadedCandidate& loaded,
                       AdmittedDecision admitted) {
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kRejectCandidate;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = loaded.record.person.ToString();
  attempt.change.entry.object = loaded.record.consent.ToString();
  attempt.subject = loaded.record.person;
  attempt.subject_keys = loaded.person.keys;
  attempt.change.staged = std::move(admitted.staged);
  StageDecided(loaded.record.consent, admitted.id, attempt.change.staged);
  // Neither gone nor withdrawn until the rejection is durable.
  attempt.change.staged.Require(personal_data::keyspaces::PersonKey(loaded.record.person),
                                loaded.person.stored);
  Event event;
  event.kind = EventKind::kDecision;
  event.at = context.time.Now();
  event.subject = loaded.person.record.address.handle.ToString();
  event.posting = loaded.record.posting;
  event.object = admitted.id.ToString();
  event.detail = "reject";
  AddEvents(context, attempt.change, {{PortalOf(loaded.person), std::move(event)}});
  return attempt;
}

}  // namespace

StatusOr<AdmittedDecision> AdmitDecision(ServiceContext& context, const Call& call,
                                         const SignedStatement& carried,
                                         personal_data::DecisionAct expected) {
  if (carried.statement.empty()) return MakeError(ErrorCode::kHumanRequired);
  AdmittedDecision admitted;
  NOREN_ASSIGN_OR_RETURN(admitted.decision, personal_data::ParseDecision(carried.statement));
  const HumanDecision& said = admitted.decision;
  if (said.act != expected) return MakeFieldError(ErrorCode::kBadRequest, "decision.act");
  if (said.company != call.principal.name)
    return MakeFieldError(ErrorCode::kBadRequest, "decision.company");
  if (!IsFreshEnough(context, said.at)) return MakeFieldError(ErrorCode::kActStale, "decision.at");
  NOREN_RETURN_IF_ERROR(CheckHuman(context, call, carried, said));
  admitted.id = personal_data::DecisionIdOf(carried.statement);
  const std::string key = keyspaces::DecisionKey(admitted.id);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> used, ReadOne(context, key));
  if (used) return MakeFieldError(ErrorCode::kActStale, "decision.nonce", "used before");
  admitted.staged.Replace(key, std::nullopt, SealDecision(context, key, carried));
  return admitted;
}

void StageDecided(const model::ConsentId& consent, const model::DecisionId& decision,
                  personal_data::Staged& staged) {
  staged.Put(keyspaces::DecidedKey(consent, decision), ToBytes(decision.bytes()));
}

StatusOr<EntryPosition> RejectCandidate(ServiceContext& context, const Call& call,
                                        const RejectRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  RecordWriter encoded;
  encoded.Raw(request.candidate.bytes()).Field(request.decision.statement);
  encoded.Field(request.decision.signature);
  const auto identity = IdentifyRequest(request.idempotency_key, "reject", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const LoadedCandidate loaded,
                               LoadCandidate(context, call.principal.name, request.candidate));
        NOREN_ASSIGN_OR_RETURN(
            AdmittedDecision admitted,
            AdmitDecision(context, call, request.decision, personal_data::DecisionAct::kReject));
        if (admitted.decision.candidate != request.candidate)
          return MakeFieldError(ErrorCode::kBadRequest, "decision.candidate");
        return StartRejection(context, call, loaded, std::move(admitted));
      }));
  return std::move(run.position);
}

StatusOr<DecisionRecord> LoadDecision(ServiceContext& context, const model::DecisionId& decision) {
  const std::string key = keyspaces::DecisionKey(decision);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  const auto opened =
      storage::OpenValue(context.keys.record(), {keyspaces::kDecision, key}, *stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "decision");
  RecordReader reader(opened->plaintext);
  const std::uint8_t format = reader.U8();
  DecisionRecord record;
  record.decision = decision;
  record.statement = reader.Text(kMaxStatementBytes);
  record.signature = ToBytes(reader.Field(kSignatureBytes));
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "decision");
  NOREN_ASSIGN_OR_RETURN(record.said, personal_data::ParseDecision(record.statement));
  return record;
}

StatusOr<std::vector<DecisionRecord>> DecisionsOf(ServiceContext& context,
                                                  const model::ConsentId& consent) {
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, keyspaces::DecidedPrefix(consent)));
  std::vector<DecisionRecord> records;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           personal_data::keyspaces::IdOfKey<model::DecisionId>(item.key, 1));
    NOREN_ASSIGN_OR_RETURN(DecisionRecord record, LoadDecision(context, id));
    records.push_back(std::move(record));
  }
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
    return a.said.at != b.said.at ? a.said.at < b.said.at : a.decision < b.decision;
  });
  return records;
}

}  // namespace noren::operations
