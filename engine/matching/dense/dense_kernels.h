// The inner loops of the dense search: products of bytes, one set of functions per instruction set.
// Every set gives the same numbers, bit for bit.
// Source:   docs/design/0004-dense.md
// Threads:  pure functions; the tile functions want EnterTiles on the same thread before and
//           LeaveTiles after
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace noren::matching {

inline constexpr std::size_t kDenseLanes = 64;   // rows of a block
inline constexpr std::size_t kTileQueries = 32;  // queries of a tile
inline constexpr std::size_t kQueryBytes = 320;  // 256 and what a full load may read beyond

enum class InstructionSet : std::uint8_t { kScalar, kAvx2, kAvx512Vnni, kAmxInt8 };

inline constexpr std::size_t kScanRows = 16;  // rows of a scan, anywhere in memory
inline constexpr std::size_t kCollectSlack = 32;

// kScanRows rows of a page, by their numbers.
struct ScanRows {
  const std::uint8_t* upper = nullptr;   // the page's rows, one after the other
  const std::uint16_t* codes = nullptr;  // see RowCode
  const std::uint16_t* entries = nullptr;
};
// Row r is kept when
//   product >= fma(inverse_scale(r), slope, fma(-residual(r), residual_weight, offset)).
struct ScanQuery {
  const std::int8_t* bytes = nullptr;  // kQueryBytes
  std::size_t half = 0;                // bytes of a row
  float slope = 0;
  float offset = 0;
  float residual_weight = 0;
};

// A block for the tile functions: kDenseLanes rows of `width` bytes one after the other, 64-byte
// aligned.
struct TileRows {
  const std::uint8_t* bytes = nullptr;
  std::size_t width = 0;                 // multiple of 64
  const float* inverse_scale = nullptr;  // kDenseLanes
  float residual = 0;                    // of all rows, at most
  float norm = 0;
};
// kTileQueries queries, dimension by dimension in fours: dimension d of query q is byte
// (d / 4 * kTileQueries + q) * 4 + d % 4 of `bytes`, 64-byte aligned. Row r and query q are a hit
// when
//   product >= fma(inverse_scale(r), slope(q), least(q)), where
//   least(q) = fma(-residual, residual_weight(q), fma(-norm, norm_weight(q), offset(q))).
struct TileColumns {
  const std::int8_t* bytes = nullptr;
  const float* slope = nullptr;  // this and the following: kTileQueries
  const float* offset = nullptr;
  const float* residual_weight = nullptr;
  const float* norm_weight = nullptr;
};
struct TileHit {
  std::int32_t product = 0;
  std::uint8_t row = 0;
  std::uint8_t query = 0;
};
inline constexpr std::size_t kMaxTileHits = kDenseLanes * kTileQueries;

struct DenseKernels {
  // The bits of `count` words, at most 1,024: bit l of word i as 64 * i + l, ascending. Returns how
  // many there are; up to kCollectSlack entries more may be overwritten.
  std::size_t (*collect)(const std::uint64_t* words, std::size_t count, std::uint16_t* entries);
  // The tile functions take the upper nibbles (0..15) rather than whole bytes.
  bool tile_takes_nibbles = false;

  // Products of kScanRows rows of a page's upper nibbles with the query; returns which are kept, by
  // bit. Between them, row by row, the rows of `ahead` are fetched: all at once they would have to
  // wait for each other.
  std::uint32_t (*scan)(const ScanRows& rows, const ScanRows& ahead, const ScanQuery& query,
                        std::int32_t* products);
  // Products of kScanRows rows of nibbles, anywhere, with a query of kQueryBytes. `half` (multiple
  // of 32) bytes a row: byte j holds dimension j in its low nibble, j + half in its high one.
  void (*nibble_products)(const std::uint8_t* const* rows, const std::int8_t* query,
                          std::size_t half, std::int32_t* products);
  // Whole bytes (or, when tile_takes_nibbles, upper nibbles) of a block in order of dimension.
  void (*unpack)(const std::uint8_t* upper, const std::uint8_t* lower, std::size_t half,
                 std::uint8_t* bytes);
  void (*enter_tiles)();
  void (*leave_tiles)();
  // products[r * kTileQueries + q]
  void (*tile_products)(const TileRows& rows, const std::int8_t* columns, std::int32_t* products);
  // Returns the number of hits written, in order of rows, then queries.
  std::size_t (*tile_hits)(const TileRows& rows, const TileColumns& columns, TileHit* hits);
  // The exact score: see inner_product.h. `width` is a multiple of 16.
  double (*inner_product)(const float* row, const double* query, std::size_t width);
};

// Packs how a row was made bytes: the inverse scale in 9 bits (16 steps an octave, 2^-7 to almost
// 2^25), the residual of the upper nibbles in 7 (steps of 1/16 of a nibble's step).
struct RowCode {
  static constexpr std::uint32_t kSteps = 512;
  static constexpr std::uint32_t kFirstExponent = 120u << 23;
  static constexpr std::uint32_t BitsOfInverseScale(std::uint32_t step) {
    return kFirstExponent + (step << 19);
  }
  static float InverseScaleOf(std::uint16_t code) {
    return std::bit_cast<float>(BitsOfInverseScale(code >> 7));
  }
  static constexpr float ResidualOf(std::uint16_t code) {
    return static_cast<float>((code & 127u) + 2u) * 0.0625f;
  }
};

// The best the processor has; the sets it has, the scalar one first.
InstructionSet BestInstructionSet();
std::span<const InstructionSet> AvailableInstructionSets();
// `set` is available.
const DenseKernels& KernelsFor(InstructionSet set);
const char* NameOf(InstructionSet set);

}  // namespace noren::matching
