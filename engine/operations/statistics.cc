// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/statistics.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/contacts.h"
#include "engine/operations/freezes.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/statistics_pseudonyms.h"
#include "engine/policy/stated/statistics.h"
#include "engine/policy/stated/subjects.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using personal_data::StatisticsPseudonyms;

constexpr std::int64_t kDayS = 86'400;

Attempt StartAttempt(const Call& call, audit::Operation operation, const EditionId& edition,
                     const policy::Decision& decision) {
  Attempt attempt;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = edition.ToString();
  attempt.change.entry.clause_ids = decision.clauses;
  return attempt;
}

std::string KeyOf(const EditionId& edition) {
  return keyspaces::EditionKey(edition.subject, edition.number);
}

EditionView ViewOf(const EditionRecord& record) {
  EditionView view{record.edition,
                   record.purpose,
                   record.begun_by,
                   record.begun_at,
                   record.done_at,
                   record.least,
                   0,
                   0};
  for (const auto& [place, figure] : record.figures) (figure ? view.shown : view.suppressed) += 1;
  return view;
}

// The number of the next edition; the last one stands, and is old enough.
StatusOr<std::uint64_t> NextNumber(ServiceContext& context, const std::string& subject) {
  NOREN_ASSIGN_OR_RETURN(const auto before, LoadEditions(context, subject));
  if (before.empty()) return std::uint64_t{1};
  const EditionRecord& last = before.back().record;
  if (!last.done_at) return MakeError(ErrorCode::kStateConflict, last.edition.ToString());
  const std::int64_t age_s = context.time.Now().value - last.begun_at.value;
  if (age_s < kDaysBetweenEditions * kDayS)
    return MakeError(ErrorCode::kLimitReached, last.edition.ToString());
  return last.edition.number + 1;
}

// One edition while it is counted.
class Counting {
 public:
  static StatusOr<Counting> Of(ServiceContext& context, EditionRecord& record) {
    const auto& keys = context.pseudonyms.token_keys();
    const std::uint32_t period = keys.current(personal_data::TokenPurpose::kStatistics).version;
    NOREN_ASSIGN_OR_RETURN(auto names, StatisticsPseudonyms::OfPeriod(keys, period));
    return Counting(context, record, std::move(names));
  }

  // Somebody who is there, is of this kind today, may be used, and has agreed to being counted.
  Status Take(const model::PersonId& id) {
    const StatusOr<LoadedPerson> person = LoadPerson(context_, id);
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return OkStatus();
    NOREN_RETURN_IF_ERROR(person.status());
    NOREN_ASSIGN_OR_RETURN(const bool counts, IsCounted(*person));
    if (!counts) return OkStatus();
    NOREN_ASSIGN_OR_RETURN(const model::Profile profile,
                           model::DecodeProfile(person->record.profile));
    const Hash256 name = names_.Of(id);
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < sizeof key; ++i) key = key << 8 | name[i];
    statistics::Add(statistics::FacetsOf(profile), key, record_.counts);
    return OkStatus();
  }

 private:
  Counting(ServiceContext& context, EditionRecord& record, StatisticsPseudonyms names)
      : context_(context), record_(record), names_(std::move(names)) {}

  StatusOr<bool> IsCounted(const LoadedPerson& person) {
    const policy::Entry* kind =
        policy::SubjectOf(*context_.policy.statement, KindNameToday(context_, person));
    if (kind == nullptr || kind->id != record_.edition.subject) return false;
    personal_data::Staged unused;
    const Status usable = RequireMayUse(context_, person, unused);
    if (model::CodeOf(usable) == ErrorCode::kPolicyForbids) return false;
    NOREN_RETURN_IF_ERROR(usable);
    if (record_.purpose.empty()) return true;  // by a ground, whoever agreed to what
    NOREN_ASSIGN_OR_RETURN(const policy::Decision agreed,
                           JudgePurpose(context_, person, record_.purpose));
    return agreed.allowed;
  }

  ServiceContext& context_;
  EditionRecord& record_;
  StatisticsPseudonyms names_;
};

// From here on only what may be shown is kept.
void Finish(UnixSeconds now, EditionRecord& record) {
  record.figures = statistics::Publish(record.counts, record.least);
  record.counts.clear();
  record.after.clear();
  record.done_at = now;
}

}  // namespace

StatusOr<BegunEdition> BeginEdition(ServiceContext& context, const Call& call,
                                    const BeginEditionRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const auto judged = policy::JudgeStatistics(context.policy, {request.subject, "", ""});
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kBeginEdition, ""}, judged.decision));
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  const auto identity = IdentifyRequest(request.idempotency_key, "begin_edition",
                                        RecordWriter().Field(request.subject).bytes());
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const std::uint64_t number, NextNumber(context, judged.subject));
        EditionRecord record;
        record.edition = {judged.subject, number};
        record.purpose = judged.purpose;
        record.begun_by = call.principal.name;
        record.begun_at = context.time.Now();
        record.policy = context.policy.digest;
        record.least = judged.least;
        Attempt attempt =
            StartAttempt(call, audit::Operation::kBeginEdition, record.edition, judged.decision);
        attempt.change.staged.Replace(KeyOf(record.edition), std::nullopt,
                                      SealEdition(context, record));
        attempt.answer = {record.edition.ToString()};
        return attempt;
      }));
  NOREN_ASSIGN_OR_RETURN(const auto id, EditionId::Parse(run.answer.at(0)));
  return BegunEdition{id, std::move(run.position)};
}

StatusOr<EditionView> CountEdition(ServiceContext& context, const Call& call,
                                   const EditionId& edition, std::size_t limit) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (limit < 1 || limit > kMaxPeoplePerCount)
    return MakeFieldError(ErrorCode::kBadRequest, "limit", "1..1000");
  NOREN_ASSIGN_OR_RETURN(LoadedEdition loaded, LoadEdition(context, edition));
  EditionRecord record = loaded.record;
  if (record.done_at) return ViewOf(record);
  // Whose period is over cannot be said by a clock that nobody vouches for.
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  const auto judged = policy::JudgeStatistics(context.policy, {edition.subject, "", ""});
  NOREN_RETURN_IF_ERROR(RequireStated(
      context, call, {audit::Operation::kCountEdition, edition.ToString()}, judged.decision));
  record.least = std::max(record.least, judged.least);
  const auto page = context.store.Scan(kEmbeddedPartition, std::string(person_keyspaces::kPerson),
                                       record.after, limit);
  if (!page.ok()) return MakeError(ErrorCode::kStorage);
  NOREN_ASSIGN_OR_RETURN(Counting counting, Counting::Of(context, record));
  for (const storage::KeyValue& item : page->items) {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    NOREN_RETURN_IF_ERROR(counting.Take(id));
    record.after = item.key;
  }
  if (!page->more) Finish(context.time.Now(), record);
  NOREN_RETURN_IF_ERROR(
      Record(context, [&]() -> StatusOr<Attempt> {
        Attempt attempt =
            StartAttempt(call, audit::Operation::kCountEdition, edition, judged.decision);
        attempt.change.staged.Replace(KeyOf(edition), loaded.stored, SealEdition(context, record));
        return attempt;
      }).status());
  return ViewOf(record);
}

StatusOr<std::vector<EditionView>> ListEditions(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kAnalyst, model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const auto editions, LoadEditions(context, ""));
  std::vector<EditionView> views;
  for (const LoadedEdition& one : editions) views.push_back(ViewOf(one.record));
  return views;
}

}  // namespace noren::operations
