// Memory for blocks, in pages of two megabytes where the system has them: a query touches blocks
// all over the index, and with small pages every touch would look up its address as well.
// Threads:  thread-safe
// Memory:   what is freed is used again for blocks of about the same size, and not given back
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace noren::matching {

// 64-byte aligned.
void* AllocateBlockMemory(std::size_t size);
// `size` as it was allocated with.
void FreeBlockMemory(void* memory, std::size_t size);

}  // namespace noren::matching
