// A Store that fails at a chosen step, in front of one that works: run an operation with step 0, 1,
// 2, ... until it succeeds, and check after each failure that state and audit agree.
// Source:   engine/storage/store.h
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/storage/store.h"

namespace noren::storage {

enum class StoreFault {
  kUnavailable,       // refused, nothing applied; only this one call
  kUnknownApplied,    // applied, and answered kUnknown; the store then takes no further batch
  kUnknownNotApplied  // not applied, and answered kUnknown; the store then takes no further batch
};

enum class CountedCalls { kCommits, kEverything };

// What was asked of a store since the last look: work that can be compared without a clock.
struct StoreWork {
  std::uint64_t commits = 0, mutations = 0, written_bytes = 0, conditions = 0;
  std::uint64_t reads = 0, read_keys = 0, scans = 0, scanned_items = 0;
  bool operator==(const StoreWork&) const = default;
};

// Calls other than Commit can only be unavailable: any fault armed for them answers kUnavailable.
class FaultInjectingStore final : public Store {
 public:
  // `inner` must outlive this.
  explicit FaultInjectingStore(Store& inner) : inner_(inner) {}

  // The call number `step` from now on (0: the next one) of the counted kind fails once.
  void FailAt(std::uint64_t step, StoreFault fault, CountedCalls counted = CountedCalls::kCommits) {
    std::lock_guard lock(mutex_);
    armed_ = Armed{step, fault, counted};
  }
  // What a new start of the process does: nothing is armed and batches are taken again.
  void Restart() {
    std::lock_guard lock(mutex_);
    armed_.reset();
    is_latched_ = false;
  }
  StoreWork TakeWork() {
    const std::lock_guard lock(mutex_);
    return std::exchange(work_, {});
  }
  bool has_fired() const { return fired_count_ > 0; }
  std::uint64_t fired_count() const { return fired_count_; }

  std::uint32_t partition_count() const override { return inner_.partition_count(); }

  CommitResult Commit(const Batch& batch) override {
    if (is_latched_) return {Outcome::kUnavailable, 0, "injected: an earlier write failed"};
    const std::optional<StoreFault> fault = Step(true);
    CountCommit(batch);
    if (!fault) return inner_.Commit(batch);
    if (*fault == StoreFault::kUnavailable) return {Outcome::kUnavailable, 0, "injected"};
    is_latched_ = true;
    if (*fault == StoreFault::kUnknownApplied) {
      const CommitResult result = inner_.Commit(batch);
      // A batch that could not have been applied is not unknown.
      if (result.outcome != Outcome::kCommitted) return result;
    }
    return {Outcome::kUnknown, 0, "injected"};
  }
  StatusOr<std::vector<std::optional<Bytes>>> Read(Partition partition,
                                                   const std::vector<std::string>& keys) override {
    if (Step(false)) return Unavailable("injected");
    {
      const std::lock_guard lock(mutex_);
      ++work_.reads;
      work_.read_keys += keys.size();
    }
    return inner_.Read(partition, keys);
  }
  StatusOr<Page> Scan(Partition partition, const std::string& prefix, const std::string& after,
                      std::size_t limit) override {
    if (Step(false)) return Unavailable("injected");
    StatusOr<Page> page = inner_.Scan(partition, prefix, after, limit);
    const std::lock_guard lock(mutex_);
    ++work_.scans;
    if (page.ok()) work_.scanned_items += page->items.size();
    return page;
  }
  StatusOr<FeedPage> ReadFeed(Partition partition, std::uint64_t after_sequence,
                              std::size_t limit) override {
    if (Step(false)) return Unavailable("injected");
    return inner_.ReadFeed(partition, after_sequence, limit);
  }
  Status TrimFeed(Partition partition, std::uint64_t up_to_sequence) override {
    if (Step(false)) return Unavailable("injected");
    return inner_.TrimFeed(partition, up_to_sequence);
  }
  void Compact() override { inner_.Compact(); }
  Health CheckHealth() override {
    Health health = inner_.CheckHealth();
    if (!is_latched_) return health;
    health.writable = false;
    health.detail = "injected: an earlier write failed";
    return health;
  }

 private:
  struct Armed {
    std::uint64_t steps_left = 0;
    StoreFault fault = StoreFault::kUnavailable;
    CountedCalls counted = CountedCalls::kCommits;
  };

  // Counts one call; the fault, when it is this call's turn.
  std::optional<StoreFault> Step(bool is_commit) {
    std::lock_guard lock(mutex_);
    if (!armed_) return std::nullopt;
    if (armed_->counted == CountedCalls::kCommits && !is_commit) return std::nullopt;
    if (armed_->steps_left-- > 0) return std::nullopt;
    const StoreFault fault = armed_->fault;
    armed_.reset();
    ++fired_count_;
    return fault;
  }

  void CountCommit(const Batch& batch) {
    const std::lock_guard lock(mutex_);
    ++work_.commits;
    work_.mutations += batch.mutations.size();
    work_.conditions += batch.if_all.size();
    for (const Mutation& mutation : batch.mutations) {
      work_.written_bytes += mutation.key.size() + (mutation.value ? mutation.value->size() : 0);
    }
  }

  Store& inner_;
  std::mutex mutex_;
  StoreWork work_;  // guarded by mutex_
  std::optional<Armed> armed_;  // guarded by mutex_
  std::atomic<bool> is_latched_{false};
  std::atomic<std::uint64_t> fired_count_{0};
};

}  // namespace noren::storage
