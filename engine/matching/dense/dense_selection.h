// From what a scan leaves over to the answer: rows that may be among the best k, until the exact
// score decides.
// Source:   docs/design/0004-dense.md
// Threads:  one owner
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
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

// Values of a `fraction` of all rows, and from them a threshold that about the best k of all reach.
// It is a guess, never a bound.
class DenseSample {
 public:
  DenseSample(std::size_t k, double fraction);
  void Add(float value);
  double Guess();  // kNoThreshold when too little was seen

 private:
  void Select();
  std::size_t rank_;
  float least_ = -std::numeric_limits<float>::infinity();  // smaller values do not matter
  std::vector<float> values_;
};

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

// Survivors on their way to the answer. Everything must outlive it.
class DenseSelection {
 public:
  // `margins` are those of all survivors' blocks, at least.
  DenseSelection(const DenseShape& shape, const DenseProbe& probe, const DenseKernels& kernels,
                 const DenseMargins& margins)
      : shape_(shape), probe_(probe), kernels_(kernels), margins_(margins) {}

  // Offers all survivors that may be among the best, the likely best first, and leaves out rows
  // whose scores are below `threshold`.
  //   form   of the survivors' products
  void Offer(double threshold, TileForm form, std::vector<DenseSurvivor>& survivors,
             DenseBest& best);
  std::size_t refined_count() const { return refined_count_; }
  std::size_t exact_count() const { return exact_count_; }

 private:
  using Survivors = std::span<DenseSurvivor>;
  void Refine(Survivors survivors);
  std::size_t RefineBest(std::size_t count, std::vector<DenseSurvivor>& survivors);
  void OfferBest(std::size_t count, Survivors survivors, DenseBest& best);
  void DropNibblesBelow(double threshold, std::size_t first,
                        std::vector<DenseSurvivor>& survivors) const;
  void DropBelow(double threshold, std::size_t first, std::vector<DenseSurvivor>& survivors) const;
  void Score(const DenseSurvivor& survivor, DenseBest& best);
  void PrefetchRow(const DenseSurvivor& survivor) const;
  const DenseShape& shape_;
  const DenseProbe& probe_;
  const DenseKernels& kernels_;
  const DenseMargins margins_;
  std::size_t refined_count_ = 0;
  std::size_t exact_count_ = 0;
};

}  // namespace noren::matching
