// How much memory this process holds, for tests that bound growth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>

namespace noren::server {

// Resident bytes after giving free heap pages back to the kernel.
inline std::size_t ResidentBytes() {
  ::malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  std::size_t total_pages = 0;
  std::size_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// A sanitizer keeps freed memory aside and shadows the rest; bounds in bytes are checked in plain
// builds.
inline constexpr bool kMeasuresMemory = false;
#else
inline constexpr bool kMeasuresMemory = true;
#endif

inline void ExpectGrowthAtMost(std::size_t bytes, std::size_t before) {
  if (kMeasuresMemory) {
    EXPECT_LE(ResidentBytes(), before + bytes);
  }
}

}  // namespace noren::server
