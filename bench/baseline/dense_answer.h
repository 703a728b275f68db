// What an engine over dense vectors answers.
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace noren::bench {

struct DenseHit {
  std::uint32_t seeker = 0;  // index
  float score = 0;
};
using DenseAnswer = std::vector<DenseHit>;  // best first

}  // namespace noren::bench
