// Open postings in memory, ranked for one person: the same ids, order, scores and ties as
// RankPostings over the same rows, without looking at every row.
// Source:   docs/design/0005-openings.md
// Threads:  const members from any thread, never blocked; one writer at a time. Every answer is
//           that of one published version, the newest when the query began.
// Memory:   about 2.4 KB per posting and home, of which half are the tables that scoring looks up
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/matching/ranking.h"
#include "engine/matching/rows.h"

namespace noren::matching {

class OpeningTree;

enum class EligibleCount : std::uint8_t {
  kNotAsked,  // ranking.eligible_count stays 0
  kExact      // looks at every posting in the person's regions
};

struct OpeningQuery {
  std::size_t k = 100;  // any; what the index is fast for ends at about 1,000
  EligibleCount count = EligibleCount::kNotAsked;
  std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt;
  std::stop_token stop = {};
};

// What an answer cost.
struct OpeningWork {
  std::size_t blocks_count = 0;    // of 64 postings, opened
  std::size_t bounded_count = 0;   // postings that passed the columns
  std::size_t verified_count = 0;  // postings whose conditions or score were computed
};

struct OpeningAnswer {
  PostingRanking ranking;
  // False when deadline or stop ended the query: then `best` holds the best of what was looked at,
  // each with its exact score, and the count is of that part.
  bool is_complete = true;
  std::uint64_t version = 0;  // 0: the rows the index was made with; +1 with every change
  OpeningWork work;
};

class OpeningIndex {
 public:
  OpeningIndex() : OpeningIndex(std::vector<PostingRow>{}) {}
  // `rows` have distinct ids.
  explicit OpeningIndex(std::vector<PostingRow> rows);
  ~OpeningIndex();
  OpeningIndex(const OpeningIndex&) = delete;
  OpeningIndex& operator=(const OpeningIndex&) = delete;

  // The writer's. Each is one version: a query begun after it returned sees all of it, an older one
  // nothing of it.
  void Upsert(PostingRow row);
  bool Erase(PostingRowId id);  // false: not there, and no new version

  OpeningAnswer Rank(const SeekerRow& seeker, const OpeningQuery& query, const TieRule& ties) const;
  // One answer per person, in their order, each of the version that was newest at its turn; people
  // of one region are ranked one after the other. After a stop the remaining ones are empty and
  // not complete.
  std::vector<OpeningAnswer> RankBatch(std::span<const SeekerRow> seekers,
                                       const OpeningQuery& query, const TieRule& ties) const;

  std::size_t size() const;  // of the newest version
  std::uint64_t version() const;
  std::size_t blocks_count() const;  // in use, of up to 64 postings

 private:
  std::unique_ptr<OpeningTree> tree_;
};

}  // namespace noren::matching
