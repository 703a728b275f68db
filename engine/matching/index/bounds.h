// Which blocks have a term, and how much of it at most: what lets a query leave most blocks
// unopened. Bounds only grow while people are updated; maintenance tightens them.
// Threads:  chunks are immutable and replaced; one writer
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "engine/matching/index/epochs.h"
#include "engine/matching/index/terms.h"

namespace noren::matching {

inline constexpr std::size_t kSegmentBlocks = 1024;  // 65,536 people

// The blocks of one segment that have one term, in one allocation. The most is the highest level of
// a skill or language, 1 for the other kinds.
class BoundChunk {
 public:
  // `blocks` ascending; most[i] belongs to blocks[i]. Many blocks make it dense.
  static std::unique_ptr<BoundChunk> Make(std::span<const std::uint16_t> blocks,
                                          std::span<const std::uint8_t> most);
  static void operator delete(void* chunk) { ::operator delete(chunk); }
  BoundChunk(const BoundChunk&) = delete;
  BoundChunk& operator=(const BoundChunk&) = delete;

  // Dense: kSegmentBlocks bytes, 16-byte aligned, 0 where the term does not occur. Else null.
  const std::uint8_t* dense() const { return dense_ ? Payload(kDenseOffset) : nullptr; }
  // Sparse only: blocks ascending, and their most.
  std::span<const std::uint16_t> blocks() const {
    return {reinterpret_cast<const std::uint16_t*>(Payload(kSparseOffset)), count_};
  }
  std::span<const std::uint8_t> most() const {
    return {Payload(kSparseOffset + 2 * count_), count_};
  }
  std::uint8_t MostIn(std::uint16_t block) const;
  // A dense chunk with one block changed.
  std::unique_ptr<BoundChunk> DenseWith(std::uint16_t block, std::uint8_t most) const;
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kSparseOffset = 4;
  static constexpr std::size_t kDenseOffset = 16;
  BoundChunk(bool dense, std::uint16_t count) : count_(count), dense_(dense) {}
  const std::uint8_t* Payload(std::size_t offset) const {
    return reinterpret_cast<const std::uint8_t*>(this) + offset;
  }
  std::uint8_t* Payload(std::size_t offset) {
    return reinterpret_cast<std::uint8_t*>(this) + offset;
  }
  static std::unique_ptr<BoundChunk> Allocate(bool dense, std::size_t count);

  std::uint16_t count_;
  bool dense_;
};

// The chunks of one segment, by term.
class SegmentBounds {
 public:
  SegmentBounds() = default;
  ~SegmentBounds();
  SegmentBounds(const SegmentBounds&) = delete;
  SegmentBounds& operator=(const SegmentBounds&) = delete;

  // Null: no block of the segment has it. Valid while the reader's pin lives.
  const BoundChunk* Find(TermId term) const {
    const Page* page = pages_[term / kPageTerms].load();
    return page == nullptr ? nullptr : page->chunks[term % kPageTerms].load();
  }

  // --- writer ---
  // Makes the bound of (term, block) at least `most`.
  void Raise(TermId term, std::uint16_t block, std::uint8_t most, Epochs& epochs);
  // Sets it, lower or not; 0 takes the block out.
  void Set(TermId term, std::uint16_t block, std::uint8_t most, Epochs& epochs);
  // For building a whole segment at once; nothing is published for the term yet.
  void Put(TermId term, std::unique_ptr<BoundChunk> chunk);
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kPageTerms = 1024;
  static constexpr std::size_t kMaxPages = 512;  // 524,288 terms
  struct Page {
    std::array<std::atomic<const BoundChunk*>, kPageTerms> chunks{};
  };
  std::atomic<const BoundChunk*>& CellOf(TermId term);

  std::array<std::atomic<Page*>, kMaxPages> pages_{};
};

}  // namespace noren::matching
