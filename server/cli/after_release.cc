// noren provisions, duties, events, questions, company add-signer, reject: what
// follows a release, for officers, companies and portals.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/personal_data/decision.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/human_key.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct AfterOptions {
  std::string role = "company";
  std::string duty, candidate, question, outcome, answer;
  std::string name, public_key;
  std::string decided_by, human_role, reason = "other", key_path;
  bool overdue = false;
  std::int64_t after = 0, position = 0;
  std::int32_t limit = 0;
};

Status ReportPosition(CommandContext& context, const wire::AuditPosition& position) {
  model::JsonValue object;
  context.console.Result(object.Set("audit", ToJson(position)), "done; " + ToText(position));
  return OkStatus();
}

model::JsonValue DutyJson(const wire::Duty& duty) {
  model::JsonValue row;
  row.Set("duty", duty.duty).Set("company", duty.company).Set("candidate", duty.candidate);
  row.Set("posting", duty.posting).Set("cause", duty.cause).Set("release", duty.release);
  row.Set("since", duty.since).Set("destroy_copies", bool{duty.destroy_copies});
  row.Set("destroy_by", duty.destroy_by).Set("acknowledge_by", duty.acknowledge_by);
  row.Set("state", duty.state).Set("signed_by", duty.signed_by);
  row.Set("acknowledged_at", duty.acknowledged_at);
  return row.Set("statement", duty.statement);
}

// All pages of an officer's or a company's listing.
Status FetchDuties(CommandContext& context, const AfterOptions& options,
                   std::vector<wire::Duty>& duties) {
  std::string cursor;
  do {
    wire::DutyPage page;
    wire::PageRequest request = MakePage(cursor);
    NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect(options.role));
    const auto list = [&](auto& client) { client.list_duties(page, options.overdue, request); };
    NOREN_RETURN_IF_ERROR(options.role == "officer" ? CallOfficer(*session, list)
                                                    : CallCompany(*session, list));
    duties.insert(duties.end(), page.duties.begin(), page.duties.end());
    cursor = page.next_cursor;
  } while (!cursor.empty());
  return OkStatus();
}

Status ListDuties(CommandContext& context, const AfterOptions& options) {
  std::vector<wire::Duty> duties;
  NOREN_RETURN_IF_ERROR(FetchDuties(context, options, duties));
  Table table({"DUTY", "COMPANY", "CAUSE", "STATE", "DESTROY BY", "ACKNOWLEDGE BY", "CANDIDATE",
               "SIGNED BY"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::Duty& duty : duties) {
    table.Add({duty.duty, duty.company, duty.cause, duty.state,
               duty.destroy_copies ? TimeText(duty.destroy_by) : "nothing received",
               TimeText(duty.acknowledge_by), duty.candidate, duty.signed_by});
    rows.Append(DutyJson(duty));
  }
  model::JsonValue object;
  context.console.Result(object.Set("duties", std::move(rows)), table.ToText());
  return OkStatus();
}

// Signs what the service says is to be signed, after looking at what it says.
Status AcknowledgeDuty(CommandContext& context, const AfterOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const primitives::SigningKey key, ReadHumanKey(options.key_path));
  std::vector<wire::Duty> duties;
  NOREN_RETURN_IF_ERROR(FetchDuties(context, options, duties));
  for (const wire::Duty& duty : duties) {
    if (duty.duty != options.duty) continue;
    context.console.Remark(SafeForTerminal(duty.statement));
    const wire::SignedStatement carried =
        SignStatement(key, personal_data::kDutySignaturePrefix, duty.statement);
    const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
    wire::AuditPosition answer;
    NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
    NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
      client.acknowledge_duty(answer, idempotency, duty.duty, carried);
    }));
    return ReportPosition(context, answer);
  }
  return model::MakeError(model::ErrorCode::kNotFound);
}

model::JsonValue EventJson(const wire::Event& event) {
  model::JsonValue row;
  row.Set("position", event.position).Set("kind", event.kind).Set("at", event.at);
  row.Set("subject", event.subject).Set("posting", event.posting).Set("object", event.object);
  return row.Set("detail", event.detail);
}

Status ListEvents(CommandContext& context, const AfterOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect(options.role));
  wire::EventPage page;
  const auto read = [&](auto& client) { client.read_events(page, options.after, options.limit); };
  NOREN_RETURN_IF_ERROR(options.role == "portal" ? CallPortal(*session, read)
                                                 : CallCompany(*session, read));
  Table table({"POSITION", "WHEN", "KIND", "DETAIL", "SUBJECT", "OBJECT", "POSTING"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::Event& event : page.events) {
    table.Add({std::to_string(event.position), TimeText(event.at), event.kind, event.detail,
               event.subject, event.object, event.posting});
    rows.Append(EventJson(event));
  }
  model::JsonValue object;
  object.Set("events", std::move(rows)).Set("more", bool{page.more});
  object.Set("acknowledged", page.acknowledged);
  context.console.Result(object, table.ToText());
  return OkStatus();
}

Status AcknowledgeEvents(CommandContext& context, const AfterOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect(options.role));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  const auto acknowledge = [&](auto& client) {
    client.acknowledge_events(answer, idempotency, options.position);
  };
  NOREN_RETURN_IF_ERROR(options.role == "portal" ? CallPortal(*session, acknowledge)
                                                 : CallCompany(*session, acknowledge));
  return ReportPosition(context, answer);
}

Status AddSigner(CommandContext& context, const AfterOptions& options) {
  const auto key = HexDecode(options.public_key);
  if (!key.ok() || key->size() != 32) {
    return UsageError("--public-key: 64 hex digits, as 'noren act keygen' prints them");
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::Signer signer;
  signer.name = options.name;
  signer.role = options.human_role;
  signer.public_key = std::string(AsText(*key));
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
    client.add_signer(answer, idempotency, signer);
  }));
  return ReportPosition(context, answer);
}

Status Reject(CommandContext& context, const AfterOptions& options) {
  personal_data::HumanDecision decision;
  decision.act = personal_data::DecisionAct::kReject;
  const auto candidate = model::CandidateRef::Parse(options.candidate);
  if (!candidate.ok()) return UsageError("CANDIDATE: candidate-...");
  decision.candidate = *candidate;
  NOREN_ASSIGN_OR_RETURN(
      const wire::SignedStatement carried,
      SignDecision(context,
                   {options.decided_by, options.human_role, options.reason, options.key_path},
                   std::move(decision)));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
    client.reject(answer, idempotency, options.candidate, carried);
  }));
  return ReportPosition(context, answer);
}

model::JsonValue QuestionJson(const wire::Question& one) {
  model::JsonValue row;
  row.Set("question", one.question).Set("kind", one.kind).Set("decision", one.decision);
  row.Set("company", one.company).Set("posting", one.posting).Set("candidate", one.candidate);
  row.Set("text", one.text).Set("asked_at", one.asked_at).Set("answer_by", one.answer_by);
  row.Set("state", one.state).Set("outcome", one.outcome).Set("answer", one.answer);
  return row.Set("answered_by", one.answered_by).Set("answered_at", one.answered_at);
}

Status ListQuestions(CommandContext& context, const AfterOptions& options) {
  Table table({"QUESTION", "KIND", "STATE", "ANSWER BY", "COMPANY", "CANDIDATE", "TEXT"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::QuestionPage page;
    const wire::PageRequest request = MakePage(cursor);
    NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect(options.role));
    const auto list = [&](auto& client) { client.list_questions(page, request); };
    NOREN_RETURN_IF_ERROR(options.role == "officer" ? CallOfficer(*session, list)
                                                    : CallCompany(*session, list));
    for (const wire::Question& one : page.questions) {
      table.Add({one.question, one.kind, one.state, TimeText(one.answer_by), one.company,
                 one.candidate.empty() ? "-" : one.candidate, one.text});
      rows.Append(QuestionJson(one));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("questions", std::move(rows)), table.ToText());
  return OkStatus();
}

Status AnswerQuestion(CommandContext& context, const AfterOptions& options) {
  wire::QuestionAnswer request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.question = options.question;
  request.outcome = options.outcome;
  NOREN_ASSIGN_OR_RETURN(request.answer, ReadArgument(options.answer, context.in));
  if (options.role != "officer") {
    personal_data::HumanDecision decision;
    decision.act = personal_data::DecisionAct::kAnswer;
    const auto question = model::QuestionId::Parse(options.question);
    if (!question.ok()) return UsageError("QUESTION: question-...");
    decision.question = *question;
    decision.outcome = options.outcome;
    decision.answer_sha256 = primitives::Sha256(AsBytes(request.answer));
    NOREN_ASSIGN_OR_RETURN(
        const wire::SignedStatement carried,
        SignDecision(context,
                     {options.decided_by, options.human_role, "question_asked", options.key_path},
                     std::move(decision)));
    request.__set_decision(carried);
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect(options.role));
  wire::AuditPosition answer;
  const auto send = [&](auto& client) { client.answer_question(answer, request); };
  NOREN_RETURN_IF_ERROR(options.role == "officer" ? CallOfficer(*session, send)
                                                  : CallCompany(*session, send));
  return ReportPosition(context, answer);
}

using Options = std::shared_ptr<AfterOptions>;
using Action = Status (*)(CommandContext&, const AfterOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

void AddRole(CLI::App* command, const Options& options, const std::vector<std::string>& roles) {
  command->add_option("--role", options->role, "who asks: " + Join(roles, " or "))
      ->check(CLI::IsMember(roles))
      ->capture_default_str();
}

void AddHuman(CLI::App* command, const Options& options, bool required) {
  CLI::Option* const name =
      command->add_option("--decided-by", options->decided_by, "the human, as registered");
  CLI::Option* const role =
      command->add_option("--human-role", options->human_role, "their role, as registered");
  CLI::Option* const key =
      command->add_option("--signer-key", options->key_path, "their key, of 'noren act keygen'");
  if (!required) return;
  for (CLI::Option* const option : {name, role, key}) option->required();
}

void AddDuties(CLI::App& root, CommandContext& context, const Options& options) {
  CLI::App& duties = AddNoun(root, "duties", "what is owed after an access ended");
  CLI::App* list = duties.add_subcommand("list", "duties and their state");
  list->add_flag("--overdue", options->overdue, "only those acknowledged too late or not at all");
  AddRole(list, options, {"company", "officer"});
  Bind(list, context, options, ListDuties);
  CLI::App* acknowledge =
      duties.add_subcommand("acknowledge", "says, signed, that every copy is destroyed (company)");
  acknowledge->add_option("DUTY", options->duty, "duty-...")->required();
  acknowledge->add_option("--signer-key", options->key_path, "of a registered human")->required();
  Bind(acknowledge, context, options, AcknowledgeDuty);
}

void AddEvents(CLI::App& root, CommandContext& context, const Options& options) {
  CLI::App& events = AddNoun(root, "events", "what happened, until it is acknowledged");
  CLI::App* list = events.add_subcommand("list", "a page of events, oldest first");
  AddRole(list, options, {"company", "portal"});
  list->add_option("--after", options->after, "position; 0: after what is acknowledged");
  list->add_option("--limit", options->limit, "1..200")->check(CLI::Range(1, 200));
  list->preparse_callback([options](std::size_t) { options->limit = 50; });
  Bind(list, context, options, ListEvents);
  CLI::App* acknowledge =
      events.add_subcommand("acknowledge", "everything up to this position is dealt with");
  acknowledge->add_option("POSITION", options->position, "of 'noren events list'")->required();
  AddRole(acknowledge, options, {"company", "portal"});
  Bind(acknowledge, context, options, AcknowledgeEvents);
}

void AddQuestions(CLI::App& root, CommandContext& context, const Options& options) {
  CLI::App& questions = AddNoun(root, "questions", "what people ask about decisions");
  CLI::App* list = questions.add_subcommand("list", "the queue, oldest first");
  AddRole(list, options, {"company", "officer"});
  Bind(list, context, options, ListQuestions);
  CLI::App* answer = questions.add_subcommand("answer", "answers one; the person reads it");
  answer->add_option("QUESTION", options->question, "question-...")->required();
  answer->add_option("--outcome", options->outcome, "explained; of a review: upheld or changed")
      ->required()
      ->check(CLI::IsMember({"explained", "upheld", "changed"}));
  answer->add_option("--answer", options->answer, "text, @FILE or -")->required();
  AddRole(answer, options, {"company", "officer"});
  AddHuman(answer, options, false);
  Bind(answer, context, options, AnswerQuestion);
}

void AddCompany(CLI::App& root, CommandContext& context, const Options& options) {
  CLI::App* company = root.get_subcommand("company");  // of AddCompanyCommands, which comes first
  CLI::App* signer = company->add_subcommand("add-signer", "registers a human who decides");
  signer->add_option("--name", options->name, "the human")->required();
  signer->add_option("--human-role", options->human_role, "what they are here")->required();
  signer->add_option("--public-key", options->public_key, "of 'noren act keygen'")->required();
  Bind(signer, context, options, AddSigner);
  CLI::App* reject = root.add_subcommand("reject", "rejects one who applied (company)");
  reject->add_option("CANDIDATE", options->candidate, "candidate-...")->required();
  reject->add_option("--reason", options->reason, "a code of decision.md")->required();
  AddHuman(reject, options, true);
  Bind(reject, context, options, Reject);
}

}  // namespace

void AddAfterReleaseCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<AfterOptions>();
  AddDuties(root, context, options);
  AddEvents(root, context, options);
  AddQuestions(root, context, options);
  AddCompany(root, context, options);
}

}  // namespace noren::cli
