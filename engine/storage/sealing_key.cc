// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/sealing_key.h"

#include <mutex>
#include <utility>

#include "crypto/base/check.h"

namespace noren::storage {

SealingKeys::SealingKeys(SecretBytes first) { Add(1, std::move(first)); }

LiveVersions SealingKeys::live() const {
  const std::shared_lock lock(mutex_);
  return {keys_.begin()->first, keys_.rbegin()->first};
}

SealingKeys::SharedKey SealingKeys::Find(std::uint32_t version) const {
  const std::shared_lock lock(mutex_);
  const auto found = keys_.find(version);
  return found == keys_.end() ? nullptr : found->second;
}

SealingKeys::Newest SealingKeys::current() const {
  const std::shared_lock lock(mutex_);
  return {keys_.rbegin()->first, keys_.rbegin()->second};
}

void SealingKeys::Add(std::uint32_t version, SecretBytes key) {
  auto shared = std::make_shared<const SecretBytes>(std::move(key));
  const std::lock_guard lock(mutex_);
  keys_[version] = std::move(shared);
}

void SealingKeys::KeepOnly(LiveVersions live) {
  const std::lock_guard lock(mutex_);
  std::erase_if(
      keys_, [&](const auto& one) { return one.first < live.oldest || one.first > live.current; });
  NOREN_CHECK(!keys_.empty(), "a sealing key has a live version");
}

}  // namespace noren::storage
