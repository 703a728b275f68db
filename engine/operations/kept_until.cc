// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/kept_until.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/model/errors.h"
#include "engine/model/profile.h"
#include "engine/operations/destruction_select.h"
#include "engine/operations/market.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/retention_work.h"
#include "engine/policy/decisions.h"
#include "engine/policy/rights_rules.h"
#include "engine/policy/stated/purposes.h"
#include "engine/policy/stated_names.h"

namespace noren::operations {
namespace {

using policy::NoticeKind;
using policy::calendar::EventDay;

constexpr const char* kStatusConfirmed = "status_confirmed";

void AddConfirmations(const policy::Policy& policy, const LoadedPerson& person,
                      const RetentionNotes& notes, std::vector<EventDay>& events) {
  std::vector<model::CivilDay> confirmed;
  for (const UnixSeconds at : notes.confirmations) confirmed.push_back(policy::TodayOf(policy, at));
  const auto profile = model::DecodeProfile(person.record.profile);
  if (profile.ok() && profile->confirmed_on) confirmed.push_back(*profile->confirmed_on);
  for (const model::CivilDay one : confirmed) {
    for (const char* name : {"reconsent", "continuation_confirmed", kStatusConfirmed})
      events.push_back({name, one});
  }
}

void AddNotes(const policy::Policy& policy, const RetentionNotes& notes,
              std::vector<EventDay>& events) {
  if (notes.graduation_year != 0) {
    const policy::calendar::CivilDate april{notes.graduation_year, 4, 1};
    events.push_back({"graduation_year", policy::calendar::DayOf(april)});
  }
  for (const SentNotice& notice : notes.notices) {
    if (notice.kind == NoticeKind::kContinuation)
      events.push_back({"continuation_mail_sent", policy::TodayOf(policy, notice.at)});
  }
  if (notes.registered_until) events.push_back({"registration_ended", *notes.registered_until});
  if (notes.purpose_achieved) events.push_back({"purpose_achieved", *notes.purpose_achieved});
}

// Everything that has happened to the person, by the names of the rules.
StatusOr<std::vector<EventDay>> EventsOf(ServiceContext& context, const LoadedPerson& person,
                                         const RetentionNotes& notes, const KeptLook& look) {
  const policy::Policy& policy = context.policy;
  const model::CivilDay registered = policy::TodayOf(policy, person.record.registered_at);
  std::vector<EventDay> events = {{"registered", registered}, {"consent", registered}};
  AddConfirmations(policy, person, notes, events);
  if (policy::RetentionCountsFrom(policy, kStatusConfirmed)) {
    NOREN_ASSIGN_OR_RETURN(const UnixSeconds active, ActiveAt(context, person));
    events.push_back({kStatusConfirmed, policy::TodayOf(policy, active)});
  }
  AddNotes(policy, notes, events);
  if (!look.left) return events;
  for (const char* name : {"withdrawal_of_membership", "registration_ended", "cancelled"})
    events.push_back({name, policy::TodayOf(policy, *look.left)});
  return events;
}

// Whether the period that was told at consent stays: a later version does not stretch it.
bool FreezesPeriods(const policy::Policy& version) {
  return std::ranges::any_of(policy::All(version, "retention"), [](const policy::Entry* entry) {
    return entry->Bool("frozen") == true;
  });
}

}  // namespace

StatusOr<std::optional<policy::RetentionDue>> DueOf(ServiceContext& context,
                                                    const LoadedPerson& person,
                                                    const RetentionNotes& notes,
                                                    const KeptLook& look) {
  NOREN_ASSIGN_OR_RETURN(const auto events, EventsOf(context, person, notes, look));
  NOREN_ASSIGN_OR_RETURN(auto due, policy::RetentionDueOf(context.policy, events, look.today));
  if (person.record.stated.agreed == context.policy.digest) return due;
  const auto version = AgreedVersion(context, person);
  // What was promised cannot be shown: then the policy in force holds alone.
  if (model::CodeOf(version.status()) == model::ErrorCode::kDataCorrupt) return due;
  NOREN_RETURN_IF_ERROR(version.status());
  if (!FreezesPeriods(**version)) return due;
  NOREN_ASSIGN_OR_RETURN(auto promised, policy::RetentionDueOf(**version, events, look.today));
  const bool is_earlier = promised && (!due || promised->kept_until < due->kept_until);
  return is_earlier ? promised : due;
}

// Who has asked for erasure is frozen from then on: nothing of it is looked up here.
StatusOr<std::optional<policy::RetentionDue>> DueNow(ServiceContext& context,
                                                     const LoadedPerson& person) {
  const bool states_none = policy::All(context.policy, "retention").empty();
  if (states_none && person.record.stated.agreed == context.policy.digest)
    return std::optional<policy::RetentionDue>();
  NOREN_ASSIGN_OR_RETURN(const LoadedNotes loaded, LoadNotes(context, person));
  const KeptLook look{policy::TodayOf(context.policy, context.time.Now()), std::nullopt};
  return DueOf(context, person, loaded.notes, look);
}

Status RequireKept(ServiceContext& context, const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto due, DueNow(context, person));
  if (due && policy::IsOver(due->standing)) return policy::RefuseBy(context.policy, "E_EXPIRED");
  return OkStatus();
}

Status RequireInTime(ServiceContext& context, const LoadedPerson& person, std::string_view field) {
  NOREN_ASSIGN_OR_RETURN(const auto due, DueNow(context, person));
  const bool is_late = due && !due->is_minimum && policy::IsOver(due->standing);
  return is_late ? policy::RefuseBy(context.policy, "E_EXPIRED", field) : OkStatus();
}

namespace {

// By the kind that the person is of today: in no ranking, or in those of some companies. Where no
// purpose asks for it and the person was always of one kind, nobody is left out here.
void TakeKind(ServiceContext& context, const LoadedPerson& person, PersonUse& use) {
  const personal_data::PersonFacts& facts = person.record.facts;
  if (context.policy.statement == nullptr) return;
  if (facts.kinds.empty() && !policy::RanksBySubKindOrCompany(context.policy)) return;
  const KindToday kind = KindOfToday(context, person);
  policy::RankingReach reach = policy::ReachOf(
      context.policy, {policy::Search::kEither, kind.kind, kind.sub_kinds, std::nullopt});
  use.allowed = !reach.nobody;
  use.companies = std::move(reach.classes);
  const model::CivilDay today = policy::TodayOf(context.policy, context.time.Now());
  const auto turn = personal_data::NextTurn(facts, today);
  if (turn) use.last_day = turn->days_since_1970 - 1;
}

}  // namespace

StatusOr<PersonUse> UseOf(ServiceContext& context, const LoadedPerson& person) {
  PersonUse use;
  TakeKind(context, person, use);
  if (!use.allowed) return use;
  if (person.record.stated.agreed != context.policy.digest) {
    NOREN_ASSIGN_OR_RETURN(const policy::Decision ranked,
                           JudgeRanking(context, person, policy::Search::kEither));
    use.allowed = ranked.error != model::ErrorCode::kConsentAnew;
  }
  NOREN_ASSIGN_OR_RETURN(const auto due, DueNow(context, person));
  if (!due || !use.allowed) return use;
  use.allowed = !policy::IsOver(due->standing);
  // What only waits for a notice ends with the notice, not with a day.
  if (due->standing == policy::calendar::Standing::kKept) {
    const std::int32_t end = due->kept_until.days_since_1970;
    use.last_day = std::min(end, use.last_day.value_or(end));
  }
  return use;
}

Status EndByDate(ServiceContext& context) {
  const model::CivilDay today = policy::TodayOf(context.policy, context.time.Now());
  return context.market.EndBefore(today.days_since_1970);
}

}  // namespace noren::operations
