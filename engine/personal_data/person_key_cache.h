// Unwrapped keys of the people last worked with, a bounded number of them.
// Threads:  thread-safe
// Secrets:  the keys; dropped by Clear and Block, wiped when their last user lets go
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/personal_data/keyring.h"

namespace noren::personal_data {

class PersonKeyCache {
 public:
  using Keys = std::shared_ptr<const PersonKeys>;
  explicit PersonKeyCache(std::size_t capacity) : capacity_(capacity) {}

  Keys Find(LeafIndex leaf);  // null when it is not here
  // Does nothing for a blocked leaf.
  void Insert(LeafIndex leaf, Keys keys);
  // Drops the leaves and keeps them out until Unblock.
  void Block(const std::vector<LeafIndex>& leaves);
  void Unblock();
  bool IsBlocked(LeafIndex leaf);
  void Clear();
  std::size_t size();

 private:
  using Entry = std::pair<LeafIndex, Keys>;
  void Drop(LeafIndex leaf);

  const std::size_t capacity_;
  std::mutex mutex_;
  std::list<Entry> by_use_;  // last used first; guarded by mutex_, as all below
  absl::flat_hash_map<LeafIndex, std::list<Entry>::iterator> by_leaf_;
  std::set<LeafIndex> blocked_;
};

}  // namespace noren::personal_data
