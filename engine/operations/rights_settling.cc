// Carrying out, answering, and the end of the papers; and what a restore begins again.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/market.h"
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

constexpr std::size_t kMaxWordBytes = 200;
constexpr std::size_t kMaxReasonBytes = 1200;

// Carried out: whatever the request changes is not as it was, and what it names is gone.
Status CheckActed(ServiceContext& context, const LoadedRight& loaded, RightEffect effect) {
  const RightHead& head = loaded.head;
  if (head.decision.outcome == RightOutcome::kRefused)
    return MakeFieldError(ErrorCode::kStateConflict, "acted", "it was refused");
  if (ErasesEverything(head, effect)) {
    return loaded.person ? MakeFieldError(ErrorCode::kStateConflict, "acted", "not yet destroyed")
                         : OkStatus();
  }
  if (!ChangesData(head, effect) || !loaded.person) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const Hash256 state, StateOfPerson(context, *loaded.person));
  if (state == loaded.text.state_before)
    return MakeFieldError(ErrorCode::kStateConflict, "acted", "nothing has changed");
  const bool takes_out = head.right == Right::kDelete || head.right == Right::kErase;
  const bool in_full = head.decision.outcome == RightOutcome::kAccepted;
  if (!takes_out || !in_full) return OkStatus();
  for (const model::ItemId& item : head.items) {
    if (model::CodeOf(LoadItem(context, *loaded.person, item).status()) != ErrorCode::kNotFound)
      return MakeFieldError(ErrorCode::kStateConflict, "acted", "an item is still there");
  }
  return OkStatus();
}

Status Withdraw(RightHead& head, UnixSeconds now) {
  const bool is_open = head.state == RightState::kWaiting || head.state == RightState::kReady ||
                       head.state == RightState::kWaitingOwner;
  if (!is_open) return MakeFieldError(ErrorCode::kStateConflict, "withdrawn", "decided already");
  head.state = RightState::kWithdrawn;
  head.told_at = now;
  return OkStatus();
}

// Whoever has handed in a form needs none any more.
Status SendForm(const SettleRightRequest& request, UnixSeconds now, RightHead& head) {
  if (head.state != RightState::kWaiting || !head.form.empty())
    return MakeFieldError(ErrorCode::kStateConflict, "form_sent", "the form is here");
  if (request.way.empty()) return MakeFieldError(ErrorCode::kMissingField, "way");
  head.form_sent_at = now;
  head.form_sent_way = request.way;
  return OkStatus();
}

bool EndsFreeze(const SettleRightRequest& request, const RightHead& head) {
  const bool suspends = head.right == Right::kSuspend || head.right == Right::kStopProvision;
  return request.withdrawn || request.resumed || (request.acted && !suspends);
}

// The new head.
StatusOr<RightHead> Settled(ServiceContext& context, const SettleRightRequest& request,
                            const LoadedRight& loaded) {
  RightHead head = loaded.head;
  const UnixSeconds now = context.time.Now();
  if (request.withdrawn) {
    NOREN_RETURN_IF_ERROR(Withdraw(head, now));
    return head;
  }
  if (request.form_sent) {
    NOREN_RETURN_IF_ERROR(SendForm(request, now, head));
    return head;
  }
  if (head.decision.outcome == RightOutcome::kOpen)
    return MakeError(ErrorCode::kStateConflict, "not decided");
  NOREN_ASSIGN_OR_RETURN(const policy::RightRule rule,
                         policy::RuleOfRight(context.policy, head.right));
  if (request.acted) {
    NOREN_RETURN_IF_ERROR(CheckActed(context, loaded, rule.effect));
    if (head.acted_at.value == 0) head.acted_at = now;
  }
  if (request.told) {
    NOREN_ASSIGN_OR_RETURN(const policy::HandedIn in, HandedInOf(context, head));
    NOREN_RETURN_IF_ERROR(policy::MayAnswerBy(context.policy, in, request.way, request.way_reason));
    head.told_at = now;  // a supplementary answer counts from then
    head.way_reason = request.way_reason;
    head.told_by_way = request.way;
  }
  if (request.resumed) {
    NOREN_ASSIGN_OR_RETURN(const Freezes freezes, ReadFreezes(context, head.person));
    const bool stands = std::ranges::any_of(freezes.all, [&](const Freeze& freeze) {
      return freeze.request == head.request && freeze.cause == FreezeCause::kSuspended;
    });
    if (!stands) return MakeFieldError(ErrorCode::kStateConflict, "resumed", "not suspended");
    head.resumed_at = now;
  }
  const bool needs_act = head.decision.outcome != RightOutcome::kRefused;
  if (head.told_at.value != 0 && (!needs_act || head.acted_at.value != 0))
    head.state = RightState::kClosed;
  return head;
}

StatusOr<Attempt> StageSettling(ServiceContext& context, const Call& call,
                                const SettleRightRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, request.request));
  NOREN_ASSIGN_OR_RETURN(const RightHead head, Settled(context, request, loaded));
  const auto operation =
      request.resumed ? audit::Operation::kResumePerson : audit::Operation::kCloseRight;
  NOREN_ASSIGN_OR_RETURN(Attempt attempt,
                         StartRightAttempt(context, call, operation, loaded, head));
  if (loaded.person && EndsFreeze(request, head))
    NOREN_RETURN_IF_ERROR(SetFreeze(context, head, std::nullopt, attempt.change));
  const std::string_view word = request.resumed ? "resumed" : RightStateName(head.state);
  if (loaded.person) TellOfRight(context, *loaded.person, head, word, attempt.change);
  return attempt;
}

}  // namespace

StatusOr<EntryPosition> SettleRight(ServiceContext& context, const Call& call,
                                    const SettleRightRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (!request.acted && !request.told && !request.resumed && !request.withdrawn &&
      !request.form_sent)
    return MakeFieldError(ErrorCode::kBadRequest, "acted");
  if (request.way.size() > kMaxWordBytes) return MakeFieldError(ErrorCode::kTooLarge, "way");
  if (request.way_reason.size() > kMaxReasonBytes)
    return MakeFieldError(ErrorCode::kTooLarge, "way_reason");
  NOREN_RETURN_IF_ERROR(CheckWritten(context, call, audit::Operation::kCloseRight, request.request,
                                     {request.way, request.way_reason}));
  const int flags = (request.acted ? 1 : 0) | (request.told ? 2 : 0) | (request.resumed ? 4 : 0) |
                    (request.withdrawn ? 8 : 0) | (request.form_sent ? 16 : 0);
  RecordWriter encoded;
  encoded.Raw(request.request.bytes()).U8(static_cast<std::uint8_t>(flags)).Field(request.way);
  encoded.Field(request.way_reason);
  const auto identity = IdentifyRequest(request.idempotency_key, "settle_right", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageSettling(context, call, request);
                         }));
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  return std::move(run.position);
}

namespace {

Status CheckMethod(ServiceContext& context, const std::string& method) {
  if (method.empty() || method.size() > kMaxWordBytes)
    return MakeFieldError(ErrorCode::kMissingField, "method");
  const policy::Entry* const stated = policy::One(context.policy, "destruction");
  bool is_stated = false;
  for (const std::string_view key : {"paper", "electronic"}) {
    for (const policy::Value& value : policy::ValuesOf(stated, key)) {
      is_stated = true;
      if (policy::IsCalled(value, method)) return OkStatus();
    }
  }
  return is_stated ? policy::RefuseBy(context.policy, "E_METHOD", "method") : OkStatus();
}

// Kind and date of the papers stay; what was enclosed and written does not.
StatusOr<Attempt> StagePapersEnd(ServiceContext& context, const Call& call,
                                 const model::RequestId& request, const std::string& method) {
  NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, request));
  RightHead head = loaded.head;
  const bool is_over = head.state == RightState::kClosed || head.state == RightState::kWithdrawn;
  if (!is_over) return MakeError(ErrorCode::kStateConflict, "not answered");
  if (head.identity.papers_destroyed_at.value != 0)
    return MakeError(ErrorCode::kStateConflict, "destroyed already");
  head.identity.papers_destroyed_at = context.time.Now();
  head.identity.papers_method = method;
  // That somebody had a special-care paper goes as well: what is left is that it was checked.
  std::erase_if(head.identity.papers,
                [](const policy::SeenPaper& paper) { return paper.special_care; });
  for (policy::SeenPaper& paper : head.identity.papers) paper.shows.clear();
  NOREN_ASSIGN_OR_RETURN(
      Attempt attempt,
      StartRightAttempt(context, call, audit::Operation::kDestroyRightPapers, loaded, head));
  if (loaded.text_stored) {
    const std::string key = RightTextKey(head.person, request);
    // What was given or withheld stays so: the person's requests are found by this record.
    if (head.right == Right::kAccess && head.decision.outcome != RightOutcome::kOpen) {
      NOREN_RETURN_IF_ERROR(StageRightText(context, *loaded.person, request, RightText(),
                                           loaded.text_stored, attempt.change.staged));
      return attempt;
    }
    attempt.change.staged.Require(key, loaded.text_stored);
    attempt.change.staged.Delete(key);
  }
  return attempt;
}

}  // namespace

StatusOr<EntryPosition> DestroyRightPapers(ServiceContext& context, const Call& call,
                                           const std::string& idempotency_key,
                                           const model::RequestId& request,
                                           const std::string& method) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const Status may = CheckMethod(context, method);
  if (!may.ok())
    return RecordRightRefusal(context, call, audit::Operation::kDestroyRightPapers, request, may);
  RecordWriter encoded;
  encoded.Raw(request.bytes()).Field(method);
  const auto identity = IdentifyRequest(idempotency_key, "destroy_right_papers", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StagePapersEnd(context, call, request, method);
                         }));
  return std::move(run.position);
}

namespace {

// What a backup lacks of the request: enough for the officer to go on, and nothing that was not in
// the journal.
RightHead HeadFromJournal(ServiceContext& context, const FreezeAct& act) {
  RightHead head;
  head.request = act.request;
  head.right = act.right;
  head.person = act.person;
  head.received_at = act.received_at;
  head.channel = "journal";
  head.carried_by = "journal";
  head.policy_version = context.policy.VersionText();
  return head;
}

// That processing was suspended says that the request was accepted.
bool TakeSuspension(const FreezeAct& act, RightHead& head) {
  const bool suspends = act.freeze && act.freeze->cause == FreezeCause::kSuspended;
  if (!suspends || head.decision.outcome != RightOutcome::kOpen) return false;
  head.state = RightState::kDecided;
  head.decision.outcome = RightOutcome::kAccepted;
  head.decision.by = "journal";
  head.decision.at = act.at;
  head.acted_at = act.at;
  return true;
}

}  // namespace

StatusOr<bool> ReapplyFreeze(ServiceContext& context, const storage::NarrowingAct& stored_act,
                             personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const FreezeAct act, FreezeActOf(stored_act));
  NOREN_ASSIGN_OR_RETURN(const auto person,
                         ReadOne(context, personal_data::keyspaces::PersonKey(act.person)));
  if (!person) return false;
  NOREN_ASSIGN_OR_RETURN(const bool changes,
                         StageFreeze(context, act.person, act.request, act.freeze, staged));
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, RightKey(act.request)));
  // The end of a period has no request.
  if (!act.freeze || act.freeze->cause == FreezeCause::kExpired) return changes;
  RightHead head = HeadFromJournal(context, act);
  if (stored) {
    NOREN_ASSIGN_OR_RETURN(head, OpenRightHead(act.request, *stored, context.keys));
  }
  if (!TakeSuspension(act, head) && stored) return changes;
  NOREN_RETURN_IF_ERROR(StageRightHead(context, head, std::move(stored), staged));
  return true;
}

}  // namespace noren::operations
