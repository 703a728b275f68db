// What is written of a new request, however it came in.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/record_origin.h"
#include "engine/operations/rights_work.h"
#include "engine/operations/stated_gate.h"

namespace noren::operations {

using model::ErrorCode;

StatusOr<Attempt> StageNewRight(ServiceContext& context, const Call& call, RightHead head,
                                const std::optional<LoadedPerson>& person, RightText text) {
  const Status missing = WhatIsMissing(context, head);
  if (missing.ok()) {
    head.state = RightState::kReady;
    head.complete_at = context.time.Now();
  } else if (model::CodeOf(missing) != ErrorCode::kPolicyForbids) {
    return missing;
  }
  head.policy_version = context.policy.VersionText();
  Attempt attempt;
  std::vector<std::string> passed_on_by;
  if (person) {
    NOREN_ASSIGN_OR_RETURN(passed_on_by, PassOn(context, *person, head, attempt.change.staged));
  }
  attempt.change.entry.operation = head.objects_to.is_none() ? audit::Operation::kReceiveRight
                                                             : audit::Operation::kObjectToRight;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = head.request.ToString();
  NOREN_ASSIGN_OR_RETURN(const auto rule, policy::RuleOfRight(context.policy, head.right));
  attempt.change.entry.clause_ids = JoinClauses(rule.clauses, passed_on_by);
  NOREN_RETURN_IF_ERROR(StageRightHead(context, head, std::nullopt, attempt.change.staged));
  attempt.answer = {head.request.ToString(), std::string(RightStateName(head.state)),
                    missing.ok() ? "" : model::DetailOf(missing)};
  if (!person) return attempt;
  attempt.change.entry.subject = person->person.ToString();
  attempt.subject = person->person;
  attempt.subject_keys = person->keys;
  NOREN_ASSIGN_OR_RETURN(text.state_before, StateOfPerson(context, *person));
  NOREN_RETURN_IF_ERROR(
      StageRightText(context, *person, head.request, text, std::nullopt, attempt.change.staged));
  const std::optional<Freeze> freeze = PendingFreezeOf(context, head);
  if (freeze) NOREN_RETURN_IF_ERROR(SetFreeze(context, head, freeze, attempt.change));
  TellOfRight(context, *person, head, "received", attempt.change);
  if (!passed_on_by.empty()) TellOfRight(context, *person, head, kPassedOn, attempt.change);
  return attempt;
}

}  // namespace noren::operations
