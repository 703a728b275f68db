// Exact top k by inner product over up to 268 million vectors of at most 256 dimensions, under any
// filter: bytes are compared first, and whoever the error bound does not rule out is scored
// exactly. The same rows, order, scores and ties as RankByInnerProduct.
// Source:   docs/design/0004-dense.md
// Threads:  const members from any thread, never blocked; one writer at a time (the caller sees to
//           it). An update is visible to every query that starts after the return; a query sees
//           each block of 64 slots as it was at one moment of the query.
// Memory:   5 bytes per dimension and 12 per row (650 B at 128 dimensions), in huge pages where the
//           system gives them
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "crypto/base/status.h"
#include "engine/matching/dense/dense_block.h"
#include "engine/matching/dense/dense_kernels.h"
#include "engine/matching/dense/dense_table.h"
#include "engine/matching/dense/inner_product.h"
#include "engine/matching/index/epochs.h"

namespace noren::matching {

struct DenseOptions {
  std::size_t k = 100;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::stop_token stop;
  // Of those available; the best one unless a test asks for another.
  std::optional<InstructionSet> instruction_set;
};

// What an answer cost.
struct DenseWork {
  std::size_t scanned_count = 0;  // rows whose nibbles or bytes were compared
  std::size_t refined_count = 0;  // of those, whose whole bytes were
  std::size_t exact_count = 0;    // of those, that were scored exactly
  std::size_t passes_count = 0;   // above 1 when the first guess of the threshold was too high
};

struct DenseAnswer {
  DenseRanking ranking;
  // False when deadline or stop ended the query: then `best` is the best of what was looked at,
  // each with its exact score.
  bool is_complete = true;
  DenseWork work;
};

class DenseIndex {
 public:
  static constexpr std::uint32_t kMaxSlots =
      DenseTable::kMaxSegments * DenseTable::kSegmentPages * kPageRows;

  // `dimension` is 1..kMaxDenseDimension.
  explicit DenseIndex(std::size_t dimension);
  ~DenseIndex();
  DenseIndex(const DenseIndex&) = delete;
  DenseIndex& operator=(const DenseIndex&) = delete;

  // --- writer ---
  // Puts a row at its slot, replacing what is there.
  //   errors   kInvalidArgument: dimension, slot, a component not finite or beyond
  //            kMaxDenseComponent; then nothing has changed
  Status Upsert(const DenseRow& row);
  // As Upsert one by one, but rows of one page of 1,024 slots that follow each other share one copy
  // of it and are visible together.
  Status UpsertMany(std::span<const DenseRow> rows);
  bool Erase(std::uint32_t slot);  // false: nothing there

  // --- readers ---
  //   errors   kInvalidArgument: dimension, or a component as in Upsert
  StatusOr<DenseAnswer> Search(const DenseQuery& query, const DenseOptions& options,
                               const RowTies& ties) const;
  // One answer per query, in their order: one pass over the blocks serves all queries whose
  // filters are not sparse; the others are searched one by one.
  StatusOr<std::vector<DenseAnswer>> SearchBatch(std::span<const DenseQuery> queries,
                                                 const DenseOptions& options,
                                                 const RowTies& ties) const;
  // The exact score of one row; nullopt when the slot is empty. `vector` has dimension()
  // components.
  std::optional<double> ScoreAt(std::uint32_t slot, std::span<const float> vector) const;

  std::size_t dimension() const { return storage_.shape.dimension; }
  std::size_t rows_count() const { return rows_count_.load(); }
  std::size_t memory_bytes() const;  // writer only

 private:
  Status Check(std::span<const float> vector) const;
  Status CheckRows(std::span<const DenseRow> rows) const;
  void Publish(std::size_t page, DenseDraft changed);

  DenseStorage storage_;   // outlives the blocks
  mutable Epochs epochs_;  // and what is retired
  DenseTable table_;
  std::atomic<std::size_t> rows_count_{0};
};

}  // namespace noren::matching
