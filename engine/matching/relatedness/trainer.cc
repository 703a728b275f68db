// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/trainer.h"

#include <algorithm>
#include <utility>

namespace noren::matching {

RelatednessTrainer::RelatednessTrainer(const RelatednessOptions& options,
                                       const RetrainingRule& rule)
    : options_(options), rule_(rule), current_(std::make_shared<const RelatednessModel>()) {}

RelatednessTrainer::~RelatednessTrainer() = default;  // the jthread stops and joins

std::shared_ptr<const RelatednessModel> RelatednessTrainer::Current() const {
  const std::lock_guard lock(current_mutex_);
  return current_;
}

void RelatednessTrainer::Publish(RelatednessModel model) {
  std::shared_ptr<const RelatednessModel> swapped =
      std::make_shared<const RelatednessModel>(std::move(model));
  const std::lock_guard lock(current_mutex_);
  current_.swap(swapped);
}  // the lock goes first, then the model that was in use

void RelatednessTrainer::Restore(RelatednessModel model) {
  Publish(std::move(model));
  changed_people_.store(0);
}

bool RelatednessTrainer::IsDue() const {
  const std::uint64_t share =
      Current()->people_count() * static_cast<std::uint64_t>(rule_.changed_thousandths) / 1000;
  return changed_people() >= std::max(rule_.min_changed_people, share);
}

Status RelatednessTrainer::Start(TokenBaskets snapshot) {
  const std::lock_guard lock(mutex_);
  if (is_training_) return FailedPrecondition("relatedness: a training is running");
  is_training_ = true;
  last_result_.reset();
  const std::uint64_t changed_before = changed_people_.exchange(0);
  // The thread before has done its work; assigning joins it.
  thread_ = std::jthread([this, baskets = std::move(snapshot), changed_before](
                             const std::stop_token& stop) { Run(stop, baskets, changed_before); });
  return OkStatus();
}

void RelatednessTrainer::Run(const std::stop_token& stop, const TokenBaskets& snapshot,
                             std::uint64_t changed_before) {
  StatusOr<RelatednessModel> model = TrainRelatedness(snapshot, options_, {stop, {}});
  if (model.ok()) {
    Publish(*std::move(model));
  } else {
    changed_people_.fetch_add(changed_before);  // still not learned
  }
  const std::lock_guard lock(mutex_);
  last_result_ = std::move(model).status();
  is_training_ = false;
  ended_.notify_all();
}

bool RelatednessTrainer::IsTraining() const {
  const std::lock_guard lock(mutex_);
  return is_training_;
}

void RelatednessTrainer::Stop() {
  const std::lock_guard lock(mutex_);
  thread_.request_stop();
}

Status RelatednessTrainer::Wait() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return !is_training_; });
  return last_result_.value_or(NotFound("relatedness: no training was started"));
}

}  // namespace noren::matching
