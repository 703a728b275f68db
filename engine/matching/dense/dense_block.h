// Vectors in pages of 1,024 rows, each of 16 blocks of 64. What a scan reads lies close together:
// the upper nibbles of a page, the lower ones, the codes; float32 rows are in pieces by block. A
// page and its pieces never change once published: an update makes new ones.
// Source:   docs/design/0004-dense.md (layout, error bound)
// Threads:  DensePage and what it points to: immutable after publication. DenseArena, DenseStorage:
//           one thread at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
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
  // Sizes of the pieces.
  std::size_t nibbles_bytes;  // of a page, upper or lower
  std::size_t rows_bytes;     // of a block
};

// Memory for pieces of one size, in huge pages. It grows and is given back at the end only.
class DenseArena {
 public:
  explicit DenseArena(std::size_t piece_bytes);
  ~DenseArena();
  DenseArena(const DenseArena&) = delete;
  DenseArena& operator=(const DenseArena&) = delete;
  void* Take();
  void Give(void* piece);
  std::size_t memory_bytes() const { return chunks_.size() * kChunkBytes; }

 private:
  static constexpr std::size_t kChunkBytes = std::size_t{8} << 20;
  std::size_t piece_bytes_;
  std::vector<void*> chunks_;
  std::vector<void*> free_;
};

// All pieces of the blocks of one index.
struct DenseStorage {
  explicit DenseStorage(const DenseShape& shape_in)
      : shape(shape_in), nibbles(shape.nibbles_bytes), rows(shape.rows_bytes) {}
  DenseShape shape;
  std::size_t memory_bytes() const { return nibbles.memory_bytes() + rows.memory_bytes(); }
  DenseArena nibbles;
  DenseArena rows;
};

// The largest values over the rows a block has held since it was last empty, in units of each
// row's own scale; rounded up.
struct DenseMargins {
  float upper_residual = 0;  // norm of what the upper nibbles leave out, in steps of a nibble
  float upper_norm = 0;      // norm of what they stand for, in steps of a nibble
  float byte_residual = 0;   // of the whole bytes, in steps of a byte
  float byte_norm = 0;
};

DenseMargins Larger(const DenseMargins& a, const DenseMargins& b);

// What a page has by block. Null: no row was ever there.
struct DenseBlock {
  std::uint64_t* ids = nullptr;  // kDenseLanes, followed by
  float* rows = nullptr;         // kDenseLanes rows
  DenseMargins margins;
};

inline constexpr std::size_t kPageBlocks = 16;
inline constexpr std::size_t kPageRows = kPageBlocks * kDenseLanes;

struct alignas(64) DensePage {
  std::uint8_t* upper = nullptr;  // kPageRows rows of nibbles: see DenseKernels::nibble_products
  std::uint8_t* lower = nullptr;
  DenseMargins margins;  // the largest of the blocks'
  std::array<std::uint64_t, kPageBlocks> live{};
  std::array<std::uint16_t, kPageRows> codes{};  // see RowCode
  std::array<DenseBlock, kPageBlocks> blocks{};
};

// Pieces that go back when no reader has them any more.
struct DensePieces {
  explicit DensePieces(DenseStorage& storage_in) : storage(storage_in) {}
  ~DensePieces();
  DensePieces(const DensePieces&) = delete;
  DensePieces& operator=(const DensePieces&) = delete;
  DenseStorage& storage;
  std::vector<std::uint8_t*> nibbles;
  std::vector<DenseBlock> blocks;
};

// The writer's side: a changed copy of a page, until it is published.
class DenseDraft {
 public:
  // `before` stays as it is; null: nothing was there.
  DenseDraft(DenseStorage& storage, const DensePage* before);
  // `vector` has the shape's dimension, components as DenseIndex::Upsert wants them.
  void Set(std::size_t row, std::uint64_t id, std::span<const float> vector);
  void Clear(std::size_t row);
  std::unique_ptr<DensePage> TakePage() { return std::move(page_); }
  // What the page before had and this one has not.
  std::unique_ptr<DensePieces> TakeReplaced() { return std::move(replaced_); }

 private:
  void OwnNibbles();
  void OwnBlock(std::size_t block);
  DenseStorage& storage_;
  std::unique_ptr<DensePage> page_;
  std::unique_ptr<DensePieces> replaced_;
  bool owns_nibbles_ = false;
  std::uint32_t own_ = 0;  // blocks whose rows are this draft's
};

}  // namespace noren::matching
