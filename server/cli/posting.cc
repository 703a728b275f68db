// noren posting put | open: a posting as a document, and the open postings as anybody may see them.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

constexpr std::size_t kMaxDocumentSizeBytes = 128 * 1024;

Status PutPosting(CommandContext& context, const std::string& path) {
  NOREN_ASSIGN_OR_RETURN(const std::string document, ReadTextFile(path, kMaxDocumentSizeBytes));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::RegisterPostingAnswer answer;
  NOREN_RETURN_IF_ERROR(CallPortal(*session, [&](wire::PortalServiceClient& client) {
    client.register_posting_document(answer, idempotency, document);
  }));
  model::JsonValue object;
  object.Set("posting", answer.posting).Set("personal", ToJson(answer.personal));
  object.Set("audit", ToJson(answer.audit));
  const std::string personal =
      answer.personal.empty() ? "" : "; personal: " + Join(answer.personal, " ");
  context.console.Result(object, SafeForTerminal(answer.posting) + " is open" + personal + "; " +
                                     ToText(answer.audit));
  return OkStatus();
}

std::string WageText(const wire::OpenPosting& posting) {
  if (!posting.__isset.wage_min || !posting.__isset.wage_max) return "";
  return std::to_string(posting.wage_min.amount) + "-" + std::to_string(posting.wage_max.amount) +
         " " + posting.wage_min.currency;
}

Status ListOpen(CommandContext& context) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  Table table({"POSTING", "COMPANY", "TITLE", "REGIONS", "WAGE", "REGISTERED"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::OpenPostingPage page;
    NOREN_RETURN_IF_ERROR(CallPortal(*session, [&](wire::PortalServiceClient& client) {
      client.list_open_postings(page, MakePage(cursor));
    }));
    for (const wire::OpenPosting& one : page.postings) {
      table.Add({one.posting, one.company, one.title, Join(one.regions, " "), WageText(one),
                 TimeText(one.registered_at)});
      model::JsonValue row;
      row.Set("posting", one.posting).Set("company", one.company).Set("title", one.title);
      row.Set("description", one.description).Set("personal", bool{one.personal});
      row.Set("occupations", ToJson(one.occupations)).Set("regions", ToJson(one.regions));
      row.Set("employment_types", ToJson(one.employment_types)).Set("wage", WageText(one));
      rows.Append(row.Set("registered_at", one.registered_at));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("postings", std::move(rows)), table.ToText());
  return OkStatus();
}

}  // namespace

void AddPostingCommands(CLI::App& posting, CommandContext& context) {
  auto path = std::make_shared<std::string>();
  CLI::App* put = posting.add_subcommand("put", "registers a posting, a row of Noren JSON Lines");
  put->add_option("FILE", *path, "the row")->required();
  put->callback([&context, path] {
    context.action = [path](CommandContext& c) { return PutPosting(c, *path); };
  });
  posting.add_subcommand("open", "the open postings, as anybody may see them")
      ->callback([&context] { context.action = [](CommandContext& c) { return ListOpen(c); }; });
}

}  // namespace noren::cli
