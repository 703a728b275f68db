// Ranking by the posting's own plain sum: hard conditions, and points for what a person has; no
// person's side and no normalisation. It is the form other engines can answer too, so that speed
// can be compared on equal answers (workload W1), and the form of schemes that add up points.
// Source:   docs/formats/ranking.md (points)
// Threads:  plain values; pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/matching/ranking.h"
#include "engine/matching/rows.h"

namespace noren::matching {

struct TokenPoints {
  Token token;
  std::uint8_t points = 0;
};
struct ThresholdPoints {
  std::int32_t at_least = 0;
  std::uint8_t points = 0;
};

// Tokens of occupations and regions stand for any depth of a path: a person has one when it is on
// the path of any wish. Lists hold no token twice.
struct PointsQuery {
  PostingRowId id;

  // Hard conditions of the posting: an empty list or nullopt is none. Met by a stated value only.
  std::vector<Token> occupations_any;
  std::vector<Token> regions_any;
  std::vector<Token> licences_all;
  std::vector<Token> skills_all;
  std::optional<std::int32_t> min_experience_months;
  std::optional<std::uint8_t> min_education;
  // Hard conditions of the person, as in conditions.h: the person's floor is at most this, and an
  // accepted type is offered; a person who states neither sets no condition.
  std::optional<model::Wage> wage_at_most;
  model::EmploymentTypes employment_types;

  // Points, summed.
  std::vector<TokenPoints> skills;       // points x the person's level
  std::vector<TokenPoints> occupations;  // once per token, however many wishes have it
  std::vector<TokenPoints> regions;
  std::vector<TokenPoints> licences;
  std::optional<ThresholdPoints> experience_months;
  std::optional<ThresholdPoints> education;
};

bool MeetsConditions(const PointsQuery& query, const SeekerRow& seeker);
std::int32_t ScorePoints(const PointsQuery& query, const SeekerRow& seeker);

// The oracle: looks at every row.
SeekerRanking RankByPoints(const PointsQuery& query, std::span<const SeekerRow> seekers,
                           std::size_t k, const TieRule& ties);

}  // namespace noren::matching
