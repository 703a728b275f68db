// SPDX-License-Identifier: Apache-2.0
#include "bench/baseline/limits.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <numeric>
#include <vector>

#include "bench/baseline/memory_kernels.h"
#include "bench/macro/clocks.h"
#include "crypto/base/check.h"
#include "datasets/generate/w1/w1_random.h"

namespace noren::bench {
namespace {

constexpr std::size_t kLineBytes = 64;
constexpr int kRounds = 3;

// Memory in huge pages where the system gives them, so that page walks are not what is measured.
class Arena {
 public:
  explicit Arena(std::size_t size_bytes) : size_bytes_(size_bytes) {
    void* memory =
        mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    NOREN_CHECK(memory != MAP_FAILED, "memory for measuring the limits");
    data_ = static_cast<std::uint8_t*>(memory);
    madvise(data_, size_bytes, MADV_HUGEPAGE);
    std::memset(data_, 1, size_bytes);
  }
  ~Arena() { munmap(data_, size_bytes_); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  std::uint8_t* data() { return data_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_bytes_;
};

// Keeps the compiler from leaving out what computes `value`.
void Use(std::uint64_t value) { asm volatile("" : : "r"(value) : "memory"); }

double BestCpuSeconds(const std::function<void()>& work) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const double before = ThreadCpuSeconds();
    work();
    best = std::min(best, ThreadCpuSeconds() - before);
  }
  return best;
}

double ReadRate(Arena& arena, std::size_t size_bytes, std::size_t total_bytes) {
  const std::size_t passes = std::max<std::size_t>(1, total_bytes / size_bytes);
  const double seconds = BestCpuSeconds([&] {
    for (std::size_t pass = 0; pass < passes; ++pass) Use(SumOfMemory(arena.data(), size_bytes));
  });
  return static_cast<double>(passes * size_bytes) / seconds / 1e9;
}

double RandomLines(Arena& arena, std::size_t span_bytes) {
  constexpr std::size_t kReads = std::size_t{1} << 23U;
  const auto lines = static_cast<std::uint32_t>(span_bytes / kLineBytes);
  const double seconds = BestCpuSeconds([&] {
    w1::Stream stream(1);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kReads; ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, arena.data() + std::size_t{stream.Below(lines)} * kLineBytes, sizeof word);
      sum += word;
    }
    Use(sum);
  });
  return static_cast<double>(kReads) / seconds / 1e6;
}

// One cycle through all lines, in random order.
double ChainNanoseconds(Arena& arena, std::size_t span_bytes) {
  constexpr std::size_t kReads = 2'000'000;
  std::vector<std::uint32_t> order(span_bytes / kLineBytes);
  std::iota(order.begin(), order.end(), 0U);
  w1::Stream stream(7);
  for (std::size_t i = order.size() - 1; i > 0; --i) {
    std::swap(order[i], order[stream.Below(static_cast<std::uint32_t>(i + 1))]);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint64_t next = order[(i + 1) % order.size()];
    std::memcpy(arena.data() + std::size_t{order[i]} * kLineBytes, &next, sizeof next);
  }
  std::uint64_t at = 0;
  const double seconds = BestCpuSeconds([&] {
    for (std::size_t i = 0; i < kReads; ++i) {
      std::memcpy(&at, arena.data() + at * kLineBytes, sizeof at);
    }
    Use(at);
  });
  return seconds * 1e9 / static_cast<double>(kReads);
}

}  // namespace

Limits MeasureLimits(std::size_t dram_bytes) {
  constexpr std::size_t kCacheBytes = std::size_t{2} << 30U;
  Arena arena(dram_bytes);
  const std::size_t random_span = std::min<std::size_t>(dram_bytes, std::size_t{256} << 20U);
  Limits limits;
  limits.dram_read_gb_per_s = ReadRate(arena, dram_bytes, dram_bytes);
  limits.l3_read_gb_per_s = ReadRate(arena, std::size_t{8} << 20U, kCacheBytes);
  limits.l2_read_gb_per_s = ReadRate(arena, std::size_t{512} << 10U, kCacheBytes);
  limits.random_lines_million_per_s = RandomLines(arena, random_span);
  limits.random_line_chain_ns = ChainNanoseconds(arena, random_span);
  return limits;
}

}  // namespace noren::bench
