// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/update_load.h"

#include <chrono>

#include "bench/macro/clocks.h"
#include "bench/macro/measure.h"
#include "datasets/generate/w1/w1_rows.h"

namespace noren::bench {

void UpdateLoad::Start() {
  stop_ = false;
  thread_ = std::thread([this] { Run(); });
}

void UpdateLoad::Stop() {
  if (!thread_.joinable()) return;
  stop_ = true;
  thread_.join();
  for (const std::size_t i : changed_) index_.Upsert(W1SeekerRow(data_.seekers, i, tokens_));
  changed_.clear();
}

void UpdateLoad::Run() {
  using Clock = std::chrono::steady_clock;
  constexpr auto kPeriod = std::chrono::microseconds(1'000'000 / kUpdatesPerSecond);
  const double before = WallSeconds();
  // Ticks are counted from the start, so that what comes late is caught up.
  for (auto tick = Clock::now(); !stop_; tick += kPeriod) {
    std::this_thread::sleep_until(tick);
    UpdateOne();
    index_.MaintainStep();
  }
  running_seconds_ += WallSeconds() - before;
}

void UpdateLoad::UpdateOne() {
  const auto count = static_cast<std::uint32_t>(data_.seekers.size());
  const std::size_t person = stream_.Below(count);
  const bool is_erasure = stream_.Below(10) == 0;
  matching::SeekerRow row = W1SeekerRow(data_.seekers, stream_.Below(count), tokens_);
  row.id = w1::RowIdOf(person);
  changed_.insert(person);
  const double before = ThreadCpuSeconds();
  if (is_erasure) {
    index_.Erase(row.id);
  } else {
    index_.Upsert(row);
  }
  update_us_.push_back((ThreadCpuSeconds() - before) * 1e6);
}

double UpdateLoad::UpdatesPerSecond() const {
  return running_seconds_ == 0 ? 0 : static_cast<double>(update_us_.size()) / running_seconds_;
}
double UpdateLoad::UpdateMicroseconds(double share) const {
  return PercentileOf(update_us_, share);
}

}  // namespace noren::bench
