// AMX: TDPBUSD multiplies 16 rows of 64 bytes with 16 queries at once. The rest is AVX-512's.
// Compiled with its own options, as dense_kernels_avx512.cc.
// Source:   Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 18;
//           Linux Documentation/arch/x86/xstate.rst (the permission)
// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/matching/dense/dense_kernel_sets.h"

namespace noren::matching {
namespace {

constexpr std::size_t kTileRows = 16;  // of a tile register, and queries in it

struct alignas(64) TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfig) == 64);

void EnterTiles() {
  static constexpr TileConfig kConfig;
  _tile_loadconfig(&kConfig);
}
void LeaveTiles() { _tile_release(); }

// 32 rows times 32 queries: sums in registers 0 to 3, rows in 4 and 5, queries in 6 and 7.
inline __attribute__((always_inline)) void HalfBlock(const TileRows& rows,
                                                     const std::int8_t* columns,
                                                     std::size_t first_row,
                                                     std::int32_t* products) {
  constexpr std::size_t kColumnStride = 4 * kTileQueries;
  const std::uint8_t* upper = rows.bytes + first_row * rows.width;
  const std::uint8_t* lower = upper + kTileRows * rows.width;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (std::size_t d = 0; d < rows.width; d += 64) {
    const std::int8_t* queries = columns + d * kTileQueries;
    _tile_loadd(4, upper + d, rows.width);
    _tile_loadd(6, queries, kColumnStride);
    _tile_dpbusd(0, 4, 6);
    _tile_loadd(7, queries + 64, kColumnStride);
    _tile_dpbusd(1, 4, 7);
    _tile_loadd(5, lower + d, rows.width);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
  }
  constexpr std::size_t kStride = kTileQueries * sizeof(std::int32_t);
  _tile_stored(0, products, kStride);
  _tile_stored(1, products + 16, kStride);
  _tile_stored(2, products + kTileRows * kTileQueries, kStride);
  _tile_stored(3, products + kTileRows * kTileQueries + 16, kStride);
}

void TileProducts(const TileRows& rows, const std::int8_t* columns, std::int32_t* products) {
  HalfBlock(rows, columns, 0, products);
  HalfBlock(rows, columns, 32, products + 32 * kTileQueries);
}

// The part of the bound that is the same for all rows.
__m512 Base(const TileRows& rows, const TileColumns& columns, std::size_t first) {
  const __m512 norm_part =
      _mm512_fnmadd_ps(_mm512_set1_ps(rows.norm), _mm512_loadu_ps(columns.norm_weight + first),
                       _mm512_loadu_ps(columns.offset + first));
  return _mm512_fnmadd_ps(_mm512_set1_ps(rows.residual),
                          _mm512_loadu_ps(columns.residual_weight + first), norm_part);
}

// What reaches the threshold among 32 rows.
inline __attribute__((always_inline)) std::size_t HitsOfHalf(const TileRows& rows,
                                                             const TileColumns& columns,
                                                             std::size_t first_row,
                                                             const std::int32_t* products,
                                                             TileHit* hits) {
  const __m512 slope_first = _mm512_loadu_ps(columns.slope);
  const __m512 slope_second = _mm512_loadu_ps(columns.slope + 16);
  const __m512 base_first = Base(rows, columns, 0);
  const __m512 base_second = Base(rows, columns, 16);
  std::size_t count = 0;
  for (std::size_t r = 0; r < 32; ++r, products += kTileQueries) {
    const __m512 inverse = _mm512_set1_ps(rows.inverse_scale[first_row + r]);
    const __mmask16 low =
        _mm512_cmp_ps_mask(_mm512_cvtepi32_ps(_mm512_load_si512(products)),
                           _mm512_fmadd_ps(inverse, slope_first, base_first), _CMP_GE_OQ);
    const __mmask16 high =
        _mm512_cmp_ps_mask(_mm512_cvtepi32_ps(_mm512_load_si512(products + 16)),
                           _mm512_fmadd_ps(inverse, slope_second, base_second), _CMP_GE_OQ);
    if (__builtin_expect(_kortestz_mask16_u8(low, high) != 0, 1)) continue;
    std::uint32_t kept = static_cast<std::uint32_t>(low) | static_cast<std::uint32_t>(high) << 16;
    for (; kept != 0; kept &= kept - 1) {
      const unsigned q = static_cast<unsigned>(__builtin_ctz(kept));
      hits[count++] = {products[q], static_cast<std::uint8_t>(first_row + r),
                       static_cast<std::uint8_t>(q)};
    }
  }
  return count;
}

std::size_t TileHits(const TileRows& rows, const TileColumns& columns, TileHit* hits) {
  alignas(64) std::int32_t products[kDenseLanes * kTileQueries];
  TileProducts(rows, columns.bytes, products);
  const std::size_t count = HitsOfHalf(rows, columns, 0, products, hits);
  return count + HitsOfHalf(rows, columns, 32, products + 32 * kTileQueries, hits + count);
}

DenseKernels WithTiles() {
  DenseKernels kernels = Avx512DenseKernels();
  kernels.enter_tiles = EnterTiles;
  kernels.leave_tiles = LeaveTiles;
  kernels.tile_products = TileProducts;
  kernels.tile_hits = TileHits;
  return kernels;
}

}  // namespace

const DenseKernels& AmxDenseKernels() {
  static const DenseKernels kernels = WithTiles();
  return kernels;
}

bool HasAmxInt8() {
  if (__builtin_cpu_supports("amx-tile") == 0 || __builtin_cpu_supports("amx-int8") == 0)
    return false;
#if defined(__linux__)
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

}  // namespace noren::matching
