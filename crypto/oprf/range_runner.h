// How a batch is spread over processors: the caller brings a function that runs ranges, so that
// cryptography knows no thread.
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace noren::oprf {

// Works on the indices [begin, end); ranges of one call touch nothing in common.
using RangeWork = std::function<void(std::size_t begin, std::size_t end)>;

// Calls `work` until every index of [0, count) was in exactly one range, on any threads and in any
// order, and returns when all of it is done. Ranges should be few (a small multiple of the
// processors): each has its own fixed cost.
using RangeRunner = std::function<void(std::size_t count, const RangeWork& work)>;

// The smallest index that was noted, from any thread.
class FirstIndex {
 public:
  void Note(std::size_t index);
  bool is_none() const { return first_.load() == kNone; }
  std::size_t value() const { return first_.load(); }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::atomic<std::size_t> first_ = kNone;
};

// Everything in one range, on the caller's thread.
RangeRunner OnThisThread();

}  // namespace noren::oprf
