// 64 vectors side by side: upper nibbles of all rows, then lower ones, then the float32 rows. A
// block never changes once published.
// Source:   docs/design/0004-dense.md (layout, error bound)
// Threads:  DenseBlock: immutable after publication. DenseArena: one thread at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "engine/matching/dense/dense_kernels.h"

namespace noren::matching {

inline constexpr std::size_t kMaxDenseDimension = 256;
inline constexpr float kMaxDenseComponent = 8192.0f;

// Where the parts of a block lie, for one dimension.
struct DenseShape {
  explicit DenseShape(std::size_t dimension);
  std::size_t dimension;
  std::size_t half;   // bytes of a row of nibbles: a multiple of 32
  std::size_t width;  // floats of a row: a multiple of 16
  std::size_t lower_offset;
  std::size_t ids_offset;
  std::size_t rows_offset;
  std::size_t size_bytes;
};

// Memory for blocks of one shape, in huge pages. It grows and is given back at the end only.
class DenseArena {
 public:
  explicit DenseArena(std::size_t block_bytes);
  ~DenseArena();
  DenseArena(const DenseArena&) = delete;
  DenseArena& operator=(const DenseArena&) = delete;
  void* Take();
  void Give(void* block);
  std::size_t memory_bytes() const { return chunks_.size() * kChunkBytes; }

 private:
  static constexpr std::size_t kChunkBytes = std::size_t{8} << 20;
  std::size_t block_bytes_;
  std::vector<void*> chunks_;
  std::vector<void*> free_;
};

// The largest values over the rows a block has held since it was last empty, in units of each
// row's own scale; rounded up.
struct DenseMargins {
  float upper_residual = 0;  // norm of what the upper nibbles leave out, in steps of a nibble
  float upper_norm = 0;      // norm of what they stand for, in steps of a nibble
  float byte_residual = 0;   // of the whole bytes, in steps of a byte
  float byte_norm = 0;
};

class alignas(64) DenseBlock {
 public:
  static std::unique_ptr<DenseBlock> Make(const DenseShape& shape, DenseArena& arena);
  std::unique_ptr<DenseBlock> Copy() const;
  static void operator delete(DenseBlock* block, std::destroying_delete_t);

  std::uint64_t live() const { return live_; }
  const DenseMargins& margins() const { return margins_; }
  const std::uint16_t* codes() const { return codes_.data(); }  // see RowCode
  // The shape is the one it was made with; asked for, so that the header is not read for it.
  const std::uint8_t* upper(const DenseShape& shape, std::size_t lane) const {
    return At(kHeaderBytes + lane * shape.half);
  }
  const std::uint8_t* lower(const DenseShape& shape, std::size_t lane) const {
    return At(shape.lower_offset + lane * shape.half);
  }
  const float* row(const DenseShape& shape, std::size_t lane) const {
    return reinterpret_cast<const float*>(At(shape.rows_offset)) + lane * shape.width;
  }
  std::uint64_t id(const DenseShape& shape, std::size_t lane) const {
    return reinterpret_cast<const std::uint64_t*>(At(shape.ids_offset))[lane];
  }
  void PrefetchHeader() const {
    for (std::size_t line = 0; line < kHeaderBytes; line += 64) __builtin_prefetch(At(line));
  }

  // --- for the writer, before publication ---
  // `vector` has the shape's dimension, components as DenseIndex::Upsert wants them.
  void Set(std::size_t lane, std::uint64_t id, std::span<const float> vector);
  void Clear(std::size_t lane);

 private:
  friend struct DenseShape;
  static constexpr std::size_t kHeaderBytes = 192;
  DenseBlock(const DenseShape& shape, DenseArena& arena);
  ~DenseBlock() = default;
  const std::uint8_t* At(std::size_t offset) const {
    return reinterpret_cast<const std::uint8_t*>(this) + offset;
  }
  std::uint8_t* At(std::size_t offset) { return reinterpret_cast<std::uint8_t*>(this) + offset; }

  std::uint64_t live_ = 0;
  DenseMargins margins_;
  const DenseShape* shape_;
  DenseArena* arena_;
  std::array<std::uint16_t, kDenseLanes> codes_{};
};

}  // namespace noren::matching
