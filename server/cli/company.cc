// noren company, cards, invite, applicants, withdrawals: what a company sees and asks for.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "crypto/agefile/recipient.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/failure.h"
#include "server/cli/human_key.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct CompanyOptions {
  std::string recipient, posting, card, candidate, purpose;
  std::string decided_by, human_role, reason = "best_match", key_path;
  std::vector<std::string> item_kinds;
  std::int32_t how_many = 1;
};

Status ReportPosition(CommandContext& context, const wire::AuditPosition& position) {
  model::JsonValue object;
  context.console.Result(object.Set("audit", ToJson(position)), "done; " + ToText(position));
  return OkStatus();
}

Status AddKey(CommandContext& context, const CompanyOptions& options) {
  if (!agefile::Recipient::Parse(options.recipient).ok()) {
    return UsageError("RECIPIENT: an age X25519 recipient, age1..., as 'age-keygen' prints it");
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
    client.add_key(answer, idempotency, options.recipient);
  }));
  return ReportPosition(context, answer);
}

Status ListPostings(CommandContext& context) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  Table table({"POSTING", "STATE", "REGISTERED", "TITLE"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::CompanyPostingPage page;
    NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
      client.list_postings(page, MakePage(cursor));
    }));
    for (const wire::CompanyPosting& posting : page.postings) {
      table.Add({posting.posting, posting.state, TimeText(posting.registered_at), posting.title});
      model::JsonValue row;
      row.Set("posting", posting.posting).Set("state", posting.state).Set("title", posting.title);
      rows.Append(row.Set("registered_at", posting.registered_at));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("postings", std::move(rows)), table.ToText());
  return OkStatus();
}

std::string ClassText(const std::map<std::string, std::string>& row) {
  std::string text;
  for (const auto& [name, value] : row) {
    text += (text.empty() ? "" : " ") + name + "=" + value;
  }
  return text;
}

model::JsonValue CardJson(const wire::Card& card) {
  auto class_row = model::JsonValue::MakeObject();
  for (const auto& [name, value] : card.class_row) class_row.Set(name, value);
  model::JsonValue row;
  row.Set("card", card.card).Set("class_row", std::move(class_row)).Set("band", card.band);
  row.Set("requirements_met", ToJson(card.requirements_met));
  row.Set("requirements_open", ToJson(card.requirements_open));
  return row.Set("qualifying", card.qualifying);
}

Status ListCards(CommandContext& context, const CompanyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  Table table({"BAND", "CARD", "QUALIFYING", "CLASS", "MET", "OPEN"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  std::string epoch;
  do {
    wire::CardPage page;
    NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
      client.list_cards(page, options.posting, MakePage(cursor));
    }));
    for (const wire::Card& card : page.cards) {
      table.Add({card.band, card.card, card.qualifying, ClassText(card.class_row),
                 Join(card.requirements_met, " "), Join(card.requirements_open, " ")});
      rows.Append(CardJson(card));
    }
    epoch = page.epoch;
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("cards", std::move(rows)).Set("epoch", epoch), table.ToText());
  return OkStatus();
}

// What the human signs: this request and no other.
StatusOr<wire::SignedStatement> DecideInvitation(CommandContext& context,
                                                 const CompanyOptions& options) {
  personal_data::HumanDecision decision;
  decision.act = personal_data::DecisionAct::kInvite;
  const auto posting = model::PostingId::Parse(options.posting);
  if (!posting.ok()) return UsageError("POSTING: posting-...");
  decision.posting = *posting;
  decision.card = options.card;
  decision.how_many = options.how_many;
  for (const std::string& name : options.item_kinds) {
    const auto kind = model::FindItemKind(name);
    if (!kind) return UsageError("--items: kinds, e.g. resume,name,email");
    decision.item_kinds.push_back(*kind);
  }
  std::sort(decision.item_kinds.begin(), decision.item_kinds.end());
  const auto purpose = model::FindPurpose(options.purpose);
  if (!purpose) return UsageError("--purpose: e.g. application_screening");
  decision.purpose = *purpose;
  return SignDecision(context,
                      {options.decided_by, options.human_role, options.reason, options.key_path},
                      std::move(decision));
}

Status Invite(CommandContext& context, const CompanyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  wire::InviteRequest request;
  request.idempotency = MakeIdempotency(context.IdempotencyKey());
  request.posting = options.posting;
  request.card = options.card;
  request.how_many = options.how_many;
  request.item_kinds = options.item_kinds;
  request.purpose = options.purpose;
  request.decided_by = options.decided_by;
  // Without a key the service says what it asks for.
  if (!options.key_path.empty()) {
    NOREN_ASSIGN_OR_RETURN(const wire::SignedStatement decision,
                           DecideInvitation(context, options));
    request.__set_decision(decision);
  }
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallCompany(
      *session, [&](wire::CompanyServiceClient& client) { client.invite(answer, request); }));
  return ReportPosition(context, answer);
}

Status ListApplicants(CommandContext& context, const CompanyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  Table table({"SCORE", "CANDIDATE", "STATE", "EXPIRES", "ITEMS", "TERMS"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::ApplicantPage page;
    NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
      client.list_applicants(page, options.posting, MakePage(cursor));
    }));
    for (const wire::Applicant& one : page.applicants) {
      table.Add({std::to_string(one.score), one.candidate, one.state, TimeText(one.expires_at),
                 Join(one.item_kinds, " "), ToText(one.terms)});
      model::JsonValue row;
      row.Set("candidate", one.candidate).Set("score", one.score).Set("state", one.state);
      row.Set("granted_at", one.granted_at).Set("expires_at", one.expires_at);
      rows.Append(row.Set("item_kinds", ToJson(one.item_kinds)).Set("terms", ToJson(one.terms)));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("applicants", std::move(rows)), table.ToText());
  return OkStatus();
}

Status ListWithdrawals(CommandContext& context) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  std::vector<wire::Withdrawal> answer;
  NOREN_RETURN_IF_ERROR(CallCompany(
      *session, [&](wire::CompanyServiceClient& client) { client.list_withdrawals(answer); }));
  Table table({"CANDIDATE", "POSTING", "WITHDRAWN", "ACKNOWLEDGED", "DESTROY COPIES"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::Withdrawal& one : answer) {
    table.Add({one.candidate, one.posting, TimeText(one.withdrawn_at),
               one.acknowledged ? "yes" : "no", one.destroy_copies ? "yes" : "no"});
    model::JsonValue row;
    row.Set("candidate", one.candidate).Set("posting", one.posting);
    row.Set("withdrawn_at", one.withdrawn_at).Set("acknowledged", bool{one.acknowledged});
    rows.Append(row.Set("destroy_copies", bool{one.destroy_copies}));
  }
  model::JsonValue object;
  context.console.Result(object.Set("withdrawals", std::move(rows)), table.ToText());
  return OkStatus();
}

Status AcknowledgeWithdrawal(CommandContext& context, const CompanyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallCompany(*session, [&](wire::CompanyServiceClient& client) {
    client.acknowledge_withdrawal(answer, idempotency, options.candidate);
  }));
  return ReportPosition(context, answer);
}

Status Leave(CommandContext& context, const CompanyOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("company"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallCompany(
      *session, [&](wire::CompanyServiceClient& client) { client.leave(answer, idempotency); }));
  return ReportPosition(context, answer);
}

using Options = std::shared_ptr<CompanyOptions>;
using Action = Status (*)(CommandContext&, const CompanyOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

void AddInvite(CLI::App& root, CommandContext& context, const Options& options) {
  CLI::App* invite = root.add_subcommand("invite", "asks people of a class (company)");
  invite->add_option("POSTING", options->posting, "posting-...")->required();
  invite->add_option("CARD", options->card, "of 'noren cards'")->required();
  invite->add_option("--how-many", options->how_many, "at most; the best of the class are asked")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  invite->add_option("--items", options->item_kinds, "what is asked for: resume,name,email")
      ->required()
      ->delimiter(',');
  invite->add_option("--purpose", options->purpose, "e.g. application_screening")->required();
  invite->add_option("--decided-by", options->decided_by, "who decided, a human's name")
      ->required();
  invite->add_option("--human-role", options->human_role, "their role, as registered");
  invite->add_option("--reason", options->reason, "a code of decision.md")->capture_default_str();
  invite->add_option("--signer-key", options->key_path, "their key, of 'noren act keygen'");
  Bind(invite, context, options, Invite);
}

}  // namespace

void AddCompanyCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<CompanyOptions>();
  CLI::App& company = AddNoun(root, "company", "the company's keys and postings");
  CLI::App* add_key = company.add_subcommand("add-key", "registers an age recipient");
  add_key->add_option("RECIPIENT", options->recipient, "age1...")->required();
  Bind(add_key, context, options, AddKey);
  Bind(company.add_subcommand("postings", "the company's postings"), context, options,
       [](CommandContext& c, const CompanyOptions&) { return ListPostings(c); });

  Bind(company.add_subcommand("leave", "leaves: postings close, nothing is handed over any more"),
       context, options, Leave);
  CLI::App* cards = root.add_subcommand("cards", "classes of people for a posting (company)");
  cards->add_option("POSTING", options->posting, "posting-...");
  cards->callback([&context, options, cards] {
    if (!cards->get_subcommands().empty()) return;  // 'cards renew', of the officer
    context.action = [options](CommandContext& c) {
      return options->posting.empty() ? UsageError("POSTING is required (see --help)")
                                      : ListCards(c, *options);
    };
  });
  AddInvite(root, context, options);
  CLI::App* applicants = root.add_subcommand("applicants", "who consented to a posting (company)");
  applicants->add_option("POSTING", options->posting, "posting-...")->required();
  Bind(applicants, context, options, ListApplicants);

  CLI::App& withdrawals = AddNoun(root, "withdrawals", "withdrawn consents (company)");
  Bind(withdrawals.add_subcommand("list", "what was withdrawn"), context, options,
       [](CommandContext& c, const CompanyOptions&) { return ListWithdrawals(c); });
  CLI::App* acknowledge =
      withdrawals.add_subcommand("acknowledge", "confirms that the copies were destroyed");
  acknowledge->add_option("CANDIDATE", options->candidate, "candidate-...")->required();
  Bind(acknowledge, context, options, AcknowledgeWithdrawal);
}

}  // namespace noren::cli
