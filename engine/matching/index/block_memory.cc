// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/block_memory.h"

#include <sys/mman.h>

#include <map>
#include <mutex>
#include <new>
#include <vector>

namespace noren::matching {
namespace {

constexpr std::size_t kPage = std::size_t{2} << 20;
constexpr std::size_t kChunk = 4 * kPage;
constexpr std::size_t kStep = 256;  // sizes are rounded up to this
constexpr std::size_t kLine = 64;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPooled = false;  // so that a sanitizer sees every use after free
#else
constexpr bool kPooled = true;
#endif

std::size_t Rounded(std::size_t size) { return (size + kStep - 1) / kStep * kStep; }

class Pool {
 public:
  void* Take(std::size_t size) {
    const std::lock_guard lock(mutex_);
    std::vector<void*>& free = free_[size];
    if (free.empty()) return Cut(size);
    void* memory = free.back();
    free.pop_back();
    return memory;
  }
  void Give(void* memory, std::size_t size) {
    const std::lock_guard lock(mutex_);
    free_[size].push_back(memory);
  }

 private:
  void* Cut(std::size_t size) {
    if (left_ < size) {
      next_ = static_cast<std::byte*>(::operator new(kChunk, std::align_val_t{kPage}));
      left_ = kChunk;
      // Before the first touch; where it is refused, the pages are small.
      static_cast<void>(madvise(next_, kChunk, MADV_HUGEPAGE));
    }
    void* memory = next_;
    next_ += size;
    left_ -= size;
    return memory;
  }

  std::mutex mutex_;
  std::map<std::size_t, std::vector<void*>> free_;  // by size
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
};

// Like the heap itself: one for the program, never destroyed.
Pool& ThePool() {
  static Pool* const pool = new Pool;
  return *pool;
}

}  // namespace

void* AllocateBlockMemory(std::size_t size) {
  if (!kPooled || Rounded(size) > kPage) return ::operator new(size, std::align_val_t{kLine});
  return ThePool().Take(Rounded(size));
}

void FreeBlockMemory(void* memory, std::size_t size) {
  if (!kPooled || Rounded(size) > kPage) return ::operator delete(memory, std::align_val_t{kLine});
  ThePool().Give(memory, Rounded(size));
}

}  // namespace noren::matching
