// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/market_tender.h"

#include <utility>

namespace noren::server {
namespace {

constexpr std::chrono::milliseconds kShortWait{1};

}  // namespace

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
  Clock::time_point tended = saved;
  bool is_more = false;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    lock.unlock();
    (void)market_.Maintain(plan_.portion);  // what is left waits for the next portion
    if (plan_.save_every.count() > 0 && Clock::now() - saved >= plan_.save_every) {
      plan_.save();
      saved = Clock::now();
    }
    if (plan_.tend && (is_more || Clock::now() - tended >= plan_.tend_every)) {
      is_more = plan_.tend();
      tended = Clock::now();
    }
    lock.lock();
    wake_.wait_for(lock, is_more ? kShortWait : plan_.every, [this] { return stop_; });
  }
}

}  // namespace noren::server
