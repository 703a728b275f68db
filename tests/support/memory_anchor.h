// The anchor and the journal of narrowing acts in memory, on the power of one CrashPoint.
// Source:   engine/storage/anchor.h, engine/storage/narrowing_journal.h
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/storage/anchor.h"
#include "engine/storage/narrowing_journal.h"
#include "tests/support/crash_point.h"

namespace noren::storage {

class MemoryAnchor final : public Anchor {
 public:
  // `power` must outlive this.
  explicit MemoryAnchor(CrashPoint& power) : power_(power) {}

  StatusOr<AnchorRecord> Load() override {
    const std::lock_guard lock(mutex_);
    if (power_.is_down()) return Unavailable("power failed");
    if (!record_) return NotFound("anchor: none");
    return record_->Clone();
  }
  Status Store(const AnchorRecord& record) override {
    const std::lock_guard lock(mutex_);
    if (record_ && record.epoch <= record_->epoch) return FailedPrecondition("anchor: epoch");
    const CrashPoint::Fate fate = power_.CountWrite();
    if (fate != CrashPoint::Fate::kLost) record_ = record.Clone();
    return fate == CrashPoint::Fate::kWritten ? OkStatus() : Unavailable("power failed");
  }
  Status StoreAndOverwriteAll(const AnchorRecord& record) override {
    ++overwrites_count_;
    return Store(record);
  }
  ErasureClaim erasure_claim() const override { return ErasureClaim::kDevice; }
  int overwrites_count() const { return overwrites_count_; }

 private:
  CrashPoint& power_;
  std::mutex mutex_;
  std::optional<AnchorRecord> record_;
  std::atomic<int> overwrites_count_{0};
};

class MemoryJournal final : public NarrowingJournal {
 public:
  explicit MemoryJournal(CrashPoint& power) : power_(power) {}

  StatusOr<JournalHead> Append(const std::vector<NarrowingAct>& acts) override {
    const std::lock_guard lock(mutex_);
    const CrashPoint::Fate fate = power_.CountWrite();
    if (fate == CrashPoint::Fate::kLost) return Unavailable("power failed");
    for (const NarrowingAct& act : acts) {
      head_.chain = ChainNarrowingAct(head_.chain, act);
      head_.count += 1;
      acts_.push_back(act);
    }
    if (fate != CrashPoint::Fate::kWritten) return Unavailable("power failed");
    return head_;
  }
  JournalHead head() const override {
    const std::lock_guard lock(mutex_);
    return head_;
  }
  Status Replay(const std::function<Status(const NarrowingAct&)>& visit) override {
    if (power_.is_down()) return Unavailable("power failed");
    for (const NarrowingAct& act : acts()) NOREN_RETURN_IF_ERROR(visit(act));
    return OkStatus();
  }
  std::vector<NarrowingAct> acts() const {
    const std::lock_guard lock(mutex_);
    return acts_;
  }

 private:
  CrashPoint& power_;
  mutable std::mutex mutex_;
  std::vector<NarrowingAct> acts_;
  JournalHead head_;
};

}  // namespace noren::storage
