// SPDX-License-Identifier: Apache-2.0
#include "server/services/seal_gate.h"

namespace noren::server {

void SealGate::Open(const ServiceParts& parts) {
  const std::lock_guard lock(mutex_);
  parts_ = &parts;
}

void SealGate::Close() {
  std::unique_lock lock(mutex_);
  parts_ = nullptr;
  empty_.wait(lock, [this] { return inside_ == 0; });
  for (Keeper* keeper : keepers_) keeper->Forget();
}

void SealGate::Add(Keeper& keeper) {
  const std::lock_guard lock(mutex_);
  keepers_.insert(&keeper);
}

void SealGate::Remove(Keeper& keeper) {
  const std::lock_guard lock(mutex_);
  keepers_.erase(&keeper);
}

const ServiceParts* SealGate::Enter() {
  const std::lock_guard lock(mutex_);
  if (parts_ != nullptr) ++inside_;
  return parts_;
}

void SealGate::Leave() {
  const std::lock_guard lock(mutex_);
  if (--inside_ == 0) empty_.notify_all();
}

}  // namespace noren::server
