// noren rank, noren explain: the portal's own people and the open postings, best first.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

struct RankOptions {
  std::string first;   // posting, or handle of a seeker
  std::string second;  // handle, for explain
  std::int32_t k = 10;
};

Status RankCandidates(CommandContext& context, const RankOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::RankingAnswer answer;
  NOREN_RETURN_IF_ERROR(CallPortal(*session, [&](wire::PortalServiceClient& client) {
    client.rank_candidates(answer, options.first, options.k);
  }));
  Table table({"SCORE", "SEEKER", "TERMS"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::RankedSeeker& seeker : answer.seekers) {
    table.Add({std::to_string(seeker.score), seeker.handle, ToText(seeker.terms)});
    model::JsonValue row;
    row.Set("handle", seeker.handle).Set("score", seeker.score);
    rows.Append(row.Set("terms", ToJson(seeker.terms)));
  }
  model::JsonValue object;
  object.Set("considered", answer.considered).Set("policy_version", answer.policy_version);
  object.Set("seekers", std::move(rows));
  context.console.Result(object, table.ToText());
  context.console.Remark(std::to_string(answer.considered) + " met every hard condition; policy " +
                         SafeForTerminal(answer.policy_version));
  return OkStatus();
}

Status RankPostings(CommandContext& context, const RankOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::PostingRankingAnswer answer;
  NOREN_RETURN_IF_ERROR(CallPortal(*session, [&](wire::PortalServiceClient& client) {
    client.rank_postings(answer, options.first, options.k);
  }));
  Table table({"SCORE", "POSTING", "COMPANY", "TITLE"});
  auto rows = model::JsonValue::MakeArray();
  for (const wire::RankedPosting& posting : answer.postings) {
    table.Add({std::to_string(posting.score), posting.posting, posting.company, posting.title});
    model::JsonValue row;
    row.Set("posting", posting.posting).Set("company", posting.company);
    row.Set("title", posting.title).Set("score", posting.score);
    rows.Append(row.Set("terms", ToJson(posting.terms)));
  }
  model::JsonValue object;
  object.Set("considered", answer.considered).Set("postings", std::move(rows));
  context.console.Result(object, table.ToText());
  context.console.Remark(std::to_string(answer.considered) + " met every hard condition");
  return OkStatus();
}

Status Explain(CommandContext& context, const RankOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::Explanation answer;
  NOREN_RETURN_IF_ERROR(CallPortal(*session, [&](wire::PortalServiceClient& client) {
    client.explain(answer, options.first, options.second);
  }));
  context.console.Result(ToJson(answer), ToText(answer));
  return OkStatus();
}

}  // namespace

void AddRankCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<RankOptions>();
  CLI::App& rank = AddNoun(root, "rank", "rankings, best first (portal)");
  CLI::App* candidates = rank.add_subcommand("candidates", "the portal's own people for a posting");
  candidates->add_option("POSTING", options->first, "posting-...")->required();
  CLI::App* postings = rank.add_subcommand("postings", "open postings for one of its people");
  postings->add_option("SEEKER", options->first, "seeker-...")->required();
  for (CLI::App* command : {candidates, postings}) {
    command->add_option("-k,--count", options->k, "rows")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
  }
  CLI::App* explain = root.add_subcommand("explain", "why a pair has its score (portal)");
  explain->add_option("POSTING", options->first, "posting-...")->required();
  explain->add_option("SEEKER", options->second, "seeker-...")->required();
  candidates->callback([&context, options] {
    context.action = [options](CommandContext& c) { return RankCandidates(c, *options); };
  });
  postings->callback([&context, options] {
    context.action = [options](CommandContext& c) { return RankPostings(c, *options); };
  });
  explain->callback([&context, options] {
    context.action = [options](CommandContext& c) { return Explain(c, *options); };
  });
}

}  // namespace noren::cli
