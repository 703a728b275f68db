// noren item use (handler): opens items of one person for a declared purpose.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "gen-cpp/HandlerService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct UseOptions {
  std::string person, file, purpose, recipient, out;
  std::vector<std::string> items;
};

template <typename Function>
Status CallHandler(Session& session, Function function) {
  return CallService<wire::HandlerServiceClient>(session, "handler", function);
}

// The age file of one item.
StatusOr<std::string> ReadWhole(Session& session, const std::string& ticket,
                                const wire::UsedItem& item) {
  std::string content = item.header;
  for (std::int64_t offset = 0; offset < item.payload_size_bytes;) {
    std::string chunk;
    NOREN_RETURN_IF_ERROR(CallHandler(session, [&](wire::HandlerServiceClient& client) {
      client.read_used_item(chunk, ticket, item.item, offset);
    }));
    if (chunk.empty()) break;
    offset += static_cast<std::int64_t>(chunk.size());
    content += chunk;
  }
  return content;
}

Status Use(CommandContext& context, const UseOptions& options) {
  wire::UseItems request;
  request.person = options.person;
  request.file = options.file;
  request.purpose = options.purpose;
  request.items = options.items;
  request.recipient = options.recipient;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("handler"));
  wire::UsedItems used;
  NOREN_RETURN_IF_ERROR(CallHandler(
      *session, [&](wire::HandlerServiceClient& client) { client.use_items(used, request); }));
  auto rows = model::JsonValue::MakeArray();
  Table table({"ITEM", "KIND", "FILE"});
  for (const wire::UsedItem& item : used.items) {
    NOREN_ASSIGN_OR_RETURN(const std::string content, ReadWhole(*session, used.ticket, item));
    const std::string path = options.out + "/" + item.item + ".age";
    NOREN_RETURN_IF_ERROR(WritePrivateFile(path, content));
    table.Add({item.item, item.kind, path});
    model::JsonValue row;
    row.Set("item", item.item).Set("kind", item.kind).Set("media_type", item.media_type);
    rows.Append(row.Set("name", item.name).Set("file", path));
  }
  model::JsonValue object;
  object.Set("items", std::move(rows)).Set("audit", ToJson(used.audit));
  context.console.Result(
      object,
      table.ToText() + "age files; destroy them when the work is done; " + ToText(used.audit));
  return OkStatus();
}

}  // namespace

void AddHandlerCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<UseOptions>();
  CLI::App& noun = AddNoun(root, "item", "items of people under the operator's custody (handler)");
  CLI::App* use = noun.add_subcommand("use", "opens items of one person, for your own age key");
  use->add_option("PERSON", options->person, "portal/seeker-...")->required();
  use->add_option("--file", options->file, "of the policy: id or name")->required();
  use->add_option("--purpose", options->purpose, "of the policy: id or name")->required();
  use->add_option("--item", options->items, "kind, or a name that the file lists")->required();
  use->add_option("--recipient", options->recipient, "age1...")->required();
  use->add_option("--out", options->out, "folder for the files, which is there")->required();
  use->callback([&context, options] {
    context.action = [options](CommandContext& c) { return Use(c, *options); };
  });
}

}  // namespace noren::cli
