// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/points_query.h"

#include <algorithm>

#include "engine/matching/best_k.h"
#include "engine/matching/scoring/lookup.h"

namespace noren::matching {
namespace {

template <std::size_t kLevels>
bool OnAnyPath(std::span<const TokenPath<kLevels>> paths, Token token) {
  return std::ranges::any_of(paths, [token](const TokenPath<kLevels>& path) {
    return std::ranges::find(path.levels, token) != path.levels.end();
  });
}

template <std::size_t kLevels>
bool MeetsAny(const std::vector<Token>& asked, const std::vector<TokenPath<kLevels>>& paths) {
  return asked.empty() || std::ranges::any_of(asked, [&paths](Token token) {
    return OnAnyPath<kLevels>(paths, token);
  });
}

template <typename Value>
bool Reaches(const std::optional<Value>& stated, std::int64_t at_least) {
  return stated && *stated >= at_least;
}

bool MeetsPersonsConditions(const PointsQuery& query, const SeekerRow& seeker) {
  if (query.wage_at_most && seeker.wage_floor &&
      (seeker.wage_floor->currency != query.wage_at_most->currency ||
       seeker.wage_floor->amount_per_month > query.wage_at_most->amount_per_month)) {
    return false;
  }
  return query.employment_types.empty() || seeker.employment_types.empty() ||
         query.employment_types.Intersects(seeker.employment_types);
}

template <std::size_t kLevels>
std::int32_t PathPoints(const std::vector<TokenPoints>& asked,
                        const std::vector<TokenPath<kLevels>>& paths) {
  std::int32_t sum = 0;
  for (const TokenPoints& one : asked) {
    if (OnAnyPath<kLevels>(paths, one.token)) sum += one.points;
  }
  return sum;
}

template <typename Value>
std::int32_t PointsFrom(const std::optional<ThresholdPoints>& asked,
                        const std::optional<Value>& stated) {
  return asked && Reaches(stated, asked->at_least) ? asked->points : 0;
}

}  // namespace

bool MeetsConditions(const PointsQuery& query, const SeekerRow& seeker) {
  const auto holds_skill = [&seeker](Token token) { return LevelIn(seeker.skills, token) > 0; };
  const auto holds_licence = [&seeker](Token token) { return Holds(seeker.licences, token); };
  return MeetsPersonsConditions(query, seeker) &&
         (!query.min_experience_months ||
          Reaches(seeker.experience_months, *query.min_experience_months)) &&
         (!query.min_education || Reaches(seeker.education, *query.min_education)) &&
         std::ranges::all_of(query.skills_all, holds_skill) &&
         std::ranges::all_of(query.licences_all, holds_licence) &&
         MeetsAny(query.occupations_any, seeker.occupations) &&
         MeetsAny(query.regions_any, seeker.regions);
}

std::int32_t ScorePoints(const PointsQuery& query, const SeekerRow& seeker) {
  std::int32_t sum = PathPoints(query.occupations, seeker.occupations) +
                     PathPoints(query.regions, seeker.regions) +
                     PointsFrom(query.experience_months, seeker.experience_months) +
                     PointsFrom(query.education, seeker.education);
  for (const TokenPoints& one : query.skills)
    sum += one.points * LevelIn(seeker.skills, one.token);
  for (const TokenPoints& one : query.licences) {
    if (Holds(seeker.licences, one.token)) sum += one.points;
  }
  return sum;
}

SeekerRanking RankByPoints(const PointsQuery& query, std::span<const SeekerRow> seekers,
                           std::size_t k, const TieRule& ties) {
  SeekerRanking ranking;
  BestK<SeekerRowId> best(k);
  for (const SeekerRow& seeker : seekers) {
    if (!MeetsConditions(query, seeker)) continue;
    ++ranking.eligible_count;
    best.Offer(seeker.id, ScorePoints(query, seeker), [&] { return ties.Of(query.id, seeker.id); });
  }
  ranking.best = best.TakeSorted();
  return ranking;
}

}  // namespace noren::matching
