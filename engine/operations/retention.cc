// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/retention.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_part.h"
#include "engine/operations/exposures.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/market.h"
#include "engine/operations/retention_work.h"
#include "engine/operations/scan.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using policy::calendar::EventDay;
using policy::calendar::Standing;

constexpr std::string_view kForm = "retention";
constexpr std::string_view kToEnd = "to see whose period ends";

}  // namespace

StatusOr<LoadedNotes> LoadNotes(ServiceContext& context, const LoadedPerson& person) {
  const std::string key = RetentionKey(person.person);
  LoadedNotes loaded;
  NOREN_ASSIGN_OR_RETURN(loaded.stored, ReadOne(context, key));
  if (!loaded.stored) return loaded;
  const auto opened =
      storage::OpenValue(person.keys->records, {keyspaces::kRetention, key}, *loaded.stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "retention notes");
  NOREN_ASSIGN_OR_RETURN(loaded.notes, DecodeRetentionNotes(opened->plaintext));
  return loaded;
}

namespace {

template <typename T>
void KeepNewest(std::vector<T>& list) {
  if (list.size() > kMaxRetentionNotes)
    list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(kMaxRetentionNotes));
}

}  // namespace

void StageNotes(ServiceContext& context, const LoadedPerson& person, LoadedNotes loaded,
                personal_data::Staged& staged) {
  KeepNewest(loaded.notes.notices);
  KeepNewest(loaded.notes.confirmations);
  const std::string key = RetentionKey(person.person);
  // The person is there until this very commit: nothing of theirs is written after an erasure.
  staged.Require(person_keyspaces::PersonKey(person.person), person.stored);
  staged.Replace(key, std::move(loaded.stored),
                 storage::SealValue(person.keys->records, {keyspaces::kRetention, key}, 1,
                                    EncodeRetentionNotes(loaded.notes), context.random));
}

Status TakeConfirmation(ServiceContext& context, const LoadedPerson& person,
                        RetentionNotes& notes) {
  NOREN_RETURN_IF_ERROR(RequireInTime(context, person, "confirmed"));
  notes.confirmations.push_back(context.time.Now());
  return OkStatus();
}

Attempt RetentionAttempt(const Call& call, audit::Operation operation, const LoadedPerson& person) {
  Attempt attempt;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = person.person.ToString();
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  return attempt;
}

namespace {

Status CheckNote(const NoteRetentionRequest& request) {
  const bool says = request.graduation_year || request.confirmed || request.registered_until ||
                    request.purpose_achieved;
  if (!says) return MakeFieldError(ErrorCode::kBadRequest, "confirmed");
  const std::int32_t year = request.graduation_year.value_or(0);
  const bool is_year = year == 0 || (year >= kFirstGraduationYear && year <= kLastGraduationYear);
  return is_year ? OkStatus() : MakeFieldError(ErrorCode::kOutOfRange, "graduation_year");
}

// A year whose time is over already: whoever has left is no student.
Status CheckGraduation(const ServiceContext& context, std::int32_t year) {
  const policy::calendar::CivilDate april{year, 4, 1};
  const std::vector<EventDay> events = {{"graduation_year", policy::calendar::DayOf(april)}};
  const model::CivilDay today = policy::TodayOf(context.policy, context.time.Now());
  NOREN_ASSIGN_OR_RETURN(const auto due, policy::RetentionDueOf(context.policy, events, today));
  const bool is_over = due && due->kept_until < today;
  return is_over ? MakeFieldError(ErrorCode::kOutOfRange, "graduation_year") : OkStatus();
}

// A last day is for policies that end registrations by one, and nothing ends before it is said.
Status CheckRegisteredUntil(const ServiceContext& context, model::CivilDay day) {
  if (!policy::RetentionCountsFrom(context.policy, "registration_ended"))
    return MakeFieldError(ErrorCode::kBadRequest, "registered_until", "the policy ends none by it");
  const bool has_passed = day < policy::TodayOf(context.policy, context.time.Now());
  return has_passed || !model::IsInRange(day)
             ? MakeFieldError(ErrorCode::kOutOfRange, "registered_until")
             : OkStatus();
}

// What the request says, in the notes.
Status TakeNote(ServiceContext& context, const LoadedPerson& person,
                const NoteRetentionRequest& request, RetentionNotes& notes) {
  const std::int32_t year = request.graduation_year.value_or(notes.graduation_year);
  if (year != 0 && year != notes.graduation_year)
    NOREN_RETURN_IF_ERROR(CheckGraduation(context, year));
  notes.graduation_year = year;
  if (request.registered_until) {
    NOREN_RETURN_IF_ERROR(CheckRegisteredUntil(context, *request.registered_until));
    NOREN_RETURN_IF_ERROR(RequireInTime(context, person, "registered_until"));
    notes.registered_until = request.registered_until;
  }
  const UnixSeconds now = context.time.Now();
  if (request.purpose_achieved && !notes.purpose_achieved)
    notes.purpose_achieved = policy::TodayOf(context.policy, now);
  if (!request.confirmed) return OkStatus();
  return TakeConfirmation(context, person, notes);
}

}  // namespace

StatusOr<EntryPosition> NoteRetention(ServiceContext& context, const Call& call,
                                      const NoteRetentionRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckNote(request));
  RecordWriter encoded;
  encoded.Field(request.person.portal).Raw(request.person.handle.bytes());
  encoded.U32(static_cast<std::uint32_t>(request.graduation_year.value_or(-1)));
  encoded.U8(request.confirmed ? 1 : 0).U8(request.purpose_achieved ? 1 : 0);
  const model::CivilDay until = request.registered_until.value_or(model::CivilDay());
  encoded.U32(static_cast<std::uint32_t>(until.days_since_1970));
  const auto identity = IdentifyRequest(request.idempotency_key, "note_retention", encoded.bytes());
  const auto stage = [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(
        const LoadedPerson person,
        LoadPersonByHandle(context, request.person.portal, request.person.handle));
    NOREN_ASSIGN_OR_RETURN(LoadedNotes loaded, LoadNotes(context, person));
    NOREN_RETURN_IF_ERROR(TakeNote(context, person, request, loaded.notes));
    Attempt attempt = RetentionAttempt(call, audit::Operation::kConfirmContinuation, person);
    StageNotes(context, person, std::move(loaded), attempt.change.staged);
    attempt.change.feed.push_back(PersonChanged(person.person));  // it may end on another day now
    return attempt;
  };
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, stage));
  return std::move(run.position);
}

namespace {

// When people asked to be erased.
StatusOr<std::map<model::PersonId, UnixSeconds>> Leavings(ServiceContext& context) {
  std::map<model::PersonId, UnixSeconds> leavings;
  const auto add = [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::RequestId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(const ErasureRequest request,
                           DecodeErasureRequest(id, item.value, context.keys));
    if (request.state == ErasureRequest::State::kDone) return OkStatus();
    const auto [at, is_new] = leavings.emplace(request.person, request.asked_at);
    if (!is_new) at->second = std::min(at->second, request.asked_at);
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(VisitAll(context, person_keyspaces::kErasureRequest, add));
  return leavings;
}

// Whoever is in a plan that nobody has approved.
StatusOr<std::set<model::PersonId>> PeopleInPlans(ServiceContext& context) {
  std::set<model::PersonId> people;
  const auto add = [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::PlanId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(const LoadedPlan plan, LoadPlan(context, id));
    if (plan.record.state != PlanRecord::State::kPlanned) return OkStatus();
    for (std::uint32_t part = 0; part < plan.record.parts; ++part) {
      NOREN_ASSIGN_OR_RETURN(const auto targets, LoadPart(context, {id, part}));
      for (const DestructionTarget& target : targets) people.insert(target.person);
    }
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(VisitAll(context, keyspaces::kDestructionPlan, add));
  return people;
}

}  // namespace

StatusOr<RetentionLook> LookAtRetention(ServiceContext& context) {
  const UnixSeconds now = context.time.Now();
  // Nothing ends by a clock that nobody vouches for.
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  RetentionLook look{context, policy::TodayOf(context.policy, now), {}, {}};
  NOREN_ASSIGN_OR_RETURN(look.leavings, Leavings(context));
  NOREN_ASSIGN_OR_RETURN(look.planned, PeopleInPlans(context));
  return look;
}

// Nothing for a person without a date.
StatusOr<std::optional<RetentionRow>> RetentionRowOf(const RetentionLook& look,
                                                     const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const LoadedNotes loaded, LoadNotes(look.context, person));
  const auto left = look.leavings.find(person.person);
  const KeptLook kept{look.today,
                      left == look.leavings.end() ? std::nullopt : std::optional(left->second)};
  NOREN_ASSIGN_OR_RETURN(auto due, DueOf(look.context, person, loaded.notes, kept));
  if (!due) return std::optional<RetentionRow>();
  RetentionRow row;
  row.named = {person.record.address.portal, person.record.address.handle};
  row.due = *std::move(due);
  NOREN_ASSIGN_OR_RETURN(row.notices, policy::NoticesBefore(look.context.policy, row.due));
  std::vector<model::CivilDay> sent;
  for (const SentNotice& notice : loaded.notes.notices)
    sent.push_back(policy::TodayOf(look.context.policy, notice.at));
  row.notice_due = policy::NoticeDue(row.notices, sent, row.due, look.today);
  NOREN_ASSIGN_OR_RETURN(const auto holds, HoldsOf(look.context, person.person));
  row.holds = holds.size();
  row.awaits_approval = look.planned.contains(person.person);
  return std::optional(std::move(row));
}

// Everybody who opens.
Status ForEachPerson(ServiceContext& context,
                     const std::function<Status(const LoadedPerson&)>& use) {
  return VisitAll(context, person_keyspaces::kPerson, [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    const StatusOr<LoadedPerson> person = LoadPerson(context, id);
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return OkStatus();
    NOREN_RETURN_IF_ERROR(person.status());
    return use(*person);
  });
}

namespace {

bool Passes(const RetentionRow& row, const RetentionWindow& window) {
  const Standing standing = row.due.standing;
  const bool in_window = (!window.from || !(row.due.destroy_by < *window.from)) &&
                         (!window.to || !(*window.to < row.due.destroy_by));
  if (!in_window) return false;
  switch (window.filter) {
    case RetentionFilter::kAll:
      return true;
    case RetentionFilter::kQueue:
      return standing != Standing::kKept || row.notice_due.has_value();
    case RetentionFilter::kDue:
      return standing == Standing::kDue || standing == Standing::kOverdue;
    case RetentionFilter::kOverdue:
      return standing == Standing::kOverdue;
  }
  return false;
}

// Who is shown reads that an officer has seen it.
Status RecordLook(ServiceContext& context, const Call& call,
                  const std::set<model::PersonId>& people) {
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  Attempt attempt;
                  attempt.change.entry.operation = audit::Operation::kReadRetention;
                  attempt.change.entry.principal = call.principal;
                  if (people.empty()) return attempt;
                  NOREN_RETURN_IF_ERROR(StageListShowing(
                      context, call, {audit::Operation::kReadRetention, kForm, kToEnd, {}},
                      {people.begin(), people.end()}, attempt));
                  return attempt;
                })
      .status();
}

}  // namespace

StatusOr<std::vector<RetentionRow>> ListRetention(ServiceContext& context, const Call& call,
                                                  const RetentionWindow& window) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const RetentionLook look, LookAtRetention(context));
  std::vector<RetentionRow> rows;
  std::set<model::PersonId> shown;
  const auto add = [&](const LoadedPerson& person) -> Status {
    NOREN_ASSIGN_OR_RETURN(auto row, RetentionRowOf(look, person));
    if (!row || !Passes(*row, window)) return OkStatus();
    if (shown.size() < kMaxPeopleInList) shown.insert(person.person);
    rows.push_back(*std::move(row));
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(ForEachPerson(context, add));
  std::ranges::sort(rows, [](const RetentionRow& a, const RetentionRow& b) {
    return std::tie(a.due.destroy_by, a.named.portal, a.named.handle) <
           std::tie(b.due.destroy_by, b.named.portal, b.named.handle);
  });
  NOREN_RETURN_IF_ERROR(RecordLook(context, call, shown));
  return rows;
}

StatusOr<PlannedDestruction> PlanRetention(ServiceContext& context, const Call& call,
                                           const PlanRetentionRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const auto rows,
                         ListRetention(context, call, {RetentionFilter::kDue, {}, {}}));
  if (rows.empty()) return MakeError(ErrorCode::kNotFound, "nobody is due");
  PlanRequest plan{request.idempotency_key, {}, request.reason};
  std::set<std::string> clauses;
  for (const RetentionRow& row : rows) {
    plan.rule.people.push_back(row.named);
    clauses.insert(row.due.clauses.begin(), row.due.clauses.end());
  }
  // Rows are by date: the receipt says the day on which the first of them had to be gone.
  plan.reason += " (by " + model::ToIso(rows.front().due.destroy_by);
  for (const std::string& clause : clauses) plan.reason += ", " + clause;
  plan.reason += ")";
  return PlanDestruction(context, call, plan);
}

}  // namespace noren::operations
