// noren seal, unseal, keys status: the officer and the service's keys.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "crypto/base/wiped_text.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/failure.h"
#include "server/cli/services.h"
#include "server/custody/key_file.h"

namespace noren::cli {
namespace {

struct KeysOptions {
  std::string secret_file, purpose;
  bool ask = false;
  bool count = false;
};

model::JsonValue ToJson(const wire::CustodyStatus& status) {
  auto keys = model::JsonValue::MakeArray();
  for (const wire::KeyVersions& key : status.keys) {
    model::JsonValue row;
    row.Set("purpose", key.purpose).Set("current", static_cast<std::int64_t>(key.current));
    row.Set("oldest", static_cast<std::int64_t>(key.oldest));
    if (key.left >= 0) row.Set("left", key.left);
    keys.Append(std::move(row));
  }
  model::JsonValue object;
  object.Set("state", status.state).Set("custody", status.custody);
  object.Set("erasure_claim", status.erasure_claim);
  object.Set("shares_needed", static_cast<std::int64_t>(status.shares_needed));
  object.Set("shares_given", static_cast<std::int64_t>(status.shares_given));
  object.Set("keys", std::move(keys));
  return object;
}

std::string StateText(const wire::CustodyStatus& status) {
  std::string text = status.state + "; custody: " + status.custody;
  if (status.state == "sealed" && status.shares_needed > 0) {
    text += "; key shares given: " + std::to_string(status.shares_given) + " of " +
            std::to_string(status.shares_needed);
  }
  return text + "; erasure: " + status.erasure_claim;
}

Status ShowKeys(CommandContext& context, const KeysOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::CustodyStatus answer;
  NOREN_RETURN_IF_ERROR(CallCustody(*session, [&](wire::CustodyServiceClient& client) {
    client.custody_status(answer, options.count);
  }));
  Table table({"KEY", "VERSION", "OLDEST", "LEFT UNDER OLDER"});
  for (const wire::KeyVersions& key : answer.keys) {
    table.Add({key.purpose, std::to_string(key.current), std::to_string(key.oldest),
               key.left < 0 ? "-" : std::to_string(key.left)});
  }
  std::string text = StateText(answer);
  if (!answer.keys.empty()) text += "\n" + table.ToText();
  context.console.Result(ToJson(answer), text);
  return OkStatus();
}

Status Seal(CommandContext& context, const KeysOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::CustodyStatus answer;
  NOREN_RETURN_IF_ERROR(
      CallCustody(*session, [&](wire::CustodyServiceClient& client) { client.seal(answer); }));
  context.console.Result(ToJson(answer), StateText(answer));
  return OkStatus();
}

StatusOr<SecretBytes> ReadSecret(const KeysOptions& options) {
  if (options.secret_file.empty() && !options.ask) return SecretBytes();
  server::PassphraseSource source;
  if (!options.secret_file.empty()) source.file = options.secret_file;
  source.prompt = options.ask;
  return server::ReadPassphrase(source);
}

Status Unseal(CommandContext& context, const KeysOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const SecretBytes secret, ReadSecret(options));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::CustodyStatus answer;
  const WipedText text(secret);
  NOREN_RETURN_IF_ERROR(CallCustody(
      *session, [&](wire::CustodyServiceClient& client) { client.unseal(answer, text.text()); }));
  context.console.Result(ToJson(answer), StateText(answer));
  return OkStatus();
}

Status Rotate(CommandContext& context, const KeysOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::RotateKeyAnswer answer;
  NOREN_RETURN_IF_ERROR(CallCustody(*session, [&](wire::CustodyServiceClient& client) {
    client.rotate(answer, idempotency, options.purpose);
  }));
  model::JsonValue object;
  object.Set("purpose", options.purpose);
  object.Set("version", static_cast<std::int64_t>(answer.version));
  object.Set("audit", cli::ToJson(answer.audit));
  context.console.Result(object, options.purpose + " is at version " +
                                     std::to_string(answer.version) + "; " + ToText(answer.audit) +
                                     "\nnext: noren keys rewrap " + options.purpose);
  return OkStatus();
}

// Stopped at any time, it goes on where it was when it is run again.
Status Rewrap(CommandContext& context, const KeysOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::int64_t rewrapped = 0;
  for (bool done = false; !done;) {
    wire::RewrapKeysAnswer answer;
    NOREN_RETURN_IF_ERROR(CallCustody(*session, [&](wire::CustodyServiceClient& client) {
      client.rewrap(answer, options.purpose);
    }));
    rewrapped += answer.rewrapped;
    done = answer.done;
  }
  model::JsonValue object;
  object.Set("purpose", options.purpose).Set("rewrapped", rewrapped);
  context.console.Result(object, options.purpose + ": " + std::to_string(rewrapped) +
                                     " rewrapped, nothing is left under an older version");
  return OkStatus();
}

using Options = std::shared_ptr<KeysOptions>;
using Action = Status (*)(CommandContext&, const KeysOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

}  // namespace

void AddKeysCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<KeysOptions>();
  Bind(root.add_subcommand("seal", "the service forgets every key (officer)"), context, options,
       Seal);
  CLI::App* unseal = root.add_subcommand("unseal", "opens a sealed service (officer)");
  unseal->add_option("--secret-file", options->secret_file,
                     "passphrase, PIN or one key share; default: as the service is configured");
  unseal->add_flag("--ask", options->ask, "ask for it on the terminal");
  Bind(unseal, context, options, Unseal);
  CLI::App& keys = AddNoun(root, "keys", "the service's keys (officer)");
  CLI::App* status =
      keys.add_subcommand("status", "custody, versions, what is left under old ones");
  status->add_flag("--count", options->count, "count what is left; reads every sealed value once");
  Bind(status, context, options, ShowKeys);
  constexpr const char* kPurpose =
      "store-seal, record, key-tree, match-token, employer-block or statistics";
  CLI::App* rotate = keys.add_subcommand("rotate", "a new version of a key");
  rotate->add_option("KEY", options->purpose, kPurpose)->required();
  Bind(rotate, context, options, Rotate);
  CLI::App* rewrap = keys.add_subcommand("rewrap", "moves what is under older versions to it");
  rewrap->add_option("KEY", options->purpose, kPurpose)->required();
  Bind(rewrap, context, options, Rewrap);
}

}  // namespace noren::cli
