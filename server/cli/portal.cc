// noren posting close, noren seeker show.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

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
  object.Set("items", ToJson(answer.items)).Set("profile", ProfileJson(answer.profile));
  context.console.Result(object, SeekerText(answer));
  return OkStatus();
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
  CLI::App& seeker = AddNoun(root, "seeker", "the portal's people");
  CLI::App* show = seeker.add_subcommand("show", "coded profile and items of a person");
  show->add_option("HANDLE", *id, "seeker-...")->required();
  show->callback(
      [&context, id] { context.action = [id](CommandContext& c) { return ShowSeeker(c, *id); }; });
}

}  // namespace noren::cli
