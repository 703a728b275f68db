// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/posting_directory.h"

#include <mutex>
#include <utility>

namespace noren::operations {

PostingPtr PostingDirectory::Find(const model::PostingId& posting) const {
  const std::shared_lock lock(mutex_);
  const auto found = postings_.find(posting);
  return found == postings_.end() ? nullptr : found->second;
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
  const auto company = companies_.find(old->company);
  company->second.erase(posting);
  if (company->second.empty()) companies_.erase(company);
  rows_.erase(old->row.id);
  postings_.erase(found);
}

}  // namespace noren::operations
