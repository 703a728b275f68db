// A row as a lane of a block holds it, and back.
// Source:   docs/design/0002-the-index.md
// Threads:  Encode by the writer; Decode from any thread
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/matching/index/block.h"
#include "engine/matching/index/pair_lists.h"
#include "engine/matching/index/terms.h"
#include "engine/matching/rows.h"

namespace noren::matching {

// Everything that one row needs in the index. Reused from row to row.
struct LaneImage {
  SeekerRowId id;
  bool wide = false;
  BlockShape shape;  // what it needs
  std::uint8_t wage = 0, experience = 0, education = 0, employment = 0;
  std::vector<NodeCode> occupations, regions;
  std::vector<std::uint16_t> licences, languages;
  SkillRecord record;
  std::uint64_t exact_wage = 0;
  std::uint16_t exact_experience = 0;
  std::int32_t available_day = kNoDay, updated_day = kNoDay;
  std::array<std::uint8_t, kPersonWeights> weights{};

  // Every term of the row once, with its level (1 for other than skills and languages).
  std::vector<std::pair<TermId, std::uint8_t>> terms;
  std::vector<TermId> occupation_leaves, region_leaves;

  // What the lists by pairs say of the row when it stands at `slot`.
  PairEntry EntryAt(Slot slot, std::uint8_t version) const;
};
// The same from a lane of a block.
PairEntry EntryOfLane(const Block& block, Slot slot);

// New tokens are added to `terms`.
void EncodeLane(const SeekerRow& row, Terms& terms, LaneImage& image);

// `block` is not published yet and has room for image.shape. `row` is needed for a wide lane.
void WriteLane(Block& block, std::size_t lane, const LaneImage& image, const SeekerRow& row);
// Nobody is there any more, and nothing of whoever was; the version stays.
void ClearLane(Block& block, std::size_t lane);

// Into `row`, reusing its memory: exactly the row that was encoded.
void DecodeLane(const Block& block, std::size_t lane, const Terms& terms, SeekerRow& row);

// The smallest shape with room for both.
BlockShape UnionOf(const BlockShape& a, const BlockShape& b);

}  // namespace noren::matching
