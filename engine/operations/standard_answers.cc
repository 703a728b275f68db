// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/standard_answers.h"

#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/personal_numbers.h"
#include "engine/operations/record_origin.h"
#include "engine/operations/rights_work.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/standard_answers.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::size_t kMaxNameBytes = 200;

StandardAnswer AnswerOf(const model::RequestId& request, policy::StandardPage page,
                        EntryPosition position) {
  return {request, std::string(page.name), std::move(page.text), std::move(page.clauses),
          std::move(position)};
}

StatusOr<Attempt> StageReturn(ServiceContext& context, const Call& call) {
  Attempt attempt;
  NOREN_ASSIGN_OR_RETURN(attempt.change.entry.clause_ids,
                         policy::ClausesOfNoReturn(context.policy));
  const auto request = model::RequestId::Generate(context.random);
  attempt.change.entry.operation = audit::Operation::kAnswerReturnRequest;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = request.ToString();
  attempt.answer = {request.ToString()};
  return attempt;
}

Status CheckText(ServiceContext& context, const std::string& text, std::string_view field) {
  if (text.empty()) return MakeFieldError(ErrorCode::kMissingField, field);
  if (text.size() > kMaxNameBytes) return MakeFieldError(ErrorCode::kTooLarge, field);
  return RequireNoPersonalNumber(context.policy, text, field);
}

StatusOr<Attempt> StageAsk(ServiceContext& context, const Call& call,
                           const AskOwnerRequest& request) {
  NOREN_ASSIGN_OR_RETURN(std::vector<std::string> clauses,
                         policy::ClausesOfReferral(context.policy));
  NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, request.request));
  RightHead head = loaded.head;
  if (head.state == RightState::kWaiting) NOREN_RETURN_IF_ERROR(WhatIsMissing(context, head));
  if (head.state != RightState::kReady) return MakeError(ErrorCode::kStateConflict, "not ready");
  head.state = RightState::kWaitingOwner;
  head.referral = {request.owner, context.time.Now(), call.principal.name, {}, "", false, ""};
  NOREN_ASSIGN_OR_RETURN(
      Attempt attempt, StartRightAttempt(context, call, audit::Operation::kAskOwner, loaded, head));
  attempt.change.entry.clause_ids = std::move(clauses);
  if (loaded.person) TellOfRight(context, *loaded.person, head, "waiting_owner", attempt.change);
  return attempt;
}

StatusOr<Attempt> StageAnswer(ServiceContext& context, const Call& call,
                              const OwnerAnswer& answer) {
  NOREN_ASSIGN_OR_RETURN(std::vector<std::string> clauses,
                         policy::ClausesOfReferral(context.policy));
  NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, answer.request));
  RightHead head = loaded.head;
  if (head.state != RightState::kWaitingOwner)
    return MakeError(ErrorCode::kStateConflict, "nobody was asked");
  head.state = RightState::kReady;
  head.referral.answered_at = context.time.Now();
  head.referral.answered_by = call.principal.name;
  head.referral.allows = answer.allows;
  head.referral.document = answer.document;
  NOREN_ASSIGN_OR_RETURN(
      Attempt attempt,
      StartRightAttempt(context, call, audit::Operation::kRecordOwnerAnswer, loaded, head));
  attempt.change.entry.clause_ids = std::move(clauses);
  if (loaded.person) TellOfRight(context, *loaded.person, head, "ready", attempt.change);
  return attempt;
}

}  // namespace

StatusOr<StandardAnswer> AnswerReturn(ServiceContext& context, const Call& call,
                                      const ReturnRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const UnixSeconds now = context.time.Now();
  if (request.received_at.value < 0 || request.received_at > now)
    return MakeFieldError(ErrorCode::kOutOfRange, "received_at");
  const UnixSeconds received = request.received_at.value == 0 ? now : request.received_at;
  policy::StandardTerms terms{"", policy::TodayOf(context.policy, received),
                              request.language.value_or(OperatorsLanguage(context)), request.html};
  // Nothing is recorded that cannot be answered.
  NOREN_RETURN_IF_ERROR(policy::RenderNoReturn(context.policy, terms).status());
  RecordWriter encoded;
  encoded.I64(request.received_at.value);
  const auto identity =
      IdentifyRequest(request.idempotency_key, "answer_return_request", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&] { return StageReturn(context, call); }));
  NOREN_ASSIGN_OR_RETURN(const auto id, model::RequestId::Parse(run.answer.at(0)));
  terms.request = run.answer.at(0);
  NOREN_ASSIGN_OR_RETURN(policy::StandardPage page, policy::RenderNoReturn(context.policy, terms));
  return AnswerOf(id, std::move(page), std::move(run.position));
}

StatusOr<StandardAnswer> AskOwner(ServiceContext& context, const Call& call,
                                  const AskOwnerRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckText(context, request.owner, "owner"));
  NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, request.request));
  const policy::StandardTerms terms{
      request.request.ToString(), policy::TodayOf(context.policy, loaded.head.received_at),
      request.language.value_or(OperatorsLanguage(context)), request.html};
  NOREN_ASSIGN_OR_RETURN(policy::StandardPage page,
                         policy::RenderOwnerQuestion(context.policy, loaded.head.right, terms));
  RecordWriter encoded;
  encoded.Raw(request.request.bytes()).Field(request.owner);
  const auto identity = IdentifyRequest(request.idempotency_key, "ask_owner", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity,
                                                [&] { return StageAsk(context, call, request); }));
  return AnswerOf(request.request, std::move(page), std::move(run.position));
}

StatusOr<EntryPosition> RecordOwnerAnswer(ServiceContext& context, const Call& call,
                                          const OwnerAnswer& answer) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckText(context, answer.document, "document"));
  RecordWriter encoded;
  encoded.Raw(answer.request.bytes()).U8(answer.allows ? 1 : 0).Field(answer.document);
  const auto identity =
      IdentifyRequest(answer.idempotency_key, "record_owner_answer", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageAnswer(context, call, answer);
                         }));
  return std::move(run.position);
}

Status RequireNotReferred(ServiceContext& context, const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto requests, RequestsOf(context, person));
  for (const model::RequestId& id : requests) {
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, RightKey(id)));
    if (!stored) continue;
    NOREN_ASSIGN_OR_RETURN(const RightHead head, OpenRightHead(id, *stored, context.keys));
    // What is passed on within a joint use is not held for anybody else.
    const bool is_of_client = head.referral.asked_by != kAskedByJointUse;
    if (head.state == RightState::kWaitingOwner && is_of_client)
      return policy::RefuseBy(context.policy, "E_ENTRUSTED_NO_AUTHORITY", "referral");
  }
  return OkStatus();
}

}  // namespace noren::operations
