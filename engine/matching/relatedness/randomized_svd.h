// The leading part of a sparse symmetric matrix by a randomised range finder with power iterations:
// the best directions to keep when only a few fit.
// Source:   Halko, Martinsson, Tropp 2011, algorithms 4.4 (range) and 5.3 (decomposition)
// Threads:  pure functions, one thread. The bits depend on the build alone: the test matrix is
//           fixed, sums run in a fixed order, and block sizes do not follow the processor's caches.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "crypto/base/status.h"
#include "engine/matching/relatedness/ppmi.h"

namespace noren::matching {

struct SvdOptions {
  std::size_t rank = 64;
  std::size_t oversampling = 16;
  std::size_t power_iterations = 2;
  std::uint64_t seed = 0;
};

// A is about U diag(values) U^T. Of the singular triples those with a positive eigenvalue, for they
// alone are lengths in a space of vectors; largest first.
struct LeadingEigenpairs {
  std::size_t count = 0;       // at most the rank asked for
  std::vector<double> values;  // above zero, descending
  std::vector<double>
      vectors;  // size x count, row-major; columns are orthonormal, the entry of the
                // largest magnitude (the first such) is positive
};

//   errors   kCancelled: stopped
StatusOr<LeadingEigenpairs> DecomposeSymmetric(
    const SparseSymmetricMatrix& matrix, const SvdOptions& options, const std::stop_token& stop,
    const std::function<void(std::int32_t thousandths)>& progress = {});

}  // namespace noren::matching
