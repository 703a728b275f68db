// The best k of what is offered: a heap whose front is the worst kept.
// Threads:  one owner.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/matching/ranking.h"

namespace noren::matching {

// The order of a ranking: higher score, smaller tie number, smaller id.
template <typename Id>
bool RanksBefore(const Ranked<Id>& a, const Ranked<Id>& b) {
  if (a.score != b.score) return a.score > b.score;
  if (a.tie != b.tie) return a.tie < b.tie;
  return a.id < b.id;
}

template <typename Id>
class BestK {
 public:
  explicit BestK(std::size_t k) : k_(k) {}

  bool full() const { return heap_.size() == k_; }
  // Below this score nothing is kept any more. Call when full, with k above 0.
  std::int32_t worst_score() const { return heap_.front().score; }

  // `tie` is called only when the score alone does not keep the row out.
  template <typename Tie>
  void Offer(Id id, std::int32_t score, Tie tie) {
    if (k_ == 0 || (full() && score < worst_score())) return;
    const Ranked<Id> row{id, score, tie()};
    if (full()) {
      if (!RanksBefore(row, heap_.front())) return;
      std::ranges::pop_heap(heap_, RanksBefore<Id>);
      heap_.pop_back();
    }
    heap_.push_back(row);
    std::ranges::push_heap(heap_, RanksBefore<Id>);
  }

  std::vector<Ranked<Id>> TakeSorted() {
    std::ranges::sort(heap_, RanksBefore<Id>);
    return std::move(heap_);
  }

 private:
  std::size_t k_;
  std::vector<Ranked<Id>> heap_;
};

}  // namespace noren::matching
