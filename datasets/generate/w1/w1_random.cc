// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_random.h"

#include <algorithm>

namespace noren::w1 {

Cumulative::Cumulative(std::span<const double> weights) {
  double sum = 0;
  sums_.reserve(weights.size());
  for (const double weight : weights) {
    sum += weight;
    sums_.push_back(sum);
  }
}

std::uint32_t Cumulative::Draw(Stream& stream) const {
  const double at = stream.Unit() * sums_.back();
  const auto found = std::ranges::upper_bound(sums_, at);
  const auto index = static_cast<std::size_t>(found - sums_.begin());
  return static_cast<std::uint32_t>(std::min(index, sums_.size() - 1));
}

}  // namespace noren::w1
