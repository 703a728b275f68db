// noren posting close, noren seeker show, noren seeker put.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

constexpr std::size_t kChunkSizeBytes = 256 * 1024;
constexpr std::size_t kMaxFileSizeBytes = std::size_t{21} << 20;  // an item and its encryption

Status ClosePosting(CommandContext& context, const std::string& posting) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallPortal(*session, [&](wire::PortalServiceClient& client) {
    client.close_posting(answer, idempotency, posting);
  }));
  model::JsonValue object;
  object.Set("posting", posting).Set("state", "closed").Set("audit", ToJson(answer));
  context.console.Result(object, SafeForTerminal(posting) + " is closed; " + ToText(answer));
  return OkStatus();
}

template <typename Level>
std::vector<std::string> LevelTexts(const std::vector<Level>& levels) {
  std::vector<std::string> texts;
  for (const Level& level : levels) {
    texts.push_back(level.code + ":" + std::to_string(static_cast<int>(level.level)));
  }
  return texts;
}

model::JsonValue ProfileJson(const wire::Profile& profile) {
  model::JsonValue object;
  object.Set("occupations", ToJson(profile.occupations)).Set("regions", ToJson(profile.regions));
  object.Set("skills", ToJson(LevelTexts(profile.skills)));
  object.Set("languages", ToJson(LevelTexts(profile.languages)));
  object.Set("licences", ToJson(profile.licences));
  object.Set("employment_types", ToJson(profile.employment_types));
  if (profile.__isset.wage_floor) {
    model::JsonValue wage;
    wage.Set("amount", profile.wage_floor.amount).Set("currency", profile.wage_floor.currency);
    object.Set("wage_floor", std::move(wage));
  }
  if (profile.__isset.experience_months) {
    object.Set("experience_months", profile.experience_months);
  }
  if (profile.__isset.education) object.Set("education", std::int64_t{profile.education});
  if (profile.__isset.available_from) object.Set("available_from", profile.available_from);
  return object;
}

std::string SeekerText(const wire::SeekerSummary& seeker) {
  const wire::Profile& profile = seeker.profile;
  Table table({"FIELD", "VALUE"});
  table.Add({"handle", seeker.handle});
  table.Add({"discoverable", seeker.discoverable ? "yes" : "no"});
  if (seeker.__isset.custody) table.Add({"custody", seeker.custody});
  table.Add({"occupations", Join(profile.occupations, " ")});
  table.Add({"regions", Join(profile.regions, " ")});
  table.Add({"skills", Join(LevelTexts(profile.skills), " ")});
  table.Add({"languages", Join(LevelTexts(profile.languages), " ")});
  table.Add({"licences", Join(profile.licences, " ")});
  table.Add({"employment types", Join(profile.employment_types, " ")});
  if (profile.__isset.wage_floor) {
    table.Add({"wage floor", std::to_string(profile.wage_floor.amount) + " " +
                                 profile.wage_floor.currency + " a month"});
  }
  if (profile.__isset.experience_months) {
    table.Add({"experience", std::to_string(profile.experience_months) + " months"});
  }
  if (profile.__isset.education) {
    table.Add({"education", "ISCED " + std::to_string(static_cast<int>(profile.education))});
  }
  if (profile.__isset.available_from) table.Add({"available from", profile.available_from});
  for (const std::string& item : seeker.items) table.Add({"item", item});
  return table.ToText();
}

Status ShowSeeker(CommandContext& context, const std::string& handle) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::SeekerSummary answer;
  NOREN_RETURN_IF_ERROR(CallPortal(
      *session, [&](wire::PortalServiceClient& client) { client.get_seeker(answer, handle); }));
  model::JsonValue object;
  object.Set("handle", answer.handle).Set("discoverable", bool{answer.discoverable});
  if (answer.__isset.custody) object.Set("custody", answer.custody);
  object.Set("items", ToJson(answer.items)).Set("profile", ProfileJson(answer.profile));
  context.console.Result(object, SeekerText(answer));
  return OkStatus();
}

struct PutOptions {
  std::string handle, path, kind, media_type = "application/octet-stream", name;
  std::string replaces, statement, signature;
};

// The act "replace", made and signed in the person's client.
StatusOr<wire::PersonAct> ReplaceAct(CommandContext& context, const PutOptions& options) {
  wire::PersonAct act;
  NOREN_ASSIGN_OR_RETURN(act.statement, ReadArgument(options.statement, context.in));
  const auto signature = HexDecode(options.signature);
  if (!signature.ok()) return UsageError("--signature: lower-case hex digits");
  act.__set_signature(std::string(AsText(*signature)));
  return act;
}

StatusOr<std::string> SendFile(Session& session, const std::string& file,
                               const wire::BeginItemRequest& begin) {
  std::string upload;
  NOREN_RETURN_IF_ERROR(CallPortal(
      session, [&](wire::PortalServiceClient& client) { client.begin_item(upload, begin); }));
  for (std::size_t at = 0; at < file.size(); at += kChunkSizeBytes) {
    const std::string chunk = file.substr(at, kChunkSizeBytes);
    NOREN_RETURN_IF_ERROR(CallPortal(session, [&](wire::PortalServiceClient& client) {
      client.append_item(upload, static_cast<std::int64_t>(at), chunk);
    }));
  }
  return upload;
}

// Hands in a file as it is: under person custody an age file that the person's client made.
Status PutItem(CommandContext& context, const PutOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const std::string file, ReadTextFile(options.path, kMaxFileSizeBytes));
  const std::string key = context.IdempotencyKey();
  wire::BeginItemRequest begin;
  begin.idempotency = MakeIdempotency(key);
  begin.handle = options.handle;
  begin.kind = options.kind;
  begin.media_type = options.media_type;
  begin.name = options.name;
  wire::FinishItemRequest finish;
  finish.idempotency = begin.idempotency;
  finish.size_bytes = static_cast<std::int64_t>(file.size());
  finish.sha256 = std::string(AsText(primitives::Sha256(AsBytes(file))));
  if (!options.replaces.empty()) {
    begin.__set_replaces(options.replaces);
    NOREN_ASSIGN_OR_RETURN(const wire::PersonAct act, ReplaceAct(context, options));
    finish.__set_act(act);
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  NOREN_ASSIGN_OR_RETURN(finish.upload, SendFile(*session, file, begin));
  wire::ItemAnswer answer;
  NOREN_RETURN_IF_ERROR(CallPortal(
      *session, [&](wire::PortalServiceClient& client) { client.finish_item(answer, finish); }));
  model::JsonValue object;
  object.Set("item", answer.item).Set("payload_sha256", HexOf(answer.payload_sha256));
  object.Set("audit", ToJson(answer.audit));
  context.console.Result(object,
                         SafeForTerminal(answer.item) + " is stored; " + ToText(answer.audit));
  return OkStatus();
}

void AddPutCommand(CLI::App& seeker, CommandContext& context) {
  auto options = std::make_shared<PutOptions>();
  CLI::App* put = seeker.add_subcommand(
      "put", "hands in an item; under person custody an age file made in the person's client");
  put->add_option("HANDLE", options->handle, "seeker-...")->required();
  put->add_option("FILE", options->path, "the file, sent as it is")->required();
  put->add_option("--kind", options->kind, "resume, name, email, ...")->required();
  put->add_option("--name", options->name, "a file name for the company")->required();
  put->add_option("--media-type", options->media_type, "of what is inside")->capture_default_str();
  CLI::Option* statement =
      put->add_option("--statement", options->statement, "act 'replace': text, @FILE or -");
  CLI::Option* signature = put->add_option("--signature", options->signature, "hex, the person's");
  put->add_option("--replaces", options->replaces, "item-... whose new version this is")
      ->needs(statement)
      ->needs(signature);
  put->callback([&context, options] {
    context.action = [options](CommandContext& c) { return PutItem(c, *options); };
  });
}

}  // namespace

void AddPortalCommands(CLI::App& root, CommandContext& context) {
  auto id = std::make_shared<std::string>();
  CLI::App& posting = AddNoun(root, "posting", "the portal's postings");
  CLI::App* close = posting.add_subcommand("close", "takes a posting out of the market");
  close->add_option("POSTING", *id, "posting-...")->required();
  close->callback([&context, id] {
    context.action = [id](CommandContext& c) { return ClosePosting(c, *id); };
  });
  AddPostingCommands(posting, context);
  CLI::App& seeker = AddNoun(root, "seeker", "the portal's people");
  CLI::App* show = seeker.add_subcommand("show", "coded profile and items of a person");
  show->add_option("HANDLE", *id, "seeker-...")->required();
  AddPutCommand(seeker, context);
  AddLetterFacts(seeker, context);
  show->callback(
      [&context, id] { context.action = [id](CommandContext& c) { return ShowSeeker(c, *id); }; });
}

}  // namespace noren::cli
