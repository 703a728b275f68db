// Many queries at once: one pass over the blocks, each against 32 queries at a time.
// Source:   docs/design/0004-dense.md
// Threads:  one owner; the table may be written meanwhile
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/matching/dense/dense_index.h"
#include "engine/matching/dense/dense_probe.h"
#include "engine/matching/dense/dense_scan.h"
#include "engine/matching/dense/dense_selection.h"
#include "engine/matching/dense/dense_table.h"

namespace noren::matching {

class DenseBatch {
 public:
  // Everything must outlive it.
  DenseBatch(const DenseShape& shape, const DenseTable& table, const DenseOptions& options);
  ~DenseBatch();
  DenseBatch(const DenseBatch&) = delete;
  DenseBatch& operator=(const DenseBatch&) = delete;

  std::vector<DenseAnswer> Search(std::span<const DenseQuery> queries, const RowTies& ties);

 private:
  struct Group;     // of kTileQueries queries
  struct Unpacked;  // a block in order of dimension
  struct Member;    // a query of this batch

  bool IsForTiles(const DenseQuery& query) const;
  void SearchTogether(std::span<const DenseQuery> queries, std::span<const std::size_t> together,
                      const RowTies& ties, std::vector<DenseAnswer>& answers);
  void Prepare(std::span<const DenseQuery> queries, std::span<const std::size_t> together);
  std::size_t SampleStride() const;  // blocks
  void Sample();
  void AddSample(Member& member, std::size_t column, std::uint64_t lanes);
  TileRows Unpack(const DensePage& page, std::size_t b);
  float ValueOf(const Member& member, std::int32_t product, float inverse_scale) const;
  void Prefetch(const DensePage& page, std::size_t b) const;
  void ScanBlocks();
  void ScanBlock(const DensePage& page, std::size_t number);
  void SetThreshold(std::size_t member, double threshold);
  DenseAnswer Finish(Member& member, const RowTies& ties);
  DenseAnswer SearchAlone(const DenseQuery& query, const DenseProbe& probe, const RowTies& ties);

  const DenseShape& shape_;
  const DenseTable& table_;
  const DenseOptions& options_;
  const DenseKernels& kernels_;
  TileForm form_;
  DenseStop stop_;
  std::vector<const DensePage*> pages_;  // as they were when the batch began; null where none
  DenseMargins margins_;                 // of all of them
  std::vector<Member> members_;
  std::vector<Group> groups_;
  std::vector<std::size_t> filtered_;  // members with a filter
  std::size_t live_count_ = 0;
  std::unique_ptr<Unpacked> unpacked_;
};

}  // namespace noren::matching
