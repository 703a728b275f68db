// The `noren` command line: parses the arguments, runs one command, reports its failure.
// Source:   docs/formats/cli.md
// Threads:  externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "server/cli/console.h"
#include "server/cli/identity.h"
#include "server/cli/session.h"

namespace CLI {
class App;
}

namespace noren::cli {

struct GlobalOptions {
  ConnectionOptions connection;
  double timeout_seconds = 30;
  std::string datasets;  // folder with taxonomies and policies; empty: looked for
  std::string idempotency_key;
  bool json = false;
  bool quiet = false;
  bool no_color = false;
};

// What a command works with. Lives as long as the run.
struct CommandContext {
  Console& console;
  std::istream& in;
  GlobalOptions options;
  // Set by the parsed command; its failure is reported by the caller.
  std::function<Status(CommandContext&)> action;
  int exit_code = 0;  // when the action succeeds
  std::unique_ptr<Session> session;

  // The session of a caller in this role, made when first asked for.
  StatusOr<Session*> Connect(std::string_view role);
  // --key, or a random one made once for this run.
  const std::string& IdempotencyKey();
};

using AddCommands = std::function<void(CLI::App&, CommandContext&)>;

struct RunStreams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

// `arguments` without the program's name. `more` adds commands beyond those of this library.
// Returns the exit code.
int RunCommandLine(std::span<const std::string> arguments, RunStreams streams,
                   const AddCommands& more = nullptr);

// A group of commands that needs one of its own: `noren <name> <verb>`.
CLI::App& AddNoun(CLI::App& root, const std::string& name, const std::string& description);

// One per noun; each adds its commands to `root`.
void AddImportCommands(CLI::App& root, CommandContext& context);
void AddRankCommands(CLI::App& root, CommandContext& context);
void AddPortalCommands(CLI::App& root, CommandContext& context);
void AddActCommands(CLI::App& root, CommandContext& context);
void AddPersonCommands(CLI::App& root, CommandContext& context);
void AddCompanyCommands(CLI::App& root, CommandContext& context);
void AddPostingCommands(CLI::App& posting, CommandContext& context);  // to the noun "posting"
void AddReleaseCommands(CLI::App& root, CommandContext& context);
void AddOfficerCommands(CLI::App& root, CommandContext& context);
void AddDestructionCommands(CLI::App& root, CommandContext& context);
void AddHandlerCommands(CLI::App& root, CommandContext& context);
void AddMediumCommands(CLI::App& root, CommandContext& context);
void AddHoldCommands(CLI::App& root, CommandContext& context);
void AddPeopleCommands(CLI::App& root, CommandContext& context);
void AddRetentionCommands(CLI::App& root, CommandContext& context);
void AddContactCommands(CLI::App& root, CommandContext& context);
void AddFormCommands(CLI::App& root, CommandContext& context);
void AddSiteCommands(CLI::App& root, CommandContext& context);
void AddStatisticsCommands(CLI::App& root, CommandContext& context);
void AddRightsCommands(CLI::App& root, CommandContext& context);
void AddLetterFacts(CLI::App& seeker, CommandContext& context);    // to the noun "seeker"
void AddLetterLink(CLI::App& rights, CommandContext& context);     // to the noun "rights"
void AddRightsAnswers(CLI::App& rights, CommandContext& context);  // to the noun "rights"
void AddAfterReleaseCommands(CLI::App& root, CommandContext& context);
void AddProvisionCommands(CLI::App& root, CommandContext& context);
void AddRegisterCommands(CLI::App& root, CommandContext& context);
void AddCompanyRegisterCommands(CLI::App& root, CommandContext& context);
void AddEnrolmentCommands(CLI::App& root, CommandContext& context);
void AddKeysCommands(CLI::App& root, CommandContext& context);
void AddAuditCommands(CLI::App& root, CommandContext& context);
void AddAccessCommands(CLI::App& root, CommandContext& context);
void AddDoctorCommand(CLI::App& root, CommandContext& context);
void AddReferenceCommands(CLI::App& root, CommandContext& context);
void AddPolicyCommands(CLI::App& root, CommandContext& context);

}  // namespace noren::cli
