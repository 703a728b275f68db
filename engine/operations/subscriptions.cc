// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/subscriptions.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/contact_record.h"
#include "engine/operations/freezes.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/stated/contacting.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using personal_data::ActKind;

// Nothing of theirs is written after an erasure: the person is there until this very commit.
void StageList(ServiceContext& context, const LoadedPerson& person, Unsubscribed list,
               personal_data::Staged& staged) {
  const std::string key = UnsubscribedKey(person.person);
  staged.Require(personal_data::keyspaces::PersonKey(person.person), person.stored);
  staged.Replace(key, std::move(list.stored),
                 storage::SealValue(person.keys->records, {keyspaces::kUnsubscribed, key}, 1,
                                    EncodeUnsubscribed(list.purposes), context.random));
}

// False: it was there.
bool Insert(std::vector<std::string>& purposes, const std::string& purpose) {
  const auto at = std::ranges::lower_bound(purposes, purpose);
  if (at != purposes.end() && *at == purpose) return false;
  purposes.insert(at, purpose);
  return true;
}

StatusOr<std::string> PurposeIdOf(ServiceContext& context, const personal_data::Act& act) {
  const policy::Entry* purpose = policy::PurposeOf(context.policy, act.purpose);
  if (purpose == nullptr)
    return model::MakeFieldError(ErrorCode::kBadRequest, "statement.purpose", "no such purpose");
  return purpose->id;
}

StatusOr<Attempt> StageUnsubscribing(ServiceContext& context, const Call& call,
                                     const AdmittedAct& admitted) {
  const LoadedPerson& person = admitted.person;
  NOREN_ASSIGN_OR_RETURN(const std::string purpose, PurposeIdOf(context, admitted.act));
  NOREN_ASSIGN_OR_RETURN(Unsubscribed list, LoadUnsubscribed(context, person));
  Insert(list.purposes, purpose);
  if (list.purposes.size() > kMaxUnsubscribed)
    return model::MakeFieldError(ErrorCode::kLimitReached, "statement.purpose");
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kChangeSubscription);
  StageList(context, person, std::move(list), attempt.change.staged);
  NarrowedPerson narrowed{person.person, {}, context.time.Now()};
  narrowed.purpose = purpose;
  attempt.change.narrowing =
      MakeNarrowingAct(storage::NarrowingKind::kWithdrawal, std::move(narrowed));
  attempt.answer = {purpose};
  return attempt;
}

StatusOr<Attempt> StageSubscribing(ServiceContext& context, const Call& call,
                                   const AdmittedAct& admitted) {
  const LoadedPerson& person = admitted.person;
  NOREN_ASSIGN_OR_RETURN(const std::string purpose, PurposeIdOf(context, admitted.act));
  NOREN_ASSIGN_OR_RETURN(Unsubscribed list, LoadUnsubscribed(context, person));
  std::erase(list.purposes, purpose);
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kChangeSubscription);
  NOREN_RETURN_IF_ERROR(RequireMayUse(context, person, attempt.change.staged));
  StageList(context, person, std::move(list), attempt.change.staged);
  attempt.answer = {purpose};
  return attempt;
}

}  // namespace

StatusOr<ActResult> Unsubscribe(ServiceContext& context, const Call& call,
                                const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(context, call, idempotency_key, act, {"unsubscribe", ActKind::kUnsubscribe},
                [&](AdmittedAct& admitted) { return StageUnsubscribing(context, call, admitted); });
}

StatusOr<ActResult> Subscribe(ServiceContext& context, const Call& call,
                              const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(context, call, idempotency_key, act, {"subscribe", ActKind::kSubscribe},
                [&](AdmittedAct& admitted) { return StageSubscribing(context, call, admitted); });
}

StatusOr<bool> UnsubscribeAgain(ServiceContext& context, const NarrowedPerson& narrowed,
                                Change& change) {
  const StatusOr<LoadedPerson> person = LoadPerson(context, narrowed.person);
  if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return false;
  NOREN_RETURN_IF_ERROR(person.status());
  NOREN_ASSIGN_OR_RETURN(Unsubscribed list, LoadUnsubscribed(context, *person));
  if (!Insert(list.purposes, narrowed.purpose)) return false;
  StageList(context, *person, std::move(list), change.staged);
  return true;
}

}  // namespace noren::operations
