// Why a pair is ranked as it is: every hard condition, every term, and the smallest single change
// that would alter it. The explanation is the computation itself (the terms sum to the score) and
// says nothing about any third party.
// Source:   docs/formats/ranking.md
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/matching/conditions.h"
#include "engine/matching/scoring/score.h"

namespace noren::matching {

enum class ChangeKind : std::uint8_t {
  kNone = 0,           // nothing asked, or no single change suffices
  kOneCondition,       // `condition` alone keeps the pair out
  kSeveralConditions,  // `count` conditions fail: no single change lets the pair in
  kOneTerm,            // raising `feature` of `side` by `points` reaches the asked score
  kSeveralTerms,       // reachable, but only by raising more than one term; `points` in all
  kOutOfReach,         // even the upper bounds do not reach it
  kAlreadyThere
};

struct SmallestChange {
  ChangeKind kind = ChangeKind::kNone;
  std::optional<ConditionResult> condition;
  std::uint32_t count = 0;
  Side side = Side::kPosting;
  Feature feature = Feature::kNothingAsked;
  std::int32_t points = 0;
};

struct Explanation {
  bool eligible = false;
  std::vector<ConditionResult> conditions;
  PairScore pair;  // computed whether eligible or not
  SmallestChange change;
};

// `score_to_reach`: for example the score at the last shown rank; nullopt asks about the conditions
// only. Reaching means a score strictly above it, so that the answer does not depend on the tie
// key.
Explanation Explain(const PostingRow& posting, const SeekerRow& seeker,
                    std::optional<std::int32_t> score_to_reach);

}  // namespace noren::matching
