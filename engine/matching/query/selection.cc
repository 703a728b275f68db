// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/selection.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/matching/best_k.h"

namespace noren::matching {

void Selection::Start(std::size_t k, std::int32_t most, PostingRowId posting, const TieRule& ties) {
  k_ = k;
  shift_ =
      std::max(0, static_cast<int>(std::bit_width(static_cast<std::uint32_t>(most))) - kBucketBits);
  cut_ = 0;
  at_least_cut_ = 0;
  counts_.assign(static_cast<std::size_t>(most >> shift_) + 1, 0);  // the last: and above
  items_.clear();
  settled_.clear();
  posting_ = posting;
  ties_ = &ties;
}

// What was offered and may still be among the best gets its id and tie number.
void Selection::RankItems() {
  const std::int32_t least = threshold();
  std::erase_if(settled_, [least](const auto& one) { return one.score < least; });
  for (const Item& item : items_) {
    if (item.score >= least) item.block->PrefetchId(item.lane);
  }
  for (const Item& item : items_) {
    if (item.score < least) continue;
    const SeekerRowId id = item.block->id(item.lane);
    settled_.push_back({id, item.score, ties_->Of(posting_, id)});
  }
  items_.clear();
}

// Before more wait than there is room for: no more than k are kept.
void Selection::Settle() {
  RankItems();
  if (settled_.size() <= k_) return;
  const auto last = settled_.begin() + static_cast<std::ptrdiff_t>(k_);
  std::ranges::nth_element(settled_, last, RanksBefore<SeekerRowId>);
  settled_.erase(last, settled_.end());
  std::ranges::fill(counts_, 0);
  cut_ = 0;
  at_least_cut_ = 0;
  for (const auto& one : settled_) Count(one.score);
}

// By bucket, the highest first, then within the few of a bucket.
void Selection::Take(std::vector<Ranked<SeekerRowId>>& best) {
  RankItems();
  std::ranges::fill(counts_, 0);
  for (const auto& one : settled_) ++counts_[BucketOf(one.score)];
  std::uint32_t end = 0;
  for (std::size_t bucket = counts_.size(); bucket-- > 0;)
    counts_[bucket] = std::exchange(end, end + counts_[bucket]);
  best.resize(settled_.size());
  for (const auto& one : settled_) best[counts_[BucketOf(one.score)]++] = one;
  for (auto first = best.begin(); first != best.end();) {
    const std::size_t bucket = BucketOf(first->score);
    const auto last = best.begin() + counts_[bucket];
    std::sort(first, last, RanksBefore<SeekerRowId>);
    first = last;
  }
  if (best.size() > k_) best.resize(k_);
}

}  // namespace noren::matching
