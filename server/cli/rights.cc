// noren rights receive | list | show | identify | decide | object | settle | papers | due | letter
// (officer)
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

struct RightsOptions {
  std::string right, requester = "person", channel, form, received, person, text, agent;
  std::string objects_to, request, born, outcome, ground, reason, way, method, filter = "open";
  std::string dated, on_form_of, way_reason, language;
  std::vector<std::string> parts, items, facts, papers, evidence, withheld;
  std::int64_t fee = 0;
  bool ends_contract = false, ongoing = false;
  bool acted = false, told = false, resumed = false, withdrawn = false;
  bool form_sent = false, html = false;
};

void PrintReceived(CommandContext& context, const wire::ReceivedRight& answer) {
  model::JsonValue object;
  object.Set("request", answer.request).Set("state", answer.state);
  object.Set("missing", answer.missing).Set("audit", cli::ToJson(answer.audit));
  const std::string missing = answer.missing.empty() ? "" : ", missing: " + answer.missing;
  context.console.Result(object, SafeForTerminal(answer.request + " is " + answer.state + missing +
                                                 "; " + ToText(answer.audit)));
}

Status Receive(CommandContext& context, const RightsOptions& options) {
  wire::ReceiveRight request;
  if (!options.received.empty()) {
    NOREN_ASSIGN_OR_RETURN(request.received_at, ParseDay(options.received, "--received"));
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.right = options.right;
  request.requester = options.requester;
  request.channel = options.channel;
  request.form = options.form;
  request.parts = options.parts;
  request.fee_paid = options.fee;
  request.person = options.person;
  request.text = options.text;
  request.agent = options.agent;
  request.items = options.items;
  request.ends_contract = options.ends_contract;
  request.objects_to = options.objects_to;
  request.dated = options.dated;
  request.on_form_of = options.on_form_of;
  wire::ReceivedRight answer;
  NOREN_RETURN_IF_ERROR(CallRights(
      *session, [&](wire::RightsServiceClient& client) { client.receive_right(answer, request); }));
  PrintReceived(context, answer);
  return OkStatus();
}

// An objection is about the same right as what it objects to.
Status Object(CommandContext& context, const RightsOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::Right first;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.show_right(first, options.objects_to);
  }));
  RightsOptions objection = options;
  objection.right = first.right;
  objection.requester = first.requester;
  return Receive(context, objection);
}

Status Identify(CommandContext& context, const RightsOptions& options) {
  wire::IdentifyRight request;
  for (const std::string& text : options.papers) {
    NOREN_ASSIGN_OR_RETURN(wire::SeenPaper paper, ParsePaper(text));
    request.papers.push_back(std::move(paper));
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.request = options.request;
  request.person = options.person;
  request.facts = options.facts;
  request.born = options.born;
  request.form = options.form;
  request.parts = options.parts;
  request.fee_paid = options.fee;
  request.text = options.text;
  request.agent = options.agent;
  wire::ReceivedRight answer;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.identify_requester(answer, request);
  }));
  PrintReceived(context, answer);
  return OkStatus();
}

Status Decide(CommandContext& context, const RightsOptions& options) {
  wire::DecideRight request;
  for (const std::string& said : options.evidence) {
    const std::size_t equals = said.find('=');
    if (equals == std::string::npos || equals == 0)
      return UsageError("--evidence: write word=text");
    request.evidence[said.substr(0, equals)] = said.substr(equals + 1);
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.request = options.request;
  request.outcome = options.outcome;
  request.ground = options.ground;
  request.ongoing = options.ongoing;
  request.reason = options.reason;
  request.withheld = options.withheld;
  wire::DecidedRight answer;
  NOREN_RETURN_IF_ERROR(CallRights(
      *session, [&](wire::RightsServiceClient& client) { client.decide_right(answer, request); }));
  model::JsonValue object;
  object.Set("request", options.request).Set("outcome", answer.outcome);
  object.Set("clauses", TextArray(answer.clauses)).Set("erasure", answer.erasure);
  object.Set("audit", cli::ToJson(answer.audit));
  const std::string next =
      answer.erasure.empty()
          ? ""
          : "; destroy next: noren destruction plan people --request " + answer.erasure;
  context.console.Result(object,
                         SafeForTerminal(answer.outcome + next + "; " + ToText(answer.audit)));
  return OkStatus();
}

Status Settle(CommandContext& context, const RightsOptions& options) {
  wire::SettleRight request;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.request = options.request;
  request.acted = options.acted;
  request.told = options.told;
  request.way = options.way;
  request.resumed = options.resumed;
  request.withdrawn = options.withdrawn;
  request.way_reason = options.way_reason;
  request.form_sent = options.form_sent;
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallRights(
      *session, [&](wire::RightsServiceClient& client) { client.settle_right(answer, request); }));
  model::JsonValue object;
  context.console.Result(object.Set("request", options.request).Set("audit", cli::ToJson(answer)),
                         ToText(answer));
  return OkStatus();
}

Status Papers(CommandContext& context, const RightsOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.destroy_right_papers(answer, idempotency, options.request, options.method);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("request", options.request).Set("audit", cli::ToJson(answer)),
                         "papers destroyed; " + ToText(answer));
  return OkStatus();
}

Status List(CommandContext& context, const RightsOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  Table table({"REQUEST", "RIGHT", "STATE", "RECEIVED", "DUE", "", "MISSING"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::RightPage page;
    NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
      client.list_rights(page, options.filter, MakePage(cursor));
    }));
    for (const wire::Right& right : page.rights) {
      table.Add(RightRow(right));
      rows.Append(RightJson(right));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("rights", std::move(rows)), table.ToText());
  return OkStatus();
}

Status ListDue(CommandContext& context, const RightsOptions& options) {
  RightsOptions due = options;
  due.filter = "due";
  return List(context, due);
}

Status Show(CommandContext& context, const RightsOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::Right right;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.show_right(right, options.request);
  }));
  context.console.Result(RightJson(right), RightText(right));
  return OkStatus();
}

// As it goes out: the page is the answer, also where others are JSON.
Status Letter(CommandContext& context, const RightsOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::string letter;
  NOREN_RETURN_IF_ERROR(CallRights(*session, [&](wire::RightsServiceClient& client) {
    client.write_right_letter(letter, options.request, options.language, options.html);
  }));
  model::JsonValue object;
  object.Set("request", options.request).Set("letter", letter);
  if (letter.ends_with('\n')) letter.pop_back();
  context.console.Result(object, letter);
  return OkStatus();
}

using Options = std::shared_ptr<RightsOptions>;
using Action = Status (*)(CommandContext&, const RightsOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

// What receiving and objecting have in common.
void AddHandingIn(CLI::App* command, const Options& options) {
  command->add_option("--channel", options->channel, "as the policy calls it")->required();
  command->add_option("--form", options->form, "form that was used");
  command->add_option("--part", options->parts, "part of the form: PART[=CHOICE[=described]]");
  command->add_option("--dated", options->dated, "date on the form, 2026-05-01");
  command->add_option("--same-form", options->on_form_of, "request-... on the same form");
  command->add_option("--fee", options->fee, "paid")->check(CLI::NonNegativeNumber);
  command->add_option("--received", options->received, "day, 2026-05-01 (UTC); default: now");
  command->add_option("--text", options->text, "what is asked");
  command->add_option("--agent", options->agent, "an agent's name");
  command->add_option("--item", options->items, "item-... that it names");
}

void AddReceiving(CLI::App& rights, CommandContext& context, const Options& options) {
  CLI::App* receive = rights.add_subcommand("receive", "takes in a request");
  receive->add_option("RIGHT", options->right, "ACCESS, CORRECT, ...")->required();
  receive->add_option("--requester", options->requester, "person, agent, representative or other");
  receive->add_option("--person", options->person, "portal/seeker-..., once it is known");
  receive->add_flag("--ends-contract", options->ends_contract, "the person leaves the service");
  AddHandingIn(receive, options);
  Bind(receive, context, options, Receive);
  CLI::App* object = rights.add_subcommand("object", "takes in an objection to an answer");
  object->add_option("REQUEST", options->objects_to, "request-... that was answered")->required();
  AddHandingIn(object, options);
  Bind(object, context, options, Object);
  CLI::App* identify = rights.add_subcommand("identify", "what was seen to know who asks");
  identify->add_option("REQUEST", options->request, "request-...")->required();
  identify->add_option("--person", options->person, "portal/seeker-..., where not yet known");
  identify->add_option("--fact", options->facts, "fact that agrees with the record");
  identify->add_option("--paper", options->papers,
                       "NAME[,of=WHOSE][,photo][,both-sides][,masked][,shows=WHAT]...");
  identify->add_option("--born", options->born, "day of birth, where the age matters");
  identify->add_option("--form", options->form, "form that was used");
  identify->add_option("--part", options->parts, "part of the form that is filled in");
  identify->add_option("--fee", options->fee, "paid now")->check(CLI::NonNegativeNumber);
  identify->add_option("--text", options->text, "what is asked");
  identify->add_option("--agent", options->agent, "an agent's name");
  Bind(identify, context, options, Identify);
}

void AddAnswering(CLI::App& rights, CommandContext& context, const Options& options) {
  CLI::App* decide = rights.add_subcommand("decide", "accepts, or refuses on a listed ground");
  decide->add_option("REQUEST", options->request, "request-...")->required();
  decide->add_option("OUTCOME", options->outcome, "accepted, partly or refused")->required();
  decide->add_option("--ground", options->ground, "of what is refused: a code of the policy");
  decide->add_option("--evidence", options->evidence, "word=text, as the ground asks for");
  decide->add_flag("--ongoing", options->ongoing, "what the ground speaks of is under way");
  decide->add_option("--reason", options->reason, "a sentence for the person");
  decide->add_option("--withheld", options->withheld,
                     "in part: what is not given (derived.scores, received.decisions, ...)");
  Bind(decide, context, options, Decide);
  CLI::App* settle = rights.add_subcommand("settle", "carried out, told, resumed or withdrawn");
  settle->add_option("REQUEST", options->request, "request-...")->required();
  settle->add_flag("--acted", options->acted, "it is carried out");
  settle->add_flag("--told", options->told, "the person is told");
  settle->add_option("--way", options->way, "how the person is told");
  settle->add_option("--way-reason", options->way_reason, "why not as the form asks");
  settle->add_flag("--form-sent", options->form_sent, "the form went out, by --way");
  settle->add_flag("--resumed", options->resumed, "the person ends a suspension");
  settle->add_flag("--withdrawn", options->withdrawn, "the person does not want it any more");
  Bind(settle, context, options, Settle);
  CLI::App* papers = rights.add_subcommand("papers", "form and papers were destroyed");
  papers->add_option("REQUEST", options->request, "request-...")->required();
  papers->add_option("--method", options->method, "as the policy calls it")->required();
  Bind(papers, context, options, Papers);
}

}  // namespace

void AddRightsCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<RightsOptions>();
  CLI::App& rights = AddNoun(root, "rights", "requests about one's own data (officer)");
  AddReceiving(rights, context, options);
  AddAnswering(rights, context, options);
  CLI::App* list = rights.add_subcommand("list", "requests and when they are due");
  list->add_option("--filter", options->filter, "all, open, due or review");
  Bind(list, context, options, List);
  Bind(rights.add_subcommand("due", "what is reminded of or overdue"), context, options, ListDue);
  CLI::App* show = rights.add_subcommand("show", "one request");
  show->add_option("REQUEST", options->request, "request-...")->required();
  Bind(show, context, options, Show);
  CLI::App* letter = rights.add_subcommand("letter", "what goes out: receipt, or decision");
  letter->add_option("REQUEST", options->request, "request-...")->required();
  letter->add_option("--language", options->language, "ko, ja or en; default: the person's");
  letter->add_flag("--html", options->html, "a page to print");
  Bind(letter, context, options, Letter);
  AddRightsAnswers(rights, context);
  AddLetterLink(rights, context);
}

}  // namespace noren::cli
