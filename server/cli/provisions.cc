// noren provisions list, print: the record of provisions, for the officer; a person's own lines,
// for the person. docs/formats/provision_forms.md
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "crypto/base/clock.h"
#include "crypto/base/encoding.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/provision_forms.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct ProvisionOptions {
  std::string form = "jp", from = "1970-01-02", to, format = "html", out;
  std::string statement, signature, code;  // of a person
};

struct Fetched {
  std::vector<wire::Provision> provisions;
  std::string operator_name;
  std::vector<wire::HandOverLine> hand_overs = {};  // a person's own
};

Status FetchAll(CommandContext& context, FormPeriod period, const std::string& language,
                Fetched& fetched) {
  std::string cursor;
  do {
    wire::ProvisionPage page;
    NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
    NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
      client.list_provisions(page, period.from, period.to, language, MakePage(cursor));
    }));
    fetched.provisions.insert(fetched.provisions.end(), page.provisions.begin(),
                              page.provisions.end());
    fetched.operator_name = page.operator_name;
    cursor = page.next_cursor;
  } while (!cursor.empty());
  return OkStatus();
}

Status FetchOwn(CommandContext& context, const ProvisionOptions& options,
                const std::string& language, Fetched& fetched) {
  wire::PersonAct act;
  NOREN_ASSIGN_OR_RETURN(act.statement, ReadArgument(options.statement, context.in));
  if (!options.signature.empty()) {
    const auto signature = HexDecode(options.signature);
    if (!signature.ok()) return UsageError("--signature: lower-case hex digits");
    act.__set_signature(std::string(AsText(*signature)));
  }
  if (!options.code.empty()) act.__set_code(options.code);
  wire::ProvisionPage page;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  NOREN_RETURN_IF_ERROR(CallPerson(*session, [&](wire::PersonServiceClient& client) {
    client.read_provisions(page, act, language);
  }));
  fetched = {page.provisions, page.operator_name, page.hand_overs};
  return OkStatus();
}

// `--to` is the last day that is within.
StatusOr<FormPeriod> PeriodOf(ProvisionForm form, const ProvisionOptions& options) {
  const auto from = DayBegin(form, options.from);
  const std::string last =
      options.to.empty() ? DayText(form, SystemClock().Now().value) : options.to;
  const auto to = DayBegin(form, last);
  if (!from || !to) return UsageError("--from and --to: days, 2026-11-22");
  return FormPeriod{*from, *to + 86400};
}

model::JsonValue ProvisionJson(const wire::Provision& one) {
  model::JsonValue row;
  row.Set("release", one.release).Set("at", one.at).Set("company", one.company);
  row.Set("recipient_name", one.recipient.name).Set("recipient_address", one.recipient.address);
  row.Set("recipient_representative", one.recipient.representative);
  row.Set("person", one.person).Set("posting", one.posting).Set("items", ToJson(one.items));
  row.Set("purpose", one.purpose).Set("consent", one.consent).Set("proof", one.proof);
  row.Set("statement_sha256", HexOf(one.statement_sha256));
  row.Set("retention_days", one.retention_days).Set("access_ends_at", one.access_ends_at);
  row.Set("method", one.method).Set("reason_code", one.reason_code);
  return row.Set("policy_version", one.policy_version).Set("clauses", ToJson(one.clauses));
}

model::JsonValue HandOverJson(const wire::HandOverLine& one) {
  model::JsonValue row;
  row.Set("at", one.at).Set("day", one.day).Set("recipient_kind", one.recipient_kind);
  row.Set("recipient", one.recipient).Set("purpose", one.purpose).Set("means", one.means);
  row.Set("items", ToJson(one.items)).Set("entry", one.entry);
  return row.Set("policy_version", one.policy_version);
}

// What was handed over outside the service, below the releases; empty: nothing.
std::string HandOverText(const std::vector<wire::HandOverLine>& lines) {
  if (lines.empty()) return "";
  Table table({"DAY", "RECIPIENT", "PURPOSE", "MEANS", "ITEMS"});
  for (const wire::HandOverLine& one : lines) {
    std::string items;
    for (const std::string& item : one.items) items += (items.empty() ? "" : ", ") + item;
    table.Add({one.day, SafeForTerminal(one.recipient), SafeForTerminal(one.purpose),
               SafeForTerminal(one.means), SafeForTerminal(items)});
  }
  return "\n" + table.ToText();
}

StatusOr<FormTable> Load(CommandContext& context, const ProvisionOptions& options,
                         Fetched& fetched) {
  const auto form = *FindProvisionForm(options.form);
  const std::string language(LanguageOf(form));
  NOREN_ASSIGN_OR_RETURN(const FormPeriod period, PeriodOf(form, options));
  NOREN_RETURN_IF_ERROR(options.statement.empty() ? FetchAll(context, period, language, fetched)
                                                  : FetchOwn(context, options, language, fetched));
  return MakeForm(form, fetched.provisions, fetched.operator_name, period);
}

Status List(CommandContext& context, const ProvisionOptions& options) {
  Fetched fetched;
  NOREN_ASSIGN_OR_RETURN(const FormTable form, Load(context, options, fetched));
  Table table(form.heading);
  for (const auto& row : form.rows) table.Add(row);
  auto rows = model::JsonValue::MakeArray();
  for (const wire::Provision& one : fetched.provisions) rows.Append(ProvisionJson(one));
  model::JsonValue object;
  object.Set("provisions", std::move(rows)).Set("operator", fetched.operator_name);
  auto handed = model::JsonValue::MakeArray();
  for (const wire::HandOverLine& one : fetched.hand_overs) handed.Append(HandOverJson(one));
  object.Set("hand_overs", std::move(handed));
  context.console.Result(object, table.ToText() + HandOverText(fetched.hand_overs));
  return OkStatus();
}

Status Print(CommandContext& context, const ProvisionOptions& options) {
  Fetched fetched;
  NOREN_ASSIGN_OR_RETURN(const FormTable form, Load(context, options, fetched));
  const std::string text =
      options.format == "csv" ? ToCsv(form) : ToHtml(form, *FindProvisionForm(options.form));
  if (options.out.empty()) {
    context.console.Raw(text);
    return OkStatus();
  }
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, text));
  model::JsonValue object;
  object.Set("file", options.out).Set("lines", static_cast<std::int64_t>(form.rows.size()));
  context.console.Result(object, std::to_string(form.rows.size()) + " lines in " + options.out);
  return OkStatus();
}

void AddCommon(CLI::App* command, const std::shared_ptr<ProvisionOptions>& options) {
  command->add_option("--form", options->form, "jp or kr: fields and language of the form")
      ->check(CLI::IsMember({"jp", "kr"}))
      ->capture_default_str();
  command->add_option("--from", options->from, "first day")->capture_default_str();
  command->add_option("--to", options->to, "last day; default: today");
  command->add_option("--statement", options->statement,
                      "a person's own lines: their act 'read', carried by the portal");
  command->add_option("--signature", options->signature, "of that act, hex");
  command->add_option("--code", options->code, "or the one-time code of it");
}

}  // namespace

void AddProvisionCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<ProvisionOptions>();
  CLI::App& provisions = AddNoun(root, "provisions", "the record of releases (officer, person)");
  CLI::App* list = provisions.add_subcommand("list", "as a table");
  CLI::App* print = provisions.add_subcommand("print", "as a page to print, or as CSV");
  for (CLI::App* const command : {list, print}) AddCommon(command, options);
  print->add_option("--format", options->format, "html or csv")
      ->check(CLI::IsMember({"html", "csv"}))
      ->capture_default_str();
  print->add_option("--out", options->out, "file; default: standard output");
  list->callback([&context, options] {
    context.action = [options](CommandContext& c) { return List(c, *options); };
  });
  print->callback([&context, options] {
    context.action = [options](CommandContext& c) { return Print(c, *options); };
  });
}

}  // namespace noren::cli
