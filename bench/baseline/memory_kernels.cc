// SPDX-License-Identifier: Apache-2.0
#include "bench/baseline/memory_kernels.h"

#include <array>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace noren::bench {
namespace {

constexpr std::size_t kStepBytes = 256;

std::uint64_t SumScalar(const std::uint8_t* data, std::size_t size_bytes) {
  std::array<std::uint64_t, 4> sums{};
  for (std::size_t at = 0; at < size_bytes; at += 32) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), data + at, sizeof words);
    for (std::size_t i = 0; i < 4; ++i) sums[i] += words[i];
  }
  return sums[0] + sums[1] + sums[2] + sums[3];
}

#if defined(__x86_64__)
__attribute__((target("avx512f"))) std::uint64_t SumAvx512(const std::uint8_t* data,
                                                           std::size_t size_bytes) {
  __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
  for (std::size_t at = 0; at < size_bytes; at += kStepBytes) {
    a = _mm512_add_epi64(a, _mm512_load_si512(data + at));
    b = _mm512_add_epi64(b, _mm512_load_si512(data + at + 64));
    c = _mm512_add_epi64(c, _mm512_load_si512(data + at + 128));
    d = _mm512_add_epi64(d, _mm512_load_si512(data + at + 192));
  }
  const __m512i sum = _mm512_add_epi64(_mm512_add_epi64(a, b), _mm512_add_epi64(c, d));
  alignas(64) std::array<std::uint64_t, 8> words;
  _mm512_store_si512(words.data(), sum);
  std::uint64_t all = 0;
  for (const std::uint64_t word : words) all += word;
  return all;
}

__attribute__((target("avx2"))) std::uint64_t SumAvx2(const std::uint8_t* data,
                                                      std::size_t size_bytes) {
  const auto* from = reinterpret_cast<const __m256i*>(data);
  __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
  for (std::size_t at = 0; at < size_bytes; at += 128) {
    a = _mm256_add_epi64(a, _mm256_load_si256(from + at / 32));
    b = _mm256_add_epi64(b, _mm256_load_si256(from + at / 32 + 1));
    c = _mm256_add_epi64(c, _mm256_load_si256(from + at / 32 + 2));
    d = _mm256_add_epi64(d, _mm256_load_si256(from + at / 32 + 3));
  }
  const __m256i sum = _mm256_add_epi64(_mm256_add_epi64(a, b), _mm256_add_epi64(c, d));
  alignas(32) std::array<std::uint64_t, 4> words;
  _mm256_store_si256(reinterpret_cast<__m256i*>(words.data()), sum);
  return words[0] + words[1] + words[2] + words[3];
}
#endif

struct Kernel {
  std::string_view name;
  std::uint64_t (*sum)(const std::uint8_t*, std::size_t);
};
Kernel ChooseKernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return {"avx512", SumAvx512};
  if (__builtin_cpu_supports("avx2")) return {"avx2", SumAvx2};
#endif
  return {"scalar", SumScalar};
}
const Kernel& TheKernel() {
  static const Kernel kernel = ChooseKernel();
  return kernel;
}

}  // namespace

std::uint64_t SumOfMemory(const std::uint8_t* data, std::size_t size_bytes) {
  return TheKernel().sum(data, size_bytes);
}
std::string_view MemoryKernelName() { return TheKernel().name; }

}  // namespace noren::bench
