// noren register list | show | print | add | hand-over (officer): the registers that an officer
// must be able to show, what is due in them, hand-overs. docs/formats/register_entry.md
// SPDX-License-Identifier: Apache-2.0
#include <absl/time/time.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

#include "crypto/base/clock.h"
#include "gen-cpp/RegisterService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/officer_time.h"
#include "server/cli/provision_forms.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct RegisterOptions {
  std::string name, language = "en", from = "1970-01-02", to, format = "html", out;
  std::string step, at, subject, person, handler;
  std::vector<std::string> clauses, parts, fields;
  std::int64_t follows = 0, entry = 0;
  std::string people;
};

template <typename Function>
Status CallRegister(Session& session, Function function) {
  return CallService<wire::RegisterServiceClient>(session, "register", function);
}

Status ListNames(CommandContext& context, const RegisterOptions& options) {
  std::vector<wire::RegisterTitle> titles;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_RETURN_IF_ERROR(CallRegister(*session, [&](wire::RegisterServiceClient& client) {
    client.list_registers(titles, options.language);
  }));
  Table table({"REGISTER", "TITLE"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::RegisterTitle& title : titles) {
    table.Add({title.register_name, title.title});
    model::JsonValue row;
    rows.Append(row.Set("register", title.register_name).Set("title", title.title));
  }
  model::JsonValue object;
  context.console.Result(object.Set("registers", std::move(rows)), table.ToText());
  return OkStatus();
}

struct Fetched {
  FormTable form;
  std::string policy_version;
};

// `--to` is the last day that is within.
Status Fetch(CommandContext& context, const RegisterOptions& options, Fetched& fetched) {
  const ProvisionForm zone = ProvisionForm::kKorea;  // one zone for both countries
  const auto from = DayBegin(zone, options.from);
  const std::string last =
      options.to.empty() ? DayText(zone, SystemClock().Now().value) : options.to;
  const auto to = DayBegin(zone, last);
  if (!from || !to) return UsageError("--from and --to: days, 2026-11-22");
  constexpr std::int64_t kDaySeconds = 86400;
  std::string cursor;
  do {
    wire::RegisterTable page;
    NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
    NOREN_RETURN_IF_ERROR(CallRegister(*session, [&](wire::RegisterServiceClient& client) {
      client.read_register(page, options.name, *from, *to + kDaySeconds, options.language,
                           MakePage(cursor));
    }));
    fetched.form.title = page.title;
    fetched.form.heading = page.heading;
    for (wire::RegisterRow& row : page.rows) fetched.form.rows.push_back(std::move(row.cells));
    fetched.policy_version = page.policy_version;
    fetched.form.operator_line =
        page.operator_name + "  " + page.policy_version + "  " + options.from + " - " + last;
    cursor = page.next_cursor;
  } while (!cursor.empty());
  return OkStatus();
}

Status Show(CommandContext& context, const RegisterOptions& options) {
  Fetched fetched;
  NOREN_RETURN_IF_ERROR(Fetch(context, options, fetched));
  Table table(fetched.form.heading);
  auto rows = model::JsonValue::MakeArray();
  for (const auto& cells : fetched.form.rows) {
    table.Add(cells);
    rows.Append(ToJson(cells));
  }
  model::JsonValue object;
  object.Set("register", options.name).Set("title", fetched.form.title);
  object.Set("heading", ToJson(fetched.form.heading)).Set("rows", std::move(rows));
  context.console.Result(object.Set("policy", fetched.policy_version),
                         fetched.form.title + "\n" + table.ToText());
  return OkStatus();
}

Status Print(CommandContext& context, const RegisterOptions& options) {
  Fetched fetched;
  NOREN_RETURN_IF_ERROR(Fetch(context, options, fetched));
  const std::string text =
      options.format == "csv" ? ToCsv(fetched.form) : ToHtml(fetched.form, options.language);
  if (options.out.empty()) {
    context.console.Raw(text);
    return OkStatus();
  }
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, text));
  model::JsonValue object;
  object.Set("file", options.out).Set("lines", static_cast<std::int64_t>(fetched.form.rows.size()));
  context.console.Result(object,
                         std::to_string(fetched.form.rows.size()) + " lines in " + options.out);
  return OkStatus();
}

// A day, or a time with its offset where hours are counted.
StatusOr<std::int64_t> TimeOf(const std::string& text) {
  if (text.find('T') == std::string::npos) return ParseDay(text, "--at");
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_sec, text, &time, &error))
    return UsageError("--at: a day, or 2026-11-22T10:00:00+09:00");
  return absl::ToUnixSeconds(time);
}

Status Add(CommandContext& context, const RegisterOptions& options) {
  wire::AddRegisterEntry request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.register_name = options.name;
  request.step = options.step;
  request.at = SystemClock().Now().value;
  if (!options.at.empty()) {
    NOREN_ASSIGN_OR_RETURN(request.at, TimeOf(options.at));
  }
  request.subject = options.subject;
  request.clauses = options.clauses;
  request.parts = options.parts;
  request.follows = options.follows;
  for (const std::string& field : options.fields) {
    const std::size_t equals = field.find('=');
    if (equals == std::string::npos) return UsageError("--field: name=value");
    request.fields[field.substr(0, equals)] = field.substr(equals + 1);
  }
  wire::AddedRegisterEntry answer;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_RETURN_IF_ERROR(CallRegister(*session, [&](wire::RegisterServiceClient& client) {
    client.add_register_entry(answer, request);
  }));
  model::JsonValue object;
  object.Set("register", options.name).Set("number", answer.number);
  context.console.Result(
      object.Set("audit", ToJson(answer.audit)),
      options.name + "-" + std::to_string(answer.number) + "; " + ToText(answer.audit));
  return OkStatus();
}

Status OpenCase(CommandContext& context, const RegisterOptions& options) {
  wire::OpenCase request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.reference = options.subject;
  request.person = options.person;
  request.handler = options.handler;
  wire::AddedRegisterEntry answer;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_RETURN_IF_ERROR(CallRegister(
      *session, [&](wire::RegisterServiceClient& client) { client.open_case(answer, request); }));
  model::JsonValue object;
  object.Set("register", "cases").Set("number", answer.number);
  context.console.Result(object.Set("audit", ToJson(answer.audit)),
                         "cases-" + std::to_string(answer.number) + "; " + ToText(answer.audit));
  return OkStatus();
}

Status Review(CommandContext& context, const RegisterOptions& options) {
  const std::string clause = options.clauses.empty() ? "" : options.clauses.front();
  wire::HandlerReview review;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_RETURN_IF_ERROR(CallRegister(*session, [&](wire::RegisterServiceClient& client) {
    client.review_handlers(review, clause);
  }));
  Table table({"HANDLER", "ROLE", "PROCESSOR", "ACCESS SINCE", "LAST USE", "WITHDRAWN"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::ReviewedHandler& one : review.handlers) {
    table.Add({SafeForTerminal(one.handler), SafeForTerminal(one.role),
               SafeForTerminal(one.processor), TimeText(one.granted_at),
               one.last_use == 0 ? "never" : TimeText(one.last_use), one.withdrawn ? "yes" : "no"});
    model::JsonValue row;
    row.Set("handler", one.handler).Set("role", one.role).Set("processor", one.processor);
    row.Set("granted_at", one.granted_at).Set("last_use", one.last_use);
    rows.Append(row.Set("withdrawn", bool{one.withdrawn}));
  }
  model::JsonValue object;
  object.Set("handlers", std::move(rows)).Set("entry", review.number);
  context.console.Result(object, table.ToText());
  return OkStatus();
}

// One person a line: "portal/seeker-..." and, where the age is asked for, the day of birth.
StatusOr<std::vector<wire::HandedPerson>> PeopleOf(const std::string& text) {
  std::vector<wire::HandedPerson> people;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    wire::HandedPerson one;
    std::string more;
    if (!(words >> one.person)) continue;
    words >> one.born;
    if (words >> more) return UsageError("--people: lines of 'portal/seeker-... [2000-02-29]'");
    people.push_back(std::move(one));
  }
  return people;
}

Status HandOverPeople(CommandContext& context, const RegisterOptions& options) {
  wire::HandOver request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.entry = options.entry;
  NOREN_ASSIGN_OR_RETURN(const std::string text, ReadArgument(options.people, context.in));
  NOREN_ASSIGN_OR_RETURN(request.people, PeopleOf(text));
  wire::HandedOver answer;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_RETURN_IF_ERROR(CallRegister(
      *session, [&](wire::RegisterServiceClient& client) { client.hand_over(answer, request); }));
  Table table({"PERSON", "AGE"});
  auto ages = model::JsonValue::MakeArray();
  for (std::size_t i = 0; i < answer.ages.size() && i < request.people.size(); ++i) {
    table.Add({request.people[i].person, std::to_string(answer.ages[i])});
    ages.Append(model::JsonValue::Integer(answer.ages[i]));
  }
  model::JsonValue object;
  object.Set("entry", answer.entry).Set("day", answer.day).Set("ages", std::move(ages));
  const std::string shown = answer.ages.empty() ? std::string() : "\n" + table.ToText();
  context.console.Result(object.Set("audit", ToJson(answer.audit)),
                         "hand_overs-" + std::to_string(answer.entry) + " on " + answer.day + ": " +
                             std::to_string(request.people.size()) + " people; " +
                             ToText(answer.audit) + shown);
  return OkStatus();
}

void AddReading(CLI::App* command, const std::shared_ptr<RegisterOptions>& options) {
  command->add_option("REGISTER", options->name, "a name of 'noren register list'")->required();
  command->add_option("--from", options->from, "first day")->capture_default_str();
  command->add_option("--to", options->to, "last day; default: today");
}

void AddWriting(CLI::App* command, const std::shared_ptr<RegisterOptions>& options) {
  command->add_option("REGISTER", options->name, "training, inspection, incidents ...")->required();
  command->add_option("--step", options->step, "what happened: held, found, ...")->required();
  command->add_option("--at", options->at,
                      "when: a day, or 2026-11-22T10:00:00+09:00; default: now");
  command->add_option("--subject", options->subject, "whom or what it is about");
  command->add_option("--clause", options->clauses, "of the measure that it attests");
  command->add_option("--part", options->parts, "of the measure; default: all of it");
  command->add_option("--field", options->fields, "name=value, as the register has them");
  command->add_option("--follows", options->follows, "number of the entry it goes on from");
}

}  // namespace

void AddRegisterCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<RegisterOptions>();
  CLI::App& noun = AddNoun(root, "register", "the registers of a privacy officer (officer)");
  CLI::App* list = noun.add_subcommand("list", "which registers there are");
  CLI::App* show = noun.add_subcommand("show", "one as a table; 'due': what is due or missing");
  CLI::App* print = noun.add_subcommand("print", "one as a page to print, or as CSV");
  CLI::App* add = noun.add_subcommand("add", "a new entry; entries are never changed");
  for (CLI::App* const command : {show, print}) AddReading(command, options);
  for (CLI::App* const command : {list, show, print}) {
    command->add_option("--language", options->language, "ko, ja or en")
        ->check(CLI::IsMember({"ko", "ja", "en"}))
        ->capture_default_str();
  }
  print->add_option("--format", options->format, "html or csv")
      ->check(CLI::IsMember({"html", "csv"}))
      ->capture_default_str();
  print->add_option("--out", options->out, "file; default: standard output");
  AddWriting(add, options);
  const auto act = [&](CLI::App* command, Status (*run)(CommandContext&, const RegisterOptions&)) {
    command->callback([&context, options, run] {
      context.action = [options, run](CommandContext& c) { return run(c, *options); };
    });
  };
  act(list, ListNames);
  act(show, Show);
  act(print, Print);
  act(add, Add);
  CLI::App* open_case = noun.add_subcommand("open-case", "a handler works with a person");
  open_case->add_option("REFERENCE", options->subject, "the operator's own number of the case")
      ->required();
  open_case->add_option("--person", options->person, "portal/seeker-...")->required();
  open_case->add_option("--handler", options->handler, "name of the certificate")->required();
  act(open_case, OpenCase);
  CLI::App* review =
      noun.add_subcommand("review", "handlers and their last use; withdraws access nobody uses");
  review->add_option("--clause", options->clauses, "of the measure that it attests");
  act(review, Review);
  CLI::App* hand_over = noun.add_subcommand("hand-over", "hands over what an entry asks for");
  hand_over->add_option("ENTRY", options->entry, "number in hand_overs")->required();
  hand_over
      ->add_option("--people", options->people,
                   "@FILE or -: a line for each, portal/seeker-... and day of birth if asked for")
      ->required();
  act(hand_over, HandOverPeople);
}

}  // namespace noren::cli
