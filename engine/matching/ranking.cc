// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/ranking.h"

#include <algorithm>

#include "engine/matching/conditions.h"

namespace noren::matching {
namespace {

template <typename Id>
bool Before(const Ranked<Id>& a, const Ranked<Id>& b) {
  if (a.score != b.score) return a.score > b.score;
  if (a.tie != b.tie) return a.tie < b.tie;
  return a.id < b.id;
}

// Keeps the best k seen, as a heap whose front is the worst of them.
template <typename Id>
class BestK {
 public:
  explicit BestK(std::size_t k) : k_(k) {}

  // `tie` is called only when the score alone does not keep the row out.
  template <typename Tie>
  void Offer(Id id, std::int32_t score, Tie tie) {
    if (k_ == 0) return;
    if (heap_.size() == k_ && score < heap_.front().score) return;
    const Ranked<Id> row{id, score, tie()};
    if (heap_.size() == k_) {
      if (!Before(row, heap_.front())) return;
      std::ranges::pop_heap(heap_, Before<Id>);
      heap_.pop_back();
    }
    heap_.push_back(row);
    std::ranges::push_heap(heap_, Before<Id>);
  }

  std::vector<Ranked<Id>> TakeSorted() {
    std::ranges::sort(heap_, Before<Id>);
    return std::move(heap_);
  }

 private:
  std::size_t k_;
  std::vector<Ranked<Id>> heap_;
};

}  // namespace

SeekerRanking RankSeekers(const PostingRow& posting, std::span<const SeekerRow> seekers,
                          std::size_t k, const TieRule& ties) {
  const Shares posting_shares = PostingShares(posting);
  SeekerRanking ranking;
  BestK<SeekerRowId> best(k);
  for (const SeekerRow& seeker : seekers) {
    if (!MeetsConditions(posting, seeker)) continue;
    ++ranking.eligible_count;
    const std::int32_t score = ScoreOnly(posting, posting_shares, seeker, PersonShares(seeker));
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
    const std::int32_t score = ScoreOnly(posting, PostingShares(posting), seeker, person_shares);
    best.Offer(posting.id, score, [&] { return ties.Of(posting.id, seeker.id); });
  }
  ranking.best = best.TakeSorted();
  return ranking;
}

}  // namespace noren::matching
