// SPDX-License-Identifier: Apache-2.0
#include "server/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <sstream>

#include "crypto/base/encoding.h"
#include "crypto/base/random.h"
#include "server/cli/failure.h"
#include "server/daemon/exit_codes.h"

namespace noren::cli {
namespace {

constexpr char kDescription[] =
    "Noren: recruitment matching in which nobody's papers are shown without their consent.";
constexpr char kVersion[] = "noren 0.1.0";
constexpr double kLongestTimeoutSeconds = 86'400;

void AddGlobalOptions(CLI::App& root, GlobalOptions& options) {
  ConnectionOptions& connection = options.connection;
  root.add_option("--server", connection.server, "host:port of the daemon")
      ->envname("NOREN_SERVER")
      ->capture_default_str();
  root.add_option("--server-name", connection.server_name, "name its certificate must carry")
      ->envname("NOREN_SERVER_NAME");
  root.add_option("--identity", connection.identity, "folder with the client's certificate")
      ->envname("NOREN_IDENTITY");
  root.add_option("--as", connection.as, "which identity of the folder, e.g. officer-kim")
      ->envname("NOREN_AS");
  root.add_option("--ca", connection.ca, "authority of the server's certificate")
      ->envname("NOREN_CA");
  root.add_option("--cert", connection.certificate, "client certificate")->envname("NOREN_CERT");
  root.add_option("--cert-key", connection.key, "its private key")->envname("NOREN_CERT_KEY");
  root.add_option("--timeout", options.timeout_seconds, "seconds for a call with its repetitions")
      ->envname("NOREN_TIMEOUT")
      ->check(CLI::Range(0.001, kLongestTimeoutSeconds))
      ->capture_default_str();
  root.add_option("--datasets", options.datasets, "folder with taxonomies and policies")
      ->envname("NOREN_DATASETS");
  root.add_option("--idempotency-key", options.idempotency_key,
                  "repeats exactly that earlier request; default: a new one");
  root.add_flag("--json", options.json, "one JSON object on standard output");
  root.add_flag("--quiet", options.quiet, "no remarks and no progress");
  root.add_flag("--no-color", options.no_color, "no colors on a terminal");
}

void AddAllCommands(CLI::App& root, CommandContext& context, const AddCommands& more) {
  AddImportCommands(root, context);
  AddRankCommands(root, context);
  AddPortalCommands(root, context);
  AddActCommands(root, context);
  AddPersonCommands(root, context);
  AddCompanyCommands(root, context);
  AddReleaseCommands(root, context);
  AddCompanyRegisterCommands(root, context);
  AddOfficerCommands(root, context);
  AddDestructionCommands(root, context);
  AddHandlerCommands(root, context);
  AddMediumCommands(root, context);
  AddHoldCommands(root, context);
  AddRightsCommands(root, context);
  AddPeopleCommands(root, context);
  AddRetentionCommands(root, context);
  AddContactCommands(root, context);
  AddFormCommands(root, context);
  AddSiteCommands(root, context);
  AddStatisticsCommands(root, context);
  AddAfterReleaseCommands(root, context);
  AddProvisionCommands(root, context);
  AddRegisterCommands(root, context);
  AddEnrolmentCommands(root, context);
  AddKeysCommands(root, context);
  AddAuditCommands(root, context);
  AddAccessCommands(root, context);
  AddDoctorCommand(root, context);
  AddReferenceCommands(root, context);
  AddPolicyCommands(root, context);
  if (more) more(root, context);
}

// --json counts even when the arguments are wrong.
bool AsksForJson(std::span<const std::string> arguments) {
  return std::ranges::find(arguments, "--json") != arguments.end();
}

// The failed parse or the wish for help; nothing else is to be done then.
int EndParse(const CLI::App& root, const CLI::ParseError& error, Console& console,
             std::ostream& out) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    std::ostringstream ignored;
    return root.exit(error, out, ignored);
  }
  const std::vector<std::string> unknown = root.remaining(true);
  const std::string what = unknown.empty() ? error.what() : "unknown: " + unknown.front();
  return ReportFailure(UsageError(what + " (see --help)"), console);
}

int RunAction(CommandContext& context) {
  const Status status = context.action(context);
  if (status.ok()) return context.exit_code;
  const int exit_code = ReportFailure(status, context.console);
  if (exit_code == server::kExitRetryLater && !context.options.idempotency_key.empty()) {
    context.console.Remark("to repeat the same request: --idempotency-key " +
                           context.options.idempotency_key);
  }
  return exit_code;
}

}  // namespace

StatusOr<Session*> CommandContext::Connect(std::string_view role) {
  if (!session) {
    NOREN_ASSIGN_OR_RETURN(server::TlsClientOptions tls,
                           ResolveConnection(options.connection, role));
    const auto timeout = std::chrono::milliseconds(
        static_cast<std::int64_t>(std::max(options.timeout_seconds * 1000, 1.0)));
    session = std::make_unique<Session>(std::move(tls), timeout);
  }
  return session.get();
}

const std::string& CommandContext::IdempotencyKey() {
  if (options.idempotency_key.empty()) {
    std::array<std::uint8_t, 16> bytes{};
    SystemRandom().Fill(bytes);
    options.idempotency_key = "cli-" + HexEncode(bytes);
  }
  return options.idempotency_key;
}

CLI::App& AddNoun(CLI::App& root, const std::string& name, const std::string& description) {
  CLI::App* noun = root.add_subcommand(name, description);
  noun->require_subcommand(1);
  return *noun;
}

int RunCommandLine(std::span<const std::string> arguments, RunStreams streams,
                   const AddCommands& more) {
  Console console({streams.out, streams.err, streams.err_is_terminal});
  CommandContext context{console, streams.in, {}, nullptr, 0, nullptr};
  console.UseJson(AsksForJson(arguments));
  CLI::App root(kDescription, "noren");
  root.fallthrough();
  root.require_subcommand(1);
  root.set_version_flag("--version", kVersion);
  AddGlobalOptions(root, context.options);
  AddAllCommands(root, context, more);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    root.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return EndParse(root, error, console, streams.out);
  }
  console.UseJson(context.options.json);
  console.BeQuiet(context.options.quiet);
  console.UseColor(!context.options.no_color && std::getenv("NO_COLOR") == nullptr);
  return RunAction(context);
}

}  // namespace noren::cli
