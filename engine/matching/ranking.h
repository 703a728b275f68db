// Exact top k, both ways, by looking at every row. Slow and obvious on purpose: it stays as the
// oracle of any faster one. The answer is a function of the set of rows and the tie key: the order
// of rows in memory, the number of threads and the order of registration do not change it.
// Source:   docs/formats/ranking.md
// Threads:  pure functions; `ties` must be callable concurrently when they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/matching/rows.h"
#include "engine/matching/scoring/score.h"

namespace noren::matching {

// The fair tie rule: a keyed hash of the pair, the same number whichever way the ranking goes. Who
// wins a tie for one posting is independent of who wins it for another, and nobody without the key
// can choose to win.
class TieRule {
 public:
  virtual ~TieRule() = default;
  virtual std::uint64_t Of(PostingRowId posting, SeekerRowId seeker) const = 0;
};

template <typename Id>
struct Ranked {
  Id id;
  std::int32_t score = 0;
  std::uint64_t tie = 0;  // smaller first among equal scores; then the smaller id
  bool operator==(const Ranked&) const = default;
};

template <typename Id>
struct Ranking {
  std::vector<Ranked<Id>> best;    // at most k, best first
  std::size_t eligible_count = 0;  // rows that meet every hard condition; never shown to a company
};
using SeekerRanking = Ranking<SeekerRowId>;
using PostingRanking = Ranking<PostingRowId>;

// People for a posting. `seekers` have distinct ids.
SeekerRanking RankSeekers(const PostingRow& posting, std::span<const SeekerRow> seekers,
                          std::size_t k, const TieRule& ties);

// Postings for a person. `postings` have distinct ids.
PostingRanking RankPostings(const SeekerRow& seeker, std::span<const PostingRow> postings,
                            std::size_t k, const TieRule& ties);

}  // namespace noren::matching
