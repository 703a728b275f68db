// noren kind set | show | use, noren partner permit (officer, portal)
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "gen-cpp/PeopleService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/rights_view.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct PeopleOptions {
  std::string person, kind, sub_kind, from_day, last_day, purpose, partner, member;
  std::vector<std::string> items;
  bool as_portal = false;
};

template <typename Function>
Status CallPeople(Session& session, Function function) {
  return CallService<wire::PeopleServiceClient>(session, "people", function);
}

StatusOr<Session*> ConnectAs(CommandContext& context, const PeopleOptions& options) {
  return context.Connect(options.as_portal ? "portal" : "officer");
}

Status SetKind(CommandContext& context, const PeopleOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, ConnectAs(context, options));
  wire::SetPersonKind request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.person = options.person;
  request.period.kind = options.kind;
  request.period.sub_kind = options.sub_kind;
  request.period.first_day = options.from_day;
  request.period.last_day = options.last_day;
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallPeople(*session, [&](wire::PeopleServiceClient& client) {
    client.set_person_kind(answer, request);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("person", options.person).Set("audit", cli::ToJson(answer)),
                         ToText(answer));
  return OkStatus();
}

Status ShowKinds(CommandContext& context, const PeopleOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, ConnectAs(context, options));
  wire::PersonKinds kinds;
  NOREN_RETURN_IF_ERROR(CallPeople(*session, [&](wire::PeopleServiceClient& client) {
    client.read_person_kinds(kinds, options.person);
  }));
  Table table({"KIND", "OF THESE", "FROM", "UNTIL"});
  auto periods = model::JsonValue::MakeArray();
  for (const wire::KindPeriod& one : kinds.periods) {
    table.Add({one.kind, one.sub_kind, one.first_day, one.last_day});
    model::JsonValue row;
    row.Set("kind", one.kind).Set("sub_kind", one.sub_kind).Set("first_day", one.first_day);
    periods.Append(row.Set("last_day", one.last_day));
  }
  model::JsonValue object;
  object.Set("registered_as", kinds.registered_as).Set("kind", kinds.kind);
  object.Set("sub_kinds", TextArray(kinds.sub_kinds)).Set("periods", std::move(periods));
  const std::string today = kinds.kind.empty() ? "the usual kind" : kinds.kind;
  context.console.Result(object, "today: " + today + "\n" + table.ToText());
  return OkStatus();
}

Status Use(CommandContext& context, const PeopleOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, ConnectAs(context, options));
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallPeople(*session, [&](wire::PeopleServiceClient& client) {
    client.use_for_purpose(answer, options.person, options.purpose);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("person", options.person).Set("audit", cli::ToJson(answer)),
                         ToText(answer));
  return OkStatus();
}

Status Permit(CommandContext& context, const PeopleOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, ConnectAs(context, options));
  wire::PermitPartner request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.person = options.person;
  request.partner = options.partner;
  request.items = options.items;
  request.first_day = options.from_day;
  request.last_day = options.last_day;
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallPeople(*session, [&](wire::PeopleServiceClient& client) {
    client.permit_partner(answer, request);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("person", options.person).Set("audit", cli::ToJson(answer)),
                         ToText(answer));
  return OkStatus();
}

Status RecordOrigin(CommandContext& context, const PeopleOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallPeople(*session, [&](wire::PeopleServiceClient& client) {
    client.record_origin(answer, idempotency, options.person, options.member);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("person", options.person).Set("audit", cli::ToJson(answer)),
                         ToText(answer));
  return OkStatus();
}

using Options = std::shared_ptr<PeopleOptions>;
using Action = Status (*)(CommandContext&, const PeopleOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

}  // namespace

void AddPeopleCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<PeopleOptions>();
  CLI::App& kind =
      AddNoun(root, "kind", "of which kind a person is on which days (officer, portal)");
  const auto add_to = [&](CLI::App& noun, const char* name, const char* what) {
    CLI::App* command = noun.add_subcommand(name, what);
    command->add_option("PERSON", options->person, "portal/seeker-...")->required();
    command->add_flag("--as-portal", options->as_portal, "by the portal's certificate");
    return command;
  };
  const auto add = [&](const char* name, const char* what) { return add_to(kind, name, what); };
  CLI::App* set = add("set", "a kind, or a part of it, from a day on");
  set->add_option("KIND", options->kind, "as the policy calls it")->required();
  set->add_option("--part", options->sub_kind, "the part of the kind, as the policy prints it");
  set->add_option("--from", options->from_day, "the first day, 2025-04-01")->required();
  set->add_option("--until", options->last_day, "the last day");
  Bind(set, context, options, SetKind);
  Bind(add("show", "the kinds of a person"), context, options, ShowKinds);
  CLI::App* use = add("use", "says for which purpose data of the person are used now");
  use->add_option("PURPOSE", options->purpose, "as the policy prints it")->required();
  Bind(use, context, options, Use);
  CLI::App& partner =
      AddNoun(root, "partner", "what people permit partners to have (officer, portal)");
  CLI::App* permit = add_to(partner, "permit", "what one person permits one partner");
  permit->add_option("PARTNER", options->partner, "as the register of provisions calls it")
      ->required();
  permit->add_option("--item", options->items, "as the policy prints it; may be repeated")
      ->required();
  permit->add_option("--from", options->from_day, "the first day, 2025-04-01")->required();
  permit->add_option("--until", options->last_day, "the last day");
  Bind(permit, context, options, Permit);
  CLI::App& origin = AddNoun(root, "origin", "who first acquired a person's record (officer)");
  CLI::App* record = origin.add_subcommand("record", "a member of the joint use did");
  record->add_option("PERSON", options->person, "portal/seeker-...")->required();
  record->add_option("MEMBER", options->member, "as the register of joint use calls it")
      ->required();
  Bind(record, context, options, RecordOrigin);
}

}  // namespace noren::cli
