// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <numeric>
#include <tuple>

#include "engine/matching/parallel.h"
#include "engine/matching/query/search.h"

namespace noren::matching {
namespace {

// Queries of one thread between two looks at what is left.
constexpr std::size_t kGrain = 64;

Token FirstOf(const std::vector<Token>& any, const std::vector<TokenPoints>& points) {
  if (!any.empty()) return any.front();
  return points.empty() ? Token() : points.front().token;
}

// Queries with the same first occupation and region look at much the same blocks.
std::vector<std::size_t> ByNearness(std::span<const PointsQuery> queries) {
  std::vector<std::size_t> order(queries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [queries](std::size_t i) {
    const PointsQuery& query = queries[i];
    return std::tuple(FirstOf(query.occupations_any, query.occupations),
                      FirstOf(query.regions_any, query.regions));
  });
  return order;
}

}  // namespace

StatusOr<std::vector<SeekerRanking>> RankByPointsBatch(const SeekerIndex& index,
                                                       std::span<const PointsQuery> queries,
                                                       std::size_t k, const TieRule& ties,
                                                       const BatchOptions& options) {
  std::vector<SeekerRanking> answers(queries.size());
  const std::vector<std::size_t> order = ByNearness(queries);
  std::mutex mutex;
  Status first_error = OkStatus();
  const auto answer_range = [&](std::size_t first, std::size_t last) {
    SeekerSearch search(index);
    for (std::size_t i = first; i < last; ++i) {
      StatusOr<SeekerRanking> one = search.RankByPoints(queries[order[i]], k, ties, options.search);
      if (!one.ok()) {
        const std::lock_guard lock(mutex);
        if (first_error.ok()) first_error = std::move(one).status();
        return;
      }
      answers[order[i]] = *std::move(one);
    }
  };
  ParallelFor(queries.size(), {.threads = options.threads, .grain = kGrain}, answer_range);
  NOREN_RETURN_IF_ERROR(first_error);
  return answers;
}

}  // namespace noren::matching
