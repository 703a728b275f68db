// When a search has to end early.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "crypto/base/status.h"

namespace noren::matching {

class Limits {
 public:
  Limits(std::optional<std::chrono::steady_clock::time_point> deadline,
         const std::atomic<bool>* stop)
      : deadline_(deadline), stop_(stop) {}

  // Looks at the clock once in kEvery calls.
  bool Reached() { return ++calls_ % kEvery == 0 && IsReached(); }
  bool IsReached() const {
    return (stop_ != nullptr && stop_->load(std::memory_order_relaxed)) ||
           (deadline_ && std::chrono::steady_clock::now() >= *deadline_);
  }
  Status Error() const {
    if (stop_ != nullptr && stop_->load(std::memory_order_relaxed))
      return MakeStatus(StatusCode::kCancelled, "search: stopped");
    return MakeStatus(StatusCode::kDeadlineExceeded, "search: deadline passed");
  }

 private:
  static constexpr std::uint32_t kEvery = 64;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  const std::atomic<bool>* stop_;
  std::uint32_t calls_ = 0;
};

}  // namespace noren::matching
