// What officers and people see of requests, and by when each is to be answered.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/authorize.h"
#include "engine/operations/exposures.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/rights_answer.h"
#include "engine/operations/rights_work.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/rights_letter.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using policy::DueDay;
using policy::calendar::DateRule;
using policy::calendar::EventDay;
using policy::calendar::Standing;

constexpr std::string_view kForm = "rights-request";
constexpr std::string_view kToAnswer = "to answer a request about one's own data";

model::CivilDay DayOfInstant(ServiceContext& context, UnixSeconds at) {
  return policy::TodayOf(context.policy, at);
}

// The day on which the rule is met at the latest; nullopt: it has not begun.
StatusOr<std::optional<DueDay>> DueBy(ServiceContext& context, const DateRule& rule,
                                      std::string_view event, UnixSeconds at) {
  const EventDay happened{std::string(event), DayOfInstant(context, at)};
  return policy::DueDayOf(context.policy, rule, {&happened, 1},
                          DayOfInstant(context, context.time.Now()));
}

// Of several rules the limit that ends first; a target before it is a reminder of it.
StatusOr<std::optional<DueDay>> AnswerDue(ServiceContext& context, const RightHead& head,
                                          const std::vector<DateRule>& rules) {
  std::optional<DueDay> first;
  if (head.state == RightState::kClosed || head.state == RightState::kWithdrawn) return first;
  const bool counts_from_completeness = policy::CountsFromCompleteness(context.policy);
  const UnixSeconds from = counts_from_completeness ? head.complete_at : head.received_at;
  if (from.value == 0) return first;
  std::vector<model::CivilDay> targets;
  for (const DateRule& rule : rules) {
    NOREN_ASSIGN_OR_RETURN(auto due, DueBy(context, rule, "request_received", from));
    if (!due) continue;
    if (due->is_target) targets.push_back(due->last_day);
    const bool comes_first =
        !first || (first->is_target && !due->is_target) ||
        (first->is_target == due->is_target && due->last_day < first->last_day);
    if (comes_first) first = std::move(due);
  }
  for (const model::CivilDay& day : targets) {
    if (day < first->last_day) first->reminders.push_back(day);
  }
  return first;
}

StatusOr<std::optional<DueDay>> PapersDue(ServiceContext& context, const RightHead& head,
                                          const std::optional<DateRule>& rule) {
  const bool is_over = head.state == RightState::kClosed || head.state == RightState::kWithdrawn;
  if (!rule || !is_over || head.identity.papers_destroyed_at.value != 0)
    return std::optional<DueDay>();
  return DueBy(context, *rule, "answered", head.told_at);
}

struct Rules {
  std::vector<DateRule> answer;
  std::optional<DateRule> papers;
};
StatusOr<Rules> RulesOf(const policy::Policy& policy) {
  Rules rules;
  NOREN_ASSIGN_OR_RETURN(rules.answer, policy::AnswerRules(policy));
  NOREN_ASSIGN_OR_RETURN(rules.papers, policy::PapersRule(policy));
  return rules;
}

// What is left of the words once the papers are gone.
bool IsEmptied(const RightText& text) {
  return text.text.empty() && text.requester.empty() && text.reason.empty() &&
         text.state_before == Hash256{};
}

// Items of which an answer says nothing before people have looked, while it is open.
Status AddReviewed(ServiceContext& context, const LoadedRight& loaded, ListedRight& listed) {
  const auto kinds = policy::ReviewedFirst(context.policy, loaded.head.right);
  const bool is_open = loaded.head.decision.outcome == RightOutcome::kOpen;
  if (kinds.empty() || !is_open || !loaded.person) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, *loaded.person));
  for (const personal_data::ItemRecord& item : items) {
    if (std::ranges::find(kinds, item.kind) == kinds.end()) continue;
    listed.remarks.push_back(std::string(kUnderReview) + " " + item.item.ToString());
  }
  return OkStatus();
}

bool AwaitsReview(const RightHead& head) {
  return head.decision.by == kDecidedByPolicy && head.state == RightState::kDecided;
}

// What stands beside the record: remarks, the desk, and once it is overdue or refused, redress.
Status AddAround(ServiceContext& context, const LoadedRight& loaded, model::Language language,
                 ListedRight& listed) {
  const RightHead& head = loaded.head;
  NOREN_ASSIGN_OR_RETURN(const policy::HandedIn in, HandedInOf(context, head));
  listed.remarks = policy::RemarksOn(context.policy, in, head.identity.papers);
  if (AwaitsReview(head)) listed.remarks.emplace_back("legal_review");
  NOREN_RETURN_IF_ERROR(AddReviewed(context, loaded, listed));
  const policy::Entry* const desk = policy::DeskOf(context.policy, head.right);
  if (desk != nullptr) listed.desk = std::string(desk->Title());
  const bool is_overdue = listed.due && listed.due->standing == Standing::kOverdue &&
                          head.decision.outcome == RightOutcome::kOpen;
  const bool is_refused = head.decision.outcome == RightOutcome::kRefused ||
                          head.decision.outcome == RightOutcome::kPartly;
  if (is_overdue || is_refused)
    listed.redress = policy::RedressText(context.policy, head.right, is_overdue, language);
  return OkStatus();
}

StatusOr<ListedRight> ListedOf(ServiceContext& context, LoadedRight loaded, const Rules& rules,
                               model::Language language) {
  ListedRight listed;
  listed.head = loaded.head;
  if (loaded.text_stored && !IsEmptied(loaded.text)) listed.text = std::move(loaded.text);
  if (listed.head.state == RightState::kWaiting) {
    const Status missing = WhatIsMissing(context, listed.head);
    if (!missing.ok()) listed.missing = model::DetailOf(missing);
  }
  NOREN_ASSIGN_OR_RETURN(listed.due, AnswerDue(context, listed.head, rules.answer));
  NOREN_ASSIGN_OR_RETURN(listed.papers, PapersDue(context, listed.head, rules.papers));
  NOREN_RETURN_IF_ERROR(AddAround(context, loaded, language, listed));
  if (listed.head.person.is_none()) return listed;
  NOREN_ASSIGN_OR_RETURN(const Freezes freezes, ReadFreezes(context, listed.head.person));
  listed.frozen = std::ranges::any_of(
      freezes.all, [&](const Freeze& freeze) { return freeze.request == listed.head.request; });
  return listed;
}

bool IsReminded(ServiceContext& context, const std::optional<DueDay>& due) {
  if (!due) return false;
  const model::CivilDay today = DayOfInstant(context, context.time.Now());
  const bool reminded = std::ranges::any_of(
      due->reminders, [today](const model::CivilDay& day) { return !(today < day); });
  return reminded || due->standing == Standing::kOverdue || due->last_day == today;
}

bool Passes(ServiceContext& context, const ListedRight& listed, RightFilter filter) {
  if (filter == RightFilter::kAll) return true;
  if (filter == RightFilter::kReview) return AwaitsReview(listed.head);
  const bool is_open =
      listed.head.state != RightState::kClosed && listed.head.state != RightState::kWithdrawn;
  if (filter == RightFilter::kOpen) return is_open || listed.papers.has_value();
  return IsReminded(context, listed.due) || IsReminded(context, listed.papers);
}

// Who asked and is still there reads that an officer has seen it.
Status RecordLook(ServiceContext& context, const Call& call,
                  const std::vector<ListedRight>& listed) {
  std::set<model::PersonId> people;
  for (const ListedRight& one : listed) {
    const bool is_there = !one.head.person.is_none() && one.text.has_value();
    if (is_there && people.size() < kMaxPeopleInList) people.insert(one.head.person);
  }
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  Attempt attempt;
                  attempt.change.entry.operation = audit::Operation::kReadRights;
                  attempt.change.entry.principal = call.principal;
                  if (people.empty()) return attempt;
                  NOREN_RETURN_IF_ERROR(StageListShowing(
                      context, call, {audit::Operation::kReadRights, kForm, kToAnswer, {}},
                      {people.begin(), people.end()}, attempt));
                  return attempt;
                })
      .status();
}

void SortByTime(std::vector<ListedRight>& rights) {
  std::ranges::sort(rights, [](const ListedRight& a, const ListedRight& b) {
    return std::tie(a.head.received_at, a.head.request) <
           std::tie(b.head.received_at, b.head.request);
  });
}

}  // namespace

StatusOr<std::vector<ListedRight>> ListRights(ServiceContext& context, const Call& call,
                                              RightFilter filter) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const Rules rules, RulesOf(context.policy));
  std::vector<ListedRight> rights;
  const auto add = [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           personal_data::keyspaces::IdOfKey<model::RequestId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(LoadedRight loaded, LoadRight(context, id));
    NOREN_ASSIGN_OR_RETURN(ListedRight listed,
                           ListedOf(context, std::move(loaded), rules, OperatorsLanguage(context)));
    if (Passes(context, listed, filter)) rights.push_back(std::move(listed));
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(ScanEach(context, std::string(keyspaces::kRights), add));
  SortByTime(rights);
  NOREN_RETURN_IF_ERROR(RecordLook(context, call, rights));
  return rights;
}

StatusOr<ListedRight> ShowRight(ServiceContext& context, const Call& call,
                                const model::RequestId& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const Rules rules, RulesOf(context.policy));
  NOREN_ASSIGN_OR_RETURN(LoadedRight loaded, LoadRight(context, request));
  std::vector<ListedRight> one(1);
  NOREN_ASSIGN_OR_RETURN(one[0],
                         ListedOf(context, std::move(loaded), rules, OperatorsLanguage(context)));
  NOREN_RETURN_IF_ERROR(RecordLook(context, call, one));
  return std::move(one[0]);
}

StatusOr<std::vector<ListedRight>> ReadOwnRights(ServiceContext& context, const Call& call,
                                                 const PersonAct& act) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson reader, AdmitOwnReading(context, call, act));
  NOREN_ASSIGN_OR_RETURN(const Rules rules, RulesOf(context.policy));
  NOREN_ASSIGN_OR_RETURN(const auto requests, RequestsOf(context, reader));
  const model::Language language = LetterLanguage(context, reader.record.language);
  std::vector<ListedRight> rights;
  for (const model::RequestId& id : requests) {
    NOREN_ASSIGN_OR_RETURN(LoadedRight loaded, LoadRight(context, id));
    NOREN_ASSIGN_OR_RETURN(ListedRight listed,
                           ListedOf(context, std::move(loaded), rules, language));
    rights.push_back(std::move(listed));
  }
  SortByTime(rights);
  return rights;
}

}  // namespace noren::operations
