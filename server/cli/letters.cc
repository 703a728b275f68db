// noren seeker letter-facts, noren rights link: what a letter names of a person, and whose one is.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "engine/model/canonical_json.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

constexpr std::size_t kMaxFactsSizeBytes = 4096;
constexpr const char* kFactsHelp =
    "JSON: name, born (1990-02-28), postal_code, address; - reads it, so that no shell keeps it";

struct LetterOptions {
  std::string of;  // handle or request
  std::string facts;
};

// The whole of it, and nothing else; no value is in an error.
StatusOr<wire::LetterFacts> ReadFacts(CommandContext& context, const std::string& path) {
  const std::string argument = path == "-" ? path : "@" + path;
  NOREN_ASSIGN_OR_RETURN(const std::string text, ReadArgument(argument, context.in));
  if (text.size() > kMaxFactsSizeBytes) return InvalidArgument("facts: at most 4096 bytes");
  const auto json = model::ParseJson(text);
  if (!json.ok() || json->object() == nullptr)
    return InvalidArgument("facts: not a JSON object; " + std::string(kFactsHelp));
  wire::LetterFacts facts;
  for (const auto& [key, field] :
       {std::pair{"name", &facts.name}, std::pair{"born", &facts.born},
        std::pair{"postal_code", &facts.postal_code}, std::pair{"address", &facts.address}}) {
    const model::JsonValue* const value = json->Find(key);
    if (value == nullptr || value->text() == nullptr)
      return InvalidArgument(std::string("facts: no text \"") + key + "\"");
    *field = *value->text();
  }
  if (json->object()->size() != 4) return InvalidArgument("facts: four members, and no other");
  return facts;
}

Status StateFacts(CommandContext& context, const LetterOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const wire::LetterFacts facts, ReadFacts(context, options.facts));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallPortal(*session, [&](wire::PortalServiceClient& client) {
    client.state_letter_facts(answer, idempotency, options.of, facts);
  }));
  model::JsonValue object;
  object.Set("handle", options.of).Set("audit", ToJson(answer));
  context.console.Result(object, "a letter of " + SafeForTerminal(options.of) +
                                     " will be found; the facts are not kept; " + ToText(answer));
  return OkStatus();
}

Status Link(CommandContext& context, const LetterOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const wire::LetterFacts facts, ReadFacts(context, options.facts));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::LinkedLetter answer;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.link_letter(answer, idempotency, options.of, facts);
  }));
  Table table({"PERSON", "REGISTERED"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::FoundRegistration& one : answer.candidates) {
    table.Add({one.person, one.registered});
    model::JsonValue row;
    rows.Append(row.Set("person", one.person).Set("registered", one.registered));
  }
  model::JsonValue object;
  object.Set("request", options.of).Set("linked", bool{answer.linked});
  object.Set("candidates", std::move(rows)).Set("audit", ToJson(answer.audit));
  std::string said = "linked; who wrote it is still to be proved\n";
  if (!answer.linked) {
    said = answer.candidates.empty()
               ? "nobody is found by these facts: rights find AROUND looks by time\n"
               : "several: choose with rights identify --person\n";
  }
  context.console.Result(object, said + (answer.candidates.empty() ? "" : table.ToText()));
  return OkStatus();
}

void Bind(CLI::App* command, CommandContext& context,
          Status (*action)(CommandContext&, const LetterOptions&), const char* of) {
  auto options = std::make_shared<LetterOptions>();
  command->add_option(of, options->of, "whose, or which")->required();
  command->add_option("--facts", options->facts, kFactsHelp)->required();
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

}  // namespace

void AddLetterFacts(CLI::App& seeker, CommandContext& context) {
  Bind(seeker.add_subcommand("letter-facts", "what a letter would name of a person"), context,
       StateFacts, "HANDLE");
}

void AddLetterLink(CLI::App& rights, CommandContext& context) {
  Bind(rights.add_subcommand("link", "finds whose a letter is"), context, Link, "REQUEST");
}

}  // namespace noren::cli
