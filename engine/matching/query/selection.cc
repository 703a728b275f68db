// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/selection.h"

#include <algorithm>
#include <bit>

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

// What was offered becomes ranked; no more than k are kept.
void Selection::Settle() {
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
  if (settled_.size() <= k_) return;
  const auto last = settled_.begin() + static_cast<std::ptrdiff_t>(k_);
  std::ranges::nth_element(settled_, last, RanksBefore<SeekerRowId>);
  settled_.erase(last, settled_.end());
  std::ranges::fill(counts_, 0);
  cut_ = 0;
  at_least_cut_ = 0;
  for (const auto& one : settled_) Count(one.score);
}

void Selection::Take(std::vector<Ranked<SeekerRowId>>& best) {
  Settle();
  std::ranges::sort(settled_, RanksBefore<SeekerRowId>);
  best.assign(settled_.begin(), settled_.end());
}

}  // namespace noren::matching
