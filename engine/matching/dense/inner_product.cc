// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/inner_product.h"

#include <algorithm>
#include <array>

#include "crypto/base/check.h"

namespace noren::matching {

double InnerProduct(std::span<const float> x, std::span<const float> y) {
  NOREN_CHECK(x.size() == y.size(), "vectors of different dimensions");
  std::array<double, 16> lanes{};
  for (std::size_t d = 0; d < x.size(); ++d) {
    lanes[d % 16] += static_cast<double>(x[d]) * static_cast<double>(y[d]);
  }
  for (std::size_t step = 8; step > 0; step /= 2) {
    for (std::size_t l = 0; l < step; ++l) lanes[l] += lanes[l + step];
  }
  return lanes[0];
}

DenseRanking RankByInnerProduct(const DenseQuery& query, std::span<const DenseRow> rows,
                                std::size_t k, const RowTies& ties) {
  DenseRanking ranking;
  for (const DenseRow& row : rows) {
    if (query.filter) {
      const std::size_t word = row.slot / 64;
      if (word >= query.filter->size()) continue;
      if (((*query.filter)[word] >> row.slot % 64 & 1) == 0) continue;
    }
    ++ranking.eligible_count;
    ranking.best.push_back({row.row_id, row.slot, InnerProduct(row.vector, query.vector),
                            ties.Of(query.id, row.row_id)});
  }
  std::ranges::sort(ranking.best, [](const auto& a, const auto& b) { return RanksBefore(a, b); });
  if (ranking.best.size() > k) ranking.best.resize(k);
  return ranking;
}

}  // namespace noren::matching
