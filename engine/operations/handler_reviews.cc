// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/handler_reviews.h"

#include <map>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/civil_day.h"
#include "engine/operations/authorize.h"
#include "engine/operations/item_use.h"
#include "engine/policy/handler_scope.h"

namespace noren::operations {
namespace {

using policy::RegisteredStep;
using policy::RegisterKind;

constexpr std::int64_t kDaySeconds = 86400;

std::string DayText(ServiceContext& context, UnixSeconds at) {
  return model::ToIso(model::CivilDayAt(at, context.policy.utc_offset_seconds));
}

struct Looked {
  ReviewedHandler handler;
  UnixSeconds idle_since;
};
bool IsIdle(ServiceContext& context, const Looked& looked) {
  return looked.idle_since.value + kIdleAccessDays * kDaySeconds < context.time.Now().value;
}
// Nothing: the handler has no access.
StatusOr<std::optional<Looked>> LookAt(ServiceContext& context, const std::string& name) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<RegisteredStep> steps, LoadRegisters(context));
  const auto scope = policy::ScopeOfHandler(steps, name);
  if (!scope) return std::optional<Looked>();
  Looked looked{{name, scope->role, scope->processor, scope->granted_at, std::nullopt, false}, {}};
  NOREN_ASSIGN_OR_RETURN(const HandlerUses uses, LoadUses(context, name));
  if (!uses.days.empty()) looked.handler.last_use = uses.days.back().last_at;
  NOREN_ASSIGN_OR_RETURN(looked.idle_since, IdleSince(context, name, *scope));
  return std::optional(std::move(looked));
}

AddRegisterEntryRequest EntryFor(ServiceContext& context, std::string step, std::string subject,
                                 std::string result) {
  AddRegisterEntryRequest entry;
  entry.kind = RegisterKind::kHandlers;
  entry.step = std::move(step);
  entry.at = context.time.Now();
  entry.subject = std::move(subject);
  entry.fields = {{"result", std::move(result)}};
  return entry;
}

// Looked at again in the attempt itself: whoever opens something meanwhile keeps their access, or
// opens nothing.
Status WithdrawIfIdle(ServiceContext& context, const Call& call, ReviewedHandler& handler) {
  const auto staged = Record(context, [&]() -> StatusOr<Attempt> {
    handler.withdrawn = false;
    NOREN_ASSIGN_OR_RETURN(const auto looked, LookAt(context, handler.handler));
    Attempt nothing;
    nothing.change.entry.operation = audit::Operation::kReviewHandlers;
    nothing.change.entry.principal = call.principal;
    if (!looked || !IsIdle(context, *looked)) return nothing;
    NOREN_ASSIGN_OR_RETURN(
        Attempt attempt,
        StageRegisterEntry(context, call,
                           EntryFor(context, "withdrawn", handler.handler,
                                    "not used since " + DayText(context, looked->idle_since))));
    attempt.change.entry.operation = audit::Operation::kReviewHandlers;
    handler.withdrawn = true;
    return attempt;
  });
  return staged.status();
}

}  // namespace

StatusOr<HandlerReview> ReviewHandlers(ServiceContext& context, const Call& call,
                                       const std::string& clause) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  HandlerReview review;
  NOREN_ASSIGN_OR_RETURN(const std::vector<RegisteredStep> steps, LoadRegisters(context));
  std::size_t withdrawn = 0;
  for (const std::string& name : policy::HandlersWithAccess(steps)) {
    NOREN_ASSIGN_OR_RETURN(auto looked, LookAt(context, name));
    if (!looked) continue;
    if (IsIdle(context, *looked))
      NOREN_RETURN_IF_ERROR(WithdrawIfIdle(context, call, looked->handler));
    if (looked->handler.withdrawn) ++withdrawn;
    review.handlers.push_back(std::move(looked->handler));
  }
  StatusOr<EntryPosition> recorded = Record(context, [&]() -> StatusOr<Attempt> {
    AddRegisterEntryRequest entry =
        EntryFor(context, "reviewed", "",
                 std::to_string(review.handlers.size()) + " with access, withdrawn from " +
                     std::to_string(withdrawn));
    if (!clause.empty()) entry.clauses = {clause};
    NOREN_ASSIGN_OR_RETURN(Attempt attempt, StageRegisterEntry(context, call, entry));
    review.entry = std::stoull(attempt.answer.at(0));
    return attempt;
  });
  NOREN_RETURN_IF_ERROR(recorded.status());
  return review;
}

StatusOr<std::vector<UseRow>> ListUses(ServiceContext& context, UnixSeconds from, UnixSeconds to) {
  const std::uint64_t first = UseDayOf(context, from);
  const std::uint64_t end = UseDayOf(context, {to.value - 1});
  NOREN_ASSIGN_OR_RETURN(const auto all, LoadAllUses(context));
  std::vector<UseRow> rows;
  for (const HandlerUses& uses : all) {
    for (const ItemUseDay& day : uses.days) {
      if (day.day < first || day.day > end) continue;
      for (const ItemUseLine& line : day.lines) rows.push_back({uses.handler, day.day, line});
    }
  }
  return rows;
}

StatusOr<std::vector<ProcessorReport>> ReportProcessors(ServiceContext& context, UnixSeconds from,
                                                        UnixSeconds to) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<RegisteredStep> steps, LoadRegisters(context));
  std::map<std::string, ProcessorReport> reports;
  for (const RegisteredStep& step : steps) {
    if (step.kind != RegisterKind::kProcessors) continue;
    ProcessorReport& report = reports[step.subject];
    if (!step.Field("task").empty()) report.task = std::string(step.Field("task"));
  }
  for (const std::string& name : policy::HandlersWithAccess(steps)) {
    const auto scope = policy::ScopeOfHandler(steps, name);
    if (scope && !scope->processor.empty()) ++reports[scope->processor].handlers;
  }
  NOREN_ASSIGN_OR_RETURN(const auto rows, ListUses(context, from, to));
  for (const UseRow& row : rows) {
    if (row.line.processor.empty()) continue;
    ProcessorReport& report = reports[row.line.processor];
    report.uses += row.line.uses;
    report.items += row.line.items;
  }
  std::vector<ProcessorReport> sorted;
  for (auto& [name, report] : reports) {
    report.processor = name;
    report.last_inspected = policy::LastInspection(steps, name);
    sorted.push_back(std::move(report));
  }
  return sorted;
}

}  // namespace noren::operations
