// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/act_gate.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/one_time_code.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using personal_data::ActKind;
using personal_data::ProofLevel;

policy::Act PolicyActOf(const personal_data::Act& act) {
  switch (act.kind) {
    case ActKind::kDiscoverable:
      return policy::Act::kGrantDiscoverability;
    case ActKind::kAnswer:
      return act.decision == personal_data::Decision::kGrant ? policy::Act::kGrantConsent
                                                             : policy::Act::kRefuseConsent;
    case ActKind::kWithdraw:
      return act.consent.is_none() ? policy::Act::kWithdrawDiscoverability
                                   : policy::Act::kWithdrawConsent;
    case ActKind::kErase:
      return policy::Act::kRequestErasure;
    case ActKind::kRead:
      return policy::Act::kReadOwnRecord;
    case ActKind::kAsk:
      return policy::Act::kReadOwnRecord;  // whoever may read what was decided may ask about it
    case ActKind::kRight:
      return policy::Act::kReadOwnRecord;  // whoever may read their record may ask for the rest
    case ActKind::kBlock:
    case ActKind::kUnsubscribe:
      return policy::Act::kWithdrawDiscoverability;  // takes away: needs no key
    case ActKind::kUnblock:
    case ActKind::kSubscribe:
      return policy::Act::kGrantDiscoverability;
    case ActKind::kContinue:
      return act.stay && act.stay->stays ? policy::Act::kReadOwnRecord
                                         : policy::Act::kRequestErasure;
    case ActKind::kRewrap:
    case ActKind::kReplace:
      return policy::Act::kGrantConsent;
  }
  return policy::Act::kReadOwnRecord;
}

bool IsOfPersonCustody(ActKind kind) {
  return kind == ActKind::kRewrap || kind == ActKind::kReplace;
}

// What widens is the person's own under person custody. What narrows never needs a key, and leaving
// or reading is possible without the device.
bool NeedsSignature(const personal_data::PersonRecord& record, const personal_data::Act& act) {
  if (record.custody == model::Custody::kOperator) return false;
  return act.kind == ActKind::kDiscoverable || act.kind == ActKind::kUnblock ||
         act.kind == ActKind::kSubscribe || IsOfPersonCustody(act.kind) ||
         (act.kind == ActKind::kAnswer && act.decision == personal_data::Decision::kGrant);
}

Status CheckCustody(const personal_data::PersonRecord& record, const personal_data::Act& act) {
  const bool held = record.custody == model::Custody::kPerson;
  if (IsOfPersonCustody(act.kind) && !held) {
    return MakeFieldError(ErrorCode::kStateConflict, "statement.act", "operator custody");
  }
  return OkStatus();
}

Status CheckHeadersBelong(const PersonAct& carried, const AdmittedAct& admitted) {
  if (carried.headers.empty()) return OkStatus();
  const bool held = admitted.person.record.custody == model::Custody::kPerson;
  const bool takes_headers = admitted.act.kind == ActKind::kRewrap || admitted.act.terms;
  if (held && takes_headers && carried.headers.size() <= personal_data::kMaxConsentItems) {
    return OkStatus();
  }
  return MakeFieldError(ErrorCode::kBadRequest, "act.headers");
}

policy::Proof PolicyProofOf(ProofLevel level) {
  switch (level) {
    case ProofLevel::kPortalAsserted:
      return policy::Proof::kPortalAsserted;
    case ProofLevel::kCode:
      return policy::Proof::kOneTimeCode;
    case ProofLevel::kSignature:
      return policy::Proof::kSignature;
  }
  return policy::Proof::kPortalAsserted;
}

// A right code is used up with the act's own change; a wrong one is counted at once, whatever
// becomes of the call.
Status CheckCarriedCode(ServiceContext& context, const Call& call, const PersonAct& carried,
                        AdmittedAct& admitted) {
  const Hash256 digest = personal_data::StatementDigest(carried.statement);
  Status verdict = MakeError(ErrorCode::kProofInvalid);
  const auto check = [&]() -> StatusOr<personal_data::CheckedCode> {
    NOREN_ASSIGN_OR_RETURN(
        const std::optional<Bytes> stored,
        ReadOne(context, personal_data::keyspaces::CodeKey(admitted.person.person)));
    return personal_data::CheckCode({admitted.person.context(), context.keys, context.time.Now()},
                                    digest, carried.code, stored, context.random);
  };
  NOREN_ASSIGN_OR_RETURN(personal_data::CheckedCode checked, check());
  if (checked.verdict.ok()) {
    admitted.staged.Append(std::move(checked.staged));
    return OkStatus();
  }
  verdict = checked.verdict;
  const auto counted = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(personal_data::CheckedCode again, check());
    Attempt attempt;
    attempt.change.staged = std::move(again.staged);
    attempt.change.entry.operation = audit::Operation::kSendCode;
    attempt.change.entry.principal = call.principal;
    attempt.change.entry.subject = admitted.person.person.ToString();
    attempt.change.entry.decision = audit::Decision::kRefused;
    attempt.change.entry.outcome = ErrorCode::kProofInvalid;
    attempt.subject = admitted.person.person;
    attempt.subject_keys = admitted.person.keys;
    return attempt;
  });
  return counted.ok() ? verdict : counted.status();
}

Status CheckProof(ServiceContext& context, const Call& call, const PersonAct& carried,
                  AdmittedAct& admitted) {
  ProofLevel level = ProofLevel::kPortalAsserted;
  if (carried.signature.empty() && NeedsSignature(admitted.person.record, admitted.act)) {
    return MakeError(ErrorCode::kProofRequired, "person custody: a signature");
  }
  if (!carried.signature.empty()) {
    if (!admitted.person.record.person_key)
      return MakeError(ErrorCode::kProofInvalid, "no key is registered");
    NOREN_RETURN_IF_ERROR(personal_data::VerifyActSignature(carried.statement, carried.signature,
                                                            *admitted.person.record.person_key));
    level = ProofLevel::kSignature;
  } else if (!carried.code.empty()) {
    NOREN_RETURN_IF_ERROR(CheckCarriedCode(context, call, carried, admitted));
    level = ProofLevel::kCode;
  }
  const policy::Decision decision =
      policy::ProofSuffices(context.policy, PolicyActOf(admitted.act), PolicyProofOf(level));
  NOREN_RETURN_IF_ERROR(policy::ToStatus(decision));
  admitted.clauses = decision.clauses;
  admitted.evidence = {level, carried.statement, carried.signature};
  return OkStatus();
}

}  // namespace

StatusOr<AdmittedAct> AdmitAct(ServiceContext& context, const Call& call, const PersonAct& carried,
                               ActKind expected) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  AdmittedAct admitted;
  NOREN_ASSIGN_OR_RETURN(admitted.act, personal_data::ParseAct(carried.statement));
  if (admitted.act.kind != expected) return MakeFieldError(ErrorCode::kBadRequest, "statement.act");
  NOREN_RETURN_IF_ERROR(personal_data::CheckFresh(admitted.act, context.time.Now()));
  NOREN_RETURN_IF_ERROR(
      policy::ToStatus(policy::IsFresh(context.policy, admitted.act.at, context.time.Now())));
  NOREN_ASSIGN_OR_RETURN(admitted.person,
                         LoadPersonByHandle(context, call.principal.name, admitted.act.handle));
  NOREN_RETURN_IF_ERROR(CheckCustody(admitted.person.record, admitted.act));
  NOREN_RETURN_IF_ERROR(CheckHeadersBelong(carried, admitted));
  admitted.headers = carried.headers;
  admitted.staged = personal_data::StageNonce(admitted.person.person, admitted.act);
  for (const storage::Condition& condition : admitted.staged.conditions) {
    NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> used, ReadOne(context, condition.key));
    if (used != condition.equals) return MakeError(ErrorCode::kActStale);
  }
  // The person must still be this person when the act commits.
  admitted.staged.Require(personal_data::keyspaces::PersonKey(admitted.person.person),
                          admitted.person.stored);
  NOREN_RETURN_IF_ERROR(CheckProof(context, call, carried, admitted));
  return admitted;
}

Status RequestCode(ServiceContext& context, const Call& call, const model::SeekerHandle& handle,
                   const std::string& statement) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_ASSIGN_OR_RETURN(const personal_data::Act act, personal_data::ParseAct(statement));
  if (act.handle != handle) return MakeFieldError(ErrorCode::kBadRequest, "statement.handle");
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, handle));
  NOREN_RETURN_IF_ERROR(CheckCustody(person.record, act));
  if (NeedsSignature(person.record, act)) {
    return MakeError(ErrorCode::kProofRequired, "person custody: a signature");
  }
  std::string code;
  NOREN_RETURN_IF_ERROR(
      Record(context, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored,
                               ReadOne(context, personal_data::keyspaces::CodeKey(person.person)));
        NOREN_ASSIGN_OR_RETURN(
            personal_data::IssuedCode issued,
            personal_data::IssueCode({person.context(), context.keys, context.time.Now()},
                                     personal_data::StatementDigest(statement), stored,
                                     context.random));
        code = issued.code;
        Attempt attempt;
        attempt.change.staged = std::move(issued.staged);
        attempt.change.entry.operation = audit::Operation::kSendCode;
        attempt.change.entry.principal = call.principal;
        attempt.change.entry.subject = person.person.ToString();
        attempt.change.entry.statement_digest = personal_data::StatementDigest(statement);
        attempt.subject = person.person;
        attempt.subject_keys = person.keys;
        return attempt;
      }).status());
  const std::string& language = person.record.language;
  return context.outbox.Send(
      {personal_data::MessageKind::kOneTimeCode, language, person.record.contact,
       personal_data::OneTimeCodeText(language, code, personal_data::ActKindName(act.kind))});
}

}  // namespace noren::operations
