// Several broad queries over the same blocks: in each round every query names the blocks that it
// would open next, and a block that any of them named is opened once for all that did, so that its
// lines come from memory once.
// Source:   docs/design/0002-the-index.md (batch)
// Threads:  one owner
// Memory:   about 4 bytes per block and query, and what one query takes; reused
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "crypto/base/status.h"
#include "engine/matching/query/search.h"

namespace noren::matching {

class Limits;

struct BatchTask {
  const PointsQuery* query = nullptr;
  SeekerRanking* answer = nullptr;
};

class BatchSearch {
 public:
  // `index` outlives this.
  explicit BatchSearch(const SeekerIndex& index);
  ~BatchSearch();
  BatchSearch(const BatchSearch&) = delete;
  BatchSearch& operator=(const BatchSearch&) = delete;

  // How many queries are best asked together over so many blocks.
  static std::size_t GroupSize(std::size_t block_count);
  // Whether a query is one for this: it has no lists that answer it sooner, and nothing is asked of
  // the search that takes a path of its own.
  static bool Takes(const PointsQuery& query, const SearchOptions& options);

  // The best k for each task.
  //   errors   as SeekerSearch::RankByPoints
  Status Run(std::span<const BatchTask> tasks, std::size_t k, const TieRule& ties,
             const SearchOptions& options);

 private:
  struct Part;    // a query on its way
  struct Common;  // what all parts of a run share
  struct Wanted {
    std::uint32_t block;
    std::uint16_t part;
    std::uint16_t plus_one;  // as in BlockBounds
    std::uint32_t skill_units;
  };
  Status Begin(const BatchTask& task, const Common& common);
  Status OpenAll(const Common& common);
  bool NameBlocks(std::size_t at, const Common& common);
  void SortByBlock(std::size_t block_count);
  Status OpenWanted(const Common& common);
  Status Finish(const Common& common);
  Status AskAlone(const BatchTask& task, const Common& common);

  const SeekerIndex* index_;
  SeekerSearch alone_;  // for what cannot be asked together
  SeekerRow row_;
  std::vector<std::unique_ptr<Part>> parts_;
  std::size_t parts_count_ = 0;  // in use
  std::vector<std::uint32_t> found_;
  std::vector<Wanted> named_, wanted_;
  std::vector<std::uint32_t> places_;  // by block
  std::vector<std::size_t> groups_;    // where in wanted_ a block begins; and its end
};

}  // namespace noren::matching
