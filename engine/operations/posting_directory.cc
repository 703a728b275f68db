// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/posting_directory.h"

#include <mutex>
#include <utility>

namespace noren::operations {
namespace {

template <typename Owners>
void EraseOwned(Owners& owners, const std::string& owner, const model::PostingId& posting) {
  const auto found = owners.find(owner);
  found->second.erase(posting);
  if (found->second.empty()) owners.erase(found);
}

}  // namespace

PostingPtr PostingDirectory::Find(const model::PostingId& posting) const {
  const std::shared_lock lock(mutex_);
  const auto found = postings_.find(posting);
  return found == postings_.end() ? nullptr : found->second;
}

PostingPtr PostingDirectory::FindOf(const Owners& owners, std::string_view owner,
                                    const model::PostingId& posting) const {
  const std::shared_lock lock(mutex_);
  const auto own = owners.find(owner);
  if (own == owners.end() || !own->second.contains(posting)) return nullptr;
  return postings_.at(posting);
}

PostingPtr PostingDirectory::FindOfCompany(std::string_view company,
                                           const model::PostingId& posting) const {
  return FindOf(companies_, company, posting);
}

PostingPtr PostingDirectory::FindOfPortal(std::string_view portal,
                                          const model::PostingId& posting) const {
  return FindOf(portals_, portal, posting);
}

PostingPtr PostingDirectory::FindRow(matching::PostingRowId row) const {
  const std::shared_lock lock(mutex_);
  const auto found = rows_.find(row);
  return found == rows_.end() ? nullptr : found->second;
}

std::vector<PostingPtr> PostingDirectory::OfCompany(std::string_view company) const {
  const std::shared_lock lock(mutex_);
  std::vector<PostingPtr> own;
  const auto found = companies_.find(company);
  if (found == companies_.end()) return own;
  for (const model::PostingId& id : found->second) own.push_back(postings_.at(id));
  return own;
}

std::vector<PostingPtr> PostingDirectory::All() const {
  const std::shared_lock lock(mutex_);
  std::vector<PostingPtr> all;
  all.reserve(postings_.size());
  for (const auto& [id, posting] : postings_) all.push_back(posting);
  return all;
}

std::size_t PostingDirectory::open_count() const {
  const std::shared_lock lock(mutex_);
  return open_count_;
}

void PostingDirectory::Put(PostingPtr posting) {
  const std::unique_lock lock(mutex_);
  EraseLocked(posting->posting);
  open_count_ += posting->open ? 1 : 0;
  companies_[posting->company].insert(posting->posting);
  portals_[posting->portal].insert(posting->posting);
  rows_[posting->row.id] = posting;
  const model::PostingId id = posting->posting;
  postings_[id] = std::move(posting);
}

void PostingDirectory::Erase(const model::PostingId& posting) {
  const std::unique_lock lock(mutex_);
  EraseLocked(posting);
}

void PostingDirectory::EraseLocked(const model::PostingId& posting) {
  const auto found = postings_.find(posting);
  if (found == postings_.end()) return;
  const PostingPtr old = found->second;
  open_count_ -= old->open ? 1 : 0;
  EraseOwned(companies_, old->company, posting);
  EraseOwned(portals_, old->portal, posting);
  rows_.erase(old->row.id);
  postings_.erase(found);
}

}  // namespace noren::operations
