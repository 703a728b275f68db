// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/person_vector.h"

#include <cmath>
#include <cstddef>

#include "engine/matching/feature.h"

namespace noren::matching {

std::optional<std::vector<float>> MeanVector(std::span<const WeightedToken> tokens,
                                             const RelatednessModel& model) {
  // Whole multiples of 2^-15, few: every sum is exact.
  std::vector<double> sum(model.dimension(), 0.0);
  for (const WeightedToken& one : tokens) {
    const std::span<const float> vector = model.ExactVectorOf(one.token);
    for (std::size_t i = 0; i < vector.size(); ++i) sum[i] += double{vector[i]} * one.weight;
  }
  double squares = 0;
  for (const double value : sum) squares += value * value;
  if (squares == 0) return std::nullopt;
  const double length = std::sqrt(squares);
  std::vector<float> mean;
  mean.reserve(sum.size());
  for (const double value : sum) mean.push_back(static_cast<float>(value / length));
  return mean;
}

std::optional<std::vector<float>> PersonVector(const SeekerRow& seeker,
                                               const RelatednessModel& model) {
  std::vector<WeightedToken> tokens;
  for (const LeveledToken& skill : seeker.skills) tokens.push_back({skill.token, skill.level, 1});
  return MeanVector(tokens, model);
}

std::optional<std::vector<float>> PostingVector(const PostingRow& posting,
                                                const RelatednessModel& model) {
  std::vector<WeightedToken> tokens = posting.preferred_skills;
  for (const LeveledToken& asked : posting.required_skills) {
    tokens.push_back({asked.token, asked.level, kMaxWeight});
  }
  return MeanVector(tokens, model);
}

}  // namespace noren::matching
