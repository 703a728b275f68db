// noren act: what a person declares, prepared and carried by the portal. docs/formats/act.md
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <array>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>

#include "crypto/base/encoding.h"
#include "crypto/primitives/signature.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/human_key.h"
#include "server/cli/person_act.h"
#include "server/cli/person_view.h"
#include "server/cli/person_words.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct ActOptions {
  ProvedStatement proved;
  std::string name, handle, out_path;
  std::vector<std::string> fields;
};

StatusOr<std::map<std::string, std::string>> ParseFields(const std::vector<std::string>& fields) {
  std::map<std::string, std::string> parsed;
  for (const std::string& field : fields) {
    const std::size_t equals = field.find('=');
    if (equals == std::string::npos || equals == 0) {
      return UsageError("--field: write name=value");
    }
    if (!parsed.emplace(field.substr(0, equals), field.substr(equals + 1)).second) {
      return UsageError("--field: a name stands there twice");
    }
  }
  return parsed;
}

Status PrepareAct(CommandContext& context, const ActOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const auto fields, ParseFields(options.fields));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  std::string statement;
  NOREN_RETURN_IF_ERROR(CallPerson(*session, [&](wire::PersonServiceClient& client) {
    client.prepare_act(statement, options.name, options.handle, fields);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("statement", statement), statement);
  return OkStatus();
}

Status GenerateKey(CommandContext& context, const ActOptions& options) {
  if (std::filesystem::exists(options.out_path)) {
    return UsageError("--out: the file exists; a key is never overwritten");
  }
  std::array<std::uint8_t, primitives::kSignatureSeedSizeBytes> seed{};
  SystemRandom().Fill(seed);
  std::string text = HexEncode(seed);
  const Status written = WritePrivateFile(options.out_path, text);
  const auto key = primitives::SigningKey::FromSeed(SecretBytes::CopyOf(seed));
  explicit_bzero(seed.data(), seed.size());
  explicit_bzero(text.data(), text.size());
  NOREN_RETURN_IF_ERROR(written);
  NOREN_RETURN_IF_ERROR(key.status());
  const std::string public_key = HexEncode(key->verifying_key().bytes);
  model::JsonValue object;
  object.Set("public_key", public_key).Set("file", options.out_path);
  context.console.Result(object, public_key);
  return OkStatus();
}

Status SignAct(CommandContext& context, const ActOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const std::string statement,
                         ReadArgument(options.proved.statement, context.in));
  if (!model::IsCanonical(statement)) {
    return UsageError("the statement is not canonical JSON; sign what 'noren act prepare' printed");
  }
  NOREN_ASSIGN_OR_RETURN(const primitives::SigningKey key, ReadHumanKey(options.proved.key_path));
  const std::string signature = HexEncode(SignatureOf(key, statement));
  model::JsonValue object;
  object.Set("signature", signature);
  object.Set("public_key", HexEncode(key.verifying_key().bytes));
  context.console.Result(object, signature);
  return OkStatus();
}

Status RequestCode(CommandContext& context, const ActOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const std::string statement,
                         ReadArgument(options.proved.statement, context.in));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  NOREN_RETURN_IF_ERROR(CallPerson(*session, [&](wire::PersonServiceClient& client) {
    client.request_code(options.handle, statement);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("sent", true), "the code is on its way to the person");
  return OkStatus();
}

Status SendRead(CommandContext& context, const wire::PersonAct& act) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::PersonRecord record;
  NOREN_RETURN_IF_ERROR(CallPerson(
      *session, [&](wire::PersonServiceClient& client) { client.read_record(record, act); }));
  const PersonWords words(LanguageOrEnglish(record.language), nullptr);
  context.console.Result(RecordJson(record), RecordText(record, words));
  return OkStatus();
}

Status SendAct(CommandContext& context, const ActOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const wire::PersonAct act, MakeAct(context, options.proved));
  if (options.name == "read") return SendRead(context, act);
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::ActAnswer answer;
  NOREN_RETURN_IF_ERROR(CallPerson(*session, [&](wire::PersonServiceClient& client) {
    if (options.name == "discoverable") client.set_discoverable(answer, idempotency, act);
    if (options.name == "answer") client.answer_invitation(answer, idempotency, act);
    if (options.name == "withdraw") client.withdraw(answer, idempotency, act);
    if (options.name == "block") client.block_employers(answer, idempotency, act);
    if (options.name == "unblock") client.unblock_employers(answer, idempotency, act);
    if (options.name == "rewrap") client.rewrap(answer, idempotency, act);
    if (options.name == "erase") client.request_erasure(answer, idempotency, act);
    if (options.name == "unsubscribe") client.unsubscribe(answer, idempotency, act);
    if (options.name == "subscribe") client.subscribe(answer, idempotency, act);
    if (options.name == "continue") client.answer_continuation(answer, idempotency, act);
    if (options.name == "right") client.ask_for_right(answer, idempotency, act);
  }));
  model::JsonValue object;
  object.Set("result", answer.result).Set("proof", answer.proof);
  object.Set("audit", ToJson(answer.audit));
  const std::string result = answer.result.empty() ? "" : answer.result + "; ";
  context.console.Result(object, SafeForTerminal("accepted; " + result + "proof " + answer.proof +
                                                 "; " + ToText(answer.audit)));
  return OkStatus();
}

void AddKeyCommands(CLI::App& act, CommandContext& context,
                    const std::shared_ptr<ActOptions>& options) {
  CLI::App* keygen = act.add_subcommand("keygen", "makes a person's signing key (offline)");
  keygen->add_option("--out", options->out_path, "file for the seed, mode 0600")->required();
  keygen->callback([&context, options] {
    context.action = [options](CommandContext& c) { return GenerateKey(c, *options); };
  });
  CLI::App* sign = act.add_subcommand("sign", "signs a statement (offline)");
  sign->add_option("--key", options->proved.key_path, "seed file")->required();
  sign->add_option("STATEMENT", options->proved.statement, "text, @FILE, or - for standard input")
      ->required();
  sign->callback([&context, options] {
    context.action = [options](CommandContext& c) { return SignAct(c, *options); };
  });
}

}  // namespace

void AddActCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<ActOptions>();
  CLI::App& act = AddNoun(root, "act", "what a person declares, carried by the portal");
  CLI::App* prepare = act.add_subcommand("prepare", "prints the statement to be proved");
  CLI::App* code = act.add_subcommand("code", "sends a one-time code for a statement");
  CLI::App* send = act.add_subcommand("send", "carries out a proved statement");
  prepare->add_option("NAME", options->name, "the act")
      ->required()
      ->check(
          CLI::IsMember({"discoverable", "answer", "withdraw", "block", "unblock", "erase", "right",
                         "read", "rewrap", "replace", "unsubscribe", "subscribe", "continue"}));
  send->add_option("NAME", options->name, "the act; 'replace' goes with 'noren seeker put'")
      ->required()
      ->check(CLI::IsMember({"discoverable", "answer", "withdraw", "block", "unblock", "erase",
                             "right", "read", "rewrap", "unsubscribe", "subscribe", "continue"}));
  for (CLI::App* command : {prepare, code}) {
    command->add_option("--handle", options->handle, "seeker-...")->required();
  }
  for (CLI::App* command : {code, send}) {
    command
        ->add_option("--statement", options->proved.statement,
                     "text, @FILE, or - for standard input")
        ->required();
  }
  prepare->add_option("--field", options->fields, "name=value; may be repeated");
  CLI::Option* signature =
      send->add_option("--signature", options->proved.signature, "hex, of 'act sign'");
  send->add_option("--code", options->proved.code, "the code the person received")
      ->excludes(signature);
  send->add_option("--header", options->proved.headers,
                   "person custody: item-...=FILE with the age header; may be repeated");
  prepare->callback([&context, options] {
    context.action = [options](CommandContext& c) { return PrepareAct(c, *options); };
  });
  code->callback([&context, options] {
    context.action = [options](CommandContext& c) { return RequestCode(c, *options); };
  });
  send->callback([&context, options] {
    context.action = [options](CommandContext& c) { return SendAct(c, *options); };
  });
  AddKeyCommands(act, context, options);
}

}  // namespace noren::cli
