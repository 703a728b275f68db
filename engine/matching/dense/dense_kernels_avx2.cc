// AVX2 without VNNI: VPMADDUBSW adds two products in 16 bits. Nibbles times signed bytes are at
// most 2 * 15 * 127, so eight of them fit; whole bytes would not, so the tiles take nibbles.
// Compiled with its own options, as dense_kernels_avx512.cc.
// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "engine/matching/dense/dense_kernel_sets.h"

namespace noren::matching {
namespace {

__m256i Load(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }
void Store(void* to, __m256i value) { _mm256_storeu_si256(static_cast<__m256i*>(to), value); }

std::size_t Collect(const std::uint64_t* words, std::size_t count, std::uint16_t* entries) {
  std::size_t written = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::uint64_t left = words[i]; left != 0; left &= left - 1) {
      const auto lane = static_cast<std::size_t>(__builtin_ctzll(left));
      entries[written++] = static_cast<std::uint16_t>(kDenseLanes * i + lane);
    }
  }
  return written;
}

// At most four pairs of 32 bytes, 128 a side: eight additions in 16 bits.
__m256i NibbleSums(const std::uint8_t* row, const std::int8_t* query, std::size_t half) {
  const __m256i low_nibbles = _mm256_set1_epi8(15);
  __m256i pairs = _mm256_setzero_si256();
  for (std::size_t j = 0; j < half; j += 32) {
    const __m256i bytes = Load(row + j);
    const __m256i first = _mm256_and_si256(bytes, low_nibbles);
    const __m256i second = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_nibbles);
    pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(first, Load(query + j)));
    pairs = _mm256_add_epi16(pairs, _mm256_maddubs_epi16(second, Load(query + half + j)));
  }
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

// Sums of four rows, one per 32 bits, in each half.
__m256i FourRows(const std::uint8_t* const* rows, const std::int8_t* query, std::size_t half) {
  return _mm256_hadd_epi32(
      _mm256_hadd_epi32(NibbleSums(rows[0], query, half), NibbleSums(rows[1], query, half)),
      _mm256_hadd_epi32(NibbleSums(rows[2], query, half), NibbleSums(rows[3], query, half)));
}

void NibbleProducts(const std::uint8_t* const* rows, const std::int8_t* query, std::size_t half,
                    std::int32_t* products) {
  for (std::size_t r = 0; r < kScanRows; r += 8) {
    const __m256i a = FourRows(rows + r, query, half), b = FourRows(rows + r + 4, query, half);
    Store(products + r, _mm256_add_epi32(_mm256_permute2x128_si256(a, b, 0x20),
                                         _mm256_permute2x128_si256(a, b, 0x31)));
  }
}

std::uint32_t Keep(const std::int32_t* products, const std::uint16_t* codes,
                   const ScanQuery& query) {
  std::uint32_t kept = 0;
  for (std::size_t r = 0; r < kScanRows; r += 8) {
    const __m256i code = _mm256_cvtepu16_epi32(
        _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(codes + r))));
    const __m256i step = _mm256_slli_epi32(_mm256_srli_epi32(code, 7), 19);
    const __m256 inverse = _mm256_castsi256_ps(
        _mm256_add_epi32(step, _mm256_set1_epi32(static_cast<int>(RowCode::kFirstExponent))));
    const __m256i residual_steps =
        _mm256_add_epi32(_mm256_and_si256(code, _mm256_set1_epi32(127)), _mm256_set1_epi32(2));
    const __m256 residual =
        _mm256_mul_ps(_mm256_cvtepi32_ps(residual_steps), _mm256_set1_ps(0.0625f));
    const __m256 base = _mm256_fnmadd_ps(residual, _mm256_set1_ps(query.residual_weight),
                                         _mm256_set1_ps(query.offset));
    const __m256 least = _mm256_fmadd_ps(inverse, _mm256_set1_ps(query.slope), base);
    const __m256 product = _mm256_cvtepi32_ps(Load(products + r));
    const int eight = _mm256_movemask_ps(_mm256_cmp_ps(product, least, _CMP_GE_OQ));
    kept |= static_cast<std::uint32_t>(eight) << r;
  }
  return kept;
}

// Inlined by force: GCC 12 drops calls of a function that does nothing but prefetch.
inline __attribute__((always_inline)) void Fetch(const ScanRows& ahead, std::size_t half,
                                                 std::size_t r) {
  const std::uint8_t* row = ahead.upper + ahead.entries[r] * half;
  __builtin_prefetch(row);
  if (half > 64) __builtin_prefetch(row + 64);
  __builtin_prefetch(ahead.codes + ahead.entries[r]);
}

std::uint32_t Scan(const ScanRows& of, const ScanRows& ahead, const ScanQuery& query,
                   std::int32_t* products) {
  const std::uint8_t* rows[kScanRows];
  std::uint16_t codes[kScanRows];
  for (std::size_t r = 0; r < kScanRows; ++r) {
    Fetch(ahead, query.half, r);
    rows[r] = of.upper + of.entries[r] * query.half;
    codes[r] = of.codes[of.entries[r]];
  }
  NibbleProducts(rows, query.bytes, query.half, products);
  return Keep(products, codes, query);
}

void UnpackUpper(const std::uint8_t* upper, const std::uint8_t*, std::size_t half,
                 std::uint8_t* bytes) {
  const __m256i low_nibbles = _mm256_set1_epi8(15);
  for (std::size_t r = 0; r < kDenseLanes; ++r) {
    for (std::size_t j = 0; j < half; j += 32) {
      const __m256i both = Load(upper + r * half + j);
      Store(bytes + r * 2 * half + j, _mm256_and_si256(both, low_nibbles));
      Store(bytes + r * 2 * half + half + j,
            _mm256_and_si256(_mm256_srli_epi16(both, 4), low_nibbles));
    }
  }
}

void NoTiles() {}

constexpr std::size_t kStepRows = 2;
constexpr std::size_t kVectors = kTileQueries / 8;

// Two rows times kTileQueries queries, over 32 dimensions at a time in 16 bits.
inline __attribute__((always_inline)) void Step(const TileRows& rows, const std::int8_t* columns,
                                                std::size_t first_row,
                                                __m256i sums[kStepRows][kVectors]) {
  for (std::size_t r = 0; r < kStepRows; ++r) {
    for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] = _mm256_setzero_si256();
  }
  const std::uint8_t* row = rows.bytes + first_row * rows.width;
  for (std::size_t d = 0; d < rows.width; d += 32) {
    __m256i pairs[kStepRows][kVectors] = {};
    for (std::size_t four = 0; four < 8; ++four, row += 4, columns += 4 * kTileQueries) {
#pragma GCC unroll 2
      for (std::size_t r = 0; r < kStepRows; ++r) {
        std::int32_t bytes;
        __builtin_memcpy(&bytes, row + r * rows.width, 4);
        const __m256i nibbles = _mm256_set1_epi32(bytes);
#pragma GCC unroll 4
        for (std::size_t v = 0; v < kVectors; ++v) {
          pairs[r][v] =
              _mm256_add_epi16(pairs[r][v], _mm256_maddubs_epi16(nibbles, Load(columns + 32 * v)));
        }
      }
    }
    for (std::size_t r = 0; r < kStepRows; ++r) {
      for (std::size_t v = 0; v < kVectors; ++v) {
        sums[r][v] =
            _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(pairs[r][v], _mm256_set1_epi16(1)));
      }
    }
  }
}

void TileProducts(const TileRows& rows, const std::int8_t* columns, std::int32_t* products) {
  for (std::size_t first = 0; first < kDenseLanes; first += kStepRows) {
    __m256i sums[kStepRows][kVectors];
    Step(rows, columns, first, sums);
    for (std::size_t r = 0; r < kStepRows; ++r) {
      for (std::size_t v = 0; v < kVectors; ++v) {
        Store(products + (first + r) * kTileQueries + 8 * v, sums[r][v]);
      }
    }
  }
}

// The part of the bound that is the same for all rows.
__m256 Base(const TileRows& rows, const TileColumns& columns, std::size_t first) {
  const __m256 norm_part =
      _mm256_fnmadd_ps(_mm256_set1_ps(rows.norm), _mm256_loadu_ps(columns.norm_weight + first),
                       _mm256_loadu_ps(columns.offset + first));
  return _mm256_fnmadd_ps(_mm256_set1_ps(rows.residual),
                          _mm256_loadu_ps(columns.residual_weight + first), norm_part);
}

std::size_t TileHits(const TileRows& rows, const TileColumns& columns, TileHit* hits) {
  std::size_t count = 0;
  __m256 bases[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) bases[v] = Base(rows, columns, 8 * v);
  for (std::size_t first = 0; first < kDenseLanes; first += kStepRows) {
    __m256i sums[kStepRows][kVectors];
    Step(rows, columns.bytes, first, sums);
    for (std::size_t r = 0; r < kStepRows; ++r) {
      const __m256 inverse = _mm256_set1_ps(rows.inverse_scale[first + r]);
      std::uint32_t kept = 0;
      for (std::size_t v = 0; v < kVectors; ++v) {
        const __m256 least =
            _mm256_fmadd_ps(inverse, _mm256_loadu_ps(columns.slope + 8 * v), bases[v]);
        const int eight =
            _mm256_movemask_ps(_mm256_cmp_ps(_mm256_cvtepi32_ps(sums[r][v]), least, _CMP_GE_OQ));
        kept |= static_cast<std::uint32_t>(eight) << (8 * v);
      }
      if (__builtin_expect(kept == 0, 1)) continue;
      std::int32_t products[kTileQueries];
      for (std::size_t v = 0; v < kVectors; ++v) Store(products + 8 * v, sums[r][v]);
      for (; kept != 0; kept &= kept - 1) {
        const unsigned q = static_cast<unsigned>(__builtin_ctz(kept));
        hits[count++] = {products[q], static_cast<std::uint8_t>(first + r),
                         static_cast<std::uint8_t>(q)};
      }
    }
  }
  return count;
}

__m256d Widened(const float* from) { return _mm256_cvtps_pd(_mm_loadu_ps(from)); }

double InnerProductOf(const float* row, const double* query, std::size_t width) {
  __m256d lanes[4] = {};
  for (std::size_t d = 0; d < width; d += 16) {
#pragma GCC unroll 4
    for (std::size_t v = 0; v < 4; ++v) {
      lanes[v] =
          _mm256_fmadd_pd(Widened(row + d + 4 * v), _mm256_loadu_pd(query + d + 4 * v), lanes[v]);
    }
  }
  const __m256d four =
      _mm256_add_pd(_mm256_add_pd(lanes[0], lanes[2]), _mm256_add_pd(lanes[1], lanes[3]));
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
  return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

}  // namespace

const DenseKernels& Avx2DenseKernels() {
  static constexpr DenseKernels kKernels = {
      .collect = Collect,
      .tile_takes_nibbles = true,
      .scan = Scan,
      .nibble_products = NibbleProducts,
      .unpack = UnpackUpper,
      .enter_tiles = NoTiles,
      .leave_tiles = NoTiles,
      .tile_products = TileProducts,
      .tile_hits = TileHits,
      .inner_product = InnerProductOf,
  };
  return kKernels;
}

}  // namespace noren::matching
