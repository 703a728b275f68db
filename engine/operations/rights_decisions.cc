// Deciding, carrying out, answering, and the end of the papers.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/market.h"
#include "engine/operations/narrowing.h"
#include "engine/operations/rights_answer.h"
#include "engine/operations/rights_work.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/stated_names.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using model::Right;
using policy::RightEffect;

constexpr std::size_t kMaxEvidence = 16;
constexpr std::size_t kMaxWordBytes = 200;

// Whoever refused does not decide on the objection: neither by name nor by key.
Status CheckOtherOfficer(ServiceContext& context, const Call& call, const RightHead& head) {
  if (head.objects_to.is_none()) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const LoadedRight first, LoadRight(context, head.objects_to));
  const RightDecision& before = first.head.decision;
  const bool same_key = call.key == Hash256{} || before.by_key == call.key;
  if (before.by == call.principal.name || same_key) return MakeError(ErrorCode::kApprovalRequired);
  return OkStatus();
}

bool IsCorrection(Right right) {
  return right == Right::kCorrect || right == Right::kAdd || right == Right::kDelete;
}

// What an agent says is wrong is looked at with the person first, where the policy says so.
Status CheckAgentsCorrection(ServiceContext& context, const DecideRightRequest& request,
                             const RightHead& head) {
  const bool waits = head.requester == policy::Requester::kAgent && IsCorrection(head.right) &&
                     policy::Has(policy::One(context.policy, "agents"), "correction");
  if (!waits) return OkStatus();
  const auto confirmed = request.evidence.find("consent_record");
  if (confirmed != request.evidence.end() && !confirmed->second.empty()) return OkStatus();
  return policy::RefuseBy(context.policy, "E_GROUND_EVIDENCE", "evidence.consent_record");
}

//   returns  the clauses that what is refused rests on; empty: nothing is refused
StatusOr<std::vector<std::string>> JudgeOutcome(ServiceContext& context, const Call& call,
                                                const DecideRightRequest& request,
                                                const RightHead& head) {
  if (request.outcome == RightOutcome::kOpen)
    return MakeFieldError(ErrorCode::kBadRequest, "outcome");
  const bool is_waiting = head.state == RightState::kWaiting;
  const bool refuses_unknown =
      request.outcome == RightOutcome::kRefused && request.ground == "E_ID_INSUFFICIENT";
  if (is_waiting && !refuses_unknown) return WhatIsMissing(context, head);
  if (!is_waiting && refuses_unknown)
    return policy::RefuseBy(context.policy, "E_REFUSAL_GROUND", "ground");
  const bool owner_says_no = head.referral.answered_at.value != 0 && !head.referral.allows;
  if (request.outcome != RightOutcome::kRefused) {
    if (owner_says_no)
      return policy::RefuseBy(context.policy, "E_ENTRUSTED_NO_AUTHORITY", "referral");
    NOREN_RETURN_IF_ERROR(CheckAgentsCorrection(context, request, head));
    NOREN_ASSIGN_OR_RETURN(const policy::HandedIn in, HandedInOf(context, head));
    // What came through the portal is the person's own statement: it has no form to prove.
    if (!head.identity.proved) NOREN_RETURN_IF_ERROR(policy::ProofIsThere(context.policy, in));
  }
  if (request.outcome == RightOutcome::kAccepted) return std::vector<std::string>();
  if (request.outcome == RightOutcome::kPartly && !policy::MayRefuseInPart(context.policy))
    return policy::RefuseBy(context.policy, "E_REFUSAL_GROUND", "outcome");
  return policy::MayRefuse(context.policy, head.right,
                           {request.ground, request.evidence, request.ongoing, head.ends_contract,
                            call.principal.name, request.reason});
}

// Everything of the person is to be destroyed: an officer does it by a plan, or at once.
Status StageErasureRequest(ServiceContext& context, const RightHead& head, Change& change) {
  ErasureRequest erasure;
  erasure.request = head.request;
  erasure.person = head.person;
  erasure.asked_at = context.time.Now();
  erasure.asked_by = "rights, " + head.identity.checked_by;
  NOREN_ASSIGN_OR_RETURN(Bytes sealed, EncodeErasureRequest(erasure, context.keys, context.random));
  change.staged.Replace(personal_data::keyspaces::ErasureRequestKey(head.request), std::nullopt,
                        std::move(sealed));
  NOREN_RETURN_IF_ERROR(
      StageErasureFreeze(context, head.person, head.request, change.staged).status());
  change.feed.push_back(PersonChanged(head.person));
  NarrowedPerson narrowed{head.person, {}, erasure.asked_at};
  narrowed.request = NarrowedRequest{head.request, erasure.asked_by};
  change.narrowing = MakeNarrowingAct(storage::NarrowingKind::kErasureRequest, narrowed);
  return OkStatus();
}

// What an accepted request does by itself.
Status StageEffect(ServiceContext& context, RightHead& head, RightEffect effect, Change& change) {
  if (ErasesEverything(head, effect)) return StageErasureRequest(context, head, change);
  const bool suspends = head.right == Right::kSuspend;
  if (!suspends && head.right != Right::kStopProvision) return OkStatus();
  const UnixSeconds now = context.time.Now();
  head.acted_at = now;
  return SetFreeze(context, head,
                   Freeze{head.request, suspends ? FreezeScope::kUse : FreezeScope::kProvision,
                          FreezeCause::kSuspended, now},
                   change);
}

void TakeDecision(ServiceContext& context, const Call& call, const DecideRightRequest& request,
                  std::vector<std::string> clauses, RightHead& head) {
  RightDecision& decision = head.decision;
  decision.outcome = request.outcome;
  decision.at = context.time.Now();
  decision.by = call.principal.name;
  decision.by_key = call.key;
  decision.ground = request.outcome == RightOutcome::kAccepted ? "" : request.ground;
  decision.evidence = request.evidence;
  decision.clauses = std::move(clauses);
  decision.withheld = request.withheld;
  head.state = RightState::kDecided;
}

StatusOr<Attempt> StageDecision(ServiceContext& context, const Call& call,
                                const DecideRightRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, request.request));
  RightHead head = loaded.head;
  if (head.state == RightState::kWaitingOwner)
    return MakeError(ErrorCode::kStateConflict, "the client has not answered");
  if (head.state != RightState::kWaiting && head.state != RightState::kReady)
    return MakeError(ErrorCode::kStateConflict, "decided already");
  NOREN_RETURN_IF_ERROR(CheckOtherOfficer(context, call, head));
  NOREN_ASSIGN_OR_RETURN(auto clauses, JudgeOutcome(context, call, request, head));
  const bool refused = request.outcome == RightOutcome::kRefused;
  if (!refused && !loaded.person) return MakeError(ErrorCode::kNotFound);
  NOREN_RETURN_IF_ERROR(CheckWithheld(context, loaded, request));
  NOREN_ASSIGN_OR_RETURN(const policy::RightRule rule,
                         policy::RuleOfRight(context.policy, head.right));
  TakeDecision(context, call, request, clauses, head);
  Change effects;
  NOREN_RETURN_IF_ERROR(refused ? SetFreeze(context, head, std::nullopt, effects)
                                : StageEffect(context, head, rule.effect, effects));
  NOREN_ASSIGN_OR_RETURN(
      Attempt attempt,
      StartRightAttempt(context, call, audit::Operation::kDecideRight, loaded, head));
  attempt.change.staged.Append(std::move(effects.staged));
  attempt.change.narrowing = std::move(effects.narrowing);
  attempt.change.feed = std::move(effects.feed);
  for (std::string& clause : clauses) attempt.change.entry.clause_ids.push_back(std::move(clause));
  if (loaded.person) {
    RightText text = loaded.text;
    text.reason = request.reason;
    NOREN_RETURN_IF_ERROR(StageRightText(context, *loaded.person, head.request, text,
                                         loaded.text_stored, attempt.change.staged));
    TellOfRight(context, *loaded.person, head, RightOutcomeName(request.outcome), attempt.change);
  }
  const bool erases = !refused && ErasesEverything(head, rule.effect);
  attempt.answer = {erases ? head.request.ToString() : ""};
  return attempt;
}

Status CheckDecide(const DecideRightRequest& request) {
  if (request.evidence.size() > kMaxEvidence)
    return MakeFieldError(ErrorCode::kTooLarge, "evidence");
  for (const auto& [word, said] : request.evidence) {
    if (policy::FindWord("evidence", word) == nullptr)
      return MakeFieldError(ErrorCode::kBadRequest, "evidence");
    if (said.size() > kMaxWordBytes) return MakeFieldError(ErrorCode::kTooLarge, "evidence");
  }
  if (request.reason.size() > 1200) return MakeFieldError(ErrorCode::kTooLarge, "reason");
  return OkStatus();
}

Bytes Encoded(const DecideRightRequest& request) {
  RecordWriter writer;
  writer.Raw(request.request.bytes()).U8(static_cast<std::uint8_t>(request.outcome));
  writer.Field(request.ground).U8(request.ongoing ? 1 : 0).Field(request.reason);
  for (const auto& [word, said] : request.evidence) writer.Field(word).Field(said);
  writer.U32(static_cast<std::uint32_t>(request.withheld.size()));
  for (const std::string& part : request.withheld) writer.Field(part);
  return writer.Take();
}

}  // namespace

StatusOr<DecidedRight> DecideRight(ServiceContext& context, const Call& call,
                                   const DecideRightRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckDecide(request));
  std::vector<std::string> written{request.reason};
  for (const auto& [word, said] : request.evidence) written.push_back(said);
  NOREN_RETURN_IF_ERROR(
      CheckWritten(context, call, audit::Operation::kDecideRight, request.request, written));
  const auto identity = IdentifyRequest(request.idempotency_key, "decide_right", Encoded(request));
  StatusOr<RunResult> run =
      RunOnce(context, call, identity, [&] { return StageDecision(context, call, request); });
  if (!run.ok())
    return RecordRightRefusal(context, call, audit::Operation::kDecideRight, request.request,
                              run.status());
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  DecidedRight decided;
  NOREN_ASSIGN_OR_RETURN(const LoadedRight now, LoadRight(context, request.request));
  decided.outcome = now.head.decision.outcome;
  decided.clauses = now.head.decision.clauses;
  if (!run->answer.at(0).empty()) decided.erasure = request.request;
  decided.position = std::move(run->position);
  return decided;
}

}  // namespace noren::operations
