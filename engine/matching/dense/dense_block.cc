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

DenseShape::DenseShape(std::size_t dimension_in)
    : dimension(dimension_in),
      half(RoundUp(dimension_in, 64) / 2),
      width(RoundUp(dimension_in, 16)),
      lower_offset(DenseBlock::kHeaderBytes + kDenseLanes * half),
      ids_offset(lower_offset + kDenseLanes * half),
      rows_offset(ids_offset + kDenseLanes * sizeof(std::uint64_t)),
      size_bytes(rows_offset + kDenseLanes * width * sizeof(float)) {
  NOREN_CHECK(dimension > 0 && dimension <= kMaxDenseDimension, "dimension is 1..256");
}

DenseArena::DenseArena(std::size_t block_bytes) : block_bytes_(block_bytes) {}

DenseArena::~DenseArena() {
  for (void* chunk : chunks_) ::operator delete(chunk, std::align_val_t{kHugePage});
}

void* DenseArena::Take() {
  if (free_.empty()) {
    auto* chunk = static_cast<std::uint8_t*>(
        ::operator new(kChunkBytes, std::align_val_t{kHugePage}));
    // A wish: without huge pages the index is slower, not wrong.
    static_cast<void>(madvise(chunk, kChunkBytes, MADV_HUGEPAGE));
    chunks_.push_back(chunk);
    const std::size_t count = kChunkBytes / block_bytes_;
    for (std::size_t i = count; i-- > 0;) free_.push_back(chunk + i * block_bytes_);
  }
  void* block = free_.back();
  free_.pop_back();
  return block;
}

void DenseArena::Give(void* block) { free_.push_back(block); }

DenseBlock::DenseBlock(const DenseShape& shape, DenseArena& arena)
    : shape_(&shape), arena_(&arena) {}

std::unique_ptr<DenseBlock> DenseBlock::Make(const DenseShape& shape, DenseArena& arena) {
  static_assert(sizeof(DenseBlock) <= kHeaderBytes && kHeaderBytes % 64 == 0);
  void* memory = arena.Take();
  auto* block = ::new (memory) DenseBlock(shape, arena);
  std::memset(block->At(kHeaderBytes), 0, shape.size_bytes - kHeaderBytes);
  return std::unique_ptr<DenseBlock>(block);
}

std::unique_ptr<DenseBlock> DenseBlock::Copy() const {
  auto* copy = ::new (arena_->Take()) DenseBlock(*shape_, *arena_);
  copy->live_ = live_;
  copy->margins_ = margins_;
  copy->codes_ = codes_;
  std::memcpy(copy->At(kHeaderBytes), At(kHeaderBytes), shape_->size_bytes - kHeaderBytes);
  return std::unique_ptr<DenseBlock>(copy);
}

void DenseBlock::operator delete(DenseBlock* block, std::destroying_delete_t) {
  DenseArena& arena = *block->arena_;
  block->~DenseBlock();
  arena.Give(block);
}

void DenseBlock::Set(std::size_t lane, std::uint64_t id, std::span<const float> vector) {
  if (live_ == 0) margins_ = {};
  const std::uint32_t step = ScaleStep(vector);
  const auto inverse = std::bit_cast<float>(RowCode::BitsOfInverseScale(step));
  const std::size_t half = shape_->half;
  std::uint8_t* upper = At(kHeaderBytes + lane * half);
  std::uint8_t* lower = At(shape_->lower_offset + lane * half);
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
  margins_.upper_residual = std::max(margins_.upper_residual, residual);
  margins_.upper_norm = std::max(margins_.upper_norm, RoundedUp(std::sqrt(upper_norm)));
  margins_.byte_residual = std::max(margins_.byte_residual, RoundedUp(std::sqrt(byte_left)));
  margins_.byte_norm = std::max(margins_.byte_norm, RoundedUp(std::sqrt(byte_norm)));
  // At most 8 at 256 dimensions, so the code fits.
  const auto sixteenths = static_cast<std::int32_t>(std::ceil(residual * 16.0f)) - 2;
  codes_[lane] = static_cast<std::uint16_t>(
      step << 7 | static_cast<std::uint32_t>(std::clamp(sixteenths, 0, 127)));
  auto* row = reinterpret_cast<float*>(At(shape_->rows_offset)) + lane * shape_->width;
  std::ranges::copy(vector, row);
  reinterpret_cast<std::uint64_t*>(At(shape_->ids_offset))[lane] = id;
  live_ |= std::uint64_t{1} << lane;
}

void DenseBlock::Clear(std::size_t lane) { live_ &= ~(std::uint64_t{1} << lane); }

}  // namespace noren::matching
