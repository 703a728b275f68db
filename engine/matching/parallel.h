// Loops over all cores.
// Source:   oneTBB
// Threads:  see below
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace noren::matching {

// Calls body(first, last) for ranges that together are [0, count), each once, from several threads
// at a time; returns when all are done. `threads` 0: one per core. The body does not throw.
//   grain    ranges are not split below this
struct ParallelOptions {
  unsigned threads = 0;
  std::size_t grain = 1;
};
void ParallelFor(std::size_t count, const ParallelOptions& options,
                 const std::function<void(std::size_t first, std::size_t last)>& body);

}  // namespace noren::matching
