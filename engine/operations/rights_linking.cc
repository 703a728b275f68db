// Whose a letter is: found by its facts, or among several chosen by the officer.
// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/exposures.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/letter_facts.h"
#include "engine/operations/market.h"
#include "engine/operations/record_origin.h"
#include "engine/operations/rights_work.h"
#include "engine/operations/scan.h"
#include "engine/operations/stated_gate.h"
#include "engine/policy/stated/letters.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::string_view kForm = "registrations";
constexpr std::string_view kToFind = "to find whom a letter is about";
constexpr std::string_view kLinked = "linked";
constexpr std::string_view kChoose = "choose";

// Whom the token leads to.
StatusOr<std::vector<LoadedPerson>> PeopleOf(ServiceContext& context, const Hash256& token) {
  NOREN_ASSIGN_OR_RETURN(const auto pointers, ScanAll(context, keyspaces::LetterPrefix(token)));
  std::vector<LoadedPerson> people;
  for (const storage::KeyValue& pointer : pointers) {
    NOREN_ASSIGN_OR_RETURN(const model::PersonId id, personal_data::DecodePersonPointer(
                                                         pointer.key, pointer.value, context.keys));
    StatusOr<LoadedPerson> person = LoadPerson(context, id);
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) continue;  // destroyed
    NOREN_RETURN_IF_ERROR(person.status());
    people.push_back(*std::move(person));
    if (people.size() > kMaxLetterCandidates) return MakeError(ErrorCode::kTooLarge, "facts");
  }
  return people;
}

// From here on the request is this person's, as if it had come with a name that is known.
Status StageKnown(ServiceContext& context, const LoadedRight& loaded, const LoadedPerson& person,
                  RightHead& head, Attempt& attempt) {
  RightText text = loaded.text;
  NOREN_ASSIGN_OR_RETURN(text.state_before, StateOfPerson(context, person));
  NOREN_RETURN_IF_ERROR(StageRightText(context, person, head.request, text, loaded.text_stored,
                                       attempt.change.staged));
  const std::optional<Freeze> freeze = PendingFreezeOf(context, head);
  if (freeze) NOREN_RETURN_IF_ERROR(SetFreeze(context, head, freeze, attempt.change));
  TellOfRight(context, person, head, "received", attempt.change);
  return OkStatus();
}

StatusOr<Attempt> StageLink(ServiceContext& context, const Call& call, LoadedRight loaded,
                            LoadedPerson person) {
  RightHead head = loaded.head;
  head.person = person.person;
  loaded.person = std::move(person);
  personal_data::Staged of_origin;
  NOREN_ASSIGN_OR_RETURN(const auto passed_on_by, PassOn(context, *loaded.person, head, of_origin));
  NOREN_ASSIGN_OR_RETURN(
      Attempt attempt,
      StartRightAttempt(context, call, audit::Operation::kLinkLetter, loaded, head));
  attempt.change.staged.Append(std::move(of_origin));
  attempt.change.entry.clause_ids =
      JoinClauses(policy::MayFindByLetter(context.policy).clauses, passed_on_by);
  NOREN_RETURN_IF_ERROR(StageKnown(context, loaded, *loaded.person, head, attempt));
  if (!passed_on_by.empty()) TellOfRight(context, *loaded.person, head, kPassedOn, attempt.change);
  attempt.answer = {std::string(kLinked)};
  return attempt;
}

// Nobody, or several: nothing of the request changes.
StatusOr<Attempt> StageChoice(ServiceContext& context, const Call& call,
                              const model::RequestId& request) {
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kLinkLetter;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = request.ToString();
  attempt.change.entry.clause_ids = policy::MayFindByLetter(context.policy).clauses;
  attempt.answer = {std::string(kChoose)};
  return attempt;
}

void AddCandidates(ServiceContext& context, const std::vector<LoadedPerson>& people,
                   Attempt& attempt) {
  for (const LoadedPerson& person : people) {
    const personal_data::PersonAddress& address = person.record.address;
    const model::CivilDay day = policy::TodayOf(context.policy, person.record.registered_at);
    attempt.answer.push_back(address.portal);
    attempt.answer.push_back(address.handle.ToString());
    attempt.answer.push_back(model::ToIso(day));
  }
}

StatusOr<Attempt> Stage(ServiceContext& context, const Call& call, const LinkLetterRequest& request,
                        const Hash256& token) {
  NOREN_ASSIGN_OR_RETURN(LoadedRight loaded, LoadRight(context, request.request));
  if (loaded.head.state != RightState::kWaiting || !loaded.head.person.is_none())
    return MakeError(ErrorCode::kStateConflict, "it is known whose it is");
  NOREN_ASSIGN_OR_RETURN(const auto people, PeopleOf(context, token));
  NOREN_ASSIGN_OR_RETURN(Attempt attempt,
                         people.size() == 1
                             ? StageLink(context, call, std::move(loaded), people.front())
                             : StageChoice(context, call, request.request));
  AddCandidates(context, people, attempt);
  if (people.empty()) return attempt;
  std::vector<model::PersonId> shown;
  for (const LoadedPerson& person : people) shown.push_back(person.person);
  NOREN_RETURN_IF_ERROR(StageListShowing(
      context, call, {audit::Operation::kLinkLetter, kForm, kToFind, {}}, shown, attempt));
  return attempt;
}

StatusOr<LinkedLetter> AnswerOf(RunResult run) {
  LinkedLetter answer;
  answer.is_linked = !run.answer.empty() && run.answer.front() == kLinked;
  for (std::size_t i = 1; i + 2 < run.answer.size(); i += 3) {
    NOREN_ASSIGN_OR_RETURN(const auto handle, model::SeekerHandle::Parse(run.answer[i + 1]));
    NOREN_ASSIGN_OR_RETURN(const auto day, model::ParseCivilDay(run.answer[i + 2]));
    answer.candidates.push_back({run.answer[i], handle, day});
  }
  answer.position = std::move(run.position);
  return answer;
}

}  // namespace

StatusOr<LinkedLetter> LinkLetter(ServiceContext& context, const Call& call,
                                  const LinkLetterRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const Hash256 token, LetterToken(context, request.facts));
  NOREN_RETURN_IF_ERROR(RequireStated(context, call, {audit::Operation::kLinkLetter, ""},
                                      policy::MayFindByLetter(context.policy)));
  const Bytes encoded = RecordWriter().Raw(request.request.bytes()).Raw(token).Take();
  const auto identity = IdentifyRequest(request.idempotency_key, "link_letter", encoded);
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return Stage(context, call, request, token);
                         }));
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  return AnswerOf(std::move(run));
}

}  // namespace noren::operations
