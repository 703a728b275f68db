// A query resolved against the terms of an index: what the kernels run, which bounds count and
// which lists hold everybody who may qualify. Nothing in it decides an answer by itself: what it
// lets through is verified.
// Source:   docs/design/0002-the-index.md
// Threads:  plain values; constant while a query runs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/matching/index/seeker_index.h"
#include "engine/matching/points_query.h"
#include "engine/matching/query/kernels/lane_program.h"

namespace noren::matching {

// A block that has the term has at most `units` more (x its level, for skills).
struct BoundTerm {
  TermId term = kNoTerm;
  std::uint16_t units = 0;
};

struct CompiledQuery {
  bool impossible = false;  // a hard condition that nobody of the index meets
  bool by_rows = false;     // too odd for programs: whoever is there is verified
  std::int32_t unit = 1;    // of the score
  std::int32_t most = 0;    // no score is higher

  // A two-sided score: `lanes` is the posting's side; the person's needs the fits of two paths, in
  // thousandths.
  bool two_sided = false;
  LaneProgram person_occupation;
  LaneProgram person_region;

  LaneProgram lanes;
  SkillProgram skills;
  RecordProgram record;

  // Bounds of a block, in units.
  std::uint16_t block_constant = 0;
  std::vector<BoundTerm> skill_terms;
  std::vector<BoundTerm> other_terms;
  // A block without any term of each of these lists has nobody who qualifies.
  std::vector<std::vector<TermId>> any_of;

  // Lists by (occupation, region) that hold everybody who may qualify; empty when there are none.
  std::vector<TermId> pair_occupations;
  std::vector<TermId> pair_regions;
  PairFilter pairs;

  // Where the programs may say too much.
  bool rows_decide = false;            // a path test that is always true
  bool wage_decides = false;           // the coarse wage is not exact
  bool experience_decides = false;     // nor the least experience
  bool experience_units_vary = false;  // nor the experience that earns points

  void Clear();
};

// Points for `query`; `currency` is the one that all wages of the index are in, if there is one.
void Compile(const PointsQuery& query, const SeekerIndex::View& view,
             std::optional<model::Currency> currency, CompiledQuery& compiled);

}  // namespace noren::matching
