// noren hold place | list | release | read (officer)
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "gen-cpp/DestructionService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/officer_time.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct HoldOptions {
  std::string person, until, authority, reason, hold, item, recipient, out;
  std::vector<std::string> kinds;
};

template <typename Function>
Status CallDestruction(Session& session, Function function) {
  return CallService<wire::DestructionServiceClient>(session, "destruction", function);
}

Status Place(CommandContext& context, const HoldOptions& options) {
  wire::PlaceHold request;
  NOREN_ASSIGN_OR_RETURN(request.held_until, ParseDay(options.until, "--until"));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.person = options.person;
  request.kinds = options.kinds;
  request.authority = options.authority;
  request.reason = options.reason;
  wire::PlacedHold answer;
  NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
    client.place_hold(answer, request);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("hold", answer.hold).Set("audit", cli::ToJson(answer.audit)),
                         answer.hold + "; " + ToText(answer.audit));
  return OkStatus();
}

model::JsonValue ToJson(const wire::Hold& hold) {
  auto items = model::JsonValue::MakeArray();
  for (const wire::HeldItem& one : hold.items) {
    model::JsonValue item;
    item.Set("item", one.item).Set("kind", one.kind).Set("media_type", one.media_type);
    item.Set("name", one.name).Set("size_bytes", one.size_bytes);
    items.Append(item.Set("custody", one.custody));
  }
  auto accesses = model::JsonValue::MakeArray();
  for (const wire::HoldAccess& one : hold.accesses) {
    model::JsonValue access;
    access.Set("at", one.at).Set("officer", one.officer).Set("item", one.item);
    accesses.Append(access.Set("reason", one.reason));
  }
  model::JsonValue object;
  object.Set("hold", hold.hold).Set("state", hold.state).Set("due", bool{hold.due});
  object.Set("placed_at", hold.placed_at).Set("until", hold.held_until);
  object.Set("destroy_by", hold.destroy_by);
  object.Set("authority", hold.authority);
  object.Set("handle_commitment", HexOf(hold.handle_commitment));
  return object.Set("items", std::move(items)).Set("accesses", std::move(accesses));
}

Status List(CommandContext& context, const HoldOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  Table table({"HOLD", "STATE", "DUE", "UNTIL", "AUTHORITY", "ITEMS", "READ"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::HoldPage page;
    NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
      client.list_holds(page, MakePage(cursor));
    }));
    for (const wire::Hold& hold : page.holds) {
      table.Add({hold.hold, hold.state, hold.due ? "yes" : "no", TimeText(hold.held_until),
                 SafeForTerminal(hold.authority), std::to_string(hold.items.size()),
                 std::to_string(hold.accesses.size())});
      rows.Append(ToJson(hold));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("holds", std::move(rows)), table.ToText());
  return OkStatus();
}

Status Release(CommandContext& context, const HoldOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
    client.release_hold(answer, idempotency, options.hold, options.reason);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("hold", options.hold).Set("audit", cli::ToJson(answer)),
                         "released; its copy is due to be destroyed; " + ToText(answer));
  return OkStatus();
}

// The file is an age file: `age -d -i IDENTITY FILE`.
Status Read(CommandContext& context, const HoldOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::OpenHeld request;
  request.hold = options.hold;
  request.item = options.item;
  request.recipient = options.recipient;
  request.reason = options.reason;
  wire::OpenedHeld opened;
  NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
    client.open_held(opened, request);
  }));
  std::string content = opened.header;
  for (std::int64_t offset = 0; offset < opened.payload_size_bytes;) {
    std::string chunk;
    NOREN_RETURN_IF_ERROR(CallDestruction(*session, [&](wire::DestructionServiceClient& client) {
      client.read_held(chunk, options.hold, options.item, offset);
    }));
    if (chunk.empty()) break;
    offset += static_cast<std::int64_t>(chunk.size());
    content += chunk;
  }
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, content));
  model::JsonValue object;
  object.Set("file", options.out).Set("custody", opened.custody);
  object.Set("audit", cli::ToJson(opened.audit));
  const bool is_persons = opened.custody == "person";
  context.console.Result(object, options.out + ": an age file" +
                                     (is_persons ? " that only the person's key opens; " : "; ") +
                                     ToText(opened.audit));
  return OkStatus();
}

using Options = std::shared_ptr<HoldOptions>;
using Action = Status (*)(CommandContext&, const HoldOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

}  // namespace

void AddHoldCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<HoldOptions>();
  CLI::App& holds = AddNoun(root, "hold", "legal holds (officer)");
  CLI::App* place = holds.add_subcommand("place", "keeps a minimum of a person until a day");
  place->add_option("PERSON", options->person, "portal/seeker-...")->required();
  place->add_option("--kind", options->kinds, "of the policy's hold.items")->required();
  place->add_option("--until", options->until, "day, 2027-12-31 (UTC)")->required();
  place->add_option("--authority", options->authority, "law and article")->required();
  place->add_option("--reason", options->reason, "why")->required();
  Bind(place, context, options, Place);
  Bind(holds.add_subcommand("list", "holds, and who read them"), context, options, List);
  CLI::App* release = holds.add_subcommand("release", "ends a hold: its copy is due");
  release->add_option("HOLD", options->hold, "hold-...")->required();
  release->add_option("--reason", options->reason, "why")->required();
  Bind(release, context, options, Release);
  CLI::App* read = holds.add_subcommand("read", "a held item, for your own age key");
  read->add_option("HOLD", options->hold, "hold-...")->required();
  read->add_option("ITEM", options->item, "item-...")->required();
  read->add_option("--recipient", options->recipient, "age1...")->required();
  read->add_option("--reason", options->reason, "why")->required();
  read->add_option("--out", options->out, "file for it")->required();
  Bind(read, context, options, Read);
}

}  // namespace noren::cli
