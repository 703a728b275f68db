// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_block.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "crypto/base/check.h"

namespace noren::matching {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

constexpr std::size_t RoundUp(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// Pays for what computing the norm in double has lost, and for the rounding to float.
float RoundedUp(double norm) {
  return std::nextafter(static_cast<float>(norm * (1 + 0x1p-20)),
                        std::numeric_limits<float>::infinity());
}

// The largest step whose inverse scale brings every component into [-127.5, 127.5].
std::uint32_t ScaleStep(std::span<const float> vector) {
  float largest = 0;
  for (const float x : vector) largest = std::max(largest, std::fabs(x));
  std::uint32_t low = 0, high = RowCode::kSteps - 1;  // step 0 always fits: kMaxDenseComponent
  while (low < high) {
    const std::uint32_t step = (low + high + 1) / 2;
    const auto inverse = std::bit_cast<float>(RowCode::BitsOfInverseScale(step));
    if (static_cast<double>(largest) * inverse <= 127.5) {
      low = step;
    } else {
      high = step - 1;
    }
  }
  return low;
}

}  // namespace

DenseMargins Larger(const DenseMargins& a, const DenseMargins& b) {
  return {std::max(a.upper_residual, b.upper_residual), std::max(a.upper_norm, b.upper_norm),
          std::max(a.byte_residual, b.byte_residual), std::max(a.byte_norm, b.byte_norm)};
}

DenseShape::DenseShape(std::size_t dimension_in)
    : dimension(dimension_in),
      half(RoundUp(dimension_in, 64) / 2),
      width(RoundUp(dimension_in, 16)),
      nibbles_bytes(kPageRows * half),
      rows_bytes(kDenseLanes * (sizeof(std::uint64_t) + width * sizeof(float))) {
  NOREN_CHECK(dimension > 0 && dimension <= kMaxDenseDimension, "dimension is 1..256");
}

DenseArena::DenseArena(std::size_t piece_bytes) : piece_bytes_(piece_bytes) {}

DenseArena::~DenseArena() {
  for (void* chunk : chunks_) ::operator delete (chunk, std::align_val_t{kHugePage});
}

void* DenseArena::Take() {
  if (free_.empty()) {
    auto* chunk =
        static_cast<std::uint8_t*>(::operator new (kChunkBytes, std::align_val_t{kHugePage}));
    // A wish: without huge pages the index is slower, not wrong.
    static_cast<void>(madvise(chunk, kChunkBytes, MADV_HUGEPAGE));
    chunks_.push_back(chunk);
    const std::size_t count = kChunkBytes / piece_bytes_;
    for (std::size_t i = count; i-- > 0;) free_.push_back(chunk + i * piece_bytes_);
  }
  void* piece = free_.back();
  free_.pop_back();
  return piece;
}

void DenseArena::Give(void* piece) { free_.push_back(piece); }

DenseDraft::DenseDraft(DenseStorage& storage, const DensePage* before)
    : storage_(storage),
      page_(before == nullptr ? std::make_unique<DensePage>()
                              : std::make_unique<DensePage>(*before)),
      replaced_(std::make_unique<DensePieces>(storage)) {}

void DenseDraft::OwnNibbles() {
  if (owns_nibbles_) return;
  owns_nibbles_ = true;
  for (std::uint8_t** nibbles : {&page_->upper, &page_->lower}) {
    const std::uint8_t* old = *nibbles;
    if (old != nullptr) replaced_->nibbles.push_back(*nibbles);
    *nibbles = static_cast<std::uint8_t*>(storage_.nibbles.Take());
    if (old == nullptr) {
      std::memset(*nibbles, 0, storage_.shape.nibbles_bytes);
    } else {
      std::memcpy(*nibbles, old, storage_.shape.nibbles_bytes);
    }
  }
}

void DenseDraft::OwnBlock(std::size_t at) {
  if ((own_ >> at & 1) != 0) return;
  own_ |= 1u << at;
  const DenseShape& shape = storage_.shape;
  DenseBlock& block = page_->blocks[at];
  const DenseBlock old = block;
  block.ids = static_cast<std::uint64_t*>(storage_.rows.Take());
  block.rows = reinterpret_cast<float*>(block.ids + kDenseLanes);
  if (old.ids == nullptr) {
    std::memset(block.ids, 0, shape.rows_bytes);
    return;
  }
  std::memcpy(block.ids, old.ids, shape.rows_bytes);
  replaced_->blocks.push_back(old);
}

void DenseDraft::Set(std::size_t row, std::uint64_t id, std::span<const float> vector) {
  const std::size_t at = row / kDenseLanes, lane = row % kDenseLanes;
  OwnNibbles();
  OwnBlock(at);
  const DenseShape& shape = storage_.shape;
  DenseBlock& block = page_->blocks[at];
  if (page_->live[at] == 0) block.margins = {};
  const std::uint32_t step = ScaleStep(vector);
  const auto inverse = std::bit_cast<float>(RowCode::BitsOfInverseScale(step));
  const std::size_t half = shape.half;
  std::uint8_t* upper = page_->upper + row * half;
  std::uint8_t* lower = page_->lower + row * half;
  std::memset(upper, 0, half);
  std::memset(lower, 0, half);
  double upper_left = 0, upper_norm = 0, byte_left = 0, byte_norm = 0;
  for (std::size_t d = 0; d < vector.size(); ++d) {
    const double scaled = static_cast<double>(vector[d]) * inverse;  // exact: 24 and 5 bits
    const double byte = std::clamp(std::floor(scaled + 128), 0.0, 255.0);
    const auto whole = static_cast<std::uint32_t>(byte);
    const double nibble = static_cast<double>(whole >> 4) - 7.5;
    upper_left += (scaled / 16 - nibble) * (scaled / 16 - nibble);
    upper_norm += nibble * nibble;
    byte_left += (scaled - byte + 127.5) * (scaled - byte + 127.5);
    byte_norm += (byte - 127.5) * (byte - 127.5);
    const std::size_t j = d % half, shift = d / half * 4;
    upper[j] = static_cast<std::uint8_t>(upper[j] | (whole >> 4) << shift);
    lower[j] = static_cast<std::uint8_t>(lower[j] | (whole & 15) << shift);
  }
  const float residual = RoundedUp(std::sqrt(upper_left));
  DenseMargins& margins = block.margins;
  margins = Larger(margins, {residual, RoundedUp(std::sqrt(upper_norm)),
                             RoundedUp(std::sqrt(byte_left)), RoundedUp(std::sqrt(byte_norm))});
  page_->margins = Larger(page_->margins, margins);
  // At most 8 at 256 dimensions, so the code fits.
  const auto sixteenths = static_cast<std::int32_t>(std::ceil(residual * 16.0f)) - 2;
  page_->codes[row] = static_cast<std::uint16_t>(
      step << 7 | static_cast<std::uint32_t>(std::clamp(sixteenths, 0, 127)));
  std::ranges::copy(vector, block.rows + lane * shape.width);
  block.ids[lane] = id;
  page_->live[at] |= std::uint64_t{1} << lane;
}

void DenseDraft::Clear(std::size_t row) {
  page_->live[row / kDenseLanes] &= ~(std::uint64_t{1} << row % kDenseLanes);
}

DensePieces::~DensePieces() {
  for (std::uint8_t* piece : nibbles) storage.nibbles.Give(piece);
  for (const DenseBlock& block : blocks) storage.rows.Give(block.ids);
}

}  // namespace noren::matching
