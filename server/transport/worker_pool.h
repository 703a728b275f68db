// Threads that run handlers. The queue is bounded by the caller, with
// ServerLimits::requests_in_flight_max.
// Threads:  Post from any thread.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace noren::server {

class WorkerPool {
 public:
  // threads_count 0: as many as cores.
  explicit WorkerPool(int threads_count);
  // Runs what is queued, then joins.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void Post(std::function<void()> job);
  void Join();

 private:
  void Work();

  std::mutex mutex_;  // guards queue_ and stopping_
  std::condition_variable ready_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace noren::server
