// From what a scan leaves over to the answer: rows that may be among the best k, until the exact
// score decides.
// Source:   docs/design/0004-dense.md
// Threads:  one owner
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/matching/dense/dense_block.h"
#include "engine/matching/dense/dense_kernels.h"
#include "engine/matching/dense/dense_probe.h"
#include "engine/matching/dense/inner_product.h"

namespace noren::matching {

inline constexpr double kNoThreshold = -std::numeric_limits<double>::infinity();

struct DenseSurvivor {
  const DensePage* page = nullptr;
  std::uint32_t slot = 0;
  std::int32_t product = 0;  // of nibbles or of whole bytes
  float value = 0;           // about the score
  std::uint16_t code = 0;
  const DenseBlock& block() const { return page->blocks[slot / kDenseLanes % kPageBlocks]; }
};

// A threshold that about the best k of all reach, from the values of what was seen of a `fraction`
// of all rows; kNoThreshold when too little was seen. It is a guess, never a bound.
double GuessThreshold(std::vector<float>& values, std::size_t k, double fraction);
// Values of what was seen that a threshold may rest on, at least.
std::size_t GuessRank(std::size_t k, double fraction);

// The best k of the exactly scored.
class DenseBest {
 public:
  DenseBest(std::size_t k, std::uint64_t query_id, const RowTies& ties)
      : k_(k), query_id_(query_id), ties_(ties) {}
  std::size_t k() const { return k_; }
  bool full() const { return heap_.size() == k_; }
  double worst_score() const { return heap_.front().score; }  // when full, with k above 0
  void Offer(std::uint64_t row_id, std::uint32_t slot, double score);
  std::vector<DenseRanked> TakeSorted();

 private:
  std::size_t k_;
  std::uint64_t query_id_;
  const RowTies& ties_;
  std::vector<DenseRanked> heap_;
};

class DenseSelection {
 public:
  DenseSelection(const DenseShape& shape, const DenseProbe& probe, const DenseKernels& kernels)
      : shape_(shape), probe_(probe), kernels_(kernels) {}

  // Gives the survivors products of whole bytes, from their lower nibbles.
  void Refine(std::vector<DenseSurvivor>& survivors) const;
  // Survivors with products of whole bytes: offers all that may be among the best, best first.
  // Rows with scores below `threshold` may be left out. Returns how many were scored.
  std::size_t Score(double threshold, std::vector<DenseSurvivor>& survivors,
                    DenseBest& best) const;

 private:
  void DropBelow(double threshold, const DenseMargins& margins, std::size_t first,
                 std::vector<DenseSurvivor>& survivors) const;
  void Offer(const DenseSurvivor& survivor, DenseBest& best) const;
  void PrefetchRow(const DenseSurvivor& survivor) const;
  const DenseShape& shape_;
  const DenseProbe& probe_;
  const DenseKernels& kernels_;
};

}  // namespace noren::matching
