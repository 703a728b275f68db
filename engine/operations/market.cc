// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/market.h"

#include <utility>

namespace noren::operations {

using personal_data::TokenPurpose;

Market::Market(MarketParts parts) : parts_(std::move(parts)), now_(MakeNewest()) {}
Market::~Market() = default;

std::shared_ptr<KeyedMarket> Market::MakeNewest() const {
  return std::make_shared<KeyedMarket>(
      parts_, parts_.pseudonyms.token_keys().current(TokenPurpose::kMatch));
}

Status Market::Load() {
  const std::lock_guard lock(turn_);
  next_.reset();
  auto loaded = MakeNewest();
  NOREN_RETURN_IF_ERROR(loaded->Load());
  now_.store(std::move(loaded));
  return OkStatus();
}

StatusOr<MarketLoad> Market::Load(SnapshotPlace& place) {
  const std::lock_guard lock(turn_);
  next_.reset();
  auto loaded = MakeNewest();
  NOREN_ASSIGN_OR_RETURN(MarketLoad load, loaded->Load(place));
  now_.store(std::move(loaded));
  return load;
}

// What changes while another one is filled is read when it takes its place.
Status Market::CatchUp() {
  const std::lock_guard lock(turn_);
  return now_.load()->CatchUp();
}

StatusOr<bool> Market::MoveToNewest(std::size_t pages) {
  const std::uint32_t newest = parts_.pseudonyms.token_keys().current(TokenPurpose::kMatch).version;
  std::shared_ptr<KeyedMarket> filling;
  {
    const std::lock_guard lock(turn_);
    if (version() == newest) return true;
    if (next_ == nullptr || next_->tokens().version() != newest) {
      next_ = MakeNewest();
      const Status begun = next_->BeginLoad(*now_.load());
      if (!begun.ok()) next_.reset();
      NOREN_RETURN_IF_ERROR(begun);
    }
    filling = next_;
  }
  // Nobody waits for this.
  StatusOr<bool> filled = filling->LoadMore(pages);
  const std::lock_guard lock(turn_);
  if (next_ != filling) return version() == newest;  // given up, or another call has ended it
  if (!filled.ok()) next_.reset();
  NOREN_RETURN_IF_ERROR(filled.status());
  if (!*filled) return false;
  NOREN_RETURN_IF_ERROR(next_->CatchUp());
  now_.store(std::exchange(next_, nullptr));
  return true;
}

}  // namespace noren::operations
