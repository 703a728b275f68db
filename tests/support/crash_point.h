// A power failure at a chosen write: everything durable of one service counts its writes on one
// CrashPoint, and from the chosen one on nothing answers until the power is back.
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "engine/storage/store.h"

namespace noren::storage {

class CrashPoint {
 public:
  // What becomes of the write during which the power fails.
  enum class LastWrite { kLost, kWritten };
  enum class Fate { kWritten, kWrittenButUnanswered, kLost };

  // The write number `step` from now on (0: the next one) is the last one.
  void CrashAt(std::uint64_t step, LastWrite last) {
    const std::lock_guard lock(mutex_);
    steps_left_ = step;
    last_ = last;
  }
  void PowerOn() {
    const std::lock_guard lock(mutex_);
    steps_left_.reset();
    is_down_ = false;
  }
  bool is_down() const {
    const std::lock_guard lock(mutex_);
    return is_down_;
  }
  std::uint64_t writes_count() const {
    const std::lock_guard lock(mutex_);
    return writes_count_;
  }

  Fate CountWrite() {
    const std::lock_guard lock(mutex_);
    if (is_down_) return Fate::kLost;
    ++writes_count_;
    if (!steps_left_) return Fate::kWritten;
    if (*steps_left_ > 0) {
      --*steps_left_;
      return Fate::kWritten;
    }
    steps_left_.reset();
    is_down_ = true;
    return last_ == LastWrite::kLost ? Fate::kLost : Fate::kWrittenButUnanswered;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<std::uint64_t> steps_left_;
  LastWrite last_ = LastWrite::kLost;
  bool is_down_ = false;
  std::uint64_t writes_count_ = 0;
};

// `inner` and `power` must outlive this.
class CrashingStore final : public Store {
 public:
  CrashingStore(Store& inner, CrashPoint& power) : inner_(inner), power_(power) {}

  std::uint32_t partition_count() const override { return inner_.partition_count(); }
  CommitResult Commit(const Batch& batch) override {
    switch (power_.CountWrite()) {
      case CrashPoint::Fate::kWritten:
        return inner_.Commit(batch);
      case CrashPoint::Fate::kWrittenButUnanswered:
        inner_.Commit(batch);
        return {Outcome::kUnknown, 0, "power failed"};
      case CrashPoint::Fate::kLost:
        break;
    }
    return {Outcome::kUnknown, 0, "power failed"};
  }
  StatusOr<std::vector<std::optional<Bytes>>> Read(Partition partition,
                                                   const std::vector<std::string>& keys) override {
    if (power_.is_down()) return Unavailable("power failed");
    return inner_.Read(partition, keys);
  }
  StatusOr<Page> Scan(Partition partition, const std::string& prefix, const std::string& after,
                      std::size_t limit) override {
    if (power_.is_down()) return Unavailable("power failed");
    return inner_.Scan(partition, prefix, after, limit);
  }
  StatusOr<FeedPage> ReadFeed(Partition partition, std::uint64_t after_sequence,
                              std::size_t limit) override {
    if (power_.is_down()) return Unavailable("power failed");
    return inner_.ReadFeed(partition, after_sequence, limit);
  }
  Status TrimFeed(Partition partition, std::uint64_t up_to_sequence) override {
    if (power_.CountWrite() != CrashPoint::Fate::kWritten) return Unavailable("power failed");
    return inner_.TrimFeed(partition, up_to_sequence);
  }
  void Compact() override { inner_.Compact(); }
  Health CheckHealth() override {
    Health health = inner_.CheckHealth();
    if (power_.is_down()) health.readable = health.writable = false;
    return health;
  }

 private:
  Store& inner_;
  CrashPoint& power_;
};

}  // namespace noren::storage
