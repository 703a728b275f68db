// noren site policy: which policy holds where this portal meets its people.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "crypto/base/encoding.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

Status ShowSitePolicy(CommandContext& context) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::SitePolicy answer;
  NOREN_RETURN_IF_ERROR(
      CallPortal(*session, [&](wire::PortalServiceClient& client) { client.site_policy(answer); }));
  const bool is_here = !answer.version.empty();
  model::JsonValue object;
  object.Set("site", answer.site).Set("policy", answer.policy).Set("version", answer.version);
  object.Set("notice_sha256", is_here ? HexEncode(ToBytes(answer.notice_sha256)) : std::string());
  object.Set("published", answer.published).Set("notice", answer.notice);
  const std::string at = answer.published.empty() ? "" : ", published at " + answer.published;
  context.console.Result(
      object, is_here ? SafeForTerminal(answer.notice) + "\nversion " + answer.version
                      : SafeForTerminal(answer.site) + " has a policy of its own, " +
                            SafeForTerminal(answer.policy + at) +
                            ": another service takes its people's data, this one takes none");
  return OkStatus();
}

}  // namespace

void AddSiteCommands(CLI::App& root, CommandContext& context) {
  CLI::App& site = AddNoun(root, "site", "where a portal meets its people");
  site.add_subcommand("policy", "the policy that holds there")->callback([&context] {
    context.action = [](CommandContext& c) { return ShowSitePolicy(c); };
  });
}

}  // namespace noren::cli
