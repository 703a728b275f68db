// Inner products of one int8 vector with every row of a table, in whole numbers.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace noren::matching {

// `rows` is a whole number of rows, each as long as `vector` (at most 2^16 values, so that no sum
// overflows).
std::vector<std::int32_t> Int8Products(std::span<const std::int8_t> rows,
                                       std::span<const std::int8_t> vector);

}  // namespace noren::matching
