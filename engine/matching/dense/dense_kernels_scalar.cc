// Plain loops: the meaning of each kernel, and what runs where nothing better exists.
// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>

#include "engine/matching/dense/dense_kernel_sets.h"

namespace noren::matching {
namespace {

std::size_t Collect(const std::uint64_t* words, std::size_t count, std::uint16_t* entries) {
  std::size_t written = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::uint64_t left = words[i]; left != 0; left &= left - 1) {
      const auto lane = static_cast<std::size_t>(std::countr_zero(left));
      entries[written++] = static_cast<std::uint16_t>(kDenseLanes * i + lane);
    }
  }
  return written;
}

std::int32_t NibbleProduct(const std::uint8_t* row, const std::int8_t* query, std::size_t half) {
  std::int32_t sum = 0;
  for (std::size_t j = 0; j < half; ++j) {
    sum += (row[j] & 15) * query[j] + (row[j] >> 4) * query[half + j];
  }
  return sum;
}

void NibbleProducts(const std::uint8_t* const* rows, const std::int8_t* query, std::size_t half,
                    std::int32_t* products) {
  for (std::size_t r = 0; r < kScanRows; ++r) products[r] = NibbleProduct(rows[r], query, half);
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
  std::uint32_t kept = 0;
  for (std::size_t r = 0; r < kScanRows; ++r) {
    Fetch(ahead, query.half, r);
    const std::uint8_t* row = of.upper + of.entries[r] * query.half;
    products[r] = NibbleProduct(row, query.bytes, query.half);
    const std::uint16_t code = of.codes[of.entries[r]];
    const float base = std::fma(-RowCode::ResidualOf(code), query.residual_weight, query.offset);
    const float least = std::fma(RowCode::InverseScaleOf(code), query.slope, base);
    kept |= (static_cast<float>(products[r]) >= least ? 1u : 0u) << r;
  }
  return kept;
}

void Unpack(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t half,
            std::uint8_t* bytes) {
  for (std::size_t r = 0; r < kDenseLanes; ++r) {
    for (std::size_t j = 0; j < half; ++j) {
      const unsigned u = upper[r * half + j], l = lower[r * half + j];
      bytes[r * 2 * half + j] = static_cast<std::uint8_t>((u & 15) << 4 | (l & 15));
      bytes[r * 2 * half + half + j] = static_cast<std::uint8_t>((u & 0xF0) | l >> 4);
    }
  }
}

void NoTiles() {}

std::int32_t TileProduct(const TileRows& rows, const std::int8_t* columns, std::size_t row,
                         std::size_t query) {
  std::int32_t sum = 0;
  for (std::size_t d = 0; d < rows.width; ++d) {
    sum += rows.bytes[row * rows.width + d] * columns[(d / 4 * kTileQueries + query) * 4 + d % 4];
  }
  return sum;
}

void TileProducts(const TileRows& rows, const std::int8_t* columns, std::int32_t* products) {
  for (std::size_t r = 0; r < kDenseLanes; ++r) {
    for (std::size_t q = 0; q < kTileQueries; ++q) {
      products[r * kTileQueries + q] = TileProduct(rows, columns, r, q);
    }
  }
}

std::size_t TileHits(const TileRows& rows, const TileColumns& columns, TileHit* hits) {
  std::size_t count = 0;
  for (std::size_t r = 0; r < kDenseLanes; ++r) {
    for (std::size_t q = 0; q < kTileQueries; ++q) {
      const std::int32_t product = TileProduct(rows, columns.bytes, r, q);
      const float far = std::fma(-rows.norm, columns.norm_weight[q], columns.offset[q]);
      const float base = std::fma(-rows.residual, columns.residual_weight[q], far);
      const float least = std::fma(rows.inverse_scale[r], columns.slope[q], base);
      if (static_cast<float>(product) < least) continue;
      hits[count++] = {product, static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(q)};
    }
  }
  return count;
}

double InnerProductOf(const float* row, const double* query, std::size_t width) {
  double lanes[16] = {};
  for (std::size_t d = 0; d < width; ++d) lanes[d % 16] += static_cast<double>(row[d]) * query[d];
  for (std::size_t step = 8; step > 0; step /= 2) {
    for (std::size_t l = 0; l < step; ++l) lanes[l] += lanes[l + step];
  }
  return lanes[0];
}

}  // namespace

const DenseKernels& ScalarDenseKernels() {
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
