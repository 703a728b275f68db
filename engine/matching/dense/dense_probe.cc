// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_probe.h"

#include <algorithm>
#include <cmath>

namespace noren::matching {
namespace {

constexpr double kRoundUp = 1 + 0x1p-20;
// More than all roundings together: of the exact score, of the bound in float, of this file.
constexpr double kByteSlack = 2;
constexpr double kNibbleSlack = 0.25;

}  // namespace

DenseProbe::DenseProbe(std::span<const float> query) {
  double largest = 0;
  for (const float y : query) largest = std::max(largest, std::fabs(static_cast<double>(y)));
  if (largest > 0) exact_step_ = largest / 127;
  double norm = 0, error = 0;
  for (std::size_t d = 0; d < query.size(); ++d) {
    exact_[d] = query[d];
    const double scaled = exact_[d] / exact_step_;
    const double byte = std::clamp(std::round(scaled), -127.0, 127.0);
    bytes_[d] = static_cast<std::int8_t>(byte);
    norm += scaled * scaled;
    error += (scaled - byte) * (scaled - byte);
    sum_ += byte;
  }
  norm_ = std::sqrt(norm) * kRoundUp;
  error_ = std::sqrt(error) * kRoundUp;
  step_ = static_cast<float>(exact_step_);
  nibble_step_ = static_cast<float>(16 * exact_step_);
  nibble_middle_ = static_cast<float>(7.5 * sum_);
  byte_middle_ = static_cast<float>(127.5 * sum_);
}

ScanQuery DenseProbe::NibbleScan(double threshold, float upper_norm,
                                 const DenseShape& shape) const {
  return {bytes_.data(), shape.half, static_cast<float>(threshold / (16 * exact_step_)),
          static_cast<float>(7.5 * sum_ - upper_norm * error_ - kNibbleSlack),
          static_cast<float>(norm_)};
}

ByteBound DenseProbe::WholeBytes(double threshold, const DenseMargins& margins) const {
  const double margin = margins.byte_residual * norm_ + margins.byte_norm * error_ + kByteSlack;
  return {static_cast<float>(threshold / exact_step_), static_cast<float>(127.5 * sum_ - margin)};
}

TileBound DenseProbe::Tile(double threshold, TileForm form) const {
  const bool nibbles = form == TileForm::kNibbles;
  const double step = nibbles ? 16 * exact_step_ : exact_step_;
  const double middle = nibbles ? 7.5 * sum_ - kNibbleSlack : 127.5 * sum_ - kByteSlack;
  return {static_cast<float>(threshold / step), static_cast<float>(middle),
          static_cast<float>(norm_), static_cast<float>(error_)};
}

}  // namespace noren::matching
