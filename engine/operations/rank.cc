// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rank.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/exposures.h"
#include "engine/operations/freezes.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/register_company.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/stated/purposes.h"
#include "engine/policy/stated/subjects.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::int32_t kMaxRows = 1000;

Status CheckRows(ServiceContext& context, std::int32_t k) {
  if (k < 1 || k > kMaxRows) return model::MakeFieldError(ErrorCode::kBadRequest, "k", "1..1000");
  return policy::ToStatus(policy::MayRank(context.policy, k));
}

struct RankingEntry {
  audit::Operation operation;
  std::string object;
  std::string subject;
  std::vector<std::string> clauses;
};

Status RecordRanking(ServiceContext& context, const Call& call, const RankingEntry& entry) {
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  Attempt attempt;
                  attempt.change.entry.operation = entry.operation;
                  attempt.change.entry.principal = call.principal;
                  attempt.change.entry.object = entry.object;
                  attempt.change.entry.subject = entry.subject;
                  attempt.change.entry.clause_ids = entry.clauses;
                  return attempt;
                })
      .status();
}

std::string DetailOf(const matching::ConditionResult& result, const CodeTokens& tokens) {
  std::string detail = result.token.is_none() ? "" : tokens.CodeOf(result.token) + " ";
  detail += "asked " + std::to_string(result.asked) + ", ";
  return detail + (result.verdict == matching::Verdict::kNotStated
                       ? std::string("not stated")
                       : "stated " + std::to_string(result.stated));
}

// "skill_level SK-cpp from 2 to 3"
std::string ValueText(const matching::ValueChange& value, const CodeTokens& tokens) {
  std::string text(matching::ChangedFieldName(value.field));
  if (!value.token.is_none()) text += " " + tokens.CodeOf(value.token);
  text += value.from ? " from " + std::to_string(*value.from) : std::string(" not stated");
  return text + " to " + std::to_string(value.to);
}

std::string ChangeText(const matching::SmallestChange& change, const CodeTokens& tokens) {
  using matching::ChangeKind;
  switch (change.kind) {
    case ChangeKind::kOneCondition:
      return std::string(matching::ConditionName(change.condition->condition)) +
             " alone: " + DetailOf(*change.condition, tokens) +
             (change.value ? "; " + ValueText(*change.value, tokens) : std::string());
    case ChangeKind::kSeveralConditions:
      return std::to_string(change.count) + " conditions are not met";
    case ChangeKind::kOneValue:
      return ValueText(*change.value, tokens);
    case ChangeKind::kSeveralValues:
      return "several values, +" + std::to_string(change.points);
    case ChangeKind::kOutOfReach:
      return "out of reach";
    case ChangeKind::kNone:
    case ChangeKind::kAlreadyThere:
      return "";
  }
  return "";
}

PairExplanation Explained(const CodeTokens& tokens, const MarketPosting& posting,
                          const MarketPerson& person) {
  const matching::Explanation explained = matching::Explain(posting.row, person.row, std::nullopt);
  PairExplanation answer;
  answer.qualifies = explained.eligible;
  answer.score = explained.pair;
  for (const matching::ConditionResult& result : explained.conditions) {
    answer.conditions.push_back(
        {std::string(matching::ConditionName(result.condition)),
         std::string(matching::SideName(matching::SideOf(result.condition))),
         result.verdict == matching::Verdict::kMet, DetailOf(result, tokens)});
  }
  answer.smallest_change = ChangeText(explained.change, tokens);
  return answer;
}

}  // namespace

std::optional<PairExplanation> ExplainNow(ServiceContext& context, const model::PostingId& posting,
                                          const model::PersonId& person) {
  const MarketView market = context.market.Now();
  const auto found = market->FindPosting(posting);
  const auto row = market->FindPerson(person);
  if (!found || !row) return std::nullopt;
  return Explained(market->tokens(), *found, *row);
}

namespace {

// Whether everybody who can be registered may be ranked, whatever their kind.
bool RanksEverybody(const policy::Policy& policy) {
  const std::vector<const policy::Entry*> kinds = policy.statement->All("subject");
  return std::all_of(kinds.begin(), kinds.end(), [&](const policy::Entry* kind) {
    return !policy::MayRegister(policy, kind->id).allowed ||
           policy::MayBeRanked(policy, policy::Search::kPeopleForPosting, kind->id).allowed;
  });
}

// Leaves out whom the notice does not let be ranked, and who did not agree to what it rests on:
// kind and version are in the record, not in a row. Where one version has been in force and ranks
// all, nobody is read, but for a while after a snapshot: the market has who is of which kind today.
Status DropWhoMayNotBeRanked(ServiceContext& context, std::string_view company,
                             std::vector<RankedPerson>& best) {
  NOREN_ASSIGN_OR_RETURN(const bool others, context.policy_versions.HasOthers(context));
  const bool is_judged = context.market.Now()->IsJudged();
  if (!others && is_judged && RanksEverybody(context.policy)) return OkStatus();
  std::vector<RankedPerson> kept;
  for (RankedPerson& one : best) {
    const StatusOr<LoadedPerson> person = LoadPerson(context, one.person);
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) continue;  // destroyed
    NOREN_RETURN_IF_ERROR(person.status());
    NOREN_ASSIGN_OR_RETURN(
        const policy::Decision may,
        JudgeRanking(context, *person, policy::Search::kPeopleForPosting, company));
    if (may.allowed) kept.push_back(std::move(one));
  }
  best = std::move(kept);
  return OkStatus();
}

}  // namespace

StatusOr<MarketRanking<RankedPerson>> RankCandidates(ServiceContext& context, const Call& call,
                                                     const model::PostingId& posting,
                                                     std::int32_t k) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_RETURN_IF_ERROR(CheckRows(context, k));
  const auto found = context.market.FindPostingOfPortal(call.principal.name, posting);
  if (!found || !found->open) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const Audience audience, AudienceOf(context, found->company));
  const policy::Decision declared =
      policy::MayBeRanked(context.policy, {policy::Search::kPeopleForPosting, "", std::nullopt,
                                           std::span<const std::string>(audience.classes)});
  NOREN_RETURN_IF_ERROR(RequireStated(
      context, call, {audit::Operation::kRankCandidates, posting.ToString()}, declared));
  NOREN_RETURN_IF_ERROR(EndByDate(context));
  NOREN_ASSIGN_OR_RETURN(auto ranking,
                         context.market.RankSeekers(posting, call.principal.name,
                                                    static_cast<std::size_t>(k), &audience));
  NOREN_RETURN_IF_ERROR(DropWhoMayNotBeRanked(context, found->company, ranking.best));
  std::vector<model::PersonId> people;
  for (const auto& ranked : ranking.best) people.push_back(ranked.person);
  const auto shown = Record(context, [&]() -> StatusOr<Attempt> {
    Attempt attempt;
    attempt.change.entry.operation = audit::Operation::kRankCandidates;
    attempt.change.entry.principal = call.principal;
    attempt.change.entry.object = posting.ToString();
    attempt.change.entry.clause_ids = declared.clauses;
    NOREN_RETURN_IF_ERROR(StageListShowing(
        context, call,
        {audit::Operation::kRankCandidates, kFormRanking, kToRankForAPosting, posting}, people,
        attempt));
    return attempt;
  });
  NOREN_RETURN_IF_ERROR(shown.status());
  return ranking;
}

namespace {

// The best openings of companies that the person may be ranked for: more are looked at until there
// are enough.
StatusOr<MarketRanking<RankedOpening>> OpeningsFor(ServiceContext& context,
                                                   const LoadedPerson& person, std::size_t k) {
  const auto row = context.market.FindPerson(person.person);
  if (!row) return MakeError(ErrorCode::kNotFound);
  const bool is_limited = row->companies_class.find('&') != std::string::npos;
  std::map<std::string, bool> reached;  // by company
  for (std::size_t asked = k;; asked *= 4) {
    NOREN_ASSIGN_OR_RETURN(auto ranking, context.market.RankPostings(person.person, asked));
    if (!is_limited) return ranking;
    const bool has_more = ranking.best.size() == asked;
    std::vector<RankedOpening> kept;
    for (RankedOpening& one : ranking.best) {
      const auto [found, is_new] = reached.emplace(one.company, false);
      if (is_new) {
        NOREN_ASSIGN_OR_RETURN(const Audience company, AudienceOf(context, one.company));
        found->second = company.IsReached(row->companies_class);
      }
      if (found->second && kept.size() < k) kept.push_back(std::move(one));
    }
    ranking.best = std::move(kept);
    if (ranking.best.size() == k || !has_more) return ranking;
  }
}

}  // namespace

StatusOr<MarketRanking<RankedOpening>> RankPostings(ServiceContext& context, const Call& call,
                                                    const model::SeekerHandle& handle,
                                                    std::int32_t k) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_RETURN_IF_ERROR(CheckRows(context, k));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, handle));
  personal_data::Staged stays;
  NOREN_RETURN_IF_ERROR(RequireMayUse(context, person, stays));
  NOREN_ASSIGN_OR_RETURN(const policy::Decision declared,
                         JudgeRanking(context, person, policy::Search::kPostingsForPerson));
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kRankPostings, "", &person}, declared));
  NOREN_RETURN_IF_ERROR(EndByDate(context));
  NOREN_ASSIGN_OR_RETURN(auto ranking, OpeningsFor(context, person, static_cast<std::size_t>(k)));
  NOREN_RETURN_IF_ERROR(RecordRanking(
      context, call,
      {audit::Operation::kRankPostings, "", person.person.ToString(), declared.clauses}));
  return ranking;
}

StatusOr<PairExplanation> ExplainPair(ServiceContext& context, const Call& call,
                                      const model::PostingId& posting,
                                      const model::SeekerHandle& handle) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  const MarketView market = context.market.Now();
  const auto found = market->FindPosting(posting);
  if (!found) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, handle));
  personal_data::Staged stays;
  NOREN_RETURN_IF_ERROR(RequireMayUse(context, person, stays));
  NOREN_ASSIGN_OR_RETURN(const policy::Decision declared,
                         JudgeRanking(context, person, policy::Search::kEither, found->company));
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kExplainCandidate, "", &person}, declared));
  const auto row = market->FindPerson(person.person);
  if (!row) return MakeError(ErrorCode::kNotFound);
  return Explained(market->tokens(), *found, *row);
}

StatusOr<PairExplanation> ExplainCandidate(ServiceContext& context, const Call& call,
                                           const model::CandidateRef& candidate) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  NOREN_ASSIGN_OR_RETURN(const LoadedCandidate loaded,
                         LoadCandidate(context, call.principal.name, candidate));
  NOREN_RETURN_IF_ERROR(personal_data::CheckReleasable(loaded.consent.version, context.time.Now()));
  // Who must not be provided is in no market; the company is told why rather than "nobody".
  personal_data::Staged looked_at;
  NOREN_RETURN_IF_ERROR(RequireMayProvide(context, loaded.person, looked_at));
  const AskedOf asked{audit::Operation::kExplainCandidate, loaded.record.consent.ToString(),
                      &loaded.person};
  NOREN_ASSIGN_OR_RETURN(const policy::Decision stated, JudgeRelease(context, loaded));
  NOREN_RETURN_IF_ERROR(RequireStated(context, call, asked, stated));
  const MarketView market = context.market.Now();
  const auto posting = market->FindPosting(loaded.record.posting);
  const auto row = market->FindPerson(loaded.record.person);
  if (!posting || !row) return MakeError(ErrorCode::kNotFound);
  const auto shown = Record(context, [&]() -> StatusOr<Attempt> {
    personal_data::Staged stays;
    NOREN_RETURN_IF_ERROR(RequireMayProvide(context, loaded.person, stays));
    Attempt attempt;
    attempt.change.staged.Append(std::move(stays));
    attempt.change.entry.operation = audit::Operation::kExplainCandidate;
    attempt.change.entry.principal = call.principal;
    attempt.change.entry.subject = loaded.record.person.ToString();
    attempt.change.entry.object = loaded.record.consent.ToString();
    attempt.change.entry.clause_ids = stated.clauses;
    attempt.subject = loaded.record.person;
    attempt.subject_keys = loaded.person.keys;
    personal_data::Disclosure disclosure;
    disclosure.at = context.time.Now();
    disclosure.what = std::string(audit::NameOf(attempt.change.entry.operation));
    disclosure.who = ViewerOf(call.principal);
    disclosure.form = std::string(kFormExplanation);
    disclosure.reason = std::string(kToJudgeAnApplication);
    disclosure.posting = loaded.record.posting;
    StageDisclosureOf(context, loaded.person, std::move(disclosure), attempt);
    // The consent must be what it was judged to be until the entry is durable.
    attempt.change.staged.Require(
        personal_data::keyspaces::ConsentVersionKey(loaded.record.person, loaded.record.consent),
        loaded.consent.version_bytes);
    attempt.change.deadline = loaded.consent.version.deadline;
    NOREN_RETURN_IF_ERROR(RequireMayProvide(context, loaded.person, attempt.change.staged));
    return attempt;
  });
  NOREN_RETURN_IF_ERROR(shown.status());
  return Explained(market->tokens(), *posting, *row);
}

}  // namespace noren::operations
