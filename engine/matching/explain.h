// Why a pair is ranked as it is: every hard condition, every term, and the smallest single change
// that would alter it. The explanation is the computation itself (the terms sum to the score, and a
// change is tried with it) and says nothing about any third party.
// Source:   docs/formats/ranking.md
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/matching/conditions.h"
#include "engine/matching/scoring/score.h"
#include "engine/matching/value_change.h"

namespace noren::matching {

enum class ChangeKind : std::uint8_t {
  kNone = 0,           // nothing asked
  kOneCondition,       // `condition` alone keeps the pair out; `value` would meet it
  kSeveralConditions,  // `count` conditions fail: no single change lets the pair in
  kOneValue,           // `value` alone reaches the asked score
  kSeveralValues,      // the terms have the room, but no single change suffices
  kOutOfReach,         // not even if every term were at its upper bound
  kAlreadyThere
};

struct SmallestChange {
  ChangeKind kind = ChangeKind::kNone;
  std::optional<ConditionResult> condition;
  std::uint32_t count = 0;
  std::optional<ValueChange> value;
  std::int32_t points = 0;  // that are missing to the asked score
};

struct Explanation {
  bool eligible = false;
  std::vector<ConditionResult> conditions;
  PairScore pair;  // computed whether eligible or not
  SmallestChange change;
  // Every single change that reaches the asked score, smallest first; `change.value` is the first.
  std::vector<ValueChange> changes;
};

// `score_to_reach`: for example the score at the last shown rank; nullopt asks about the conditions
// only. Reaching means a score strictly above it, so that the answer does not depend on the tie
// key.
Explanation Explain(const PostingRow& posting, const SeekerRow& seeker,
                    std::optional<std::int32_t> score_to_reach);

}  // namespace noren::matching
