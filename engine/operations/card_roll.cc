// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/card_roll.h"

#include <utility>

namespace noren::operations {

CardRoll::CardRoll(std::shared_ptr<const matching::ClassTable> table, Audience audience,
                   const IsLive& is_live)
    : table_(std::move(table)),
      audience_(std::move(audience)),
      live_counts_(table_->classes.size()) {
  std::size_t members = 0;
  for (const matching::SeekerClass& of : table_->classes) members += of.members.size();
  live_ = std::vector<std::atomic<bool>>(members);
  members_.reserve(members);
  std::uint32_t number = 0;
  for (std::uint32_t id = 0; id < table_->classes.size(); ++id) {
    for (const matching::SeekerRowId row : table_->classes[id].members) {
      members_.emplace(row, Member{id, number});
      live_[number] = is_live(row);
      live_counts_[id].fetch_add(live_[number] ? 1 : 0);
      ++number;
    }
  }
}

void CardRoll::SetLive(matching::SeekerRowId row, bool live) {
  const auto found = members_.find(row);
  if (found == members_.end() || live_[found->second.number].exchange(live) == live) return;
  std::atomic<std::uint32_t>& count = live_counts_[found->second.class_id];
  live ? count.fetch_add(1) : count.fetch_sub(1);
}

std::vector<matching::ClassCount> CardRoll::Count(
    std::span<const matching::SeekerRowId> eligible) const {
  std::vector<matching::ClassCount> counts(live_counts_.size());
  for (std::size_t id = 0; id < counts.size(); ++id) counts[id].live = live_counts_[id].load();
  for (const matching::SeekerRowId row : eligible) {
    const auto found = members_.find(row);
    if (found != members_.end() && live_[found->second.number].load())
      ++counts[found->second.class_id].qualified;
  }
  return counts;
}

}  // namespace noren::operations
