// The exact score of two vectors, and the ranking by it that looks at every row. The oracle of the
// dense index.
// The score: products of float32 components are exact in double; lane l of 16 adds up those of
// dimensions l, l + 16, l + 32, ... in this order, from zero; then lanes are added pairwise: l and
// l + 8, l + 4, l + 2, l + 1. Every instruction set, with or without fused multiply-add, gives the
// same bits, and zero padding changes nothing.
// Source:   docs/design/0004-dense.md
// Threads:  pure functions; `ties` must be callable concurrently when they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/matching/ranking.h"

namespace noren::matching {

double InnerProduct(std::span<const float> x, std::span<const float> y);

// The tie number of a query and a row, whichever way the ranking goes.
class RowTies {
 public:
  virtual ~RowTies() = default;
  virtual std::uint64_t Of(std::uint64_t query_id, std::uint64_t row_id) const = 0;
};
// Rows are people, queries postings. `ties` must outlive it.
class SeekerRowTies final : public RowTies {
 public:
  explicit SeekerRowTies(const TieRule& ties) : ties_(ties) {}
  std::uint64_t Of(std::uint64_t query_id, std::uint64_t row_id) const override {
    return ties_.Of(PostingRowId{query_id}, SeekerRowId{row_id});
  }

 private:
  const TieRule& ties_;
};
// Rows are postings, queries people.
class PostingRowTies final : public RowTies {
 public:
  explicit PostingRowTies(const TieRule& ties) : ties_(ties) {}
  std::uint64_t Of(std::uint64_t query_id, std::uint64_t row_id) const override {
    return ties_.Of(PostingRowId{row_id}, SeekerRowId{query_id});
  }

 private:
  const TieRule& ties_;
};

struct DenseRanked {
  std::uint64_t row_id = 0;
  std::uint32_t slot = 0;
  double score = 0;
  std::uint64_t tie = 0;  // smaller first among equal scores; then the smaller row id
  bool operator==(const DenseRanked&) const = default;
};
// The order of a dense ranking.
inline bool RanksBefore(const DenseRanked& a, const DenseRanked& b) {
  if (a.score != b.score) return a.score > b.score;
  if (a.tie != b.tie) return a.tie < b.tie;
  return a.row_id < b.row_id;
}

struct DenseRow {
  std::uint32_t slot = 0;
  std::uint64_t row_id = 0;
  std::span<const float> vector;
};
struct DenseQuery {
  std::uint64_t id = 0;  // for the tie rule
  std::span<const float> vector;
  // Bit s % 64 of word s / 64: the row at slot s may be ranked; a slot past the end may not.
  // nullopt: every row may. Must outlive the search.
  std::optional<std::span<const std::uint64_t>> filter;
};

struct DenseRanking {
  std::vector<DenseRanked> best;   // at most k, best first
  std::size_t eligible_count = 0;  // rows that pass the filter
  bool operator==(const DenseRanking&) const = default;
};

// The oracle: a full sort. `rows` have distinct slots and distinct ids.
DenseRanking RankByInnerProduct(const DenseQuery& query, std::span<const DenseRow> rows,
                                std::size_t k, const RowTies& ties);

}  // namespace noren::matching
