// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/dense/vectors.h"

#include <cmath>
#include <numeric>

namespace noren::matching {
namespace {

float Component(SeededRandom& random) {
  const std::uint64_t bits = random.Below(std::uint64_t{1} << 63);
  double sum = -6;  // of three parts of 21 bits, each counting twice as much as a unit
  for (int i = 0; i < 3; ++i) sum += static_cast<double>(bits >> (21 * i) & 0x1FFFFF) * 0x1p-19;
  return static_cast<float>(sum);
}

void MakeWild(std::span<float> vector, SeededRandom& random) {
  const std::uint64_t kind = random.Below(16);
  const float first = vector[0];
  if (kind == 0) std::ranges::fill(vector, 0.0f);
  if (kind == 1) std::ranges::fill(vector, first);
  if (kind == 2) std::ranges::fill(vector.subspan(1), 0.0f);
  const float scale = std::ldexp(1.0f, static_cast<int>(random.Below(31)) - 20);
  for (float& x : vector) x *= scale;
}

void MakeUnit(std::span<float> vector) {
  double square = 0;
  for (const float x : vector) square += static_cast<double>(x) * x;
  if (square == 0) return;
  for (float& x : vector) x = static_cast<float>(x / std::sqrt(square));
}

std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace

std::vector<float> RandomVectors(std::size_t count, std::size_t dimension, Lengths lengths,
                                 SeededRandom& random) {
  std::vector<float> all(count * dimension);
  for (float& x : all) x = Component(random);
  for (std::size_t i = 0; i < count; ++i) {
    const std::span<float> vector(&all[i * dimension], dimension);
    if (lengths == Lengths::kUnit) {
      MakeUnit(vector);
    } else {
      MakeWild(vector, random);
    }
  }
  return all;
}

std::vector<std::uint64_t> RandomFilter(std::size_t slots, std::uint64_t one_in,
                                        SeededRandom& random) {
  std::vector<std::uint64_t> words((slots + 63) / 64);
  for (std::size_t s = 0; s < slots; ++s) {
    if (random.Below(one_in) == 0) words[s / 64] |= std::uint64_t{1} << s % 64;
  }
  return words;
}

std::uint64_t MixedRowTies::Of(std::uint64_t query_id, std::uint64_t row_id) const {
  const std::uint64_t mixed = Mix(query_id * 3 + Mix(row_id + 1));
  return values_ == 0 ? mixed : mixed % values_;
}

std::vector<DenseRow> RowsAt(std::span<const std::uint32_t> slots, std::span<const float> vectors,
                             std::size_t dimension) {
  std::vector<DenseRow> rows;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    rows.push_back(
        {slots[i], 1000 + 7 * std::uint64_t{slots[i]}, vectors.subspan(i * dimension, dimension)});
  }
  return rows;
}

std::vector<DenseRow> RowsInOrder(std::span<const float> vectors, std::size_t dimension) {
  std::vector<std::uint32_t> slots(vectors.size() / dimension);
  std::iota(slots.begin(), slots.end(), 0u);
  return RowsAt(slots, vectors, dimension);
}

}  // namespace noren::matching
