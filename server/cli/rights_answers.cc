// noren rights return | ask-client | client-answer | seal | find (officer)
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "gen-cpp/RightsService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/officer_time.h"
#include "server/cli/rights_view.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct AnswerOptions {
  std::string request, received, language, client, said, document, address, recipient, out, around;
  bool html = false;
};

// The page is the answer, also where others are JSON.
void PrintPage(CommandContext& context, const wire::StandardAnswer& answer) {
  model::JsonValue object;
  object.Set("request", answer.request).Set("name", answer.name).Set("page", answer.page);
  object.Set("clauses", TextArray(answer.clauses)).Set("audit", cli::ToJson(answer.audit));
  std::string page = answer.page;
  if (page.ends_with('\n')) page.pop_back();
  context.console.Result(object, page);
}

Status Return(CommandContext& context, const AnswerOptions& options) {
  std::int64_t received_at = 0;
  if (!options.received.empty()) {
    NOREN_ASSIGN_OR_RETURN(received_at, ParseDay(options.received, "--received"));
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::StandardAnswer answer;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.answer_return_request(answer, idempotency, received_at, options.language, options.html);
  }));
  PrintPage(context, answer);
  return OkStatus();
}

Status AskClient(CommandContext& context, const AnswerOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::AskOwner request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.request = options.request;
  request.owner = options.client;
  request.language = options.language;
  request.html = options.html;
  wire::StandardAnswer answer;
  NOREN_RETURN_IF_ERROR(CallRights(
      *session, [&](wire::RightsServiceClient& client) { client.ask_owner(answer, request); }));
  PrintPage(context, answer);
  return OkStatus();
}

Status ClientAnswer(CommandContext& context, const AnswerOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::OwnerAnswer request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.request = options.request;
  request.allows = options.said == "yes";
  request.document = options.document;
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.record_owner_answer(answer, request);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("request", options.request).Set("audit", cli::ToJson(answer)),
                         ToText(answer));
  return OkStatus();
}

Status Seal(CommandContext& context, const AnswerOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::SealAnswer request;
  request.request = options.request;
  request.address = options.address;
  request.recipient = options.recipient;
  request.language = options.language;
  wire::SealedAnswer answer;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.seal_right_answer(answer, request);
  }));
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, answer.file));
  model::JsonValue object;
  object.Set("request", options.request).Set("address", answer.address).Set("file", options.out);
  object.Set("audit", cli::ToJson(answer.audit));
  context.console.Result(
      object, SafeForTerminal("sealed for " + answer.address + "; " + ToText(answer.audit)));
  return OkStatus();
}

Status Find(CommandContext& context, const AnswerOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::vector<wire::FoundRegistration> found;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.find_registrations(found, options.around);
  }));
  Table table({"PERSON", "REGISTERED"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::FoundRegistration& one : found) {
    table.Add({one.person, one.registered});
    model::JsonValue row;
    rows.Append(row.Set("person", one.person).Set("registered", one.registered));
  }
  model::JsonValue object;
  context.console.Result(object.Set("registrations", std::move(rows)), table.ToText());
  return OkStatus();
}

using Options = std::shared_ptr<AnswerOptions>;
using Action = Status (*)(CommandContext&, const AnswerOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

void AddPageOptions(CLI::App* command, const Options& options) {
  command->add_option("--language", options->language, "ko, ja or en; default: the operator's");
  command->add_flag("--html", options->html, "a page to print");
}

}  // namespace

void AddRightsAnswers(CLI::App& rights, CommandContext& context) {
  auto options = std::make_shared<AnswerOptions>();
  CLI::App* back = rights.add_subcommand("return", "answers a request to give data back");
  back->add_option("--received", options->received, "day, 2026-05-01 (UTC); default: now");
  AddPageOptions(back, options);
  Bind(back, context, options, Return);
  CLI::App* ask = rights.add_subcommand("ask-client", "data held for a client: the question");
  ask->add_option("REQUEST", options->request, "request-...")->required();
  ask->add_option("--client", options->client, "who is asked")->required();
  AddPageOptions(ask, options);
  Bind(ask, context, options, AskClient);
  CLI::App* said = rights.add_subcommand("client-answer", "what the client answered");
  said->add_option("REQUEST", options->request, "request-...")->required();
  said->add_option("ANSWER", options->said, "yes or no: whether it may be answered")
      ->required()
      ->check(CLI::IsMember({"yes", "no"}));
  said->add_option("--document", options->document, "under which it is on file")->required();
  Bind(said, context, options, ClientAnswer);
  CLI::App* seal = rights.add_subcommand("seal", "an answer by e-mail, as an age file");
  seal->add_option("REQUEST", options->request, "request-...")->required();
  seal->add_option("--address", options->address, "where the form asks it to be sent")->required();
  seal->add_option("--recipient", options->recipient, "age1..., the requester's own");
  seal->add_option("--out", options->out, "file to write")->required();
  seal->add_option("--language", options->language, "ko, ja or en; default: the person's");
  Bind(seal, context, options, Seal);
  CLI::App* find = rights.add_subcommand("find", "registrations of about a time");
  find->add_option("AROUND", options->around, "2023, 2023-04 or 2023-04-15")->required();
  Bind(find, context, options, Find);
}

}  // namespace noren::cli
