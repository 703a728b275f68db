// SPDX-License-Identifier: Apache-2.0
#include "server/services/retention_service.h"

#include "engine/model/errors.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/retention.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_destruction.h"

namespace noren::server {
namespace {

using model::ErrorCode;
using operations::Call;
using operations::RetentionFilter;

StatusOr<RetentionFilter> FilterFromWire(const std::string& filter) {
  if (filter == "all") return RetentionFilter::kAll;
  if (filter == "queue") return RetentionFilter::kQueue;
  if (filter == "due") return RetentionFilter::kDue;
  if (filter == "overdue") return RetentionFilter::kOverdue;
  return model::MakeFieldError(ErrorCode::kBadRequest, "filter", "all, queue, due or overdue");
}

StatusOr<std::optional<model::CivilDay>> DayFromWire(const std::string& text,
                                                     std::string_view field) {
  if (text.empty()) return std::optional<model::CivilDay>();
  const auto day = model::ParseCivilDay(text);
  if (!day.ok()) return model::MakeFieldError(ErrorCode::kBadRequest, field);
  return std::optional(*day);
}

wire::RetentionRow ToWire(const operations::RetentionRow& row) {
  wire::RetentionRow answer;
  answer.person = row.named.portal + "/" + row.named.handle.ToString();
  answer.rule = row.due.retention;
  answer.standing = std::string(policy::calendar::StandingName(row.due.standing));
  answer.kept_until = model::ToIso(row.due.kept_until);
  answer.destroy_by = model::ToIso(row.due.destroy_by);
  answer.minimum = row.due.is_minimum;
  answer.blocked_by = row.due.blocked_by;
  answer.clauses = row.due.clauses;
  for (const policy::RetentionNotice& notice : row.notices)
    answer.notices.push_back(model::ToIso(notice.day));
  if (row.notice_due) answer.notice_due = std::string(policy::NoticeKindName(row.notice_due->kind));
  answer.holds = static_cast<std::int32_t>(row.holds);
  answer.awaits_approval = row.awaits_approval;
  return answer;
}

}  // namespace

void RetentionService::list_retention(wire::RetentionPage& answer, const std::string& filter,
                                      const std::string& from_day, const std::string& to_day,
                                      const wire::PageRequest& page) {
  calls_.Run("retention.list_retention", [&](const Call& call) -> noren::Status {
    operations::RetentionWindow window;
    NOREN_ASSIGN_OR_RETURN(window.filter, FilterFromWire(filter));
    NOREN_ASSIGN_OR_RETURN(window.from, DayFromWire(from_day, "from_day"));
    NOREN_ASSIGN_OR_RETURN(window.to, DayFromWire(to_day, "to_day"));
    // A cursor holds for this filter and these days only.
    const std::string argument = filter + " " + from_day + ".." + to_day;
    const Listing listing = calls_.ListingOf("retention.list_retention", argument);
    NOREN_ASSIGN_OR_RETURN(const std::size_t limit, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(const auto rows,
                           operations::ListRetention(calls_.operations(), call, window));
    const PageRange range = RangeOf(position.offset, limit, rows.size());
    for (std::size_t i = range.begin; i < range.end; ++i) answer.rows.push_back(ToWire(rows[i]));
    if (range.has_more) answer.next_cursor = calls_.cursors().Seal(listing, {range.end, ""});
    return OkStatus();
  });
}

void RetentionService::list_company_retention(std::vector<wire::CompanyRetention>& answer) {
  calls_.Run("retention.list_company_retention", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto rows,
                           operations::ListCompanyRetention(calls_.operations(), call));
    for (const operations::CompanyRetention& one : rows) {
      wire::CompanyRetention& row = answer.emplace_back();
      row.company = one.leaving.company;
      row.left_at = one.leaving.left_at.value;
      row.said_by = one.leaving.said_by;
      row.settled = one.leaving.settled;
      if (!one.due) continue;
      row.rule = one.due->retention;
      row.standing = std::string(policy::calendar::StandingName(one.due->standing));
      row.kept_until = model::ToIso(one.due->kept_until);
      row.destroy_by = model::ToIso(one.due->destroy_by);
      row.clauses = one.due->clauses;
    }
    return OkStatus();
  });
}

void RetentionService::note_retention(wire::AuditPosition& answer,
                                      const wire::NoteRetention& request) {
  calls_.Run("retention.note_retention", [&](const Call& call) -> noren::Status {
    operations::NoteRetentionRequest note;
    note.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(note.person, NamedPersonFromWire(request.person, "person"));
    if (request.__isset.graduation_year) note.graduation_year = request.graduation_year;
    note.confirmed = request.confirmed;
    note.purpose_achieved = request.purpose_achieved;
    NOREN_ASSIGN_OR_RETURN(note.registered_until,
                           DayFromWire(request.registered_until, "registered_until"));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::NoteRetention(calls_.operations(), call, note));
    answer = server::ToWire(position);
    return OkStatus();
  });
}

void RetentionService::plan_retention(wire::DestructionPlan& answer,
                                      const wire::PlanRetention& request) {
  calls_.Run("retention.plan_retention", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto planned,
                           operations::PlanRetention(calls_.operations(), call,
                                                     {request.idempotency.key, request.reason}));
    answer = server::ToWire(planned.plan);
    return OkStatus();
  });
}

void RetentionService::run_retention(wire::RetentionRun& answer) {
  calls_.Run("retention.run_retention", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto run, operations::RunRetention(calls_.operations(), call));
    answer.notices = static_cast<std::int64_t>(run.notices);
    answer.due = static_cast<std::int64_t>(run.due);
    answer.overdue = static_cast<std::int64_t>(run.overdue);
    answer.blocked = static_cast<std::int64_t>(run.blocked);
    answer.locked = static_cast<std::int64_t>(run.locked);
    return OkStatus();
  });
}

}  // namespace noren::server
