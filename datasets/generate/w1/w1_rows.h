// Workload W1 as rows and queries of the ranking side.
// Source:   docs/formats/w1.md (rows)
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "datasets/generate/w1/w1_postings.h"
#include "datasets/generate/w1/w1_seekers.h"
#include "datasets/generate/w1/w1_tokens.h"
#include "engine/matching/points_query.h"
#include "engine/matching/rows.h"

namespace noren::w1 {

// A row's id is its index plus one: 0 could be taken for "none".
constexpr matching::SeekerRowId RowIdOf(std::size_t index) { return {index + 1}; }
constexpr std::size_t IndexOf(matching::SeekerRowId id) {
  return static_cast<std::size_t>(id.value - 1);
}

matching::SeekerRow W1SeekerRow(const Seekers& seekers, std::size_t index,
                                const TokenMaker& tokens);
std::vector<matching::SeekerRow> W1SeekerRows(const Seekers& seekers, const TokenMaker& tokens);

// Selective: every condition is hard, preferred skills give points.
matching::PointsQuery W1aQuery(const Posting& posting, const TokenMaker& tokens);
// Broad: employment type and wage are hard, all else gives points.
matching::PointsQuery W1bQuery(const Posting& posting, const TokenMaker& tokens);

// Among equals the person with the smaller index.
class SmallerIdWins final : public matching::TieRule {
 public:
  std::uint64_t Of(matching::PostingRowId, matching::SeekerRowId) const override { return 0; }
};

}  // namespace noren::w1
