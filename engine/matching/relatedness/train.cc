// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/train.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "engine/matching/relatedness/cooccurrence.h"
#include "engine/matching/relatedness/ppmi.h"
#include "engine/matching/relatedness/randomized_svd.h"

namespace noren::matching {
namespace {

Status Validate(const RelatednessOptions& options) {
  const bool sound = options.dimension >= 1 && options.dimension <= kMaxDimension &&
                     options.min_people >= 2 && options.max_tokens_per_person >= 2 &&
                     options.max_tokens <= kMaxRelatedTokens && options.context_smoothing > 0 &&
                     options.context_smoothing <= 1 && options.oversampling <= kMaxDimension &&
                     options.power_iterations <= 16;
  return sound ? OkStatus() : InvalidArgument("relatedness: options");
}

// Each token's row, weighed by the square root of the eigenvalues, at unit length, rounded to whole
// units. A token that has no direction (it goes with nothing) gets no vector.
RelatednessModel::Parts Round(const Cooccurrence& counted, const LeadingEigenpairs& pairs,
                              const RelatednessOptions& options) {
  RelatednessModel::Parts parts{
      counted.people_count, options.min_people, options.dimension, {}, {}};
  std::vector<double> row(pairs.count);
  for (std::size_t i = 0; i < counted.tokens.size(); ++i) {
    double squares = 0;
    for (std::size_t c = 0; c < pairs.count; ++c) {
      row[c] = pairs.vectors[i * pairs.count + c] * std::sqrt(pairs.values[c]);
      squares += row[c] * row[c];
    }
    if (squares < 1e-12) continue;
    const double unit = kCoordinateUnits / std::sqrt(squares);
    parts.tokens.push_back(counted.tokens[i]);
    for (const double value : row) {
      const double units = std::clamp(std::round(value * unit), -32767.0, 32767.0);
      parts.coordinates.push_back(static_cast<std::int16_t>(units));
    }
    parts.coordinates.resize(parts.tokens.size() * options.dimension, 0);
  }
  return parts;
}

}  // namespace

StatusOr<RelatednessModel> TrainRelatedness(const TokenBaskets& baskets,
                                            const RelatednessOptions& options,
                                            const TrainingControl& control) {
  NOREN_RETURN_IF_ERROR(Validate(options));
  const auto report = [&control](std::int32_t thousandths) {
    if (control.progress) control.progress(thousandths);
  };
  constexpr std::int32_t kCounted = 200;
  const CooccurrenceLimits limits{options.min_people, options.max_tokens_per_person,
                                  options.max_tokens, options.seed};
  NOREN_ASSIGN_OR_RETURN(const Cooccurrence counted,
                         CountCooccurrence(baskets, limits, control.stop));
  report(kCounted);
  NOREN_ASSIGN_OR_RETURN(const SparseSymmetricMatrix matrix,
                         PpmiOf(counted, options.context_smoothing));
  const SvdOptions svd{options.dimension, options.oversampling, options.power_iterations,
                       options.seed};
  NOREN_ASSIGN_OR_RETURN(
      const LeadingEigenpairs pairs,
      DecomposeSymmetric(matrix, svd, control.stop, [&report](std::int32_t thousandths) {
        report(kCounted + thousandths * (1000 - kCounted) / 1000);
      }));
  NOREN_ASSIGN_OR_RETURN(RelatednessModel model,
                         RelatednessModel::Make(Round(counted, pairs, options)));
  report(1000);
  return model;
}

}  // namespace noren::matching
