// The fast rankings over an index of people: the same answers as the oracles RankSeekers and
// RankByPoints over all its rows, in ids, order, scores and ties.
// Source:   docs/design/0002-the-index.md (how a query runs), docs/formats/ranking.md
// Threads:  a SeekerSearch has one owner; any number of them may search one index
// Memory:   a SeekerSearch keeps what it needs, about 10 bytes per block, and allocates nothing
//           more for further queries but the answer
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "crypto/base/status.h"
#include "engine/matching/index/seeker_index.h"
#include "engine/matching/points_query.h"
#include "engine/matching/query/kernels/query_kernels.h"
#include "engine/matching/ranking.h"

namespace noren::matching {

enum class SearchPath : std::uint8_t {
  kChoose = 0,
  kPairs,       // lists by (occupation, region); kBlocks when the query has none
  kBlocks,      // blocks in descending order of their bounds
  kEveryBlock,  // all blocks
};
enum class Eligible : std::uint8_t {
  kSeen = 0,  // eligible_count is how many were seen to qualify, not how many do
  kAll,       // all who qualify are counted, which takes a look at every block
};

struct SearchOptions {
  SearchPath path = SearchPath::kChoose;
  KernelSet kernels = KernelSet::kBest;
  Eligible eligible = Eligible::kSeen;
  std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt;
  const std::atomic<bool>* stop = nullptr;  // set: give up
};

// What the last query took.
struct SearchStats {
  SearchPath path = SearchPath::kEveryBlock;
  bool eligible_is_all = false;
  std::size_t blocks_opened = 0;  // of them, filters and columns
  std::size_t skills_opened = 0;  // and skill slots
  std::size_t lanes_verified = 0;
  std::size_t eligible_count = 0;
};

inline constexpr std::size_t kMaxRanked = 1000;

class SeekerSearch {
 public:
  // `index` outlives this.
  explicit SeekerSearch(const SeekerIndex& index);
  ~SeekerSearch();
  SeekerSearch(SeekerSearch&&) noexcept;
  SeekerSearch(const SeekerSearch&) = delete;
  SeekerSearch& operator=(const SeekerSearch&) = delete;

  // The best k people, at most kMaxRanked.
  //   errors   kInvalidArgument: k above kMaxRanked, or an instruction set this machine lacks;
  //            kDeadlineExceeded: the deadline passed; kCancelled: stopped
  StatusOr<SeekerRanking> RankByPoints(const PointsQuery& query, std::size_t k, const TieRule& ties,
                                       const SearchOptions& options = {});
  StatusOr<SeekerRanking> RankSeekers(const PostingRow& posting, std::size_t k, const TieRule& ties,
                                      const SearchOptions& options = {});
  const SearchStats& stats() const;

 private:
  struct Scratch;
  template <typename Query>
  StatusOr<SeekerRanking> Rank(const Query& query, std::size_t k, const TieRule& ties,
                               const SearchOptions& options);
  const SeekerIndex* index_;
  std::unique_ptr<Scratch> scratch_;
};

// One query; for many keep a SeekerSearch.
StatusOr<SeekerRanking> RankByPoints(const SeekerIndex& index, const PointsQuery& query,
                                     std::size_t k, const TieRule& ties,
                                     const SearchOptions& options);
StatusOr<SeekerRanking> RankSeekers(const SeekerIndex& index, const PostingRow& posting,
                                    std::size_t k, const TieRule& ties,
                                    const SearchOptions& options);

// Many queries, answers in their order. Broad queries that look at the same blocks are asked
// together, so that a block is brought near once for all of them; others that look at the same
// people run one after another. `threads` 0: one per core. The first failure is returned.
struct BatchOptions {
  SearchOptions search = {};
  unsigned threads = 0;
};
StatusOr<std::vector<SeekerRanking>> RankByPointsBatch(const SeekerIndex& index,
                                                       std::span<const PointsQuery> queries,
                                                       std::size_t k, const TieRule& ties,
                                                       const BatchOptions& options);

}  // namespace noren::matching
