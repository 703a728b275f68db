// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rights_requests.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/authorize.h"
#include "engine/operations/market.h"
#include "engine/operations/personal_numbers.h"
#include "engine/operations/record_origin.h"
#include "engine/operations/rights_work.h"
#include "engine/operations/stated_gate.h"
#include "engine/operations/stored_items.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using personal_data::ActKind;

constexpr std::size_t kMaxTextBytes = personal_data::kMaxRightTextBytes;
constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxListed = 64;
constexpr std::string_view kPortalChannel = "portal";
constexpr std::string_view kActAsForm = "act";  // the signed or proved statement is the form

Status CheckShort(std::string_view text, std::size_t most, std::string_view field) {
  return text.size() <= most ? OkStatus() : MakeFieldError(ErrorCode::kTooLarge, field);
}
Status CheckList(const std::vector<std::string>& list, std::string_view field) {
  if (list.size() > kMaxListed) return MakeFieldError(ErrorCode::kTooLarge, field);
  for (const std::string& one : list) NOREN_RETURN_IF_ERROR(CheckShort(one, kMaxNameBytes, field));
  return OkStatus();
}

Status CheckReceive(ServiceContext& context, const ReceiveRightRequest& request) {
  const policy::HandedIn& in = request.handed_in;
  NOREN_RETURN_IF_ERROR(CheckShort(in.channel, kMaxNameBytes, "channel"));
  NOREN_RETURN_IF_ERROR(CheckShort(in.form, kMaxNameBytes, "form"));
  NOREN_RETURN_IF_ERROR(CheckList(in.parts, "parts"));
  NOREN_RETURN_IF_ERROR(CheckShort(request.text, kMaxTextBytes, "text"));
  NOREN_RETURN_IF_ERROR(CheckShort(request.agent, kMaxNameBytes, "agent"));
  if (request.items.size() > kMaxListed) return MakeFieldError(ErrorCode::kTooLarge, "items");
  if (in.fee_paid < 0) return MakeFieldError(ErrorCode::kOutOfRange, "fee");
  const bool is_past =
      request.received_at.value >= 0 && request.received_at.value <= context.time.Now().value;
  if (!is_past) return MakeFieldError(ErrorCode::kOutOfRange, "received_at");
  const bool is_now = request.received_at.value == 0;
  const model::CivilDay came =
      policy::TodayOf(context.policy, is_now ? context.time.Now() : request.received_at);
  if (request.dated && came < *request.dated)
    return MakeFieldError(ErrorCode::kOutOfRange, "dated", "after it came");
  const bool is_known = request.about.has_value() || !request.objects_to.is_none();
  const bool has_words = !request.text.empty() || !request.agent.empty() || !request.items.empty();
  if (has_words && !is_known)
    return MakeFieldError(ErrorCode::kBadRequest, "text", "once it is known who it is about");
  return OkStatus();
}

// What is objected to was answered, and is about the same right.
StatusOr<LoadedRight> LoadObjected(ServiceContext& context, const model::RequestId& request,
                                   model::Right right) {
  if (!policy::TakesObjections(context.policy))
    return MakeFieldError(ErrorCode::kPolicyForbids, "objects_to");
  NOREN_ASSIGN_OR_RETURN(LoadedRight first, LoadRight(context, request));
  if (first.head.decision.outcome == RightOutcome::kOpen)
    return MakeError(ErrorCode::kStateConflict, "not decided");
  if (first.head.right != right) return MakeFieldError(ErrorCode::kBadRequest, "right");
  if (!first.person) return MakeError(ErrorCode::kNotFound);
  return first;
}

// One form can ask for several things: it came at one time, in one way, and pays one fee.
Status CheckSameForm(ServiceContext& context, const RightHead& head) {
  if (head.on_form_of.is_none()) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const LoadedRight first, LoadRight(context, head.on_form_of));
  const bool is_same = first.head.on_form_of.is_none() && first.head.right != head.right &&
                       first.head.received_at == head.received_at &&
                       first.head.channel == head.channel && first.head.form == head.form &&
                       first.head.person == head.person;
  return is_same ? OkStatus() : MakeFieldError(ErrorCode::kStateConflict, "on_form_of");
}

Status CheckItems(ServiceContext& context, const LoadedPerson& person,
                  const std::vector<model::ItemId>& items) {
  for (const model::ItemId& item : items)
    NOREN_RETURN_IF_ERROR(LoadItem(context, person, item).status());
  return OkStatus();
}

RightHead HeadOf(ServiceContext& context, const policy::HandedIn& in) {
  RightHead head;
  head.request = model::RequestId::Generate(context.random);
  head.right = in.right;
  head.requester = in.requester;
  head.channel = in.channel;
  head.form = in.form;
  head.parts = in.parts;
  head.fee_paid = in.fee_paid;
  return head;
}

StatusOr<Attempt> StageReceive(ServiceContext& context, const Call& call,
                               const ReceiveRightRequest& request) {
  RightHead head = HeadOf(context, request.handed_in);
  const bool is_now = request.received_at.value == 0;
  head.received_at = is_now ? context.time.Now() : request.received_at;
  head.carried_by = "officer " + call.principal.name;
  head.ends_contract = request.ends_contract;
  head.items = request.items;
  head.objects_to = request.objects_to;
  head.dated = request.dated;
  head.on_form_of = request.on_form_of;
  std::optional<LoadedPerson> person;
  if (!request.objects_to.is_none()) {
    NOREN_ASSIGN_OR_RETURN(LoadedRight first,
                           LoadObjected(context, request.objects_to, head.right));
    // Who asks is known from the first time.
    head.identity = first.head.identity;
    head.requester = first.head.requester;
    head.parts = first.head.parts;
    head.form = first.head.form;
    head.fee_paid = first.head.fee_paid;
    person = std::move(first.person);
  } else if (request.about) {
    NOREN_ASSIGN_OR_RETURN(
        person, LoadPersonByHandle(context, request.about->portal, request.about->handle));
  }
  if (person) {
    head.person = person->person;
    NOREN_RETURN_IF_ERROR(CheckItems(context, *person, head.items));
  }
  NOREN_RETURN_IF_ERROR(CheckSameForm(context, head));
  return StageNewRight(context, call, std::move(head), person,
                       {request.text, request.agent, "", {}});
}

Bytes Encoded(const ReceiveRightRequest& request) {
  const policy::HandedIn& in = request.handed_in;
  RecordWriter writer;
  writer.U8(static_cast<std::uint8_t>(in.right)).U8(static_cast<std::uint8_t>(in.requester));
  writer.Field(in.channel).Field(in.form).I64(in.fee_paid);
  writer.U32(static_cast<std::uint32_t>(in.parts.size()));
  for (const std::string& part : in.parts) writer.Field(part);
  writer.I64(request.received_at.value).U8(request.about ? 1 : 0);
  if (request.about) writer.Field(request.about->portal).Raw(request.about->handle.bytes());
  writer.Field(request.text).Field(request.agent).U8(request.ends_contract ? 1 : 0);
  for (const model::ItemId& item : request.items) writer.Raw(item.bytes());
  writer.Field(request.dated ? model::ToIso(*request.dated) : "");
  return writer.Raw(request.objects_to.bytes()).Raw(request.on_form_of.bytes()).Take();
}

StatusOr<ReceivedRight> AnswerOf(RunResult run) {
  ReceivedRight received;
  NOREN_ASSIGN_OR_RETURN(received.request, model::RequestId::Parse(run.answer.at(0)));
  for (const RightState state : {RightState::kReady, RightState::kWaitingOwner}) {
    if (run.answer.at(1) == RightStateName(state)) received.state = state;
  }
  received.missing = run.answer.at(2);
  received.position = std::move(run.position);
  return received;
}

}  // namespace

StatusOr<ReceivedRight> ReceiveRight(ServiceContext& context, const Call& call,
                                     const ReceiveRightRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckReceive(context, request));
  const policy::HandedIn& in = request.handed_in;
  NOREN_RETURN_IF_ERROR(CheckWritten(context, call, audit::Operation::kReceiveRight, {},
                                     {request.text, request.agent, in.channel, in.form}));
  const Status may = policy::MayBeHandedIn(context.policy, in);
  const bool is_agents = in.requester == policy::Requester::kAgent;
  if (!may.ok() && is_agents && policy::RefusesAgents(context.policy))
    return KeepForReview(context, call, request, may);
  if (!may.ok()) return RecordRightRefusal(context, call, audit::Operation::kReceiveRight, {}, may);
  const auto identity = IdentifyRequest(request.idempotency_key, "receive_right", Encoded(request));
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageReceive(context, call, request);
                         }));
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  return AnswerOf(std::move(run));
}

namespace {

StatusOr<Attempt> StageAsk(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  const personal_data::RightTerms& terms = *admitted.act.right;
  NOREN_RETURN_IF_ERROR(RequireNoPersonalNumber(context.policy, terms.text, "text"));
  policy::HandedIn in{terms.right,
                      policy::Requester::kPerson,
                      std::string(kPortalChannel),
                      std::string(kActAsForm),
                      {},
                      0};
  NOREN_RETURN_IF_ERROR(policy::MayBeHandedIn(context.policy, in));
  RightHead head = HeadOf(context, in);
  head.received_at = context.time.Now();
  head.carried_by = "portal " + call.principal.name;
  head.ends_contract = terms.ends_contract;
  head.person = admitted.person.person;
  head.objects_to = terms.objects_to;
  if (!terms.objects_to.is_none()) {
    NOREN_ASSIGN_OR_RETURN(const LoadedRight first,
                           LoadObjected(context, terms.objects_to, terms.right));
    if (first.head.person != head.person) return MakeError(ErrorCode::kNotFound);
    head.identity = first.head.identity;
    head.form = first.head.form;
    head.parts = first.head.parts;
    head.fee_paid = first.head.fee_paid;
  } else {
    head.identity.checked_at = head.received_at;
    head.identity.checked_by =
        "proof " + std::string(personal_data::ProofLevelName(admitted.evidence.level));
    head.identity.proved = admitted.evidence.level != personal_data::ProofLevel::kPortalAsserted;
  }
  NOREN_ASSIGN_OR_RETURN(Attempt attempt, StageNewRight(context, call, std::move(head),
                                                        admitted.person, {terms.text, "", "", {}}));
  Attempt of_act = StartActAttempt(call, admitted, attempt.change.entry.operation);
  attempt.change.staged.Append(std::move(of_act.change.staged));
  attempt.change.entry.statement_digest = of_act.change.entry.statement_digest;
  return attempt;
}

}  // namespace

StatusOr<ActResult> AskForRight(ServiceContext& context, const Call& call,
                                const std::string& idempotency_key, const PersonAct& act) {
  NOREN_ASSIGN_OR_RETURN(
      ActResult result,
      RunAct(context, call, idempotency_key, act, {"ask_for_right", ActKind::kRight},
             [&](AdmittedAct& admitted) { return StageAsk(context, call, admitted); }));
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  return result;
}

namespace {

Status CheckIdentify(const IdentifyRightRequest& request) {
  NOREN_RETURN_IF_ERROR(CheckList(request.facts, "facts"));
  NOREN_RETURN_IF_ERROR(CheckList(request.parts, "parts"));
  NOREN_RETURN_IF_ERROR(CheckShort(request.form, kMaxNameBytes, "form"));
  NOREN_RETURN_IF_ERROR(CheckShort(request.text, kMaxTextBytes, "text"));
  NOREN_RETURN_IF_ERROR(CheckShort(request.agent, kMaxNameBytes, "agent"));
  if (request.papers.size() > kMaxListed) return MakeFieldError(ErrorCode::kTooLarge, "papers");
  for (const policy::SeenPaper& paper : request.papers) {
    NOREN_RETURN_IF_ERROR(CheckShort(paper.name, kMaxNameBytes, "papers.name"));
    NOREN_RETURN_IF_ERROR(CheckShort(paper.of, kMaxNameBytes, "papers.of"));
    NOREN_RETURN_IF_ERROR(CheckList(paper.shows, "papers.shows"));
  }
  return request.fee_paid < 0 ? MakeFieldError(ErrorCode::kOutOfRange, "fee") : OkStatus();
}

// What was looked at replaces what was known before; what is not mentioned stays.
void TakeOver(ServiceContext& context, const Call& call, const IdentifyRightRequest& request,
              RightHead& head) {
  if (!request.facts.empty() || !request.papers.empty()) {
    head.identity.facts = request.facts;
    head.identity.papers = request.papers;
    for (policy::SeenPaper& paper : head.identity.papers)
      paper.special_care = policy::IsSpecialCarePaper(context.policy, paper.name);
    head.identity.checked_at = context.time.Now();
    head.identity.checked_by = "officer " + call.principal.name;
  }
  if (!request.form.empty()) head.form = request.form;
  if (!request.parts.empty()) head.parts = request.parts;
  head.fee_paid += request.fee_paid;
}

// Whose it is, named now or known before.
Status FindSubject(ServiceContext& context, const IdentifyRightRequest& request,
                   LoadedRight& loaded) {
  if (!request.about) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(LoadedPerson person,
                         LoadPersonByHandle(context, request.about->portal, request.about->handle));
  const bool is_other = !loaded.head.person.is_none() && loaded.head.person != person.person;
  // An agent acts for whom the papers name, and for nobody else.
  if (is_other && loaded.head.requester == policy::Requester::kAgent)
    return policy::RefuseBy(context.policy, "E_POA", "about");
  if (is_other) return MakeFieldError(ErrorCode::kStateConflict, "about", "somebody else's");
  loaded.person = std::move(person);
  return OkStatus();
}

StatusOr<Attempt> StageIdentify(ServiceContext& context, const Call& call,
                                const IdentifyRightRequest& request) {
  NOREN_ASSIGN_OR_RETURN(LoadedRight loaded, LoadRight(context, request.request));
  if (loaded.head.state != RightState::kWaiting && loaded.head.state != RightState::kReady)
    return MakeError(ErrorCode::kStateConflict, "decided already");
  NOREN_RETURN_IF_ERROR(FindSubject(context, request, loaded));
  RightHead head = loaded.head;
  TakeOver(context, call, request, head);
  if (!loaded.person) return policy::RefuseBy(context.policy, "E_IDENTITY", "about");
  head.person = loaded.person->person;
  const policy::IdentityCheck check{
      head.requester,      head.identity.proved,
      head.identity.facts, head.identity.papers,
      request.born,        policy::TodayOf(context.policy, head.received_at)};
  NOREN_RETURN_IF_ERROR(policy::IdentitySuffices(context.policy, head.right, check));
  NOREN_ASSIGN_OR_RETURN(const policy::HandedIn in, HandedInOf(context, head));
  const Status missing = policy::IsComplete(context.policy, in);
  if (!missing.ok() && model::CodeOf(missing) != ErrorCode::kPolicyForbids) return missing;
  if (missing.ok() && head.complete_at.value == 0) head.complete_at = context.time.Now();
  if (missing.ok()) head.state = RightState::kReady;
  personal_data::Staged of_origin;
  std::vector<std::string> passed_on_by;
  if (loaded.head.person.is_none()) {
    NOREN_ASSIGN_OR_RETURN(passed_on_by, PassOn(context, *loaded.person, head, of_origin));
  }
  NOREN_ASSIGN_OR_RETURN(
      Attempt attempt,
      StartRightAttempt(context, call, audit::Operation::kIdentifyRequester, loaded, head));
  attempt.change.staged.Append(std::move(of_origin));
  attempt.change.entry.clause_ids =
      JoinClauses(std::move(attempt.change.entry.clause_ids), passed_on_by);
  RightText text = loaded.text;
  if (!request.text.empty()) text.text = request.text;
  if (!request.agent.empty()) text.requester = request.agent;
  if (!loaded.text_stored) {
    NOREN_ASSIGN_OR_RETURN(text.state_before, StateOfPerson(context, *loaded.person));
  }
  NOREN_RETURN_IF_ERROR(StageRightText(context, *loaded.person, head.request, text,
                                       loaded.text_stored, attempt.change.staged));
  const std::optional<Freeze> freeze = PendingFreezeOf(context, head);
  const bool was_known = !loaded.head.person.is_none();
  if (freeze && !was_known) NOREN_RETURN_IF_ERROR(SetFreeze(context, head, freeze, attempt.change));
  TellOfRight(context, *loaded.person, head,
              passed_on_by.empty() ? RightStateName(head.state) : kPassedOn, attempt.change);
  attempt.answer = {head.request.ToString(), std::string(RightStateName(head.state)),
                    missing.ok() ? "" : model::DetailOf(missing)};
  return attempt;
}

Bytes Encoded(const IdentifyRightRequest& request) {
  RecordWriter writer;
  writer.Raw(request.request.bytes()).U8(request.about ? 1 : 0);
  if (request.about) writer.Field(request.about->portal).Raw(request.about->handle.bytes());
  writer.U32(static_cast<std::uint32_t>(request.facts.size()));
  for (const std::string& fact : request.facts) writer.Field(fact);
  for (const policy::SeenPaper& paper : request.papers) {
    writer.Field(paper.name).Field(paper.of).U8(paper.photo ? 1 : 0);
    writer.U8(paper.both_sides ? 1 : 0).U8(paper.masked ? 1 : 0);
    for (const std::string& shown : paper.shows) writer.Field(shown);
  }
  writer.Field(request.form);
  for (const std::string& part : request.parts) writer.Field(part);
  return writer.I64(request.fee_paid).Field(request.text).Field(request.agent).Take();
}

}  // namespace

StatusOr<ReceivedRight> IdentifyRequester(ServiceContext& context, const Call& call,
                                          const IdentifyRightRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckIdentify(request));
  NOREN_RETURN_IF_ERROR(CheckWritten(context, call, audit::Operation::kIdentifyRequester,
                                     request.request, {request.text, request.agent}));
  const auto identity =
      IdentifyRequest(request.idempotency_key, "identify_requester", Encoded(request));
  StatusOr<RunResult> run =
      RunOnce(context, call, identity, [&] { return StageIdentify(context, call, request); });
  if (!run.ok())
    return RecordRightRefusal(context, call, audit::Operation::kIdentifyRequester, request.request,
                              run.status());
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  return AnswerOf(*std::move(run));
}

}  // namespace noren::operations
