// Every kernel of every instruction set that the processor has against the scalar one, on all
// widths and alignments and on extreme values.
// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_kernels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <tuple>
#include <vector>

#include "engine/matching/dense/inner_product.h"
#include "tests/engine/matching/dense/vectors.h"

namespace noren::matching {
namespace {

constexpr std::array<std::size_t, 4> kHalves = {32, 64, 96, 128};

// 64-byte aligned, with bytes before and behind that a kernel must not write.
template <typename T>
class Aligned {
 public:
  explicit Aligned(std::size_t count)
      : data_(static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{64}))),
        count_(count) {
    std::fill_n(data_, count, T{});
  }
  ~Aligned() { ::operator delete (data_, std::align_val_t{64}); }
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
  T* data() { return data_; }
  T& operator[](std::size_t i) { return data_[i]; }
  std::size_t size() const { return count_; }

 private:
  T* data_;
  std::size_t count_;
};

enum class Fill { kRandom, kLargest, kSmallest };

void FillBytes(std::span<std::uint8_t> bytes, Fill fill, SeededRandom& random) {
  for (std::uint8_t& b : bytes) {
    b = fill == Fill::kRandom ? static_cast<std::uint8_t>(random.Below(256))
                              : static_cast<std::uint8_t>(fill == Fill::kLargest ? 255 : 0);
  }
}
void FillQuery(std::span<std::int8_t> bytes, Fill fill, SeededRandom& random) {
  for (std::int8_t& b : bytes) {
    const int value = fill == Fill::kRandom ? static_cast<int>(random.Below(255)) - 127
                                            : (fill == Fill::kLargest ? 127 : -127);
    b = static_cast<std::int8_t>(value);
  }
}

class DenseKernelsTest : public ::testing::TestWithParam<InstructionSet> {
 protected:
  DenseKernelsTest() { tested_.enter_tiles(); }
  ~DenseKernelsTest() override { tested_.leave_tiles(); }
  const DenseKernels& scalar_ = KernelsFor(InstructionSet::kScalar);
  const DenseKernels& tested_ = KernelsFor(GetParam());
  SeededRandom random_{7};
};

TEST_P(DenseKernelsTest, CollectFindsEveryBitOnce) {
  for (std::size_t count = 0; count <= 16; ++count) {
    for (const std::uint64_t one_in : {1u, 2u, 10u, 100u}) {
      const std::vector<std::uint64_t> words = RandomFilter(count * 64, one_in, random_);
      std::vector<std::uint16_t> expected(count * 64 + kCollectSlack), found(expected.size());
      const std::size_t n = scalar_.collect(words.data(), count, expected.data());
      ASSERT_EQ(tested_.collect(words.data(), count, found.data()), n);
      expected.resize(n);
      found.resize(n);
      EXPECT_EQ(found, expected);
    }
  }
}

TEST_P(DenseKernelsTest, NibbleProductsAreTheScalarOnesAtEveryAlignment) {
  for (const std::size_t half : kHalves) {
    for (const Fill row_fill : {Fill::kRandom, Fill::kLargest, Fill::kSmallest}) {
      for (const Fill query_fill : {Fill::kRandom, Fill::kLargest, Fill::kSmallest}) {
        for (std::size_t shift = 0; shift < 64; shift += 7) {
          std::vector<std::uint8_t> bytes(kScanRows * half + 64);
          std::vector<std::int8_t> query(kQueryBytes + 64);
          FillBytes(bytes, row_fill, random_);
          FillQuery(query, query_fill, random_);
          std::array<const std::uint8_t*, kScanRows> rows;
          for (std::size_t r = 0; r < kScanRows; ++r) {
            rows[r] = &bytes[shift + (r * 5 % kScanRows) * half];
          }
          std::array<std::int32_t, kScanRows> expected, found;
          scalar_.nibble_products(rows.data(), &query[shift], half, expected.data());
          tested_.nibble_products(rows.data(), &query[shift], half, found.data());
          ASSERT_EQ(found, expected) << half << " " << shift;
        }
      }
    }
  }
}

TEST_P(DenseKernelsTest, ScanKeepsWhatTheScalarOneKeeps) {
  constexpr std::size_t kRows = 1024;
  std::size_t kept_count = 0;
  for (const std::size_t half : kHalves) {
    Aligned<std::uint8_t> upper(kRows * half);
    FillBytes({upper.data(), upper.size()}, Fill::kRandom, random_);
    std::vector<std::uint16_t> codes(kRows);
    for (std::uint16_t& code : codes) code = static_cast<std::uint16_t>(random_.Below(65536));
    std::vector<std::int8_t> bytes(kQueryBytes);
    FillQuery(bytes, Fill::kRandom, random_);
    for (int trial = 0; trial < 200; ++trial) {
      std::array<std::uint16_t, kScanRows> entries;
      for (std::uint16_t& e : entries) e = static_cast<std::uint16_t>(random_.Below(kRows));
      ScanQuery query{bytes.data(), half};
      query.slope = static_cast<float>(random_.Below(2000)) * 0x1p-12f - 0.2f;
      query.offset = static_cast<float>(random_.Below(2000)) - 1000;
      query.residual_weight = static_cast<float>(random_.Below(100));
      if (trial == 0) query.slope = -std::numeric_limits<float>::infinity();
      const ScanRows rows{upper.data(), codes.data(), entries.data()};
      std::array<std::int32_t, kScanRows> expected, found;
      const std::uint32_t kept = scalar_.scan(rows, rows, query, expected.data());
      ASSERT_EQ(tested_.scan(rows, rows, query, found.data()), kept);
      ASSERT_EQ(found, expected);
      if (trial == 0) {
        EXPECT_EQ(kept, 0xFFFFu);
      }
      kept_count += static_cast<std::size_t>(std::popcount(kept));
    }
  }
  EXPECT_GT(kept_count, 2000u);  // of 12,800: neither all nor none
  EXPECT_LT(kept_count, 11000u);
}

// Random pages and queries in the form that the kernels' tiles take.
struct TileCase {
  TileCase(std::size_t half, Fill fill, Fill query_fill, bool nibbles, SeededRandom& random)
      : bytes(kDenseLanes * 2 * half), columns(2 * half * kTileQueries), numbers(5 * 64) {
    FillBytes({bytes.data(), bytes.size()}, fill, random);
    if (nibbles) {
      for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] &= 15;
    }
    FillQuery({columns.data(), columns.size()}, query_fill, random);
    for (std::size_t i = 0; i < 64; ++i) {
      numbers[i] = static_cast<float>(random.Below(1000)) + 1;                   // inverse
      numbers[64 + i] = static_cast<float>(random.Below(4000)) * 0x1p-4f - 100;  // slope
      numbers[128 + i] = static_cast<float>(random.Below(100000)) - 50000;       // offset
      numbers[192 + i] = static_cast<float>(random.Below(1000));                 // residual
      numbers[256 + i] = static_cast<float>(random.Below(8));                    // norm
    }
    rows = {bytes.data(), 2 * half, &numbers[0], 3.25f, 500.0f};
    tile = {columns.data(), &numbers[64], &numbers[128], &numbers[192], &numbers[256]};
  }
  Aligned<std::uint8_t> bytes;
  Aligned<std::int8_t> columns;
  Aligned<float> numbers;
  TileRows rows;
  TileColumns tile;
};

TEST_P(DenseKernelsTest, TilesAreTheScalarOnes) {
  std::size_t hits_count = 0;
  for (const std::size_t half : kHalves) {
    for (const Fill fill : {Fill::kRandom, Fill::kLargest, Fill::kSmallest}) {
      for (const Fill query_fill : {Fill::kRandom, Fill::kLargest, Fill::kSmallest}) {
        TileCase c(half, fill, query_fill, tested_.tile_takes_nibbles, random_);
        Aligned<std::int32_t> expected(kDenseLanes * kTileQueries), found(expected.size());
        scalar_.tile_products(c.rows, c.columns.data(), expected.data());
        tested_.tile_products(c.rows, c.columns.data(), found.data());
        ASSERT_EQ(std::memcmp(found.data(), expected.data(), expected.size() * 4), 0) << half;
        std::vector<TileHit> hits(kMaxTileHits), scalar_hits(kMaxTileHits);
        scalar_hits.resize(scalar_.tile_hits(c.rows, c.tile, scalar_hits.data()));
        hits.resize(tested_.tile_hits(c.rows, c.tile, hits.data()));
        const auto key = [](const TileHit& h) { return std::tuple(h.row, h.query, h.product); };
        ASSERT_TRUE(std::ranges::equal(hits, scalar_hits, {}, key, key)) << half;
        hits_count += hits.size();
      }
    }
  }
  EXPECT_GT(hits_count, 1000u);
  EXPECT_LT(hits_count, 60000u);  // of 73,728
}

TEST_P(DenseKernelsTest, UnpackPutsEveryNibbleInItsPlace) {
  for (const std::size_t half : kHalves) {
    std::vector<std::uint8_t> upper(kDenseLanes * half), lower(upper.size());
    FillBytes(upper, Fill::kRandom, random_);
    FillBytes(lower, Fill::kRandom, random_);
    Aligned<std::uint8_t> found(kDenseLanes * 2 * half);
    tested_.unpack(upper.data(), lower.data(), half, found.data());
    for (std::size_t r = 0; r < kDenseLanes; ++r) {
      for (std::size_t d = 0; d < 2 * half; ++d) {
        const std::size_t j = r * half + d % half, shift = d / half * 4;
        const int u = upper[j] >> shift & 15, l = lower[j] >> shift & 15;
        ASSERT_EQ(found[r * 2 * half + d], tested_.tile_takes_nibbles ? u : 16 * u + l);
      }
    }
  }
}

TEST_P(DenseKernelsTest, InnerProductIsTheDefinedOneBitForBit) {
  for (std::size_t dimension = 1; dimension <= 256; ++dimension) {
    const std::vector<float> x = RandomVectors(1, dimension, Lengths::kWild, random_);
    const std::vector<float> y = RandomVectors(1, dimension, Lengths::kWild, random_);
    const std::size_t width = (dimension + 15) / 16 * 16;
    for (std::size_t shift = 0; shift < 4; ++shift) {
      std::vector<float> row(width + shift);
      std::vector<double> query(width + shift);
      std::ranges::copy(x, row.begin() + static_cast<std::ptrdiff_t>(shift));
      std::ranges::copy(y, query.begin() + static_cast<std::ptrdiff_t>(shift));
      ASSERT_EQ(tested_.inner_product(&row[shift], &query[shift], width), InnerProduct(x, y));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, DenseKernelsTest,
                         ::testing::ValuesIn(AvailableInstructionSets().begin(),
                                             AvailableInstructionSets().end()),
                         [](const auto& tested) { return NameOf(tested.param); });

TEST(DenseInstructionSets, BeginWithTheScalarOneAndEndWithTheBest) {
  EXPECT_EQ(AvailableInstructionSets().front(), InstructionSet::kScalar);
  EXPECT_EQ(AvailableInstructionSets().back(), BestInstructionSet());
}

}  // namespace
}  // namespace noren::matching
