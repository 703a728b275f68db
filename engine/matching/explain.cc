// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/explain.h"

#include <algorithm>

namespace noren::matching {
namespace {

struct AskedPair {
  const PostingRow& posting;
  const SeekerRow& seeker;
};

void ExplainScore(const AskedPair& asked, std::int32_t score_to_reach, Explanation& explanation) {
  SmallestChange& change = explanation.change;
  if (explanation.pair.score > score_to_reach) {
    change.kind = ChangeKind::kAlreadyThere;
    return;
  }
  change.points = score_to_reach - explanation.pair.score + 1;
  explanation.changes = ChangesThatReach(score_to_reach, asked.posting, asked.seeker);
  if (!explanation.changes.empty()) {
    change.kind = ChangeKind::kOneValue;
    change.value = explanation.changes.front();
    return;
  }
  std::int32_t bound = 0;
  for (const Term& term : explanation.pair.terms) bound += term.upper_bound;
  change.kind = bound > score_to_reach ? ChangeKind::kSeveralValues : ChangeKind::kOutOfReach;
}

void ExplainConditions(const AskedPair& asked, Explanation& explanation) {
  SmallestChange& change = explanation.change;
  for (const ConditionResult& result : explanation.conditions) {
    if (result.verdict == Verdict::kMet) continue;
    ++change.count;
    if (!change.condition) change.condition = result;
  }
  change.kind = change.count == 1 ? ChangeKind::kOneCondition : ChangeKind::kSeveralConditions;
  if (change.count > 1) {
    change.condition.reset();
  } else {
    change.value = ChangeThatMeets(*change.condition, asked.posting, asked.seeker);
  }
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
  const AskedPair asked{posting, seeker};
  if (!explanation.eligible) {
    ExplainConditions(asked, explanation);
  } else if (score_to_reach) {
    ExplainScore(asked, *score_to_reach, explanation);
  }
  return explanation;
}

}  // namespace noren::matching
