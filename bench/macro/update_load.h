// Updates at a steady rate beside the queries that are measured: people are replaced by others,
// erased and put back, and the index is maintained. What was changed is put right afterwards, so
// that answers can be checked again.
// Threads:  Start and Stop by one owner; updates run in a thread of their own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <set>
#include <thread>
#include <vector>

#include "bench/macro/w1_data.h"
#include "datasets/generate/w1/w1_random.h"
#include "datasets/generate/w1/w1_tokens.h"
#include "engine/matching/index/seeker_index.h"

namespace noren::bench {

inline constexpr int kUpdatesPerSecond = 1000;

class UpdateLoad {
 public:
  // `index` holds the rows of `data` made with `tokens`; all three outlive this.
  UpdateLoad(matching::SeekerIndex& index, const W1Data& data, const w1::TokenMaker& tokens)
      : index_(index), data_(data), tokens_(tokens) {}
  ~UpdateLoad() { Stop(); }
  UpdateLoad(const UpdateLoad&) = delete;
  UpdateLoad& operator=(const UpdateLoad&) = delete;

  void Start();
  void Stop();  // and puts everybody back
  // Of all rounds so far: how many updates a second there were, and how long until an update was
  // visible, in core time.
  double UpdatesPerSecond() const;
  double UpdateMicroseconds(double share) const;

 private:
  void Run();
  void UpdateOne();

  matching::SeekerIndex& index_;
  const W1Data& data_;
  const w1::TokenMaker& tokens_;
  w1::Stream stream_{1};
  std::atomic<bool> stop_{false};
  std::thread thread_;
  std::set<std::size_t> changed_;
  std::vector<double> update_us_;
  double running_seconds_ = 0;
};

}  // namespace noren::bench
