// Pages by number, published one by one: what a query reads and the writer swaps.
// Threads:  At and pages_count from any thread under a pin of the index; Swap from one writer
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
  static constexpr std::size_t kSegmentPages = 64;

  DenseTable() = default;
  ~DenseTable() {
    for (auto& segment : segments_) delete segment.load();
  }
  DenseTable(const DenseTable&) = delete;
  DenseTable& operator=(const DenseTable&) = delete;

  // Null: no row was ever there.
  const DensePage* At(std::size_t page) const {
    if (page >= pages_count()) return nullptr;
    const Segment* segment = segments_[page / kSegmentPages].load();
    return segment == nullptr ? nullptr : segment->pages[page % kSegmentPages].load();
  }
  std::size_t pages_count() const { return pages_count_.load(); }

  // Returns what was there.
  std::unique_ptr<const DensePage> Swap(std::size_t page,
                                        std::unique_ptr<const DensePage> published) {
    std::atomic<Segment*>& segment = segments_[page / kSegmentPages];
    if (segment.load() == nullptr) segment.store(std::make_unique<Segment>().release());
    std::unique_ptr<const DensePage> before(
        segment.load()->pages[page % kSegmentPages].exchange(published.release()));
    if (page >= pages_count()) pages_count_.store(page + 1);
    return before;
  }

 private:
  struct Segment {
    std::array<std::atomic<const DensePage*>, kSegmentPages> pages{};
  };
  std::array<std::atomic<Segment*>, kMaxSegments> segments_{};
  std::atomic<std::size_t> pages_count_{0};
};

}  // namespace noren::matching
