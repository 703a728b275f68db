// What the bytes of a row promise: the error bound, on rows and queries of every kind.
// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "engine/matching/dense/dense_probe.h"
#include "tests/engine/matching/dense/vectors.h"

namespace noren::matching {
namespace {

// Goal: a row is never ruled out at a threshold that its exact score reaches, neither by nibbles
// nor by bytes nor by a tile's form of the two. Method: the threshold is the exact score itself.
class ErrorBound : public ::testing::TestWithParam<std::size_t> {
 protected:
  void ExpectKept(const DensePage& page, std::size_t row, const DenseProbe& probe, double score) {
    const DenseKernels& scalar = KernelsFor(InstructionSet::kScalar);
    std::array<std::uint16_t, kScanRows> entries;
    entries.fill(static_cast<std::uint16_t>(row));
    std::array<std::int32_t, kScanRows> products, lower;
    const ScanRows rows{page.upper, page.codes.data(), entries.data()};
    const ScanQuery query = probe.NibbleScan(score, page.margins.upper_norm, storage_.shape);
    EXPECT_EQ(scalar.scan(rows, rows, query, products.data()), 0xFFFFu) << row;

    const DenseBlock& block = page.blocks[row / kDenseLanes];
    std::array<const std::uint8_t*, kScanRows> at;
    at.fill(page.lower + row * storage_.shape.half);
    scalar.nibble_products(at.data(), probe.bytes(), storage_.shape.half, lower.data());
    const std::int32_t product = 16 * products[0] + lower[0];
    const float inverse = RowCode::InverseScaleOf(page.codes[row]);
    const ByteBound bytes = probe.WholeBytes(score, block.margins);
    EXPECT_GE(static_cast<float>(product), inverse * bytes.slope + bytes.offset) << row;

    const DenseMargins& m = block.margins;
    for (const TileForm form : {TileForm::kNibbles, TileForm::kWholeBytes}) {
      const bool nibbles = form == TileForm::kNibbles;
      const TileBound tile = probe.Tile(score, form);
      const float least = inverse * tile.slope + tile.offset -
                          (nibbles ? m.upper_residual : m.byte_residual) * tile.residual_weight -
                          (nibbles ? m.upper_norm : m.byte_norm) * tile.norm_weight;
      EXPECT_GE(static_cast<float>(nibbles ? products[0] : product), least) << row;
    }
  }
  DenseStorage storage_{DenseShape(GetParam())};
};

TEST_P(ErrorBound, RulesOutNoRowWhoseScoreReachesTheThreshold) {
  SeededRandom random(GetParam());
  const std::size_t dimension = GetParam();
  const std::vector<float> vectors = RandomVectors(kPageRows, dimension, Lengths::kWild, random);
  DenseDraft draft(storage_, nullptr);
  for (std::size_t r = 0; r < kPageRows; ++r) {
    draft.Set(r, r, {&vectors[r * dimension], dimension});
  }
  const std::unique_ptr<DensePage> page = draft.TakePage();
  for (int q = 0; q < 8; ++q) {
    std::vector<float> y = RandomVectors(1, dimension, Lengths::kWild, random);
    if (q == 0) y.assign(vectors.begin(), vectors.begin() + static_cast<std::ptrdiff_t>(dimension));
    const DenseProbe probe(y);
    for (std::size_t r = 0; r < kPageRows; ++r) {
      ExpectKept(*page, r, probe, InnerProduct({&vectors[r * dimension], dimension}, y));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Dimensions, ErrorBound,
                         ::testing::Values(1, 2, 15, 64, 100, 128, 200, 256),
                         [](const auto& tested) { return std::to_string(tested.param); });

TEST(DenseDraft, HoldsTheLargestComponentsThatAreAllowed) {
  DenseStorage storage{DenseShape(16)};
  DenseDraft draft(storage, nullptr);
  std::vector<float> largest(16, kMaxDenseComponent);
  largest[3] = -kMaxDenseComponent;
  draft.Set(0, 1, largest);
  const std::unique_ptr<DensePage> page = draft.TakePage();
  const float inverse = RowCode::InverseScaleOf(page->codes[0]);
  EXPECT_LE(kMaxDenseComponent * inverse, 127.5f);
  EXPECT_GT(kMaxDenseComponent * inverse, 63.0f);  // at most an octave is lost
  EXPECT_LE(page->blocks[0].margins.byte_residual, 0.5f * 4 * 1.001f);
}

TEST(DenseDraft, LeavesThePageBeforeAsItWas) {
  DenseStorage storage{DenseShape(64)};
  SeededRandom random(3);
  const std::vector<float> vectors = RandomVectors(2, 64, Lengths::kUnit, random);
  DenseDraft first(storage, nullptr);
  first.Set(5, 50, {&vectors[0], 64});
  const std::unique_ptr<DensePage> before = first.TakePage();
  const std::vector<std::uint8_t> upper(before->upper, before->upper + storage.shape.nibbles_bytes);
  DenseDraft second(storage, before.get());
  second.Set(5, 60, {&vectors[64], 64});
  second.Clear(5);
  const std::unique_ptr<DensePage> after = second.TakePage();
  EXPECT_TRUE(std::equal(upper.begin(), upper.end(), before->upper));
  EXPECT_EQ(before->blocks[0].ids[5], 50u);
  EXPECT_EQ(before->live[0], std::uint64_t{1} << 5);
  EXPECT_EQ(after->blocks[0].ids[5], 60u);
  EXPECT_EQ(after->live[0], 0u);
}

}  // namespace
}  // namespace noren::matching
