// Keeps the relatedness in use up to date while the ranking runs: trains in the background on a
// snapshot and publishes the result in one step.
// Source:   docs/design/0003-relatedness.md
// Threads:  thread-safe; readers never wait for a training
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "crypto/base/status.h"
#include "engine/matching/relatedness/relatedness_model.h"
#include "engine/matching/relatedness/train.h"

namespace noren::matching {

// Due when so many people came, left or changed their tokens since the snapshot of the model in
// use. Never for a handful: a model that follows single people would speak of them.
struct RetrainingRule {
  std::int32_t changed_thousandths = 50;  // of the people it was trained on
  std::uint64_t min_changed_people = 1000;
};

class RelatednessTrainer {
 public:
  RelatednessTrainer(const RelatednessOptions& options, const RetrainingRule& rule);
  // Stops a training and waits for its end.
  ~RelatednessTrainer();
  RelatednessTrainer(const RelatednessTrainer&) = delete;
  RelatednessTrainer& operator=(const RelatednessTrainer&) = delete;

  // Never null; knows no token before the first training. Holders keep what they got.
  std::shared_ptr<const RelatednessModel> Current() const;
  // Takes over a model from a snapshot on disk; nothing counts as changed since.
  void Restore(RelatednessModel model);

  // Call for every person added, removed, or with other tokens than before.
  void CountChange() { changed_people_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t changed_people() const { return changed_people_.load(std::memory_order_relaxed); }
  bool IsDue() const;

  // Starts training on `snapshot`, which is taken now: what is counted as changed from here on
  // counts for the next. kFailedPrecondition: a training is running.
  Status Start(TokenBaskets snapshot);
  bool IsTraining() const;
  // Asks a running training to end; the model in use stays.
  void Stop();
  // Waits for the training that was started last; ok when its model was published, kNotFound when
  // none was started.
  Status Wait();

 private:
  void Publish(RelatednessModel model);
  void Run(const std::stop_token& stop, const TokenBaskets& snapshot, std::uint64_t changed_before);

  const RelatednessOptions options_;
  const RetrainingRule rule_;

  // Held while a pointer is copied or swapped, never while anything is computed or freed. (The
  // atomic shared_ptr of libstdc++ 12 is a lock as well, and one that unlocks without ordering.)
  mutable std::mutex current_mutex_;
  std::shared_ptr<const RelatednessModel> current_;

  std::atomic<std::uint64_t> changed_people_{0};

  mutable std::mutex mutex_;  // below: under it
  std::condition_variable ended_;
  bool is_training_ = false;
  std::optional<Status> last_result_;
  std::jthread thread_;
};

}  // namespace noren::matching
