// Postings and people for the tests of openings: rows of the random market with everything that a
// row can hold beyond what a model makes, far more mixed than any market.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/matching/rows.h"
#include "tests/support/seeded_random.h"

namespace noren::matching {

PostingRow RandomOpening(SeededRandom& random, std::uint64_t id);
SeekerRow RandomSeeker(SeededRandom& random, std::uint64_t id);

// Made once and drawn from, so that many markets are cheap. Ids are those of the pool.
struct RowPool {
  std::vector<PostingRow> openings;
  std::vector<SeekerRow> seekers;

  RowPool(std::uint64_t seed, std::size_t openings_count, std::size_t seekers_count);
  PostingRow AnyOpening(SeededRandom& random, std::uint64_t id) const;
  const SeekerRow& AnySeeker(SeededRandom& random) const;
};

}  // namespace noren::matching
