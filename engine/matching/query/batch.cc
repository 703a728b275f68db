// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/matching/parallel.h"
#include "engine/matching/query/batch_search.h"
#include "engine/matching/query/search.h"

namespace noren::matching {
namespace {

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

// One thread's share: what belongs together is asked together, the rest one by one.
class Share {
 public:
  Share(const SeekerIndex& index, std::size_t k, const TieRule& ties, const SearchOptions& options)
      : together_(index), alone_(index), k_(k), ties_(ties), options_(options) {}

  Status Answer(const BatchTask& task, std::size_t group) {
    if (!BatchSearch::Takes(*task.query, options_)) {
      NOREN_ASSIGN_OR_RETURN(*task.answer, alone_.RankByPoints(*task.query, k_, ties_, options_));
      return OkStatus();
    }
    waiting_.push_back(task);
    return waiting_.size() < group ? OkStatus() : Finish();
  }
  Status Finish() {
    const std::vector<BatchTask> tasks = std::exchange(waiting_, {});
    return tasks.empty() ? OkStatus() : together_.Run(tasks, k_, ties_, options_);
  }

 private:
  BatchSearch together_;
  SeekerSearch alone_;
  std::vector<BatchTask> waiting_;
  std::size_t k_;
  const TieRule& ties_;
  const SearchOptions& options_;
};

}  // namespace

StatusOr<std::vector<SeekerRanking>> RankByPointsBatch(const SeekerIndex& index,
                                                       std::span<const PointsQuery> queries,
                                                       std::size_t k, const TieRule& ties,
                                                       const BatchOptions& options) {
  std::vector<SeekerRanking> answers(queries.size());
  const std::vector<std::size_t> order = ByNearness(queries);
  const std::size_t group = BatchSearch::GroupSize(index.Read().block_count());
  std::mutex mutex;
  Status first_error = OkStatus();
  const auto answer_range = [&](std::size_t first, std::size_t last) {
    Share share(index, k, ties, options.search);
    Status status = OkStatus();
    for (std::size_t i = first; i < last && status.ok(); ++i)
      status = share.Answer({&queries[order[i]], &answers[order[i]]}, group);
    if (status.ok()) status = share.Finish();
    const std::lock_guard lock(mutex);
    if (first_error.ok()) first_error = std::move(status);
  };
  ParallelFor(queries.size(), {.threads = options.threads, .grain = group}, answer_range);
  NOREN_RETURN_IF_ERROR(first_error);
  return answers;
}

}  // namespace noren::matching
