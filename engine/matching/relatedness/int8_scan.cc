// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/int8_scan.h"

#include <cstddef>

namespace noren::matching {

// Widened to 16 bits by hand: the compiler turns this loop into multiply-and-add of eight lanes on
// the plainest x86-64. It runs once per asked skill and model, not per person.
std::vector<std::int32_t> Int8Products(std::span<const std::int8_t> rows,
                                       std::span<const std::int8_t> vector) {
  std::vector<std::int32_t> products;
  if (vector.empty()) return products;
  products.reserve(rows.size() / vector.size());
  const std::vector<std::int16_t> wide(vector.begin(), vector.end());
  for (std::size_t begin = 0; begin < rows.size(); begin += vector.size()) {
    const std::int8_t* row = rows.data() + begin;
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < wide.size(); ++i) {
      sum += static_cast<std::int16_t>(row[i]) * wide.data()[i];
    }
    products.push_back(sum);
  }
  return products;
}

}  // namespace noren::matching
