// noren retention calendar | queue | companies | note | plan | run (officer)
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "gen-cpp/RetentionService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/rights_view.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct RetentionOptions {
  std::string filter = "queue", from_day, to_day, person, reason;
  std::int32_t graduation_year = -1;
  bool confirmed = false, purpose_achieved = false;
  std::string registered_until;
};

template <typename Function>
Status CallRetention(Session& session, Function function) {
  return CallService<wire::RetentionServiceClient>(session, "retention", function);
}

model::JsonValue ToJson(const wire::RetentionRow& row) {
  model::JsonValue json;
  json.Set("person", row.person).Set("rule", row.rule).Set("standing", row.standing);
  json.Set("kept_until", row.kept_until).Set("destroy_by", row.destroy_by);
  json.Set("minimum", bool{row.minimum}).Set("blocked_by", TextArray(row.blocked_by));
  json.Set("clauses", TextArray(row.clauses)).Set("notices", TextArray(row.notices));
  json.Set("notice_due", row.notice_due).Set("holds", static_cast<std::int64_t>(row.holds));
  return json.Set("awaits_approval", bool{row.awaits_approval});
}

Status List(CommandContext& context, const RetentionOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  Table table({"PERSON", "RULE", "STANDING", "KEPT UNTIL", "DESTROY BY", "ASK", "HOLDS"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::RetentionPage page;
    NOREN_RETURN_IF_ERROR(CallRetention(*session, [&](wire::RetentionServiceClient& client) {
      client.list_retention(page, options.filter, options.from_day, options.to_day,
                            MakePage(cursor));
    }));
    for (const wire::RetentionRow& row : page.rows) {
      const std::string waits = row.awaits_approval ? ", to be approved" : "";
      table.Add({row.person, row.rule, row.standing + waits, row.kept_until, row.destroy_by,
                 row.notice_due, std::to_string(row.holds)});
      rows.Append(ToJson(row));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("rows", std::move(rows)), table.ToText());
  return OkStatus();
}

Status Calendar(CommandContext& context, const RetentionOptions& options) {
  RetentionOptions all = options;
  all.filter = "all";
  return List(context, all);
}

Status Companies(CommandContext& context, const RetentionOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::vector<wire::CompanyRetention> companies;
  NOREN_RETURN_IF_ERROR(CallRetention(*session, [&](wire::RetentionServiceClient& client) {
    client.list_company_retention(companies);
  }));
  Table table({"COMPANY", "LEFT", "SAID BY", "RULE", "STANDING", "DESTROY BY", "SETTLED"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::CompanyRetention& one : companies) {
    table.Add({one.company, TimeText(one.left_at), one.said_by, one.rule, one.standing,
               one.destroy_by, one.settled ? "yes" : "no"});
    model::JsonValue row;
    row.Set("company", one.company).Set("left_at", one.left_at).Set("said_by", one.said_by);
    row.Set("settled", bool{one.settled}).Set("rule", one.rule).Set("standing", one.standing);
    row.Set("kept_until", one.kept_until).Set("destroy_by", one.destroy_by);
    rows.Append(row.Set("clauses", TextArray(one.clauses)));
  }
  model::JsonValue object;
  context.console.Result(object.Set("companies", std::move(rows)), table.ToText());
  return OkStatus();
}

Status Note(CommandContext& context, const RetentionOptions& options) {
  wire::NoteRetention request;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.person = options.person;
  if (options.graduation_year >= 0) request.__set_graduation_year(options.graduation_year);
  request.confirmed = options.confirmed;
  request.registered_until = options.registered_until;
  request.purpose_achieved = options.purpose_achieved;
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallRetention(*session, [&](wire::RetentionServiceClient& client) {
    client.note_retention(answer, request);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("person", options.person).Set("audit", cli::ToJson(answer)),
                         ToText(answer));
  return OkStatus();
}

Status Plan(CommandContext& context, const RetentionOptions& options) {
  wire::PlanRetention request;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.reason = options.reason;
  wire::DestructionPlan plan;
  NOREN_RETURN_IF_ERROR(CallRetention(*session, [&](wire::RetentionServiceClient& client) {
    client.plan_retention(plan, request);
  }));
  model::JsonValue object;
  object.Set("plan", plan.plan).Set("state", plan.state).Set("people", plan.people);
  object.Set("digest", HexOf(plan.digest)).Set("reason", plan.reason);
  context.console.Result(object, plan.plan + ": " + std::to_string(plan.people) +
                                     " people; another officer approves: noren destruction "
                                     "approve " +
                                     plan.plan);
  return OkStatus();
}

Status Run(CommandContext& context, const RetentionOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::RetentionRun run;
  NOREN_RETURN_IF_ERROR(CallRetention(
      *session, [&](wire::RetentionServiceClient& client) { client.run_retention(run); }));
  model::JsonValue object;
  object.Set("notices", run.notices).Set("due", run.due).Set("overdue", run.overdue);
  object.Set("blocked", run.blocked).Set("locked", run.locked);
  context.console.Result(
      object, std::to_string(run.notices) + " asked, " + std::to_string(run.locked) + " locked; " +
                  std::to_string(run.due) + " due, " + std::to_string(run.overdue) + " overdue, " +
                  std::to_string(run.blocked) + " blocked");
  return OkStatus();
}

using Options = std::shared_ptr<RetentionOptions>;
using Action = Status (*)(CommandContext&, const RetentionOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

}  // namespace

void AddRetentionCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<RetentionOptions>();
  CLI::App& retention = AddNoun(root, "retention", "how long people are kept (officer)");
  CLI::App* calendar = retention.add_subcommand("calendar", "when registrations end");
  calendar->add_option("--from", options->from_day, "day, 2026-07-01: destroyed by then or later");
  calendar->add_option("--to", options->to_day, "day: destroyed by then or earlier");
  Bind(calendar, context, options, Calendar);
  CLI::App* queue = retention.add_subcommand("queue", "what is to be done");
  queue->add_option("--filter", options->filter, "queue, due, overdue or all");
  Bind(queue, context, options, List);
  Bind(retention.add_subcommand("companies", "companies that have left, and by when their data go"),
       context, options, Companies);
  CLI::App* note = retention.add_subcommand("note", "what no other record says of a person");
  note->add_option("PERSON", options->person, "portal/seeker-...")->required();
  note->add_option("--graduation-year", options->graduation_year, "fiscal year; 0 takes it back")
      ->check(CLI::NonNegativeNumber);
  note->add_flag("--confirmed", options->confirmed, "the person wants to stay");
  note->add_option("--registered-until", options->registered_until,
                   "the last day of the registration, 2028-01-05");
  note->add_flag("--purpose-achieved", options->purpose_achieved,
                 "what they are registered for has happened");
  Bind(note, context, options, Note);
  CLI::App* plan = retention.add_subcommand("plan", "plans the destruction of who is due");
  plan->add_option("--reason", options->reason, "ground and internal plan")->required();
  Bind(plan, context, options, Plan);
  Bind(retention.add_subcommand("run", "asks who is to be asked, and locks whose period is over"),
       context, options, Run);
}

}  // namespace noren::cli
