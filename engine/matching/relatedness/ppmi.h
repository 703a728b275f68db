// Positive pointwise mutual information (PPMI): how much more often two tokens are together than
// their frequencies explain, as a sparse symmetric matrix.
// Source:   Levy, Goldberg, Dagan 2015, section 3 (context distribution smoothing)
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/matching/relatedness/cooccurrence.h"

namespace noren::matching {

// Values are whole multiples of 1 / kPpmiUnits: what a logarithm's last bit is on another machine
// makes no difference.
inline constexpr double kPpmiUnits = 4096;

// Compressed rows, both triangles, no diagonal; columns ascend in a row.
struct SparseSymmetricMatrix {
  std::int32_t size = 0;
  std::vector<std::int32_t> row_begins;  // size + 1
  std::vector<std::int32_t> columns;
  std::vector<double> values;
};

// ln( P(i,j) / sqrt(P(i) Q(j) P(j) Q(i)) ) where it is above zero: the mean of both directions,
// Q being P raised to `smoothing` and scaled to the same sum.
//   errors   kResourceExhausted: 2^30 pairs or more
StatusOr<SparseSymmetricMatrix> PpmiOf(const Cooccurrence& counted, double smoothing);

}  // namespace noren::matching
