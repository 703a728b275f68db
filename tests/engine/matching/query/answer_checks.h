// What is wrong about an answer or an explanation, in words; empty when nothing is.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/matching/ranking.h"
#include "engine/matching/scoring/score.h"
#include "tests/engine/matching/naive.h"

namespace noren::matching {

// How two answers differ, in the first place that they do.
template <typename Id>
std::string Difference(const std::vector<Ranked<Id>>& answer,
                       const std::vector<Ranked<Id>>& expected) {
  const auto show = [](const std::vector<Ranked<Id>>& list, std::size_t i) {
    if (i >= list.size()) return std::string("nobody");
    return std::to_string(list[i].id.value) + " of score " + std::to_string(list[i].score) +
           " and tie " + std::to_string(list[i].tie);
  };
  const auto at = std::ranges::mismatch(answer, expected).in1 - answer.begin();
  const auto rank = static_cast<std::size_t>(at);
  if (rank == answer.size() && rank == expected.size()) return "";
  return "rank " + std::to_string(rank) + " is " + show(answer, rank) + ", not " +
         show(expected, rank);
}

bool SameTerms(const std::vector<Term>& a, const std::vector<Term>& b);

// Sum, bounds and shares as the document has them.
std::string WrongTerms(const PairScore& pair);

// Against the rules as they are written a second time.
std::string WrongTerms(const std::vector<Term>& terms, const std::vector<naive::Term>& expected);

}  // namespace noren::matching
