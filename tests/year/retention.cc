// The periods: who is asked, who is locked, who goes, what is held beyond, and the officer's queue.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/retention.h"

#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/legal_holds.h"
#include "engine/personal_data/destruction_statement.h"
#include "engine/policy/calendar/civil.h"
#include "engine/policy/stated_names.h"
#include "engine/policy/stated_rules.h"
#include "tests/support/status_matchers.h"
#include "tests/year/year.h"

namespace noren::year {
namespace {

using operations::RetentionFilter;
using operations::RetentionRow;
using policy::Entry;
using policy::calendar::Standing;

constexpr std::uint32_t kAllParts = 1'000'000;
constexpr std::int64_t kHeldDays = 100, kDaySeconds = 86400;
constexpr std::int32_t kMarginDays = 3;

// Whether the end of a registration by its own wish sets a time limit of destruction.
bool LeavingSetsADate(const policy::Policy& policy) {
  const Entry* const destruction = policy::One(policy, "destruction");
  for (const std::string_view id : destruction->Many("limits")) {
    const Entry* const rule = policy.statement->ById("date_rule", id);
    if (rule != nullptr && rule->Holds("anchor", "cancelled")) return true;
  }
  return std::ranges::any_of(policy::All(policy, "retention"), [](const Entry* one) {
    return one->Holds("until", "withdrawal_of_membership") ||
           one->Holds("until", "registration_ended");
  });
}

}  // namespace

// Where a day is all there is, somebody is there on every day.
bool Year::KeepsEveryDay() {
  for (const std::string_view id : policy::One(rules(), "destruction")->Many("limits")) {
    const Entry* const rule = rules().statement->ById("date_rule", id);
    const auto cap = rule == nullptr ? std::nullopt : rule->Number("cap_days");
    if (cap && *cap <= 2) return true;
  }
  return false;
}

// Every rule that gave this row its dates.
void Year::CountRetentionRules(const RetentionRow& row) {
  const std::string id = row.due.retention.substr(row.due.retention.find('.') + 1);
  const Entry* const kept = rules().statement->ById("retention", id);
  ASSERT_NE(kept, nullptr) << row.due.retention;
  for (const std::string_view rule : kept->Many("rule"))
    ++bites_[rules().id + "." + std::string(rule)];
  if (kept->Word("renewal") && !row.due.is_minimum) ++bites_[rules().id + ".reconsent"];
  const policy::calendar::EventDay ends[] = {
      {"retention_ended", row.due.kept_until},
      {"registration_ended", row.due.kept_until},
      {"erasure_accepted", row.due.kept_until},
      {"cancelled",
       row.due.is_minimum ? policy::calendar::AddDays(row.due.kept_until, 1) : row.due.kept_until}};
  for (const std::string_view limit : policy::One(rules(), "destruction")->Many("limits")) {
    const auto rule = policy::StatedDateRule(rules(), limit);
    if (!rule.ok()) continue;
    const auto due = policy::DueDayOf(rules(), *rule, ends, today_);
    if (due.ok() && *due && (*due)->last_day == row.due.destroy_by) ++bites_[rule->id];
  }
}

bool Year::HasToGoNow(const std::vector<RetentionRow>& rows) const {
  const bool is_tuesday =
      policy::calendar::WeekdayOf(today_) == policy::calendar::Weekday::kTuesday;
  const model::CivilDay soon = policy::calendar::AddDays(today_, kMarginDays);
  return !rows.empty() && (is_tuesday || !InYear() || !(soon < rows.front().due.destroy_by));
}

void Year::KeepTime() {
  if (people_.empty()) return;
  const bool looks = IsWorkingDay(today_) || KeepsEveryDay() || !InYear();
  if (!looks) return;
  const auto run = operations::RunRetention(context(), officer());
  ASSERT_OK(run);
  counts_["notices before the end"] += run->notices;
  counts_["locked after the end"] += run->locked;
  if (run->notices > 0 && policy::One(rules(), "reconsent") != nullptr)
    bites_[rules().id + ".reconsent"] += run->notices;
  ReadPortalEvents();
  PlaceHolds();
  if (run->due + run->overdue > 0) {
    const auto rows =
        operations::ListRetention(context(), officer(), {RetentionFilter::kDue, {}, {}});
    ASSERT_OK(rows);
    if (HasToGoNow(*rows)) DestroyDue(*rows);
  }
  DestroyDueHolds();
  if (!InYear()) return;
  if (run->due + run->overdue > 0) NobodyIsOverdue();
  SnapshotQueue();
}

// Nothing stands beyond its last day once the officers have gone home.
void Year::NobodyIsOverdue() {
  const auto overdue =
      operations::ListRetention(context(), officer(), {RetentionFilter::kOverdue, {}, {}});
  ASSERT_OK(overdue);
  EXPECT_TRUE(overdue->empty()) << plan_.name << " " << model::ToIso(today_) << ": "
                                << overdue->size() << " are overdue";
}

void Year::DestroyDue(const std::vector<RetentionRow>& rows) {
  for (const RetentionRow& row : rows) {
    CountRetentionRules(row);
    if (row.due.standing == Standing::kOverdue) ++counts_["destroyed after the last day"];
  }
  const auto planned = operations::PlanRetention(
      context(), officer("planner"), {service_->NextKey(), "the period of keeping is over"});
  if (!Ok(planned.status(), "plan what is due")) return;
  EXPECT_EQ(planned->plan.counts.people, rows.size());
  const auto waiting =
      operations::ListRetention(context(), officer(), {RetentionFilter::kDue, {}, {}});
  ASSERT_OK(waiting);
  for (const RetentionRow& row : *waiting) EXPECT_TRUE(row.awaits_approval);
  ApproveAndExecute(planned->plan, "period over", model::ToIso(rows.front().due.destroy_by));
  std::vector<operations::NamedPerson> named;
  for (const RetentionRow& row : rows) named.push_back(row.named);
  LookWhoIsGone(named);
  std::erase_if(erasures_, [&](const auto& open) { return !IsOpenErasure(open.first); });
}

bool Year::IsOpenErasure(const model::RequestId& request) {
  const auto all = operations::ListErasureRequests(context(), officer());
  EXPECT_OK(all);
  if (!all.ok()) return true;
  const auto one = std::ranges::find(*all, request, &operations::ErasureRequest::request);
  return one != all->end() && one->state != operations::ErasureRequest::State::kDone;
}

void Year::DestroyByPlan(const operations::DestructionRule& rule, const std::string& kind,
                         const std::string& due) {
  const auto planned = operations::PlanDestruction(
      context(), officer("planner"), {service_->NextKey(), rule, "plan of destruction: " + kind});
  if (!Ok(planned.status(), "plan: " + kind)) return;
  ApproveAndExecute(planned->plan, kind, due);
}

// Never by one officer alone, and never before it is approved.
void Year::ApproveAndExecute(const operations::PlanRecord& plan, const std::string& kind,
                             const std::string& due) {
  const auto approve = [&](const std::string& name) {
    return operations::ApproveDestruction(context(), officer(name), service_->NextKey(), plan.plan,
                                          plan.digest)
        .status();
  };
  const auto early =
      operations::ExecuteDestruction(context(), officer("planner"), plan.plan, kAllParts);
  EXPECT_EQ(model::CodeOf(early.status()), model::ErrorCode::kApprovalRequired);
  EXPECT_EQ(model::CodeOf(approve("planner")), model::ErrorCode::kApprovalRequired);
  if (!Ok(approve("approver"), "approve")) return;
  const auto done =
      operations::ExecuteDestruction(context(), officer("planner"), plan.plan, kAllParts);
  if (!Ok(done.status(), "execute: " + kind)) return;
  ASSERT_TRUE(done->receipt) << "no receipt";
  const auto key = personal_data::ReceiptVerifyingKey(service_->keys());
  ASSERT_OK(key);
  const auto receipt = personal_data::VerifyRunReceipt(
      done->receipt->signed_receipt.text, done->receipt->signed_receipt.signature, *key);
  ASSERT_OK(receipt);
  executed_.push_back({kind, due, today_, today_, receipt->totals.people, receipt->totals.items,
                       receipt->totals.held_people, receipt->totals.held_items, receipt->receipt});
}

// Whoever asked goes at the officer's hand, or, where leaving sets a date, half with what is due.
void Year::CarryOutErasures() {
  const bool has_date = LeavingSetsADate(rules());
  std::vector<model::RequestId> by_plan;
  const auto open = erasures_;
  for (const auto& [request, number] : open) {
    Somebody* const one = &At(number);
    if (one->gone) {
      erasures_.erase(request);
      continue;
    }
    if (has_date && one->number % 2 == 1) continue;
    if (one->number % 4 == 0) {
      by_plan.push_back(request);
      continue;
    }
    const auto destroyed = operations::DestroyPerson(
        context(), officer(), {service_->NextKey(), request, "asked by the person"});
    if (!Ok(destroyed.status(), "destroy at once")) continue;
    ++destroyed_at_once_;
    executed_.push_back({"on request, at once", "", today_, today_, 1, 0, 0, 0, {}});
    BeGone(*one);
    erasures_.erase(request);
  }
  if (by_plan.empty()) return;
  std::vector<operations::NamedPerson> named;
  for (const model::RequestId& request : by_plan)
    named.push_back(NamedOf(At(erasures_.at(request))));
  operations::DestructionRule rule;
  rule.by = operations::SelectBy::kRequests;
  rule.requests = by_plan;
  DestroyByPlan(rule, "on request, by plan", "");
  LookWhoIsGone(named);
  for (const model::RequestId& request : by_plan) erasures_.erase(request);
}

// A statute keeps a name beyond the person, for a time that ends within the year.
void Year::PlaceHolds() {
  if (rules().holds.items.empty()) return;
  for (const auto& one : people_) {
    const bool is_one = one->leaves && !one->gone && one->number % 5 == 0;
    if (!is_one || held_.contains(one->number)) continue;
    held_.insert(one->number);
    const auto placed =
        operations::PlaceHold(context(), officer(),
                              {service_->NextKey(),
                               "first-portal",
                               one->known.handle,
                               {model::ItemKind::kName},
                               UnixSeconds{context().time.Now().value + kHeldDays * kDaySeconds},
                               "Act 11, article 7",
                               "another act says that it is kept"});
    Count(placed.status(), "place a hold");
  }
}

void Year::DestroyDueHolds() {
  if (held_.empty()) return;
  const auto holds = operations::ListHolds(context(), officer());
  ASSERT_OK(holds);
  const bool any = std::ranges::any_of(*holds, [](const auto& hold) { return hold.due; });
  if (!any) return;
  operations::DestructionRule rule;
  rule.level = operations::DestructionLevel::kHeld;
  rule.by = operations::SelectBy::kDueHolds;
  DestroyByPlan(rule, "held copies whose time is over", "");
}

// The service behind one file is given up: everything in it goes, and nobody with it.
void Year::GiveUpOneFile() {
  operations::DestructionRule rule;
  rule.level = operations::DestructionLevel::kFile;
  rule.by = operations::SelectBy::kFile;
  rule.file = "applications";
  const auto limit = policy::StatedDateRule(rules(), "destroy_file");
  ASSERT_OK(limit);
  const policy::calendar::EventDay abolished{"service_abolished", today_};
  const auto due = policy::DueDayOf(rules(), *limit, {&abolished, 1}, today_);
  ASSERT_OK(due);
  ASSERT_TRUE(*due);
  DestroyByPlan(rule, "a whole file", model::ToIso((*due)->last_day));
  ++bites_[limit->id];
}

void Year::CountKeptEntries() {
  for (const auto& policy : policies_) {
    const auto rule = policy::StatedDateRule(*policy, "log");
    if (!rule.ok()) continue;
    for (const audit::AuditEntry& entry : service_->Entries()) {
      const policy::calendar::EventDay written{
          "log_entry", model::CivilDayAt(entry.time, policy->utc_offset_seconds)};
      const auto kept = policy::DueDayOf(*policy, *rule, {&written, 1}, today_);
      ASSERT_OK(kept);
      bites_[rule->id] += *kept && (*kept)->last_day < today_ ? 1 : 0;
    }
  }
}

// The officer's calendar on the first day of each quarter of the year, and on the last: who goes
// within so many days.
void Year::SnapshotQueue() {
  constexpr std::int32_t kEvery = 91, kShownDays = 200;
  const std::int32_t day = today_.days_since_1970 - first_day_.days_since_1970;
  const std::int32_t left = last_day_.days_since_1970 - today_.days_since_1970;
  const bool is_new_quarter = day / kEvery != queue_quarter_;
  if (!is_new_quarter && left > 0) return;
  queue_quarter_ = day / kEvery;
  const auto rows = operations::ListRetention(
      context(), officer(),
      {RetentionFilter::kAll, {}, policy::calendar::AddDays(today_, kShownDays)});
  ASSERT_OK(rows);
  queue_ += "# " + model::ToIso(today_) + "\n";
  std::vector<std::string> lines;
  for (const RetentionRow& row : *rows) {
    std::string line =
        model::ToIso(row.due.destroy_by) + " kept until " + model::ToIso(row.due.kept_until) +
        " p" + std::to_string(OfHandle(row.named.handle.ToString())->number) + " " +
        row.due.retention + " " + std::string(policy::calendar::StandingName(row.due.standing));
    for (const std::string& by : row.due.blocked_by) line += ", blocked by " + by;
    if (row.notice_due)
      line += ", to be asked: " + std::string(policy::NoticeKindName(row.notice_due->kind));
    if (row.holds > 0) line += ", held";
    lines.push_back(std::move(line));
  }
  // Rows of one day are in the order of their handles, which are random.
  std::ranges::sort(lines);
  for (const std::string& line : lines) queue_ += line + "\n";
}

}  // namespace noren::year
