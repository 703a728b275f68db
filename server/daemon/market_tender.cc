// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/market_tender.h"

#include <utility>

namespace noren::server {

MarketTender::MarketTender(operations::Market& market, Plan plan)
    : market_(market), plan_(std::move(plan)), thread_([this] { Run(); }) {}

MarketTender::~MarketTender() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void MarketTender::Run() {
  using Clock = std::chrono::steady_clock;
  Clock::time_point saved = Clock::now();
  std::unique_lock lock(mutex_);
  while (!stop_) {
    lock.unlock();
    (void)market_.Maintain(plan_.portion);  // what is left waits for the next portion
    if (plan_.settle) plan_.settle();
    if (plan_.save_every.count() > 0 && Clock::now() - saved >= plan_.save_every) {
      plan_.save();
      saved = Clock::now();
    }
    lock.lock();
    wake_.wait_for(lock, plan_.every, [this] { return stop_; });
  }
}

}  // namespace noren::server
