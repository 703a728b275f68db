// noren form put | show | answer | waiting | publish | refuse: what a company asks for one posting.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "crypto/base/encoding.h"
#include "engine/model/canonical_json.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

constexpr std::size_t kMaxFileSizeBytes = 256 * 1024;

struct FormOptions {
  std::string posting, role = "company", file, handle, reason;
  std::int32_t version = 0;
};

StatusOr<model::JsonValue> ReadJsonFile(CommandContext& context, const std::string& path) {
  const std::string argument = path == "-" ? path : "@" + path;
  NOREN_ASSIGN_OR_RETURN(const std::string text, ReadArgument(argument, context.in));
  if (text.size() > kMaxFileSizeBytes) return InvalidArgument("the file is larger than 256 KiB");
  auto json = model::ParseJson(text);
  if (!json.ok()) return InvalidArgument("the file is not JSON");
  return json;
}

// A list of {id, label, is_required}; no other member.
StatusOr<std::vector<wire::FormQuestion>> QuestionsOf(const model::JsonValue& json) {
  if (json.array() == nullptr) return InvalidArgument("questions: not a list");
  std::vector<wire::FormQuestion> questions;
  for (const model::JsonValue& one : *json.array()) {
    const model::JsonValue* const id = one.Find("id");
    const model::JsonValue* const label = one.Find("label");
    const model::JsonValue* const required = one.Find("is_required");
    const std::size_t known = required == nullptr ? 2 : 3;
    if (id == nullptr || id->text() == nullptr || label == nullptr || label->text() == nullptr ||
        one.object()->size() != known || (required != nullptr && !required->boolean()))
      return InvalidArgument("question " + std::to_string(questions.size() + 1) +
                             ": id, label and, if it has to be answered, is_required");
    wire::FormQuestion& question = questions.emplace_back();
    question.id = *id->text();
    question.label = *label->text();
    question.is_required = required != nullptr && *required->boolean();
  }
  return questions;
}

void PrintForms(CommandContext& context, const std::vector<wire::CompanyForm>& forms) {
  Table table({"POSTING", "VERSION", "COMPANY", "STATE", "ID", "REQUIRED", "QUESTION"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::CompanyForm& form : forms) {
    model::JsonValue row;
    row.Set("posting", form.posting).Set("version", std::int64_t{form.version});
    row.Set("company", form.company).Set("state", form.state).Set("put_at", form.put_at);
    row.Set("reviewed_at", form.reviewed_at).Set("reviewed_by", form.reviewed_by);
    row.Set("reason", form.reason);
    auto questions = model::JsonValue::MakeArray();
    for (const wire::FormQuestion& one : form.questions) {
      table.Add({form.posting, std::to_string(form.version), form.company, form.state, one.id,
                 one.is_required ? "yes" : "no", one.label});
      model::JsonValue question;
      question.Set("id", one.id).Set("label", one.label).Set("is_required", bool{one.is_required});
      questions.Append(std::move(question));
    }
    rows.Append(row.Set("questions", std::move(questions)));
  }
  model::JsonValue object;
  context.console.Result(object.Set("forms", std::move(rows)), table.ToText());
}

Status Put(CommandContext& context, const FormOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const auto json, ReadJsonFile(context, options.file));
  NOREN_ASSIGN_OR_RETURN(const auto questions, QuestionsOf(json));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::PutFormAnswer answer;
  NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
    client.put_form(answer, idempotency, options.posting, questions);
  }));
  model::JsonValue object;
  object.Set("posting", options.posting).Set("version", std::int64_t{answer.version});
  context.console.Result(object.Set("audit", ToJson(answer.audit)),
                         "version " + std::to_string(answer.version) + " waits for an officer; " +
                             ToText(answer.audit));
  return OkStatus();
}

Status Show(CommandContext& context, const FormOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect(options.role.c_str()));
  wire::CompanyForm form;
  const auto read = [&](auto& client) { client.read_form(form, options.posting); };
  NOREN_RETURN_IF_ERROR(options.role == "company"  ? CallCompany(*session, read)
                        : options.role == "portal" ? CallPortal(*session, read)
                                                   : CallOfficer(*session, read));
  PrintForms(context, {form});
  return OkStatus();
}

Status Answer(CommandContext& context, const FormOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const auto json, ReadJsonFile(context, options.file));
  if (json.object() == nullptr) return InvalidArgument("answers: not an object");
  wire::AnswerForm request;
  for (const auto& [id, answer] : *json.object()) {
    if (answer.text() == nullptr) return InvalidArgument("answers: each is a text");
    request.answers[id] = *answer.text();
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.handle = options.handle;
  request.posting = options.posting;
  request.version = options.version;
  wire::ItemAnswer answer;
  NOREN_RETURN_IF_ERROR(CallPortal(
      *session, [&](wire::PortalServiceClient& client) { client.answer_form(answer, request); }));
  model::JsonValue object;
  object.Set("item", answer.item).Set("audit", ToJson(answer.audit));
  context.console.Result(object, SafeForTerminal(answer.item) + "; " + ToText(answer.audit));
  return OkStatus();
}

Status Waiting(CommandContext& context, const FormOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  std::vector<wire::CompanyForm> forms;
  std::string cursor;
  do {
    wire::FormPage page;
    NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
      client.list_waiting_forms(page, MakePage(cursor));
    }));
    forms.insert(forms.end(), page.forms.begin(), page.forms.end());
    cursor = page.next_cursor;
  } while (!cursor.empty());
  PrintForms(context, forms);
  return OkStatus();
}

Status Review(CommandContext& context, const FormOptions& options, bool publishes) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::ReviewForm request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.posting = options.posting;
  request.version = options.version;
  request.publishes = publishes;
  request.reason = options.reason;
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(
      *session, [&](wire::OfficerServiceClient& client) { client.review_form(answer, request); }));
  model::JsonValue object;
  object.Set("posting", options.posting).Set("audit", ToJson(answer));
  context.console.Result(object,
                         std::string(publishes ? "published; " : "refused; ") + ToText(answer));
  return OkStatus();
}
Status Publish(CommandContext& context, const FormOptions& options) {
  return Review(context, options, true);
}
Status Refuse(CommandContext& context, const FormOptions& options) {
  return Review(context, options, false);
}

}  // namespace

void AddFormCommands(CLI::App& root, CommandContext& context) {
  CLI::App& form = AddNoun(root, "form", "what a company asks for one of its postings");
  auto options = std::make_shared<FormOptions>();
  const auto add = [&](const char* name, const char* help, auto action) {
    CLI::App* const command = form.add_subcommand(name, help);
    command->callback([&context, options, action] {
      context.action = [options, action](CommandContext& c) { return action(c, *options); };
    });
    return command;
  };
  CLI::App* const put = add("put", "a new version, for an officer to read", Put);
  CLI::App* const show = add("show", "the form as the role may see it", Show);
  CLI::App* const answer = add("answer", "a person's answers", Answer);
  add("waiting", "forms that nobody has reviewed", Waiting);
  CLI::App* const publish = add("publish", "lets people answer it", Publish);
  CLI::App* const refuse = add("refuse", "sends it back", Refuse);
  for (CLI::App* const command : {put, show, answer, publish, refuse})
    command->add_option("POSTING", options->posting, "posting-...")->required();
  for (CLI::App* const command : {answer, publish, refuse})
    command->add_option("--version", options->version, "of the form")->required();
  put->add_option("--questions", options->file, "JSON: [{id, label, is_required}]; - reads it")
      ->required();
  show->add_option("--role", options->role, "company, portal or officer")
      ->check(CLI::IsMember({"company", "portal", "officer"}));
  answer->add_option("--handle", options->handle, "seeker-...")->required();
  answer->add_option("--answers", options->file, "JSON: {id: text}; - reads it")->required();
  refuse->add_option("--reason", options->reason, "what the company is told")->required();
}

}  // namespace noren::cli
