// A query made ready: its bytes, and from when on a row's product may belong to a score that
// reaches a threshold.
// Source:   docs/design/0004-dense.md (error bound)
// Threads:  immutable
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/matching/dense/dense_block.h"
#include "engine/matching/dense/dense_kernels.h"

namespace noren::matching {

// product >= inverse_scale * slope + offset
struct ByteBound {
  float slope = 0;
  float offset = 0;
};

// What one query gives to TileColumns.
struct TileBound {
  float slope = 0;
  float offset = 0;
  float residual_weight = 0;
  float norm_weight = 0;
};
enum class TileForm : std::uint8_t { kNibbles, kWholeBytes };

class DenseProbe {
 public:
  explicit DenseProbe(std::span<const float> query);

  const std::int8_t* bytes() const { return bytes_.data(); }
  const double* exact() const { return exact_.data(); }  // zero beyond the dimension

  // Rows below the bound have scores below `threshold`; `upper_norm` is that of all rows it is
  // applied to, at least.
  ScanQuery NibbleScan(double threshold, float upper_norm, const DenseShape& shape) const;
  ByteBound WholeBytes(double threshold, const DenseMargins& margins) const;
  // The same for a tile: a row's residual and norm come from its block.
  TileBound Tile(double threshold, TileForm form) const;

  // About the score.
  float NibbleValue(std::int32_t product, float inverse_scale) const {
    return (static_cast<float>(product) - nibble_middle_) * nibble_step_ / inverse_scale;
  }
  float ByteValue(std::int32_t product, float inverse_scale) const {
    return (static_cast<float>(product) - byte_middle_) * step_ / inverse_scale;
  }

 private:
  alignas(64) std::array<std::int8_t, kQueryBytes> bytes_{};
  alignas(64) std::array<double, kMaxDenseDimension> exact_{};
  double exact_step_ = 1;  // a byte's worth
  double norm_ = 0;        // in steps, rounded up
  double error_ = 0;       // norm of query minus bytes, in steps, rounded up
  double sum_ = 0;         // of the bytes
  float step_ = 1;
  float nibble_step_ = 16;
  float nibble_middle_ = 0;
  float byte_middle_ = 0;
};

}  // namespace noren::matching
