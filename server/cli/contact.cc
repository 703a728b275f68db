// noren contact announce | run | list | record | close | notice-change (officer)
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "crypto/base/encoding.h"
#include "gen-cpp/ContactService.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/contact_view.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/rights_view.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct ContactOptions {
  std::string kind = "purpose", purpose, subject, about, text, announcement, person, contact, mark;
  std::string notice, reason;
  std::int32_t limit = 500;
  bool queue_only = false;
};

template <typename Function>
Status CallContact(Session& session, Function function) {
  return CallService<wire::ContactServiceClient>(session, "contact", function);
}

model::JsonValue ToJson(const wire::Announcement& one) {
  model::JsonValue json, left_out;
  for (const auto& [reason, count] : one.left_out) left_out.Set(reason, count);
  json.Set("announcement", one.announcement).Set("kind", one.kind).Set("purpose", one.purpose);
  json.Set("subject", one.subject).Set("about", one.about).Set("text", one.text);
  json.Set("queued_by", one.queued_by).Set("queued_at", one.queued_at);
  json.Set("done_at", one.done_at).Set("told", one.told);
  return json.Set("left_out", std::move(left_out));
}

std::string LeftOutText(const wire::Announcement& one) {
  std::string text;
  for (const auto& [reason, count] : one.left_out)
    text += (text.empty() ? "" : ", ") + reason + " " + std::to_string(count);
  return text;
}

// Until everybody was looked at.
Status RunToEnd(CommandContext& context, Session& session, const std::string& announcement,
                std::int32_t limit) {
  wire::Announcement one;
  do {
    NOREN_RETURN_IF_ERROR(CallContact(session, [&](wire::ContactServiceClient& client) {
      client.run_announcement(one, announcement, limit);
    }));
  } while (one.done_at == 0);
  const std::string left_out = LeftOutText(one);
  context.console.Result(ToJson(one),
                         SafeForTerminal(announcement + ": " + std::to_string(one.told) + " told" +
                                         (left_out.empty() ? "" : "; left out: " + left_out)));
  return OkStatus();
}

Status Announce(CommandContext& context, const ContactOptions& options) {
  wire::Announce request;
  NOREN_ASSIGN_OR_RETURN(request.text, ReadArgument(options.text, context.in));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.kind = options.kind;
  request.purpose = options.purpose;
  request.subject = options.subject;
  request.about = options.about;
  wire::QueuedAnnouncement queued;
  NOREN_RETURN_IF_ERROR(CallContact(
      *session, [&](wire::ContactServiceClient& client) { client.announce(queued, request); }));
  if (!options.queue_only) return RunToEnd(context, *session, queued.announcement, options.limit);
  model::JsonValue object;
  object.Set("announcement", queued.announcement).Set("audit", cli::ToJson(queued.audit));
  context.console.Result(object, queued.announcement + "; " + ToText(queued.audit));
  return OkStatus();
}

Status Run(CommandContext& context, const ContactOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  return RunToEnd(context, *session, options.announcement, options.limit);
}

Status ListAnnouncements(CommandContext& context) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  Table table({"ANNOUNCEMENT", "PURPOSE", "ABOUT", "QUEUED", "DONE", "TOLD", "LEFT OUT"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::AnnouncementPage page;
    NOREN_RETURN_IF_ERROR(CallContact(*session, [&](wire::ContactServiceClient& client) {
      client.list_announcements(page, MakePage(cursor));
    }));
    for (const wire::Announcement& one : page.announcements) {
      table.Add({one.announcement, one.kind == "processor" ? one.kind : one.purpose, one.about,
                 TimeText(one.queued_at), TimeOrNothing(one.done_at), std::to_string(one.told),
                 LeftOutText(one)});
      rows.Append(ToJson(one));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("announcements", std::move(rows)), table.ToText());
  return OkStatus();
}

Status ListOfPerson(CommandContext& context, const ContactOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::PersonContacts contacts;
  NOREN_RETURN_IF_ERROR(CallContact(*session, [&](wire::ContactServiceClient& client) {
    client.list_contacts(contacts, options.person);
  }));
  context.console.Result(ContactsJson(contacts), ContactsText(contacts));
  return OkStatus();
}

Status List(CommandContext& context, const ContactOptions& options) {
  return options.person.empty() ? ListAnnouncements(context) : ListOfPerson(context, options);
}

Status RecordOne(CommandContext& context, const ContactOptions& options) {
  wire::RecordContact request;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.person = options.person;
  request.purpose = options.purpose;
  request.about = options.about;
  wire::RecordedContact answer;
  NOREN_RETURN_IF_ERROR(CallContact(*session, [&](wire::ContactServiceClient& client) {
    client.record_contact(answer, request);
  }));
  model::JsonValue object;
  object.Set("contact", answer.contact).Set("audit", cli::ToJson(answer.audit));
  context.console.Result(object, answer.contact + " is open; " + ToText(answer.audit));
  return OkStatus();
}

Status Close(CommandContext& context, const ContactOptions& options) {
  wire::CloseContact request;
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.person = options.person;
  request.contact = options.contact;
  request.mark = options.mark;
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallContact(*session, [&](wire::ContactServiceClient& client) {
    client.close_contact(answer, request);
  }));
  model::JsonValue object;
  object.Set("contact", options.contact).Set("audit", cli::ToJson(answer));
  context.console.Result(object, ToText(answer));
  return OkStatus();
}

Status DeclareChange(CommandContext& context, const ContactOptions& options) {
  wire::DeclareNoticeChange request;
  const auto digest = HexDecode(options.notice);
  if (!digest.ok() || digest->size() != Hash256().size())
    return UsageError("--from: 64 hex digits, the SHA-256 of a public notice");
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.notice_sha256.assign(digest->begin(), digest->end());
  request.reason = options.reason;
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallContact(*session, [&](wire::ContactServiceClient& client) {
    client.declare_notice_change(answer, request);
  }));
  model::JsonValue object;
  context.console.Result(object.Set("audit", cli::ToJson(answer)), ToText(answer));
  return OkStatus();
}

using Options = std::shared_ptr<ContactOptions>;
using Action = Status (*)(CommandContext&, const ContactOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

void AddAnnouncementCommands(CLI::App& contact, CommandContext& context, const Options& options) {
  CLI::App* announce = contact.add_subcommand("announce", "tells people, each once");
  announce->add_option("--kind", options->kind, "purpose, or processor: there is a new one")
      ->check(CLI::IsMember({"purpose", "processor"}));
  announce->add_option("--purpose", options->purpose, "as the notice prints it, or its id");
  announce->add_option("--subject", options->subject, "kind of person, by its id");
  announce->add_option("--about", options->about, "programme or business; the processor");
  announce->add_option("--text", options->text, "text, @FILE, or - for standard input")->required();
  announce->add_flag("--queue-only", options->queue_only, "run it later");
  CLI::App* run = contact.add_subcommand("run", "goes on with an announcement to its end");
  run->add_option("ANNOUNCEMENT", options->announcement, "announcement-...")->required();
  for (CLI::App* command : {announce, run})
    command->add_option("--limit", options->limit, "people in one call")
        ->check(CLI::Range(1, 1000));
  Bind(announce, context, options, Announce);
  Bind(run, context, options, Run);
}

}  // namespace

void AddContactCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<ContactOptions>();
  CLI::App& contact =
      AddNoun(root, "contact", "what people are told, and talked to about (officer)");
  AddAnnouncementCommands(contact, context, options);
  CLI::App* list = contact.add_subcommand("list", "announcements, or the contacts of one person");
  list->add_option("PERSON", options->person, "portal/seeker-...");
  Bind(list, context, options, List);
  CLI::App* record = contact.add_subcommand("record", "begins a contact with one person");
  record->add_option("PERSON", options->person, "portal/seeker-...")->required();
  record->add_option("--purpose", options->purpose, "as the notice prints it, or its id")
      ->required();
  record->add_option("--about", options->about, "the programme, where the notice names one");
  Bind(record, context, options, RecordOne);
  CLI::App* close = contact.add_subcommand("close", "ends it, with whether anything has changed");
  close->add_option("PERSON", options->person, "portal/seeker-...")->required();
  close->add_option("CONTACT", options->contact, "contact-...")->required();
  close->add_option("--mark", options->mark, "unchanged or changed")
      ->check(CLI::IsMember({"unchanged", "changed"}));
  Bind(close, context, options, Close);
  CLI::App* change = contact.add_subcommand(
      "notice-change", "declares that the notice in force changes nothing since another");
  change->add_option("--from", options->notice, "SHA-256 of the other, hex")->required();
  change->add_option("--reason", options->reason, "why, 3..300 characters")->required();
  Bind(change, context, options, DeclareChange);
}

}  // namespace noren::cli
