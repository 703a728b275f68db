// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/parallel.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>

namespace noren::matching {

void ParallelFor(std::size_t count, const ParallelOptions& options,
                 const std::function<void(std::size_t first, std::size_t last)>& body) {
  const std::size_t grain = std::max<std::size_t>(1, options.grain);
  if (options.threads == 1 || count <= grain) {
    if (count != 0) body(0, count);
    return;
  }
  const int threads =
      options.threads == 0 ? tbb::task_arena::automatic : static_cast<int>(options.threads);
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain),
                      [&body](const tbb::blocked_range<std::size_t>& range) {
                        body(range.begin(), range.end());
                      });
  });
}

}  // namespace noren::matching
