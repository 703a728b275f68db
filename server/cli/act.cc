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
#include "server/cli/services.h"

namespace noren::cli {
namespace {

constexpr std::string_view kSignedPrefix = "noren/act/1\n";
constexpr std::size_t kMaxHeaderSizeBytes = 64 * 1024;

struct ActOptions {
  std::string name, handle, statement, signature, code, key_path, out_path;
  std::vector<std::string> fields, headers;
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
  NOREN_ASSIGN_OR_RETURN(const std::string statement, ReadArgument(options.statement, context.in));
  if (!model::IsCanonical(statement)) {
    return UsageError("the statement is not canonical JSON; sign what 'noren act prepare' printed");
  }
  NOREN_ASSIGN_OR_RETURN(const primitives::SigningKey key, ReadHumanKey(options.key_path));
  const std::string signature =
      HexEncode(key.Sign(AsBytes(std::string(kSignedPrefix) + statement)));
  model::JsonValue object;
  object.Set("signature", signature);
  object.Set("public_key", HexEncode(key.verifying_key().bytes));
  context.console.Result(object, signature);
  return OkStatus();
}

Status RequestCode(CommandContext& context, const ActOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const std::string statement, ReadArgument(options.statement, context.in));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  NOREN_RETURN_IF_ERROR(CallPerson(*session, [&](wire::PersonServiceClient& client) {
    client.request_code(options.handle, statement);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("sent", true), "the code is on its way to the person");
  return OkStatus();
}

StatusOr<wire::PersonAct> MakeAct(CommandContext& context, const ActOptions& options) {
  wire::PersonAct act;
  NOREN_ASSIGN_OR_RETURN(act.statement, ReadArgument(options.statement, context.in));
  if (!options.signature.empty()) {
    const auto signature = HexDecode(options.signature);
    if (!signature.ok()) return UsageError("--signature: lower-case hex digits");
    act.__set_signature(std::string(AsText(*signature)));
  }
  if (!options.code.empty()) act.__set_code(options.code);
  for (const std::string& text : options.headers) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) return UsageError("--header: write item-...=FILE");
    wire::ItemHeader header;
    header.item = text.substr(0, equals);
    NOREN_ASSIGN_OR_RETURN(header.header,
                           ReadTextFile(text.substr(equals + 1), kMaxHeaderSizeBytes));
    act.headers.push_back(std::move(header));
    act.__isset.headers = true;
  }
  return act;
}

model::JsonValue ItemsJson(const std::vector<wire::PersonItem>& items) {
  auto rows = model::JsonValue::MakeArray();
  for (const wire::PersonItem& item : items) {
    model::JsonValue row;
    row.Set("item", item.item).Set("kind", item.kind).Set("name", item.name);
    row.Set("version", item.version).Set("payload_sha256", HexOf(item.payload_sha256));
    row.Set("header", HexOf(item.header));
    rows.Append(row.Set("reencrypt", bool{item.reencrypt}));
  }
  return rows;
}

model::JsonValue RewrapsJson(const std::vector<wire::RewrapRequest>& rewraps) {
  auto rows = model::JsonValue::MakeArray();
  for (const wire::RewrapRequest& rewrap : rewraps) {
    model::JsonValue row;
    row.Set("consent", rewrap.consent).Set("company", rewrap.company);
    row.Set("company_key", rewrap.company_key);
    rows.Append(row.Set("company_recipients", ToJson(rewrap.company_recipients)));
  }
  return rows;
}

// What the person's client is asked to do.
std::string WishesText(const wire::PersonRecord& record) {
  std::string text;
  for (const wire::PersonItem& item : record.items) {
    if (item.reencrypt) text += "to encrypt anew: " + SafeForTerminal(item.item) + "\n";
  }
  for (const wire::RewrapRequest& rewrap : record.rewraps) {
    text += "to wrap anew for " + SafeForTerminal(rewrap.company) + ": " +
            SafeForTerminal(rewrap.consent) + "\n";
  }
  return text;
}

model::JsonValue RecordJson(const wire::PersonRecord& record) {
  auto disclosures = model::JsonValue::MakeArray();
  for (const wire::DisclosureRecord& entry : record.disclosures) {
    model::JsonValue row;
    row.Set("at", entry.at).Set("what", entry.what).Set("who", entry.who);
    row.Set("posting", entry.posting).Set("reason", entry.reason);
    row.Set("items", ToJson(entry.items));
    disclosures.Append(row.Set("audit_sequence", entry.audit_sequence));
  }
  auto invitations = model::JsonValue::MakeArray();
  for (const wire::Invitation& entry : record.invitations) {
    model::JsonValue row;
    row.Set("invitation", entry.invitation).Set("posting", entry.posting);
    row.Set("posting_title", entry.posting_title).Set("company", entry.company);
    row.Set("items", ToJson(entry.items)).Set("purpose", entry.purpose);
    row.Set("answer_by", entry.answer_by).Set("retention_days", entry.retention_days);
    row.Set("notice", entry.notice).Set("state", entry.state).Set("consent", entry.consent);
    row.Set("notice_sha256", HexOf(entry.notice_sha256)).Set("company_key", entry.company_key);
    invitations.Append(row.Set("policy_version", entry.policy_version));
  }
  model::JsonValue object;
  object.Set("disclosures", std::move(disclosures)).Set("invitations", std::move(invitations));
  object.Set("discoverable", bool{record.discoverable});
  object.Set("class_size_at_least", record.class_size_at_least);
  object.Set("blocked_employers", record.blocked_employers);
  object.Set("custody", record.custody).Set("items", ItemsJson(record.items));
  object.Set("rewraps", RewrapsJson(record.rewraps));
  return object.Set("erasure_claim", record.erasure_claim);
}

std::string RecordText(const wire::PersonRecord& record) {
  Table disclosures({"WHEN", "WHAT", "WHO", "POSTING", "REASON"});
  for (const wire::DisclosureRecord& entry : record.disclosures) {
    disclosures.Add({TimeText(entry.at), entry.what, entry.who, entry.posting, entry.reason});
  }
  Table invitations({"INVITATION", "STATE", "COMPANY", "TITLE", "ANSWER BY", "CONSENT"});
  for (const wire::Invitation& entry : record.invitations) {
    invitations.Add({entry.invitation, entry.state, entry.company, entry.posting_title,
                     TimeText(entry.answer_by), entry.consent});
  }
  std::string shown = "not shown to companies";
  if (record.discoverable) {
    shown = "shown to companies, like at least " + std::to_string(record.class_size_at_least) +
            " others";
  }
  if (record.blocked_employers > 0) {
    shown += "\nblocked employers: " + std::to_string(record.blocked_employers);
  }
  return shown + "\n" + WishesText(record) + "\n" + disclosures.ToText() + "\n\n" +
         invitations.ToText();
}

Status SendRead(CommandContext& context, const wire::PersonAct& act) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::PersonRecord record;
  NOREN_RETURN_IF_ERROR(CallPerson(
      *session, [&](wire::PersonServiceClient& client) { client.read_record(record, act); }));
  context.console.Result(RecordJson(record), RecordText(record));
  return OkStatus();
}

Status SendAct(CommandContext& context, const ActOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const wire::PersonAct act, MakeAct(context, options));
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
  sign->add_option("--key", options->key_path, "seed file")->required();
  sign->add_option("STATEMENT", options->statement, "text, @FILE, or - for standard input")
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
      ->check(CLI::IsMember({"discoverable", "answer", "withdraw", "block", "unblock", "erase",
                             "read", "rewrap", "replace"}));
  send->add_option("NAME", options->name, "the act; 'replace' goes with 'noren seeker put'")
      ->required()
      ->check(CLI::IsMember(
          {"discoverable", "answer", "withdraw", "block", "unblock", "erase", "read", "rewrap"}));
  for (CLI::App* command : {prepare, code}) {
    command->add_option("--handle", options->handle, "seeker-...")->required();
  }
  for (CLI::App* command : {code, send}) {
    command->add_option("--statement", options->statement, "text, @FILE, or - for standard input")
        ->required();
  }
  prepare->add_option("--field", options->fields, "name=value; may be repeated");
  CLI::Option* signature =
      send->add_option("--signature", options->signature, "hex, of 'act sign'");
  send->add_option("--code", options->code, "the code the person received")->excludes(signature);
  send->add_option("--header", options->headers,
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
