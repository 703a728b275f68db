// FAISS over the dense vectors of W1: exact inner products, with a bitmap of who passes (W1c) or
// all postings at once through BLAS (W1d).
// Source:   FAISS 1.7.3 (Debian), IndexFlatIP
// Threads:  one thread inside; const members concurrently.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bench/baseline/dense_answer.h"

namespace noren::bench {

class FaissEngine {
 public:
  // `vectors` is rows x kDimensions, row-major; it is copied.
  explicit FaissEngine(std::span<const float> vectors);
  ~FaissEngine();
  FaissEngine(const FaissEngine&) = delete;
  FaissEngine& operator=(const FaissEngine&) = delete;

  // `passes`: bit i % 64 of word i / 64 lets person i through.
  DenseAnswer Best(std::span<const float> query, std::span<const std::uint64_t> passes,
                   std::size_t k) const;
  // `queries` is rows x kDimensions.
  std::vector<DenseAnswer> BestOfEach(std::span<const float> queries, std::size_t k) const;
  std::size_t memory_bytes() const;

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

}  // namespace noren::bench
