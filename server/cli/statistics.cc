// noren statistics begin | count | list | released (officer), editions | table | figure (analyst)
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <memory>

#include "gen-cpp/AnalystService.h"
#include "gen-cpp/StatisticsService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/contact_view.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/rights_view.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct StatisticsOptions {
  std::string subject, edition, target, use = "statistics";
  std::vector<std::string> by, where;
  std::int32_t limit = 500;
};

template <typename Function>
Status CallStatistics(Session& session, Function function) {
  return CallService<wire::StatisticsServiceClient>(session, "statistics", function);
}
template <typename Function>
Status CallAnalyst(Session& session, Function function) {
  return CallService<wire::AnalystServiceClient>(session, "analyst", function);
}

model::JsonValue EditionJson(const wire::Edition& one) {
  model::JsonValue json;
  json.Set("edition", one.edition).Set("purpose", one.purpose).Set("begun_by", one.begun_by);
  json.Set("begun_at", one.begun_at).Set("done_at", one.done_at).Set("least", one.least);
  return json.Set("shown", one.shown).Set("suppressed", one.suppressed);
}

void PrintEditions(CommandContext& context, const std::vector<wire::Edition>& editions) {
  Table table({"EDITION", "BEGUN", "BY", "DONE", "LEAST", "SHOWN", "SUPPRESSED"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::Edition& one : editions) {
    table.Add({one.edition, TimeText(one.begun_at), one.begun_by, TimeOrNothing(one.done_at),
               std::to_string(one.least), std::to_string(one.shown),
               std::to_string(one.suppressed)});
    rows.Append(EditionJson(one));
  }
  model::JsonValue object;
  context.console.Result(object.Set("editions", std::move(rows)), table.ToText());
}

// Until everybody was looked at.
Status CountToEnd(CommandContext& context, Session& session, const StatisticsOptions& options) {
  wire::Edition one;
  wire::Status status;
  NOREN_RETURN_IF_ERROR(
      CallOfficer(session, [&](wire::OfficerServiceClient& client) { client.status(status); }));
  std::int64_t looked_at = 0;
  do {
    NOREN_RETURN_IF_ERROR(CallStatistics(session, [&](wire::StatisticsServiceClient& client) {
      client.count_edition(one, options.edition, options.limit);
    }));
    looked_at += options.limit;
    context.console.Progress("people",
                             static_cast<std::uint64_t>(std::min(looked_at, status.people)),
                             static_cast<std::uint64_t>(status.people));
  } while (one.done_at == 0);
  context.console.EndProgress();
  context.console.Result(EditionJson(one),
                         one.edition + ": " + std::to_string(one.shown) + " figures are shown, " +
                             std::to_string(one.suppressed) + " suppressed; at least " +
                             std::to_string(one.least) + " people a figure");
  return OkStatus();
}

Status Begin(CommandContext& context, StatisticsOptions options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::BeginEdition request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.subject = options.subject;
  wire::BegunEdition begun;
  NOREN_RETURN_IF_ERROR(CallStatistics(*session, [&](wire::StatisticsServiceClient& client) {
    client.begin_edition(begun, request);
  }));
  options.edition = begun.edition;
  return CountToEnd(context, *session, options);
}

Status Count(CommandContext& context, const StatisticsOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  return CountToEnd(context, *session, options);
}

Status List(CommandContext& context) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::vector<wire::Edition> editions;
  NOREN_RETURN_IF_ERROR(CallStatistics(
      *session, [&](wire::StatisticsServiceClient& client) { client.list_editions(editions); }));
  PrintEditions(context, editions);
  return OkStatus();
}

Status ListForAnalyst(CommandContext& context) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("analyst"));
  std::vector<wire::Edition> editions;
  NOREN_RETURN_IF_ERROR(CallAnalyst(
      *session, [&](wire::AnalystServiceClient& client) { client.list_editions(editions); }));
  PrintEditions(context, editions);
  return OkStatus();
}

Status Released(CommandContext& context, const StatisticsOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  Table table({"NUMBER", "TABLE", "FOR", "USE", "BY", "AT", "LEAST", "SHOWN", "SUPPRESSED"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::FiguresReleasedPage page;
    NOREN_RETURN_IF_ERROR(CallStatistics(*session, [&](wire::StatisticsServiceClient& client) {
      client.list_figures_released(page, options.edition, MakePage(cursor));
    }));
    for (const wire::FiguresReleased& one : page.released) {
      table.Add({std::to_string(one.number), one.table.empty() ? "total" : one.table, one.target,
                 one.made_for, one.by, TimeText(one.at), std::to_string(one.least),
                 std::to_string(one.shown), std::to_string(one.suppressed)});
      model::JsonValue row;
      row.Set("number", one.number).Set("table", one.table).Set("target", one.target);
      row.Set("use", one.made_for).Set("by", one.by).Set("at", one.at).Set("least", one.least);
      rows.Append(row.Set("shown", one.shown).Set("suppressed", one.suppressed));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("released", std::move(rows)), table.ToText());
  return OkStatus();
}

std::string PeopleText(const wire::Figure& figure, std::int64_t least) {
  return figure.people < 0 ? "<" + std::to_string(least) + " or hidden with it"
                           : std::to_string(figure.people);
}

void PrintFigures(CommandContext& context, std::vector<std::string> heads,
                  const wire::Figures& figures) {
  for (std::string& head : heads) head[0] = static_cast<char>(std::toupper(head[0]));
  heads.emplace_back("People");
  Table table(heads);
  auto rows = model::JsonValue::MakeArray();
  for (const wire::Figure& one : figures.figures) {
    std::vector<std::string> row = one.values;
    row.push_back(PeopleText(one, figures.least));
    table.Add(row);
    auto values = model::JsonValue::MakeArray();
    for (const std::string& value : one.values) values.Append(model::JsonValue::Text(value));
    model::JsonValue object;
    object.Set("values", std::move(values));
    rows.Append(object.Set(
        "people", one.people < 0 ? model::JsonValue() : model::JsonValue::Integer(one.people)));
  }
  model::JsonValue object;
  object.Set("figures", std::move(rows)).Set("folded", figures.folded);
  object.Set("least", figures.least).Set("rounded_to", figures.rounded_to);
  object.Set("audit", cli::ToJson(figures.audit));
  context.console.Result(
      object, table.ToText() + std::to_string(figures.folded) +
                  " values are not listed: fewer people than a figure needs, or hidden with one; "
                  "figures are rounded to " +
                  std::to_string(figures.rounded_to) + " and need not add up; " +
                  ToText(figures.audit));
}

Status ReadInto(CommandContext& context, const StatisticsOptions& options,
                std::vector<std::string> heads, wire::ReadFigures request) {
  request.edition = options.edition;
  request.target = options.target;
  request.made_for = options.use;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("analyst"));
  wire::Figures figures;
  NOREN_RETURN_IF_ERROR(CallAnalyst(*session, [&](wire::AnalystServiceClient& client) {
    client.read_figures(figures, request);
  }));
  PrintFigures(context, std::move(heads), figures);
  return OkStatus();
}

Status ReadTable(CommandContext& context, const StatisticsOptions& options) {
  wire::ReadFigures request;
  request.by = options.by;
  return ReadInto(context, options, options.by, request);
}

Status ReadFigure(CommandContext& context, const StatisticsOptions& options) {
  wire::ReadFigures request;
  std::vector<std::string> heads;
  for (const std::string& one : options.where) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0)
      return UsageError("--where is FACET=VALUE, as in region=JP-13");
    request.where.emplace(one.substr(0, equals), one.substr(equals + 1));
  }
  // In the order of the facets, in which the values of one figure come.
  for (const char* facet : {"occupation", "region", "education", "experience"}) {
    if (request.where.contains(facet)) heads.emplace_back(facet);
  }
  return ReadInto(context, options, heads, request);
}

CLI::App* AddAnalystCommand(CLI::App& noun, const char* name, const char* what,
                            const std::shared_ptr<StatisticsOptions>& options) {
  CLI::App* command = noun.add_subcommand(name, what);
  command->add_option("EDITION", options->edition, "seeker/3; see 'statistics editions'")
      ->required();
  command
      ->add_option("--for", options->target,
                   "to whom it is shown: operator, commissioning_body, public, third_party")
      ->required();
  command->add_option("--use", options->use, "statistics or research")->capture_default_str();
  return command;
}

void AddOfficerCommands(CLI::App& noun, CommandContext& context,
                        const std::shared_ptr<StatisticsOptions>& options) {
  CLI::App* begin = noun.add_subcommand("begin", "counts people into a new edition (officer)");
  begin->add_option("--subject", options->subject, "kind of person; default: the usual one");
  begin->add_option("--people", options->limit, "a call, 1..1000")->capture_default_str();
  begin->callback([&context, options] {
    context.action = [options](CommandContext& c) { return Begin(c, *options); };
  });
  CLI::App* count = noun.add_subcommand("count", "goes on counting an edition (officer)");
  count->add_option("EDITION", options->edition, "seeker/3")->required();
  count->add_option("--people", options->limit, "a call, 1..1000")->capture_default_str();
  count->callback([&context, options] {
    context.action = [options](CommandContext& c) { return Count(c, *options); };
  });
  noun.add_subcommand("list", "the editions (officer)")->callback([&context] {
    context.action = List;
  });
  CLI::App* released = noun.add_subcommand("released", "what analysts were told (officer)");
  released->add_option("EDITION", options->edition, "seeker/3")->required();
  released->callback([&context, options] {
    context.action = [options](CommandContext& c) { return Released(c, *options); };
  });
}

}  // namespace

void AddStatisticsCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<StatisticsOptions>();
  CLI::App& noun =
      AddNoun(root, "statistics", "figures of which nobody can be picked out (officer, analyst)");
  AddOfficerCommands(noun, context, options);
  noun.add_subcommand("editions", "the editions (analyst)")->callback([&context] {
    context.action = ListForAnalyst;
  });
  CLI::App* table = AddAnalystCommand(noun, "table", "by one or two facets (analyst)", options);
  table->add_option("--by", options->by, "occupation, region, education, experience")->required();
  table->callback([&context, options] {
    context.action = [options](CommandContext& c) { return ReadTable(c, *options); };
  });
  CLI::App* figure = AddAnalystCommand(noun, "figure", "one figure (analyst)", options);
  figure->add_option("--where", options->where, "FACET=VALUE, up to two; none: the total");
  figure->callback([&context, options] {
    context.action = [options](CommandContext& c) { return ReadFigure(c, *options); };
  });
}

}  // namespace noren::cli
