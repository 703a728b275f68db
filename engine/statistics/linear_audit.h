// Which unknowns a system of sums gives away.
// Source:   docs/design/0038-statistics.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace noren::statistics {

// One sum: the unknowns in it, each with 1 or -1.
using SparseRow = std::vector<std::pair<std::size_t, int>>;

// The unknowns that have one value in every solution, whatever the constants are; ascending.
//   time     rows^2 x unknowns
std::vector<std::size_t> DeterminedUnknowns(const std::vector<SparseRow>& rows,
                                            std::size_t unknowns);

}  // namespace noren::statistics
