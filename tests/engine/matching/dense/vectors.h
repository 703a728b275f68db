// Random vectors and a keyed tie rule for the tests of the dense ranking.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/matching/dense/inner_product.h"
#include "tests/support/seeded_random.h"

namespace noren::matching {

// Roughly normal components; `count` vectors one after the other. kUnit: of length one.
// kWild: lengths from 2^-20 to 2^10, some rows all zero, with one component only, or alike.
enum class Lengths : std::uint8_t { kUnit, kWild };
std::vector<float> RandomVectors(std::size_t count, std::size_t dimension, Lengths lengths,
                                 SeededRandom& random);

// Words of a filter that lets about one of `one_in` slots through.
std::vector<std::uint64_t> RandomFilter(std::size_t slots, std::uint64_t one_in,
                                        SeededRandom& random);

// A mixed function of the pair; `values` few, so that ids have to decide.
class MixedRowTies final : public RowTies {
 public:
  explicit MixedRowTies(std::uint64_t values = 0) : values_(values) {}
  std::uint64_t Of(std::uint64_t query_id, std::uint64_t row_id) const override;

 private:
  std::uint64_t values_;  // 0: all
};

// Row i is at slot slots[i] with id 1000 + 7 * slots[i].
std::vector<DenseRow> RowsAt(std::span<const std::uint32_t> slots, std::span<const float> vectors,
                             std::size_t dimension);
// Slots 0, 1, 2, ...
std::vector<DenseRow> RowsInOrder(std::span<const float> vectors, std::size_t dimension);

}  // namespace noren::matching
