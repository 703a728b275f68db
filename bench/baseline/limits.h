// What this machine's memory gives one core: the bounds that speeds are compared with.
// Threads:  measures in the calling thread.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace noren::bench {

struct Limits {
  double dram_read_gb_per_s = 0;  // 10^9 bytes
  double l3_read_gb_per_s = 0;    // 8 MiB
  double l2_read_gb_per_s = 0;    // 512 KiB
  // Millions of 64-byte lines a second, addresses known ahead, over 256 MiB.
  double random_lines_million_per_s = 0;
  double random_line_chain_ns = 0;  // each address read from the line before
};

// Takes the best of a few rounds. Takes `dram_bytes` of memory for a moment: more than the caches
// hold.
Limits MeasureLimits(std::size_t dram_bytes);

}  // namespace noren::bench
