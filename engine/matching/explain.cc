// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/explain.h"

#include <algorithm>

namespace noren::matching {
namespace {

// Of the terms that alone have room for `points`, the one with the most room; ties: the first.
const Term* TermWithRoom(const PairScore& pair, std::int32_t points) {
  const Term* best = nullptr;
  for (const Term& term : pair.terms) {
    const std::int32_t room = term.upper_bound - term.contribution;
    if (room < points) continue;
    if (best == nullptr || room > best->upper_bound - best->contribution) best = &term;
  }
  return best;
}

SmallestChange ChangeOfScore(const PairScore& pair, std::int32_t score_to_reach) {
  SmallestChange change;
  if (pair.score > score_to_reach) {
    change.kind = ChangeKind::kAlreadyThere;
    return change;
  }
  change.points = score_to_reach - pair.score + 1;
  if (const Term* term = TermWithRoom(pair, change.points); term != nullptr) {
    change.kind = ChangeKind::kOneTerm;
    change.side = term->side;
    change.feature = term->feature;
    return change;
  }
  std::int32_t bound = 0;
  for (const Term& term : pair.terms) bound += term.upper_bound;
  change.kind = bound > score_to_reach ? ChangeKind::kSeveralTerms : ChangeKind::kOutOfReach;
  return change;
}

SmallestChange ChangeOfConditions(const std::vector<ConditionResult>& conditions) {
  SmallestChange change;
  for (const ConditionResult& result : conditions) {
    if (result.verdict == Verdict::kMet) continue;
    ++change.count;
    if (!change.condition) change.condition = result;
  }
  change.kind = change.count == 1 ? ChangeKind::kOneCondition : ChangeKind::kSeveralConditions;
  if (change.count > 1) change.condition.reset();
  return change;
}

}  // namespace

Explanation Explain(const PostingRow& posting, const SeekerRow& seeker,
                    std::optional<std::int32_t> score_to_reach) {
  Explanation explanation;
  explanation.conditions = CheckConditions(posting, seeker);
  explanation.eligible = std::ranges::all_of(
      explanation.conditions,
      [](const ConditionResult& result) { return result.verdict == Verdict::kMet; });
  explanation.pair = ScorePair(posting, seeker);
  if (!explanation.eligible) {
    explanation.change = ChangeOfConditions(explanation.conditions);
  } else if (score_to_reach) {
    explanation.change = ChangeOfScore(explanation.pair, *score_to_reach);
  }
  return explanation;
}

}  // namespace noren::matching
