// Every posting of the market by id, by row and by company. A posting never changes: a change puts
// another one in its place.
// Threads:  thread-safe; a lookup holds a lock for as long as it copies pointers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "crypto/base/clock.h"
#include "engine/matching/rows.h"
#include "engine/model/ids.h"

namespace noren::operations {

struct MarketPosting {
  model::PostingId posting;
  std::string portal;
  std::string company;
  std::string title;
  bool open = true;
  UnixSeconds registered_at;
  matching::PostingRow row;
};
using PostingPtr = std::shared_ptr<const MarketPosting>;

class PostingDirectory {
 public:
  // null: none.
  PostingPtr Find(const model::PostingId& posting) const;
  // null: none, or another's: it is looked up among the company's (portal's) own, so that a
  // stranger cannot tell the two apart by the time it takes.
  PostingPtr FindOfCompany(std::string_view company, const model::PostingId& posting) const;
  PostingPtr FindOfPortal(std::string_view portal, const model::PostingId& posting) const;
  PostingPtr FindRow(matching::PostingRowId row) const;
  std::vector<PostingPtr> OfCompany(std::string_view company) const;
  std::vector<PostingPtr> All() const;
  std::size_t open_count() const;

  // --- one writer ---
  void Put(PostingPtr posting);
  void Erase(const model::PostingId& posting);

 private:
  using Owners = std::map<std::string, std::set<model::PostingId>, std::less<>>;

  PostingPtr FindOf(const Owners& owners, std::string_view owner,
                    const model::PostingId& posting) const;
  void EraseLocked(const model::PostingId& posting);

  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<model::PostingId, PostingPtr> postings_;
  absl::flat_hash_map<matching::PostingRowId, PostingPtr> rows_;
  Owners companies_, portals_;
  std::size_t open_count_ = 0;
};

}  // namespace noren::operations
