// noren officer notice, acknowledge, locks, unlock; noren audit trim-access-log.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "crypto/base/encoding.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/failure.h"
#include "server/cli/officer_time.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct AccessOptions {
  std::string digest, caller, before;
};

Status ShowNotice(CommandContext& context, const AccessOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::PolicyInForce answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(
      *session, [&](wire::OfficerServiceClient& client) { client.policy_in_force(answer); }));
  model::JsonValue object;
  object.Set("version", answer.version).Set("digest", answer.digest).Set("notice", answer.notice);
  object.Set("binds_staff", bool{answer.binds_staff});
  object.Set("acknowledged", bool{answer.acknowledged});
  std::string text = answer.notice + "\nversion " + answer.version + ", digest " + answer.digest;
  if (answer.acknowledged) {
    text += "\nacknowledged";
  } else if (answer.binds_staff) {
    text += "\nnot acknowledged: noren officer acknowledge --digest " + answer.digest;
  }
  context.console.Result(object, text);
  return OkStatus();
}

Status Acknowledge(CommandContext& context, const AccessOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.acknowledge_policy(answer, idempotency, options.digest);
  }));
  model::JsonValue object;
  object.Set("digest", options.digest).Set("audit", ToJson(answer));
  context.console.Result(object, "the policy is acknowledged; " + ToText(answer));
  return OkStatus();
}

Status ListLocks(CommandContext& context, const AccessOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::vector<wire::CallerLock> answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(
      *session, [&](wire::OfficerServiceClient& client) { client.list_caller_locks(answer); }));
  Table table({"CALLER", "ROLE", "NAME", "SINCE", "UNTIL", "REFUSALS"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::CallerLock& lock : answer) {
    table.Add({lock.caller, lock.role, lock.name, TimeText(lock.since), TimeText(lock.ends_at),
               std::to_string(lock.refusals)});
    model::JsonValue row;
    row.Set("caller", lock.caller).Set("role", lock.role).Set("name", lock.name);
    row.Set("since", lock.since).Set("until", lock.ends_at);
    rows.Append(row.Set("refusals", std::int64_t{lock.refusals}));
  }
  model::JsonValue object;
  context.console.Result(object.Set("locks", std::move(rows)), table.ToText());
  return OkStatus();
}

Status Unlock(CommandContext& context, const AccessOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.unlock_caller(answer, idempotency, options.caller);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("audit", ToJson(answer)), "unlocked; " + ToText(answer));
  return OkStatus();
}

// One call forgets a bounded number of entries.
Status TrimAccessLog(CommandContext& context, const AccessOptions& options) {
  NOREN_RETURN_IF_ERROR(ParseDay(options.before, "--before").status());
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::int64_t entries = 0;
  wire::TrimAnswer answer;
  std::size_t call = 0;
  const std::string key = context.IdempotencyKey();
  do {
    const wire::Idempotency idempotency =
        MakeIdempotency(call == 0 ? key : key.substr(0, 48) + "." + std::to_string(call));
    NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
      client.trim_access_log(answer, idempotency, options.before);
    }));
    entries += answer.entries;
    ++call;
  } while (answer.more);
  model::JsonValue object;
  object.Set("entries", entries).Set("audit", ToJson(answer.audit));
  context.console.Result(object, "who made " + std::to_string(entries) + " entries is forgotten; " +
                                     ToText(answer.audit));
  return OkStatus();
}

using Options = std::shared_ptr<AccessOptions>;
using Action = Status (*)(CommandContext&, const AccessOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

}  // namespace

void AddAccessCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<AccessOptions>();
  CLI::App& officer = AddNoun(root, "officer", "officers and who may call (officer)");
  Bind(officer.add_subcommand("notice", "the policy in force, and whether you acknowledged it"),
       context, options, ShowNotice);
  CLI::App* acknowledge =
      officer.add_subcommand("acknowledge", "says that you have read the policy in force");
  acknowledge->add_option("--digest", options->digest, "of the version you read, from 'notice'")
      ->required();
  Bind(acknowledge, context, options, Acknowledge);
  Bind(officer.add_subcommand("locks", "callers locked after refused calls"), context, options,
       ListLocks);
  CLI::App* unlock = officer.add_subcommand("unlock", "lets a locked caller call again");
  unlock->add_option("CALLER", options->caller, "as 'locks' prints it")->required();
  Bind(unlock, context, options, Unlock);
  CLI::App* trim = root.get_subcommand("audit")->add_subcommand(  // of AddAuditCommands
      "trim-access-log", "forgets who made old entries, when the policy lets it (officer)");
  trim->add_option("--before", options->before, "the first day that stays, as 2026-01-31")
      ->required();
  Bind(trim, context, options, TrimAccessLog);
}

}  // namespace noren::cli
