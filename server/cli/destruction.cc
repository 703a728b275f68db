// noren destruction plan | show | list | approve | execute | receipts | bundle (officer)
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

#include "crypto/base/encoding.h"
#include "gen-cpp/DestructionService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/officer_time.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

constexpr std::size_t kMaxListSizeBytes = std::size_t{16} << 20;

struct DestructionOptions {
  wire::DestructionRule rule;
  std::string idle_since, older_than, kind, file;
  std::string reason, plan, digest, out, receipt;
  bool dry_run = false;
};

model::JsonValue ToJson(const wire::DestructionPlan& plan) {
  model::JsonValue object;
  object.Set("plan", plan.plan).Set("state", plan.state).Set("level", plan.level);
  object.Set("by", plan.by).Set("file", plan.file).Set("people", plan.people);
  object.Set("items", plan.items).Set("held_people", plan.held_people);
  object.Set("held_items", plan.held_items).Set("statement", plan.statement);
  object.Set("digest", HexOf(plan.digest)).Set("reason", plan.reason);
  object.Set("planner", plan.planner).Set("approver", plan.approver);
  object.Set("created_at", plan.created_at).Set("expires_at", plan.expires_at);
  object.Set("parts", std::int64_t{plan.parts}).Set("parts_done", std::int64_t{plan.parts_done});
  object.Set("spared", plan.spared);
  return object.Set("receipt", plan.receipt);
}

std::string ToText(const wire::DestructionPlan& plan) {
  Table table({"FIELD", "VALUE"});
  table.Add({"plan", plan.plan.empty() ? "(dry run: nothing is stored)" : plan.plan});
  table.Add({"state", plan.state});
  table.Add({"level", plan.level + (plan.file.empty() ? "" : " " + plan.file)});
  table.Add({"people", std::to_string(plan.people)});
  table.Add({"items", std::to_string(plan.items)});
  table.Add({"people under a hold", std::to_string(plan.held_people)});
  table.Add({"items that holds keep", std::to_string(plan.held_items)});
  if (plan.plan.empty()) return table.ToText();
  table.Add({"digest", HexOf(plan.digest)});
  table.Add({"reason", SafeForTerminal(plan.reason)});
  table.Add({"planned by", plan.planner});
  table.Add({"approved by", plan.approver.empty() ? "-" : plan.approver});
  table.Add({"valid until", TimeText(plan.expires_at)});
  table.Add({"parts done", std::to_string(plan.parts_done) + " of " + std::to_string(plan.parts)});
  table.Add({"receipt", plan.receipt.empty() ? "-" : plan.receipt});
  return table.ToText();
}

template <typename Function>
Status CallDestruction(Session& session, Function function) {
  return CallService<wire::DestructionServiceClient>(session, "destruction", function);
}

Status TakeTimes(const DestructionOptions& options, wire::DestructionRule& rule) {
  if (!options.idle_since.empty()) {
    NOREN_ASSIGN_OR_RETURN(const std::int64_t at, ParseDay(options.idle_since, "--idle-since"));
    rule.__set_idle_since(at);
  }
  if (!options.older_than.empty()) {
    NOREN_ASSIGN_OR_RETURN(const std::int64_t at, ParseDay(options.older_than, "--older-than"));
    rule.__set_older_than(at);
  }
  if (!options.kind.empty()) rule.__set_kind(options.kind);
  if (!options.file.empty()) rule.__set_file(options.file);
  return OkStatus();
}

// "@FILE" stands for the lines of the file.
Status ExpandFiles(std::vector<std::string>& values) {
  std::vector<std::string> expanded;
  for (const std::string& value : values) {
    if (!value.starts_with('@')) {
      expanded.push_back(value);
      continue;
    }
    NOREN_ASSIGN_OR_RETURN(const std::string text,
                           ReadTextFile(value.substr(1), kMaxListSizeBytes));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) expanded.push_back(line);
    }
  }
  values = std::move(expanded);
  return OkStatus();
}

Status Plan(CommandContext& context, const DestructionOptions& options) {
  wire::PlanDestruction request;
  request.rule = options.rule;
  NOREN_RETURN_IF_ERROR(ExpandFiles(request.rule.requests));
  NOREN_RETURN_IF_ERROR(ExpandFiles(request.rule.people));
  NOREN_RETURN_IF_ERROR(ExpandFiles(request.rule.items));
  NOREN_RETURN_IF_ERROR(TakeTimes(options, request.rule));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.reason = options.reason;
  request.dry_run = options.dry_run;
  wire::DestructionPlan answer;
  NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
    client.plan_destruction(answer, request);
  }));
  context.console.Result(ToJson(answer), ToText(answer));
  if (!options.dry_run)
    context.console.Remark("another officer approves it with: noren destruction approve " +
                           answer.plan + " --digest " + HexOf(answer.digest));
  return OkStatus();
}

Status Show(CommandContext& context, const DestructionOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::DestructionPlan answer;
  NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
    client.show_plan(answer, options.plan);
  }));
  context.console.Result(ToJson(answer), ToText(answer));
  return OkStatus();
}

Status List(CommandContext& context, const DestructionOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  Table table({"PLAN", "STATE", "LEVEL", "PEOPLE", "ITEMS", "PLANNED BY", "CREATED"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::PlanPage page;
    NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
      client.list_plans(page, MakePage(cursor));
    }));
    for (const wire::DestructionPlan& plan : page.plans) {
      table.Add({plan.plan, plan.state, plan.level, std::to_string(plan.people),
                 std::to_string(plan.items), plan.planner, TimeText(plan.created_at)});
      rows.Append(ToJson(plan));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("plans", std::move(rows)), table.ToText());
  return OkStatus();
}

Status Approve(CommandContext& context, const DestructionOptions& options) {
  const auto digest = HexDecode(options.digest);
  if (!digest.ok() || digest->size() != 32) return UsageError("--digest: 64 hex digits");
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::ApproveDestruction request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.plan = options.plan;
  request.digest.assign(digest->begin(), digest->end());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
    client.approve_destruction(answer, request);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("plan", options.plan).Set("audit", cli::ToJson(answer)),
                         "approved; " + cli::ToText(answer));
  return OkStatus();
}

// {"receipt": text as signed, "signature": hex, "key": hex}
model::JsonValue ToJson(const wire::DestructionReceipt& receipt) {
  model::JsonValue object;
  object.Set("id", receipt.receipt).Set("receipt", receipt.text);
  object.Set("signature", HexOf(receipt.signature)).Set("key", HexOf(receipt.public_key));
  return object.Set("audit_sequence", receipt.audit_sequence);
}

Status Execute(CommandContext& context, const DestructionOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::ExecutionProgress progress;
  while (!progress.__isset.receipt) {
    progress = {};
    NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
      client.execute_destruction(progress, options.plan);
    }));
    context.console.Progress("parts", static_cast<std::uint64_t>(progress.plan.parts_done),
                             static_cast<std::uint64_t>(progress.plan.parts));
  }
  context.console.EndProgress();
  model::JsonValue object = ToJson(progress.receipt);
  if (!options.out.empty())
    NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, model::DumpCanonical(object) + "\n"));
  context.console.Result(
      object, "destroyed: " + std::to_string(progress.plan.people - progress.plan.spared) +
                  " people, " + std::to_string(progress.plan.items) + " items; receipt " +
                  progress.receipt.receipt + ", audit entry " +
                  std::to_string(progress.receipt.audit_sequence));
  return OkStatus();
}

StatusOr<std::vector<wire::DestructionReceipt>> FetchReceipts(Session& session) {
  std::vector<wire::DestructionReceipt> receipts;
  std::string cursor;
  do {
    wire::ReceiptPage page;
    NOREN_RETURN_IF_ERROR(CallDestruction(session, [&](wire::DestructionServiceClient& client) {
      client.list_destruction_receipts(page, MakePage(cursor));
    }));
    receipts.insert(receipts.end(), page.receipts.begin(), page.receipts.end());
    cursor = page.next_cursor;
  } while (!cursor.empty());
  return receipts;
}

Status ListReceipts(CommandContext& context, const DestructionOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_ASSIGN_OR_RETURN(const auto receipts, FetchReceipts(*session));
  Table table({"RECEIPT", "ENTRY"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::DestructionReceipt& one : receipts) {
    table.Add({one.receipt, std::to_string(one.audit_sequence)});
    rows.Append(ToJson(one));
  }
  model::JsonValue object;
  context.console.Result(object.Set("receipts", std::move(rows)), table.ToText());
  return OkStatus();
}

Status Bundle(CommandContext& context, const DestructionOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::string bundle;
  NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
    client.destruction_receipt_bundle(bundle, options.receipt);
  }));
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, bundle));
  model::JsonValue object;
  context.console.Result(object.Set("file", options.out), options.out);
  context.console.Remark("verify it with: noren audit verify-bundle FILE --key KEY");
  return OkStatus();
}

using Options = std::shared_ptr<DestructionOptions>;
using Action = Status (*)(CommandContext&, const DestructionOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

void AddPlan(CLI::App& destruction, CommandContext& context, const Options& options) {
  CLI::App* plan = destruction.add_subcommand("plan", "selects what is to be destroyed");
  plan->add_option("LEVEL", options->rule.level, "people, items, file or held")->required();
  plan->add_option("--request", options->rule.requests, "people: request-... (repeatable)");
  plan->add_option("--person", options->rule.people, "people: portal/seeker-... (repeatable)");
  plan->add_option("--idle-since", options->idle_since, "people who did nothing since that day");
  plan->add_option("--item", options->rule.items, "items: portal/seeker-.../item-...");
  plan->add_option("--kind", options->kind, "items of this kind, with --older-than");
  plan->add_option("--older-than", options->older_than, "day, 2026-01-31 (UTC)");
  plan->add_option("--file", options->file, "file: its id in the policy");
  plan->add_option("--hold", options->rule.holds, "held: hold-...; none: all that are due");
  plan->add_option("--reason", options->reason, "ground, internal plan")->required();
  plan->add_flag("--dry-run", options->dry_run, "counts, and stores nothing");
  Bind(plan, context, options, Plan);
}

}  // namespace

void AddDestructionCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<DestructionOptions>();
  CLI::App& destruction = AddNoun(root, "destruction", "destruction by plan (officer)");
  AddPlan(destruction, context, options);
  const auto with_plan = [&](const char* verb, const char* what, Action action) {
    CLI::App* command = destruction.add_subcommand(verb, what);
    command->add_option("PLAN", options->plan, "plan-...")->required();
    Bind(command, context, options, action);
    return command;
  };
  with_plan("show", "a plan", Show);
  Bind(destruction.add_subcommand("list", "plans, newest first"), context, options, List);
  with_plan("approve", "approves a plan that another officer made", Approve)
      ->add_option("--digest", options->digest, "of the plan that was looked at, hex")
      ->required();
  with_plan("execute", "destroys; may be called again after any failure", Execute)
      ->add_option("--out", options->out, "file for the signed receipt");
  Bind(destruction.add_subcommand("receipts", "signed receipts"), context, options, ListReceipts);
  CLI::App* bundle = destruction.add_subcommand("bundle", "a receipt as a proof bundle");
  bundle->add_option("RECEIPT", options->receipt, "receipt-...")->required();
  bundle->add_option("--out", options->out, "file for it")->required();
  Bind(bundle, context, options, Bundle);
}

}  // namespace noren::cli
