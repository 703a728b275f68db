// Reading memory as fast as the machine can, for the limits that engines are measured against.
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace noren::bench {

// Sums `size_bytes` (a multiple of 256) at `data` (64-byte aligned) with the widest loads there
// are.
std::uint64_t SumOfMemory(const std::uint8_t* data, std::size_t size_bytes);
// "avx512", "avx2" or "scalar".
std::string_view MemoryKernelName();

}  // namespace noren::bench
