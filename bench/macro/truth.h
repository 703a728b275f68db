// The right answers of a run, and how an engine's answers compare with them.
// Threads:  pure functions, on several cores.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/macro/answer.h"
#include "bench/macro/w1_data.h"
#include "engine/matching/rows.h"

namespace noren::bench {

struct PointsTruth {
  std::vector<Answer> answers;               // by posting
  std::vector<std::size_t> eligible_counts;  // by posting
};
struct Truth {
  PointsTruth w1a;
  PointsTruth w1b;
};

// By looking at every person's columns.
Truth MakeTruth(const W1Data& data);
// The ranking's own oracle (RankByPoints over `rows`) says the same of the first postings.
bool AgreesWithOracle(const W1Data& data, std::span<const matching::SeekerRow> rows,
                      const Truth& truth, std::size_t postings_count);

// How an engine did before it was timed.
struct Checked {
  bool exact = false;      // ids, order and scores; for vectors: recall is 1
  double recall = 0;       // share of the right people that were found
  std::uint64_t hash = 0;  // of the answers
};
// `answers` are those of the first postings, at least one.
Checked CompareAnswers(const PointsTruth& truth, const std::vector<Answer>& answers);

enum class Passing : std::uint8_t { kFiltered, kEverybody };
// The best people of the first postings by inner product in double precision. Scores nearer to the
// last than single precision can tell count as right.
class DenseTruth {
 public:
  DenseTruth(const W1Data& data, Passing passing, std::size_t postings_count);
  Checked Compare(const std::vector<DenseAnswer>& answers) const;

 private:
  const W1Data& data_;
  std::vector<double> last_scores_;  // of the k-th, by posting
  std::vector<std::size_t> counts_;  // at most k
  Passing passing_;
};

}  // namespace noren::bench
