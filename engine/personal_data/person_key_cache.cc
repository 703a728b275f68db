// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/person_key_cache.h"

namespace noren::personal_data {

PersonKeyCache::Keys PersonKeyCache::Find(LeafIndex leaf) {
  const std::lock_guard lock(mutex_);
  const auto found = by_leaf_.find(leaf);
  if (found == by_leaf_.end()) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return found->second->second;
}

void PersonKeyCache::Insert(LeafIndex leaf, Keys keys) {
  const std::lock_guard lock(mutex_);
  if (capacity_ == 0 || blocked_.contains(leaf)) return;
  Drop(leaf);
  by_use_.emplace_front(leaf, std::move(keys));
  by_leaf_[leaf] = by_use_.begin();
  if (by_use_.size() > capacity_) Drop(by_use_.back().first);
}

void PersonKeyCache::Block(const std::vector<LeafIndex>& leaves) {
  const std::lock_guard lock(mutex_);
  for (const LeafIndex leaf : leaves) {
    blocked_.insert(leaf);
    Drop(leaf);
  }
}

void PersonKeyCache::Unblock() {
  const std::lock_guard lock(mutex_);
  blocked_.clear();
}

bool PersonKeyCache::IsBlocked(LeafIndex leaf) {
  const std::lock_guard lock(mutex_);
  return blocked_.contains(leaf);
}

void PersonKeyCache::Clear() {
  const std::lock_guard lock(mutex_);
  by_leaf_.clear();
  by_use_.clear();
}

std::size_t PersonKeyCache::size() {
  const std::lock_guard lock(mutex_);
  return by_use_.size();
}

void PersonKeyCache::Drop(LeafIndex leaf) {
  const auto found = by_leaf_.find(leaf);
  if (found == by_leaf_.end()) return;
  by_use_.erase(found->second);
  by_leaf_.erase(found);
}

}  // namespace noren::personal_data
