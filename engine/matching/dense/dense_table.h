// Blocks by number, published one by one: what a query reads and the writer swaps.
// Threads:  At and blocks_count from any thread under a pin of the index; the rest from one writer
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

#include "engine/matching/dense/dense_block.h"

namespace noren::matching {

class DenseTable {
 public:
  static constexpr std::size_t kMaxSegments = 4096;
  static constexpr std::size_t kSegmentBlocks = 1024;

  DenseTable() = default;
  ~DenseTable() {
    for (auto& segment : segments_) delete segment.load();
  }
  DenseTable(const DenseTable&) = delete;
  DenseTable& operator=(const DenseTable&) = delete;

  // Null: no row was ever there, or `block` is not below blocks_count().
  const DenseBlock* At(std::size_t block) const {
    if (block >= blocks_count()) return nullptr;
    const Segment* segment = segments_[block / kSegmentBlocks].load();
    return segment == nullptr ? nullptr : segment->blocks[block % kSegmentBlocks].load();
  }
  std::size_t blocks_count() const { return blocks_count_.load(); }

  // Returns what was there.
  const DenseBlock* Swap(std::size_t block, const DenseBlock* published) {
    std::atomic<Segment*>& segment = segments_[block / kSegmentBlocks];
    if (segment.load() == nullptr) segment.store(std::make_unique<Segment>().release());
    const DenseBlock* before =
        segment.load()->blocks[block % kSegmentBlocks].exchange(published);
    if (block >= blocks_count()) blocks_count_.store(block + 1);
    return before;
  }

 private:
  struct Segment {
    std::array<std::atomic<const DenseBlock*>, kSegmentBlocks> blocks{};
  };
  std::array<std::atomic<Segment*>, kMaxSegments> segments_{};
  std::atomic<std::size_t> blocks_count_{0};
};

}  // namespace noren::matching
