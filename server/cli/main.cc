// The `noren` program: the command line, and the commands that are the service itself.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/daemon/commands.h"

namespace noren::cli {
namespace {

void AddServe(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<server::ServeOptions>();
  options->config_path = "noren.toml";
  CLI::App* serve = root.add_subcommand("serve", "runs the service");
  serve->add_option("--config", options->config_path, "configuration file")->capture_default_str();
  serve->callback([&context, options] {
    context.action = [options](CommandContext& c) {
      c.exit_code = server::RunServe(*options);
      return OkStatus();
    };
  });
}

Status Init(CommandContext& context, server::InitOptions options) {
  NOREN_ASSIGN_OR_RETURN(options.datasets, FindDatasets(context.options.datasets));
  options.json = context.options.json;
  context.exit_code = server::RunInit(options);
  return OkStatus();
}

void AddInit(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<server::InitOptions>();
  CLI::App* init = root.add_subcommand("init", "makes a service from nothing");
  init->add_option("DIR", options->directory, "must not exist, or be empty")->required();
  init->add_option("--operator", options->operator_name, "short name of the operator")->required();
  init->add_option("--passphrase-file", options->passphrase_file, "of the root key; default: made");
  init->add_option("--shares", options->shares,
                   "K-of-N: splits the root key among officers instead of sealing it in a file");
  init->add_option("--pkcs11-module", options->pkcs11_module,
                   "library of a security token that is to seal the root key");
  init->add_option("--pkcs11-token", options->pkcs11_token, "its label");
  init->add_option("--pin-file", options->pin_file, "file with its PIN, mode 0600");
  init->add_option("--policy", options->policy_file, "default: the example policy");
  init->add_option("--portal", options->portals, "client certificate for a portal of this name");
  init->add_option("--company", options->companies, "client certificate for a company");
  init->add_option("--officer", options->officers, "client certificate for an officer");
  init->add_option("--handler", options->handlers,
                   "client certificate for somebody who opens items of people");
  init->add_option("--analyst", options->analysts,
                   "client certificate for somebody who reads statistics");
  init->callback([&context, options] {
    context.action = [options](CommandContext& c) { return Init(c, *options); };
  });
}

void AddRestore(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<server::RestoreOptions>();
  options->config_path = "noren.toml";
  CLI::App* restore = root.get_subcommand("backup")->add_subcommand(
      "restore", "puts a backup in place of lost data (local, with the service stopped)");
  restore->add_option("BACKUP", options->backup, "folder that 'backup create' made")->required();
  restore->add_option("--share", options->share_files, "file with one key share; enough of them");
  restore->add_option("--config", options->config_path, "configuration file")
      ->capture_default_str();
  restore->callback([&context, options] {
    context.action = [options](CommandContext& c) {
      options->json = c.options.json;
      c.exit_code = server::RunRestore(*options);
      return OkStatus();
    };
  });
}

void AddServiceCommands(CLI::App& root, CommandContext& context) {
  AddServe(root, context);
  AddInit(root, context);
  AddRestore(root, context);
}

}  // namespace
}  // namespace noren::cli

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return noren::cli::RunCommandLine(arguments,
                                    {std::cin, std::cout, std::cerr, isatty(STDERR_FILENO) == 1},
                                    noren::cli::AddServiceCommands);
}
