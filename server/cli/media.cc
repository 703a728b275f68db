// noren medium put | open | lose | affected (officer): what is carried on a medium, sealed under
// its own key, and what is done when one is lost. docs/formats/medium.md
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

#include "crypto/agefile/header.h"
#include "crypto/base/clock.h"
#include "gen-cpp/RegisterService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/officer_time.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

constexpr std::size_t kMaxPackageBytes = std::size_t{1} << 20;

struct MediumOptions {
  std::string medium, people, reason, out, file, recipient, at;
  std::int64_t incident = 0;
  bool plain = false;
};

template <typename Function>
Status CallRegister(Session& session, Function function) {
  return CallService<wire::RegisterServiceClient>(session, "register", function);
}

Status Put(CommandContext& context, const MediumOptions& options) {
  wire::PutOnMedium request;
  request.medium = options.medium;
  request.reason = options.reason;
  request.plain = options.plain;
  NOREN_ASSIGN_OR_RETURN(const std::string text, ReadArgument(options.people, context.in));
  std::istringstream words(text);
  for (std::string one; words >> one;) request.people.push_back(one);
  wire::MediumPackage package;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_RETURN_IF_ERROR(CallRegister(*session, [&](wire::RegisterServiceClient& client) {
    client.put_on_medium(package, request);
  }));
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, package.file));
  model::JsonValue object;
  object.Set("entry", package.entry).Set("file", options.out);
  object.Set("people", static_cast<std::int64_t>(request.people.size()));
  context.console.Result(object.Set("audit", ToJson(package.audit)),
                         std::to_string(request.people.size()) + " people, sealed, in " +
                             options.out + "; media-" + std::to_string(package.entry) + "; " +
                             ToText(package.audit));
  return OkStatus();
}

Status Open(CommandContext& context, const MediumOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const std::string file, ReadTextFile(options.file, kMaxPackageBytes));
  const auto size = agefile::MeasureHeader(AsBytes(file));
  if (!size.ok()) return UsageError("FILE: no package");
  wire::OpenMediumPackage request;
  request.medium = options.medium;
  request.header = file.substr(0, *size);
  request.recipient = options.recipient;
  request.reason = options.reason;
  wire::OpenedMediumPackage opened;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_RETURN_IF_ERROR(CallRegister(*session, [&](wire::RegisterServiceClient& client) {
    client.open_medium_package(opened, request);
  }));
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, opened.header + file.substr(*size)));
  model::JsonValue object;
  context.console.Result(object.Set("file", options.out).Set("audit", ToJson(opened.audit)),
                         options.out +
                             ": an age file for your key; destroy it when the work is done; " +
                             ToText(opened.audit));
  return OkStatus();
}

Status Lose(CommandContext& context, const MediumOptions& options) {
  wire::LoseMedium request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.medium = options.medium;
  request.at = SystemClock().Now().value;
  if (!options.at.empty()) {
    NOREN_ASSIGN_OR_RETURN(request.at, ParseDay(options.at, "--at"));
  }
  wire::LostMedium lost;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_RETURN_IF_ERROR(CallRegister(
      *session, [&](wire::RegisterServiceClient& client) { client.lose_medium(lost, request); }));
  model::JsonValue object;
  object.Set("entry", lost.entry).Set("incident", lost.incident).Set("people", lost.people);
  context.console.Result(object.Set("audit", ToJson(lost.audit)),
                         "its key is destroyed; incidents-" + std::to_string(lost.incident) + ", " +
                             std::to_string(lost.people) + " people: 'noren medium affected " +
                             std::to_string(lost.incident) + "'; " + ToText(lost.audit));
  return OkStatus();
}

Status Affected(CommandContext& context, const MediumOptions& options) {
  Table table({"PERSON", "FIRST PUT", "LAST PUT", "PACKAGES"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor, medium;
  do {
    wire::AffectedPeople page;
    NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
    NOREN_RETURN_IF_ERROR(CallRegister(*session, [&](wire::RegisterServiceClient& client) {
      client.list_affected(page, options.incident, MakePage(cursor));
    }));
    for (const wire::AffectedPerson& one : page.people) {
      table.Add({SafeForTerminal(one.person), TimeText(one.first_at), TimeText(one.last_at),
                 std::to_string(one.packages)});
      model::JsonValue row;
      row.Set("person", one.person).Set("first_at", one.first_at).Set("last_at", one.last_at);
      rows.Append(row.Set("packages", std::int64_t{one.packages}));
    }
    medium = page.medium;
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("medium", medium).Set("people", std::move(rows)),
                         SafeForTerminal(medium) + "\n" + table.ToText());
  return OkStatus();
}

}  // namespace

void AddMediumCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<MediumOptions>();
  CLI::App& noun = AddNoun(root, "medium", "media and devices that leave the service (officer)");
  const auto act = [&](CLI::App* command, Status (*run)(CommandContext&, const MediumOptions&)) {
    command->callback([&context, options, run] {
      context.action = [options, run](CommandContext& c) { return run(c, *options); };
    });
  };
  CLI::App* put = noun.add_subcommand("put", "records of people, sealed under the medium's key");
  CLI::App* open = noun.add_subcommand("open", "a package that has arrived, for your own key");
  CLI::App* lose = noun.add_subcommand("lose", "destroys its key and opens the incident");
  for (CLI::App* const command : {put, open, lose})
    command->add_option("MEDIUM", options->medium, "as the register of media has it")->required();
  put->add_option("--people", options->people, "@FILE or -: portal/seeker-..., at most 100")
      ->required();
  put->add_flag("--plain", options->plain, "unsealed: refused, and no file is written");
  open->add_option("FILE", options->file, "the package")->required();
  open->add_option("--recipient", options->recipient, "age1...: your key")->required();
  for (CLI::App* const command : {put, open}) {
    command->add_option("--reason", options->reason, "why")->required();
    command->add_option("--out", options->out, "file")->required();
  }
  lose->add_option("--at", options->at, "since which day; default: now");
  act(put, Put);
  act(open, Open);
  act(lose, Lose);
  CLI::App* affected = noun.add_subcommand("affected", "the people whom an incident is about");
  affected->add_option("INCIDENT", options->incident, "number in incidents")->required();
  act(affected, Affected);
}

}  // namespace noren::cli
