// noren status, erasure, cards renew, backup create, clock confirm: the privacy officer.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>

#include "crypto/base/clock.h"
#include "crypto/base/encoding.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct OfficerOptions {
  std::string request, reason, out;
  std::string at = "now";
};

Status ShowStatus(CommandContext& context, const OfficerOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::Status answer;
  NOREN_RETURN_IF_ERROR(
      CallOfficer(*session, [&](wire::OfficerServiceClient& client) { client.status(answer); }));
  Table table({"FIELD", "VALUE"});
  table.Add({"version", answer.version});
  table.Add({"state", answer.state});
  table.Add({"policy", answer.policy_version});
  table.Add({"people", std::to_string(answer.people)});
  table.Add({"postings", std::to_string(answer.postings)});
  table.Add({"audit entries", std::to_string(answer.audit_entries)});
  table.Add({"erasure claim", answer.erasure_claim});
  table.Add({"clock trusted", answer.clock_trusted ? "yes" : "no"});
  table.Add({"restored from", answer.restored_from.empty() ? "-" : answer.restored_from});
  model::JsonValue object;
  object.Set("version", answer.version).Set("state", answer.state);
  object.Set("policy_version", answer.policy_version).Set("people", answer.people);
  object.Set("postings", answer.postings).Set("audit_entries", answer.audit_entries);
  object.Set("erasure_claim", answer.erasure_claim);
  object.Set("clock_trusted", bool{answer.clock_trusted});
  object.Set("restored_from", answer.restored_from);
  context.console.Result(object, table.ToText());
  return OkStatus();
}

Status ListErasures(CommandContext& context, const OfficerOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::vector<wire::ErasureRequest> answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(
      *session, [&](wire::OfficerServiceClient& client) { client.list_erasure_requests(answer); }));
  Table table({"REQUEST", "STATE", "ASKED", "ASKED BY"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::ErasureRequest& one : answer) {
    table.Add({one.request, one.state, TimeText(one.asked_at), one.asked_by});
    model::JsonValue row;
    row.Set("request", one.request).Set("state", one.state).Set("asked_at", one.asked_at);
    rows.Append(row.Set("asked_by", one.asked_by));
  }
  model::JsonValue object;
  context.console.Result(object.Set("requests", std::move(rows)), table.ToText());
  return OkStatus();
}

// The file: {"receipt": text as signed, "signature": hex}.
Status Destroy(CommandContext& context, const OfficerOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::DestroyRequest request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.request = options.request;
  request.reason = options.reason;
  wire::DestroyAnswer answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(
      *session, [&](wire::OfficerServiceClient& client) { client.destroy(answer, request); }));
  model::JsonValue file;
  file.Set("receipt", answer.receipt).Set("signature", HexOf(answer.signature));
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, model::DumpCanonical(file) + "\n"));
  file.Set("file", options.out).Set("audit", ToJson(answer.audit));
  context.console.Result(
      file, "destroyed; the receipt is in " + options.out + "; " + ToText(answer.audit));
  return OkStatus();
}

Status RenewCards(CommandContext& context, const OfficerOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.new_card_epoch(answer, idempotency);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("audit", ToJson(answer)),
                         "the classes are computed anew; " + ToText(answer));
  return OkStatus();
}

Status CreateBackup(CommandContext& context, const OfficerOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::BackupAnswer answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.create_backup(answer, idempotency);
  }));
  model::JsonValue object;
  object.Set("path", answer.path).Set("records", answer.records).Set("bytes", answer.bytes);
  object.Set("audit", ToJson(answer.audit));
  context.console.Result(object, SafeForTerminal(answer.path) + ": " +
                                     std::to_string(answer.records) + " records, " +
                                     std::to_string(answer.bytes) + " bytes");
  return OkStatus();
}

StatusOr<std::int64_t> ParseTime(const std::string& text) {
  if (text == "now") return SystemClock().Now().value;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value <= 0) {
    return UsageError("--at: 'now', or seconds since 1970");
  }
  return value;
}

Status ConfirmClock(CommandContext& context, const OfficerOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const std::int64_t at, ParseTime(options.at));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.confirm_clock(answer, idempotency, at);
  }));
  model::JsonValue object;
  object.Set("unix_seconds", at).Set("audit", ToJson(answer));
  context.console.Result(object,
                         "the clock is confirmed at " + TimeText(at) + "; " + ToText(answer));
  return OkStatus();
}

using Options = std::shared_ptr<OfficerOptions>;
using Action = Status (*)(CommandContext&, const OfficerOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

}  // namespace

void AddOfficerCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<OfficerOptions>();
  Bind(root.add_subcommand("status", "state of the service (officer)"), context, options,
       ShowStatus);
  CLI::App& erasure = AddNoun(root, "erasure", "requests to be erased (officer)");
  Bind(erasure.add_subcommand("list", "requests and their state"), context, options, ListErasures);
  CLI::App* destroy = erasure.add_subcommand("destroy", "destroys a person's data for good");
  destroy->add_option("REQUEST", options->request, "request-...")->required();
  destroy->add_option("--reason", options->reason, "ground")->required();
  destroy->add_option("--out", options->out, "file for the signed receipt")->required();
  Bind(destroy, context, options, Destroy);

  CLI::App* cards = root.get_subcommand("cards");  // of AddCompanyCommands, which comes first
  Bind(cards->add_subcommand("renew", "computes the classes anew (officer)"), context, options,
       RenewCards);
  CLI::App& backup = AddNoun(root, "backup", "backups (officer)");
  Bind(backup.add_subcommand("create", "writes a backup on the server"), context, options,
       CreateBackup);
  CLI::App& clock = AddNoun(root, "clock", "the service's clock (officer)");
  CLI::App* confirm = clock.add_subcommand("confirm", "says that the clock is right");
  confirm->add_option("--at", options->at, "'now', or seconds since 1970")->capture_default_str();
  Bind(confirm, context, options, ConfirmClock);
}

}  // namespace noren::cli
