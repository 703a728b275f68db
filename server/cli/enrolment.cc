// noren enrolment: keys, rotation, and the officer's review of people who may be one.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct EnrolmentOptions {
  std::string review, cursor;
  std::int32_t version = 0;
  std::int32_t limit = 0;
  bool all = false;
  bool as_portal = false;
};

Status ReadKeys(CommandContext& context, bool as_portal, std::vector<wire::EnrolmentKey>& keys) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect(as_portal ? "portal" : "officer"));
  if (as_portal) {
    return CallPortal(*session,
                      [&](wire::PortalServiceClient& client) { client.enrolment_keys(keys); });
  }
  return CallOfficer(
      *session, [&](wire::OfficerServiceClient& client) { client.enrolment_key_versions(keys); });
}

Status ShowKeys(CommandContext& context, const EnrolmentOptions& options) {
  std::vector<wire::EnrolmentKey> keys;
  NOREN_RETURN_IF_ERROR(ReadKeys(context, options.as_portal, keys));
  Table table({"VERSION", "STATE", "MADE", "RETIRED", "PUBLIC KEY"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::EnrolmentKey& key : keys) {
    const std::string retired = key.retired_at == 0 ? "-" : TimeText(key.retired_at);
    table.Add({std::to_string(key.version), key.state, TimeText(key.made_at), retired,
               HexOf(key.public_key)});
    model::JsonValue row;
    row.Set("version", std::int64_t{key.version}).Set("state", key.state);
    row.Set("made_at", key.made_at).Set("retired_at", key.retired_at);
    rows.Append(row.Set("public_key", HexOf(key.public_key)));
  }
  model::JsonValue object;
  context.console.Result(object.Set("keys", std::move(rows)), table.ToText());
  return OkStatus();
}

Status Rotate(CommandContext& context, const EnrolmentOptions&) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::RotateAnswer answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.rotate_enrolment_key(answer, idempotency);
  }));
  model::JsonValue object;
  object.Set("version", std::int64_t{answer.version}).Set("audit", ToJson(answer.audit));
  context.console.Result(object, "version " + std::to_string(answer.version) +
                                     " of the enrolment key lives; " + ToText(answer.audit));
  return OkStatus();
}

Status Retire(CommandContext& context, const EnrolmentOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.retire_enrolment_key(answer, idempotency, options.version);
  }));
  model::JsonValue object;
  object.Set("version", std::int64_t{options.version}).Set("audit", ToJson(answer));
  context.console.Result(
      object, "version " + std::to_string(options.version) + " is retired; " + ToText(answer));
  return OkStatus();
}

model::JsonValue SideJson(const wire::ReviewSide& side) {
  model::JsonValue object;
  object.Set("portal", side.portal).Set("handle", side.handle);
  object.Set("registered_at", side.registered_at);
  return object.Set("discoverable", bool{side.discoverable});
}

std::string SideText(const wire::ReviewSide& side) {
  return side.portal + " " + side.handle + " " + TimeText(side.registered_at);
}

Status ListReviews(CommandContext& context, const EnrolmentOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  wire::PageRequest page = MakePage(options.cursor);
  page.limit = options.limit;
  wire::ReviewPage answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.list_reviews(answer, page, !options.all);
  }));
  Table table({"REVIEW", "STATE", "FOUND", "EARLIER", "LATER"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::EnrolmentReview& review : answer.reviews) {
    table.Add({review.review, review.state, TimeText(review.found_at), SideText(review.earlier),
               SideText(review.later)});
    model::JsonValue row;
    row.Set("review", review.review).Set("state", review.state);
    row.Set("found_at", review.found_at).Set("decided_at", review.decided_at);
    row.Set("earlier", SideJson(review.earlier));
    rows.Append(row.Set("later", SideJson(review.later)));
  }
  model::JsonValue object;
  object.Set("reviews", std::move(rows)).Set("next_cursor", answer.next_cursor);
  std::string text = table.ToText();
  if (!answer.next_cursor.empty()) text += "more: --cursor " + answer.next_cursor + "\n";
  context.console.Result(object, text);
  return OkStatus();
}

Status Decide(CommandContext& context, const EnrolmentOptions& options,
              const std::string& decision) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.decide_review(answer, idempotency, options.review, decision);
  }));
  model::JsonValue object;
  object.Set("review", options.review).Set("decision", decision).Set("audit", ToJson(answer));
  context.console.Result(object,
                         SafeForTerminal(options.review) + ": " + decision + "; " + ToText(answer));
  return OkStatus();
}

using Options = std::shared_ptr<EnrolmentOptions>;
using Action = std::function<Status(CommandContext&, const EnrolmentOptions&)>;

void Bind(CLI::App* command, CommandContext& context, const Options& options,
          const Action& action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

void AddDecision(CLI::App& noun, CommandContext& context, const Options& options,
                 const std::string& verb, const std::string& decision) {
  CLI::App* command = noun.add_subcommand(verb, "decides a review: " + verb);
  command->add_option("REVIEW", options->review, "review-...")->required();
  Bind(command, context, options, [decision](CommandContext& c, const EnrolmentOptions& chosen) {
    return Decide(c, chosen, decision);
  });
}

}  // namespace

void AddEnrolmentCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<EnrolmentOptions>();
  CLI::App& noun = AddNoun(root, "enrolment", "blind enrolment: keys and reviews (officer)");
  CLI::App* keys = noun.add_subcommand("keys", "versions of the key, for portals to pin");
  keys->add_flag("--portal", options->as_portal, "asks as a portal");
  Bind(keys, context, options, ShowKeys);
  Bind(noun.add_subcommand("rotate", "makes the next version of the key"), context, options,
       Rotate);
  CLI::App* retire = noun.add_subcommand("retire", "ends an older version");
  retire->add_option("VERSION", options->version)->required()->check(CLI::PositiveNumber);
  Bind(retire, context, options, Retire);
  CLI::App* reviews = noun.add_subcommand("reviews", "people who came with one identifier");
  reviews->add_flag("--all", options->all, "decided ones, too");
  reviews->add_option("--limit", options->limit, "rows")->check(CLI::Range(1, 200));
  reviews->add_option("--cursor", options->cursor, "next_cursor of the page before");
  Bind(reviews, context, options, ListReviews);
  AddDecision(noun, context, options, "merge", "merge");
  AddDecision(noun, context, options, "keep-apart", "keep_apart");
  AddDecision(noun, context, options, "unmerge", "unmerge");
}

}  // namespace noren::cli
