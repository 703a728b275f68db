// The best k of what is offered, for a search that has to know at every moment which score is still
// worth looking at. Scores are counted in buckets, so that an offer costs no comparison with other
// offers; ties are asked for at the end, and only among those that could be among the best.
// Threads:  one owner.
// Memory:   reused from query to query
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/matching/index/block.h"
#include "engine/matching/ranking.h"

namespace noren::matching {

class Selection {
 public:
  // Scores are 0..most, seldom above. `ties` and what is offered outlive the use.
  void Start(std::size_t k, std::int32_t most, PostingRowId posting, const TieRule& ties);

  // Lower scores are not among the best k any more; 0 while there are fewer than k.
  std::int32_t threshold() const { return cut_ << shift_; }

  void Offer(const Block& block, std::size_t lane, std::int32_t score) {
    if (score < threshold() || k_ == 0) return;
    Count(score);
    items_.push_back({&block, static_cast<std::uint32_t>(lane), score});
    if (items_.size() >= kMostWaiting) Settle();
  }

  // The best k in order. Ends the use.
  void Take(std::vector<Ranked<SeekerRowId>>& best);

 private:
  static constexpr int kBucketBits = 12;
  static constexpr std::size_t kMostWaiting = 1 << 14;
  struct Item {
    const Block* block;
    std::uint32_t lane;
    std::int32_t score;
  };

  void Count(std::int32_t score) {
    ++counts_[BucketOf(score)];
    ++at_least_cut_;
    // Raise the cut while k remain above it.
    while (at_least_cut_ - counts_[static_cast<std::size_t>(cut_)] >= k_) {
      at_least_cut_ -= counts_[static_cast<std::size_t>(cut_)];
      ++cut_;
    }
  }
  std::size_t BucketOf(std::int32_t score) const {
    return std::min(static_cast<std::size_t>(score >> shift_), counts_.size() - 1);
  }
  void RankItems();
  void Settle();

  std::size_t k_ = 0;
  int shift_ = 0;
  std::int32_t cut_ = 0;  // bucket
  std::size_t at_least_cut_ = 0;
  std::vector<std::uint32_t> counts_;
  std::vector<Item> items_;
  std::vector<Ranked<SeekerRowId>> settled_;
  PostingRowId posting_;
  const TieRule* ties_ = nullptr;
};

}  // namespace noren::matching
