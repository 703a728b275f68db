// AVX-512 with VNNI: VPDPBUSD adds four products of an unsigned with a signed byte to each sum.
// Compiled with its own options; nothing here may be an inline function of the standard library,
// or a processor without AVX-512 could be given this copy.
// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "engine/matching/dense/dense_kernel_sets.h"

namespace noren::matching {
namespace {

// Without a branch per row: how many rows a block gives is not predictable.
std::size_t Collect(const std::uint64_t* words, std::size_t count, std::uint16_t* entries) {
  alignas(64) static constexpr std::uint16_t kCount[32] = {
      0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
      16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
  __m512i lanes = _mm512_load_si512(kCount);
  const __m512i next = _mm512_set1_epi16(32);
  std::uint16_t* out = entries;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t l = 0; l < kDenseLanes; l += 32) {
      const auto kept = static_cast<__mmask32>(words[i] >> l);
      _mm512_storeu_si512(out, _mm512_maskz_compress_epi16(kept, lanes));
      out += __builtin_popcount(kept);
      lanes = _mm512_add_epi16(lanes, next);
    }
  }
  return static_cast<std::size_t>(out - entries);
}

__mmask64 BytesLeft(std::size_t count) {
  return count >= 64 ? ~__mmask64{0} : (__mmask64{1} << count) - 1;
}

// Products of one row of nibbles, in 16 partial sums. A row's end is masked, so what a load of
// the query reads beyond counts nothing.
__m512i NibbleSums(const std::uint8_t* row, const std::int8_t* query, std::size_t half) {
  const __m512i low_nibbles = _mm512_set1_epi8(15);
  __m512i sums = _mm512_setzero_si512();
  for (std::size_t j = 0; j < half; j += 64) {
    const __m512i bytes = _mm512_maskz_loadu_epi8(BytesLeft(half - j), row + j);
    const __m512i first = _mm512_and_si512(bytes, low_nibbles);
    const __m512i second = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low_nibbles);
    sums = _mm512_dpbusd_epi32(sums, first, _mm512_loadu_si512(query + j));
    sums = _mm512_dpbusd_epi32(sums, second, _mm512_loadu_si512(query + half + j));
  }
  return sums;
}

__m512i AddHalves(__m512i a, __m512i b) {
  return _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
}
__m512i AddQuarters(__m512i a, __m512i b) {
  return _mm512_add_epi32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
}
__m512i AddLanes(__m512i a, __m512i b) {
  return _mm512_add_epi32(_mm512_shuffle_i32x4(a, b, 0x88), _mm512_shuffle_i32x4(a, b, 0xDD));
}

// Four rows' partial sums to [a b c d] in each 128-bit lane.
template <typename SumsOf>
inline __attribute__((always_inline)) __m512i FourRows(std::size_t first, SumsOf sums_of) {
  return AddQuarters(AddHalves(sums_of(first), sums_of(first + 1)),
                     AddHalves(sums_of(first + 2), sums_of(first + 3)));
}

template <typename SumsOf>
inline __attribute__((always_inline)) __m512i SixteenRows(SumsOf sums_of) {
  const __m512i first = AddLanes(FourRows(0, sums_of), FourRows(4, sums_of));
  const __m512i second = AddLanes(FourRows(8, sums_of), FourRows(12, sums_of));
  return AddLanes(first, second);
}

// 128 dimensions: the query stays in two registers.
struct Query128 {
  __m512i first, second;
};
Query128 LoadQuery128(const std::int8_t* query) {
  return {_mm512_loadu_si512(query), _mm512_loadu_si512(query + 64)};
}
inline __attribute__((always_inline)) __m512i NibbleSums128(const std::uint8_t* row,
                                                            const Query128& query) {
  const __m512i low_nibbles = _mm512_set1_epi8(15);
  const __m512i bytes = _mm512_loadu_si512(row);
  const __m512i first = _mm512_and_si512(bytes, low_nibbles);
  const __m512i second = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low_nibbles);
  const __m512i sums = _mm512_dpbusd_epi32(_mm512_setzero_si512(), first, query.first);
  return _mm512_dpbusd_epi32(sums, second, query.second);
}

void NibbleProducts(const std::uint8_t* const* rows, const std::int8_t* query, std::size_t half,
                    std::int32_t* products) {
  const auto sums_of = [&](std::size_t r) { return NibbleSums(rows[r], query, half); };
  _mm512_storeu_si512(products, SixteenRows(sums_of));
}

std::uint32_t Keep(__m512i products, __m512i code, const ScanQuery& query) {
  const __m512i step = _mm512_slli_epi32(_mm512_srli_epi32(code, 7), 19);
  const __m512 inverse = _mm512_castsi512_ps(
      _mm512_add_epi32(step, _mm512_set1_epi32(static_cast<int>(RowCode::kFirstExponent))));
  const __m512i residual_steps =
      _mm512_add_epi32(_mm512_and_si512(code, _mm512_set1_epi32(127)), _mm512_set1_epi32(2));
  const __m512 residual =
      _mm512_mul_ps(_mm512_cvtepi32_ps(residual_steps), _mm512_set1_ps(0.0625f));
  const __m512 base = _mm512_fnmadd_ps(residual, _mm512_set1_ps(query.residual_weight),
                                       _mm512_set1_ps(query.offset));
  const __m512 least = _mm512_fmadd_ps(inverse, _mm512_set1_ps(query.slope), base);
  return _mm512_cmp_ps_mask(_mm512_cvtepi32_ps(products), least, _CMP_GE_OQ);
}

std::uint32_t Scan(const ScanRows& of, const ScanRows& ahead, const ScanQuery& query,
                   std::int32_t* products) {
  alignas(32) std::uint16_t codes[kScanRows];
  for (std::size_t r = 0; r < kScanRows; ++r) codes[r] = of.codes[of.entries[r]];
  __m512i sums;
  if (query.half == 64) {
    const Query128 loaded = LoadQuery128(query.bytes);
    sums = SixteenRows([&](std::size_t r) {
      __builtin_prefetch(ahead.upper + ahead.entries[r] * std::size_t{64});
      __builtin_prefetch(ahead.codes + ahead.entries[r]);
      return NibbleSums128(of.upper + of.entries[r] * std::size_t{64}, loaded);
    });
  } else {
    sums = SixteenRows([&](std::size_t r) {
      const std::uint8_t* coming = ahead.upper + ahead.entries[r] * query.half;
      __builtin_prefetch(coming);
      if (query.half > 64) __builtin_prefetch(coming + 64);
      __builtin_prefetch(ahead.codes + ahead.entries[r]);
      return NibbleSums(of.upper + of.entries[r] * query.half, query.bytes, query.half);
    });
  }
  _mm512_storeu_si512(products, sums);
  const __m512i code = _mm512_cvtepu16_epi32(
      _mm256_load_si256(static_cast<const __m256i*>(static_cast<const void*>(codes))));
  return Keep(sums, code, query);
}

struct Bytes {
  __m512i first, second;
};
// Whole bytes of dimensions j.. and half + j..
Bytes WholeBytes(__m512i upper, __m512i lower) {
  const __m512i low_nibbles = _mm512_set1_epi8(15);
  const __m512i high_nibbles = _mm512_set1_epi8(-16);
  const __m512i upper_first = _mm512_and_si512(_mm512_slli_epi16(upper, 4), high_nibbles);
  const __m512i lower_second = _mm512_and_si512(_mm512_srli_epi16(lower, 4), low_nibbles);
  return {_mm512_or_si512(upper_first, _mm512_and_si512(lower, low_nibbles)),
          _mm512_or_si512(_mm512_and_si512(upper, high_nibbles), lower_second)};
}

void Unpack(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t half,
            std::uint8_t* bytes) {
  for (std::size_t r = 0; r < kDenseLanes; ++r) {
    for (std::size_t j = 0; j < half; j += 64) {
      const __mmask64 left = BytesLeft(half - j);
      const Bytes whole = WholeBytes(_mm512_maskz_loadu_epi8(left, upper + r * half + j),
                                     _mm512_maskz_loadu_epi8(left, lower + r * half + j));
      _mm512_mask_storeu_epi8(bytes + r * 2 * half + j, left, whole.first);
      _mm512_mask_storeu_epi8(bytes + r * 2 * half + half + j, left, whole.second);
    }
  }
}

void NoTiles() {}

constexpr std::size_t kStepRows = 8;

// kStepRows rows times kTileQueries queries, sums in 16 registers.
struct StepSums {
  __m512i first[kStepRows], second[kStepRows];
};

inline __attribute__((always_inline)) StepSums Step(const TileRows& rows,
                                                    const std::int8_t* columns,
                                                    std::size_t first_row) {
  StepSums sums;
  for (std::size_t r = 0; r < kStepRows; ++r) {
    sums.first[r] = sums.second[r] = _mm512_setzero_si512();
  }
  const std::uint8_t* row = rows.bytes + first_row * rows.width;
  for (std::size_t d = 0; d < rows.width; d += 4, row += 4, columns += 4 * kTileQueries) {
    const __m512i query_first = _mm512_load_si512(columns);
    const __m512i query_second = _mm512_load_si512(columns + 64);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kStepRows; ++r) {
      std::int32_t four;
      __builtin_memcpy(&four, row + r * rows.width, 4);
      const __m512i bytes = _mm512_set1_epi32(four);
      sums.first[r] = _mm512_dpbusd_epi32(sums.first[r], bytes, query_first);
      sums.second[r] = _mm512_dpbusd_epi32(sums.second[r], bytes, query_second);
    }
  }
  return sums;
}

void TileProducts(const TileRows& rows, const std::int8_t* columns, std::int32_t* products) {
  for (std::size_t first = 0; first < kDenseLanes; first += kStepRows) {
    const StepSums sums = Step(rows, columns, first);
    for (std::size_t r = 0; r < kStepRows; ++r) {
      std::int32_t* out = products + (first + r) * kTileQueries;
      _mm512_storeu_si512(out, sums.first[r]);
      _mm512_storeu_si512(out + 16, sums.second[r]);
    }
  }
}

// The part of the bound that is the same for all rows.
__m512 Base(const TileRows& rows, const TileColumns& columns, std::size_t first) {
  const __m512 norm_part =
      _mm512_fnmadd_ps(_mm512_set1_ps(rows.norm), _mm512_loadu_ps(columns.norm_weight + first),
                       _mm512_loadu_ps(columns.offset + first));
  return _mm512_fnmadd_ps(_mm512_set1_ps(rows.residual),
                          _mm512_loadu_ps(columns.residual_weight + first), norm_part);
}

std::size_t TileHits(const TileRows& rows, const TileColumns& columns, TileHit* hits) {
  const __m512 slope_first = _mm512_loadu_ps(columns.slope);
  const __m512 slope_second = _mm512_loadu_ps(columns.slope + 16);
  const __m512 base_first = Base(rows, columns, 0);
  const __m512 base_second = Base(rows, columns, 16);
  std::size_t count = 0;
  for (std::size_t first = 0; first < kDenseLanes; first += kStepRows) {
    const StepSums sums = Step(rows, columns.bytes, first);
    for (std::size_t r = 0; r < kStepRows; ++r) {
      const __m512 inverse = _mm512_set1_ps(rows.inverse_scale[first + r]);
      const std::uint32_t low =
          _mm512_cmp_ps_mask(_mm512_cvtepi32_ps(sums.first[r]),
                             _mm512_fmadd_ps(inverse, slope_first, base_first), _CMP_GE_OQ);
      const std::uint32_t high =
          _mm512_cmp_ps_mask(_mm512_cvtepi32_ps(sums.second[r]),
                             _mm512_fmadd_ps(inverse, slope_second, base_second), _CMP_GE_OQ);
      std::uint32_t kept = low | high << 16;
      if (__builtin_expect(kept == 0, 1)) continue;
      alignas(64) std::int32_t products[kTileQueries];
      _mm512_store_si512(products, sums.first[r]);
      _mm512_store_si512(products + 16, sums.second[r]);
      for (; kept != 0; kept &= kept - 1) {
        const unsigned q = static_cast<unsigned>(__builtin_ctz(kept));
        hits[count++] = {products[q], static_cast<std::uint8_t>(first + r),
                         static_cast<std::uint8_t>(q)};
      }
    }
  }
  return count;
}

double InnerProductOf(const float* row, const double* query, std::size_t width) {
  __m512d low = _mm512_setzero_pd(), high = _mm512_setzero_pd();
  for (std::size_t d = 0; d < width; d += 16) {
    low =
        _mm512_fmadd_pd(_mm512_cvtps_pd(_mm256_loadu_ps(row + d)), _mm512_loadu_pd(query + d), low);
    high = _mm512_fmadd_pd(_mm512_cvtps_pd(_mm256_loadu_ps(row + d + 8)),
                           _mm512_loadu_pd(query + d + 8), high);
  }
  const __m512d eight = _mm512_add_pd(low, high);
  const __m256d four =
      _mm256_add_pd(_mm512_castpd512_pd256(eight), _mm512_extractf64x4_pd(eight, 1));
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
  return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

}  // namespace

const DenseKernels& Avx512DenseKernels() {
  static constexpr DenseKernels kKernels = {
      .collect = Collect,
      .tile_takes_nibbles = false,
      .scan = Scan,
      .nibble_products = NibbleProducts,
      .unpack = Unpack,
      .enter_tiles = NoTiles,
      .leave_tiles = NoTiles,
      .tile_products = TileProducts,
      .tile_hits = TileHits,
      .inner_product = InnerProductOf,
  };
  return kKernels;
}

}  // namespace noren::matching
