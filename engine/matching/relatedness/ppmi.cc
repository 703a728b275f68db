// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/ppmi.h"

#include <cmath>
#include <cstddef>

namespace noren::matching {
namespace {

constexpr std::size_t kMaxPairs = std::size_t{1} << 30;

// ln sqrt(P(i) Q(i)) per token.
std::vector<double> LogMarginals(const Cooccurrence& counted, double smoothing) {
  double sum = 0;
  double smoothed_sum = 0;
  for (const std::uint32_t people : counted.people) {
    sum += people;
    smoothed_sum += std::pow(people, smoothing);
  }
  const auto all = static_cast<double>(counted.people_count);
  std::vector<double> logs;
  logs.reserve(counted.people.size());
  for (const std::uint32_t people : counted.people) {
    const double share = people / all;
    const double smoothed = std::pow(people, smoothing) / smoothed_sum * (sum / all);
    logs.push_back(0.5 * (std::log(share) + std::log(smoothed)));
  }
  return logs;
}

}  // namespace

StatusOr<SparseSymmetricMatrix> PpmiOf(const Cooccurrence& counted, double smoothing) {
  if (counted.columns.size() >= kMaxPairs) return ResourceExhausted("relatedness: too many pairs");
  const std::size_t size = counted.tokens.size();
  const std::vector<double> logs = LogMarginals(counted, smoothing);
  std::vector<double> values(counted.columns.size());
  std::vector<std::int32_t> begins(size + 1, 0);
  const auto each_pair = [&](const auto& visit) {
    for (std::size_t i = 0, at = 0; i < size; ++i) {
      for (; at < counted.row_ends[i]; ++at) visit(i, std::size_t{counted.columns[at]}, at);
    }
  };
  const auto all = static_cast<double>(counted.people_count);
  each_pair([&](std::size_t i, std::size_t j, std::size_t at) {
    const double pmi = std::log(counted.pair_people[at] / all) - logs[i] - logs[j];
    values[at] = std::round(pmi * kPpmiUnits) / kPpmiUnits;
    if (values[at] <= 0) return;
    ++begins[i + 1];
    ++begins[j + 1];
  });
  for (std::size_t i = 0; i < size; ++i) begins[i + 1] += begins[i];
  SparseSymmetricMatrix matrix{static_cast<std::int32_t>(size), begins, {}, {}};
  matrix.columns.resize(static_cast<std::size_t>(begins[size]));
  matrix.values.resize(matrix.columns.size());
  // Row r gets its smaller columns from the rows before it, in order, and then its own.
  const auto put = [&](std::size_t row, std::size_t column, double value) {
    const auto at = static_cast<std::size_t>(begins[row]++);
    matrix.columns[at] = static_cast<std::int32_t>(column);
    matrix.values[at] = value;
  };
  each_pair([&](std::size_t i, std::size_t j, std::size_t at) {
    if (values[at] <= 0) return;
    put(i, j, values[at]);
    put(j, i, values[at]);
  });
  return matrix;
}

}  // namespace noren::matching
