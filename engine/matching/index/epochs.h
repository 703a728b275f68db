// Epoch-based reclamation: readers pin an epoch and never wait; what the writer replaced is freed
// once no reader that might still see it is pinned.
// Source:   Fraser, Practical lock-freedom, 2004, section 5.2.3
// Threads:  Pin from any thread; Retire and Collect from one writer at a time
// Why sequentially consistent: a reader must not load a pointer before its pin is visible. Load
//           published pointers with memory_order_seq_cst (a plain load on x86).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <type_traits>
#include <utility>

namespace noren::matching {

class Epochs {
 public:
  static constexpr std::size_t kMaxPins = 256;  // more readers than that at once wait for a slot

  Epochs() = default;
  Epochs(const Epochs&) = delete;
  Epochs& operator=(const Epochs&) = delete;

  // While alive, nothing that was published when it was made is freed. Keep it for one query.
  class Pin {
   public:
    explicit Pin(const Epochs& epochs) : slot_(&epochs.Acquire()) {}
    ~Pin() {
      if (slot_ != nullptr) slot_->store(kFree);
    }
    Pin(Pin&& other) noexcept : slot_(other.slot_) { other.slot_ = nullptr; }
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;
    Pin& operator=(Pin&&) = delete;

   private:
    std::atomic<std::uint64_t>* slot_;
  };

  // `object` was reachable by readers and is no longer: call after publishing its replacement.
  template <typename T>
  void Retire(std::unique_ptr<T> object) {
    waiting_.emplace_back(epoch_.load(), const_cast<std::remove_const_t<T>*>(object.release()),
                          [](void* p) { delete static_cast<T*>(p); });
    if (waiting_.size() % kCollectEvery == 0) Collect();
  }

  // Frees what no pinned reader can see.
  void Collect() {
    const std::uint64_t oldest = OldestPinned(epoch_.fetch_add(1) + 1);
    while (!waiting_.empty() && waiting_.front().epoch < oldest) waiting_.pop_front();
  }

  // Starts a new epoch; AllSince(its return) later tells whether every reader began after it.
  std::uint64_t Advance() { return epoch_.fetch_add(1) + 1; }
  bool AllSince(std::uint64_t epoch) const { return OldestPinned(epoch) >= epoch; }

  std::size_t waiting_count() const { return waiting_.size(); }

 private:
  static constexpr std::uint64_t kFree = 0;
  static constexpr std::size_t kCollectEvery = 64;

  struct alignas(64) Slot {
    std::atomic<std::uint64_t> epoch{kFree};
  };
  struct Retired {
    Retired(std::uint64_t at, void* what, void (*how)(void*))
        : epoch(at), object(what), free(how) {}
    Retired(Retired&& other) noexcept
        : epoch(other.epoch), object(std::exchange(other.object, nullptr)), free(other.free) {}
    Retired(const Retired&) = delete;
    Retired& operator=(const Retired&) = delete;
    Retired& operator=(Retired&&) = delete;
    ~Retired() {
      if (object != nullptr) free(object);
    }
    std::uint64_t epoch;
    void* object;
    void (*free)(void*);
  };

  std::atomic<std::uint64_t>& Acquire() const {
    thread_local std::size_t hint = 0;  // threads settle on slots of their own
    for (std::size_t tries = 0;; ++tries) {
      const std::size_t at = (hint + tries) % kMaxPins;
      std::uint64_t expected = kFree;
      if (slots_[at].epoch.load(std::memory_order_relaxed) == kFree &&
          slots_[at].epoch.compare_exchange_strong(expected, epoch_.load())) {
        hint = at;
        return slots_[at].epoch;
      }
      if (tries % kMaxPins == kMaxPins - 1) std::this_thread::yield();
    }
  }

  std::uint64_t OldestPinned(std::uint64_t none) const {
    std::uint64_t oldest = none;
    for (const Slot& slot : slots_) {
      const std::uint64_t pinned = slot.epoch.load();
      if (pinned != kFree && pinned < oldest) oldest = pinned;
    }
    return oldest;
  }

  std::atomic<std::uint64_t> epoch_{1};
  mutable std::array<Slot, kMaxPins> slots_;
  std::deque<Retired> waiting_;  // the writer's
};

}  // namespace noren::matching
