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

// Progress after each step, as the steps take on a million people.
constexpr std::int32_t kCountedThousandths = 350;
constexpr std::int32_t kDecomposedThousandths = 550;

Status Validate(const RelatednessOptions& options) {
  const bool sound = options.dimension >= 1 && options.dimension <= kMaxDimension &&
                     options.min_people >= 2 && options.max_tokens_per_person >= 2 &&
                     options.max_tokens <= kMaxRelatedTokens && options.context_smoothing > 0 &&
                     options.context_smoothing <= 1 && options.near_count >= 1 &&
                     options.oversampling <= kMaxDimension && options.power_iterations <= 16;
  return sound ? OkStatus() : InvalidArgument("relatedness: options");
}

// Each token's row, weighed by the square root of the eigenvalues, at unit length, rounded to whole
// units. A token that has no direction (it goes with nothing) gets no vector.
RelatednessModel::Parts Round(const Cooccurrence& counted, const LeadingEigenpairs& pairs,
                              const RelatednessOptions& options) {
  RelatednessModel::Parts parts{
      counted.people_count, options.min_people, options.dimension, {}, {}, {}};
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
  parts.shares.assign(parts.tokens.size(), 0);
  return parts;
}

// RelatednessModel::ShareAmongNear of every token. Pairs that fewer than the least number of people
// have count as nobody.
StatusOr<std::vector<std::uint16_t>> SharesAmongNear(const Cooccurrence& counted,
                                                     const RelatednessModel& model,
                                                     std::size_t near_count,
                                                     const std::stop_token& stop) {
  const auto index_of = [&counted](Token token) {
    const auto found = std::ranges::lower_bound(counted.tokens, token);
    return static_cast<std::size_t>(found - counted.tokens.begin());
  };
  std::vector<std::uint16_t> shares;
  for (const Token token : model.tokens()) {
    if (stop.stop_requested()) return MakeStatus(StatusCode::kCancelled, "relatedness: stopped");
    std::uint64_t with_near = 0;
    std::uint64_t with_both = 0;
    for (const RelatedToken& near : model.Related(token, near_count)) {
      const std::size_t other = index_of(near.token);
      with_near += counted.people[other];
      with_both += PeopleWithBoth(counted, index_of(token), other);
    }
    shares.push_back(
        static_cast<std::uint16_t>(with_near == 0 ? 0 : with_both * kFullCloseness / with_near));
  }
  return shares;
}

}  // namespace

StatusOr<RelatednessModel> TrainRelatedness(const TokenBaskets& baskets,
                                            const RelatednessOptions& options,
                                            const TrainingControl& control) {
  NOREN_RETURN_IF_ERROR(Validate(options));
  const auto report = [&control](std::int32_t thousandths) {
    if (control.progress) control.progress(thousandths);
  };
  const CooccurrenceLimits limits{options.min_people, options.max_tokens_per_person,
                                  options.max_tokens, options.seed};
  NOREN_ASSIGN_OR_RETURN(const Cooccurrence counted,
                         CountCooccurrence(baskets, limits, control.stop));
  report(kCountedThousandths);
  NOREN_ASSIGN_OR_RETURN(const SparseSymmetricMatrix matrix,
                         PpmiOf(counted, options.context_smoothing));
  const SvdOptions svd{options.dimension, options.oversampling, options.power_iterations,
                       options.seed};
  const auto report_svd = [&report](std::int32_t thousandths) {
    constexpr std::int32_t kPart = kDecomposedThousandths - kCountedThousandths;
    report(kCountedThousandths + thousandths * kPart / 1000);
  };
  NOREN_ASSIGN_OR_RETURN(const LeadingEigenpairs pairs,
                         DecomposeSymmetric(matrix, svd, control.stop, report_svd));
  RelatednessModel::Parts parts = Round(counted, pairs, options);
  NOREN_ASSIGN_OR_RETURN(const RelatednessModel near, RelatednessModel::Make(parts));
  report(kDecomposedThousandths);
  NOREN_ASSIGN_OR_RETURN(parts.shares,
                         SharesAmongNear(counted, near, options.near_count, control.stop));
  report(1000);
  return RelatednessModel::Make(std::move(parts));
}

}  // namespace noren::matching
