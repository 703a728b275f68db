// The thread that looks after the market: background work in small portions, and a snapshot now and
// then, so that the next start is a short one; and whatever else waits for a quiet moment.
// Threads:  construct and destroy by one thread
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "crypto/base/status.h"
#include "engine/operations/market.h"

namespace noren::server {

class MarketTender {
 public:
  struct Plan {
    std::chrono::milliseconds every{50};      // between portions of work
    std::chrono::milliseconds portion{10};    // of work
    std::chrono::milliseconds save_every{0};  // 0: no snapshots
    std::function<void()> save;
    std::chrono::milliseconds tend_every{1000};
    std::function<bool()> tend;  // other work that nobody waits for; true: more is left
  };
  MarketTender(operations::Market& market, Plan plan);
  // Stops between two portions.
  ~MarketTender();

 private:
  void Run();
  operations::Market& market_;
  const Plan plan_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace noren::server
