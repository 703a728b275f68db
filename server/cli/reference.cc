// noren codes find, noren errors: the code lists and the error table, without a server.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "engine/model/errors.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"

namespace noren::cli {
namespace {

constexpr std::size_t kSuggestions = 8;

struct FindOptions {
  std::string kind, text;
};

Status FindCodes(CommandContext& context, const FindOptions& options) {
  const auto kind = model::FindCodeKind(options.kind);
  if (!kind) {
    return UsageError(
        "KIND: occupation, skill, region, licence, language, language_level, employment_type or "
        "education");
  }
  NOREN_ASSIGN_OR_RETURN(const std::string datasets, FindDatasets(context.options.datasets));
  NOREN_ASSIGN_OR_RETURN(const model::Dictionary dictionary, LoadDictionary(datasets));
  auto found = dictionary.FindAll(*kind, options.text);
  const bool exact = !found.empty();
  if (!exact) found = dictionary.Suggest(*kind, options.text, kSuggestions);
  Table table({"CODE", "PARENT", "KOREAN", "JAPANESE", "ENGLISH"});
  auto rows = model::JsonValue::MakeArray();
  for (const model::DictionaryEntry* entry : found) {
    table.Add({entry->code, entry->parent, entry->label_ko, entry->label_ja, entry->label_en});
    model::JsonValue row;
    row.Set("code", entry->code).Set("parent", entry->parent).Set("ko", entry->label_ko);
    rows.Append(row.Set("ja", entry->label_ja).Set("en", entry->label_en));
  }
  if (!exact) context.console.Remark("no entry has exactly this name; the nearest ones:");
  model::JsonValue object;
  object.Set("exact", bool{exact}).Set("entries", std::move(rows));
  context.console.Result(object, table.ToText());
  return OkStatus();
}

Status ShowErrors(CommandContext& context) {
  Table table({"CODE", "EXIT", "RETRY", "WHAT TO DO"});
  auto rows = model::JsonValue::MakeArray();
  for (const model::ErrorRow& row : model::AllErrors()) {
    table.Add({std::string(row.name), std::to_string(row.exit_code), row.retryable ? "yes" : "no",
               std::string(row.sentence_en)});
    model::JsonValue value;
    value.Set("code", row.name).Set("exit_code", row.exit_code);
    value.Set("retryable", bool{row.retryable}).Set("en", row.sentence_en);
    rows.Append(value.Set("ko", row.sentence_ko).Set("ja", row.sentence_ja));
  }
  model::JsonValue object;
  context.console.Result(object.Set("errors", std::move(rows)), table.ToText());
  return OkStatus();
}

}  // namespace

void AddReferenceCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<FindOptions>();
  CLI::App& codes = AddNoun(root, "codes", "the code lists (offline)");
  CLI::App* find = codes.add_subcommand("find", "codes with a name, or the nearest names");
  find->add_option("KIND", options->kind, "occupation, skill, region, ...")->required();
  find->add_option("TEXT", options->text, "code, label or alias in any of the languages")
      ->required();
  find->callback([&context, options] {
    context.action = [options](CommandContext& c) { return FindCodes(c, *options); };
  });
  CLI::App* errors = root.add_subcommand("errors", "every error code with its exit code (offline)");
  errors->callback([&context] { context.action = ShowErrors; });
}

}  // namespace noren::cli
