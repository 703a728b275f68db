// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/continuation_answer.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/contact_record.h"
#include "engine/operations/freezes.h"
#include "engine/operations/market.h"
#include "engine/operations/retention_work.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/rights_rules.h"
#include "engine/policy/stated/contacting.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

Status RequireAsked(ServiceContext& context, const LoadedPerson& person,
                    const RetentionNotes& notes) {
  NOREN_ASSIGN_OR_RETURN(const Freezes freezes, ReadFreezes(context, person.person));
  const bool has_left =
      std::ranges::find(freezes.all, FreezeCause::kErasure, &Freeze::cause) != freezes.all.end();
  if (has_left) return policy::RefuseBy(context.policy, "E_ERASED", "statement.answer");
  const bool is_asked = std::ranges::find(notes.notices, policy::NoticeKind::kContinuation,
                                          &SentNotice::kind) != notes.notices.end();
  return is_asked ? OkStatus()
                  : MakeFieldError(ErrorCode::kStateConflict, "statement", "nobody asked");
}

StatusOr<Attempt> StageStaying(ServiceContext& context, const Call& call, AdmittedAct& admitted,
                               LoadedNotes loaded) {
  NOREN_RETURN_IF_ERROR(TakeConfirmation(context, admitted.person, loaded.notes));
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kConfirmContinuation);
  StageNotes(context, admitted.person, std::move(loaded), attempt.change.staged);
  attempt.change.feed.push_back(PersonChanged(admitted.person.person));
  attempt.answer = {"stays"};
  return attempt;
}

StatusOr<Attempt> StageFirstWord(ServiceContext& context, const Call& call,
                                 const AdmittedAct& admitted) {
  const LoadedPerson& person = admitted.person;
  ContactRecord record;
  record.contact = ContactId::Generate(context.random);
  record.kind = ContactKind::kLeaving;
  record.at = context.time.Now();
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kOpenContact);
  attempt.change.entry.object = record.contact.ToString();
  attempt.change.staged.Require(personal_data::keyspaces::PersonKey(person.person), person.stored);
  attempt.change.staged.Replace(ContactKey(person.person, record.contact), std::nullopt,
                                SealContact(context, person, record));
  attempt.answer = {record.contact.ToString()};
  return attempt;
}

StatusOr<Attempt> StageSecondWord(ServiceContext& context, const Call& call,
                                  const AdmittedAct& admitted,
                                  const std::vector<std::string>& clauses) {
  const LoadedPerson& person = admitted.person;
  const Status not_open = MakeFieldError(ErrorCode::kStateConflict, "statement.confirms");
  const auto id = ContactId::Parse(admitted.act.stay->confirms);
  if (!id.ok()) return MakeFieldError(ErrorCode::kBadRequest, "statement.confirms");
  NOREN_ASSIGN_OR_RETURN(auto first, FindContact(context, person, *id));
  const UnixSeconds now = context.time.Now();
  if (!first || first->record.kind != ContactKind::kLeaving || first->record.closed_at ||
      first->record.at.value + kLeavingLifeSeconds < now.value) {
    return not_open;
  }
  NOREN_ASSIGN_OR_RETURN(Attempt attempt, StageErasureRequest(context, call, admitted));
  std::vector<std::string>& rests_on = attempt.change.entry.clause_ids;
  rests_on = JoinClauses(clauses, rests_on);
  first->record.closed_at = now;
  attempt.change.staged.Replace(ContactKey(person.person, *id), first->stored,
                                SealContact(context, person, first->record));
  return attempt;
}

StatusOr<Attempt> Stage(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  NOREN_ASSIGN_OR_RETURN(LoadedNotes loaded, LoadNotes(context, admitted.person));
  NOREN_RETURN_IF_ERROR(RequireAsked(context, admitted.person, loaded.notes));
  const personal_data::ContinueTerms& terms = *admitted.act.stay;
  if (terms.stays) return StageStaying(context, call, admitted, std::move(loaded));
  const policy::Decision decision = policy::MayLeaveByAnswer(context.policy);
  if (!decision.allowed) return policy::ToStatus(decision);
  return terms.confirms.empty() ? StageFirstWord(context, call, admitted)
                                : StageSecondWord(context, call, admitted, decision.clauses);
}

}  // namespace

StatusOr<ActResult> AnswerContinuation(ServiceContext& context, const Call& call,
                                       const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(context, call, idempotency_key, act,
                {"answer_continuation", personal_data::ActKind::kContinue},
                [&](AdmittedAct& admitted) { return Stage(context, call, admitted); });
}

}  // namespace noren::operations
