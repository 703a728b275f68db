// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/ranking.h"

#include "engine/matching/best_k.h"
#include "engine/matching/conditions.h"

namespace noren::matching {

SeekerRanking RankSeekers(const PostingRow& posting, std::span<const SeekerRow> seekers,
                          std::size_t k, const TieRule& ties) {
  const PreparedPosting prepared(posting);
  SeekerRanking ranking;
  BestK<SeekerRowId> best(k);
  for (const SeekerRow& seeker : seekers) {
    if (!MeetsConditions(posting, seeker)) continue;
    ++ranking.eligible_count;
    const std::int32_t score = ScoreOnly(prepared, seeker, PersonShares(seeker));
    best.Offer(seeker.id, score, [&] { return ties.Of(posting.id, seeker.id); });
  }
  ranking.best = best.TakeSorted();
  return ranking;
}

PostingRanking RankPostings(const SeekerRow& seeker, std::span<const PostingRow> postings,
                            std::size_t k, const TieRule& ties) {
  const Shares person_shares = PersonShares(seeker);
  PostingRanking ranking;
  BestK<PostingRowId> best(k);
  for (const PostingRow& posting : postings) {
    if (!MeetsConditions(posting, seeker)) continue;
    ++ranking.eligible_count;
    const std::int32_t score = ScoreOnly(PreparedPosting(posting), seeker, person_shares);
    best.Offer(posting.id, score, [&] { return ties.Of(posting.id, seeker.id); });
  }
  ranking.best = best.TakeSorted();
  return ranking;
}

}  // namespace noren::matching
