// The searches over an index of people, on workload W1: selective and broad queries by points, and
// a batch. What a query opened is reported beside its time.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <vector>

#include "crypto/base/check.h"
#include "datasets/generate/w1/w1_rows.h"
#include "engine/matching/query/search.h"

namespace noren::matching {
namespace {

constexpr std::size_t kTopK = 100;
constexpr std::size_t kPostings = 1000;

// Made once for each number of people.
struct Market {
  explicit Market(std::size_t people) : postings(w1::MakePostings(model, kPostings)) {
    index.Build(w1::W1SeekerRows(w1::MakeSeekers(model, people), tokens));
    for (const w1::Posting& posting : postings) {
      selective.push_back(w1::W1aQuery(posting, tokens));
      broad.push_back(w1::W1bQuery(posting, tokens));
    }
  }
  w1::Model model;
  w1::PlainTokens tokens;
  std::vector<w1::Posting> postings;
  SeekerIndex index;
  std::vector<PointsQuery> selective;
  std::vector<PointsQuery> broad;
};

const Market& MarketOf(std::int64_t people) {
  static std::map<std::int64_t, std::unique_ptr<Market>> markets;
  std::unique_ptr<Market>& market = markets[people];
  if (market == nullptr) market = std::make_unique<Market>(static_cast<std::size_t>(people));
  return *market;
}

void Search(benchmark::State& state, const std::vector<PointsQuery>& queries,
            const SeekerIndex& index, const SearchOptions& options) {
  const w1::SmallerIdWins ties;
  SeekerSearch search(index);
  std::size_t at = 0;
  SearchStats sum;
  for (auto _ : state) {
    const auto ranking = search.RankByPoints(queries[at++ % queries.size()], kTopK, ties, options);
    NOREN_CHECK(ranking.ok(), "a search without limits succeeds");
    benchmark::DoNotOptimize(ranking->best.data());
    sum.blocks_opened += search.stats().blocks_opened;
    sum.skills_opened += search.stats().skills_opened;
    sum.lanes_verified += search.stats().lanes_verified;
  }
  const auto mean = [](std::size_t n) {
    return benchmark::Counter(static_cast<double>(n), benchmark::Counter::kAvgIterations);
  };
  state.counters["blocks"] = mean(sum.blocks_opened);
  state.counters["slots"] = mean(sum.skills_opened);
  state.counters["verified"] = mean(sum.lanes_verified);
  state.SetItemsProcessed(state.iterations());
}

void SearchSelective(benchmark::State& state) {
  const Market& market = MarketOf(state.range(0));
  Search(state, market.selective, market.index, {});
}
void SearchBroad(benchmark::State& state) {
  const Market& market = MarketOf(state.range(0));
  Search(state, market.broad, market.index, {});
}
void SearchBroadWithoutBounds(benchmark::State& state) {
  const Market& market = MarketOf(state.range(0));
  Search(state, market.broad, market.index, {.path = SearchPath::kEveryBlock});
}

void SearchBatch(benchmark::State& state) {
  const Market& market = MarketOf(state.range(0));
  const w1::SmallerIdWins ties;
  for (auto _ : state) {
    const auto rankings =
        RankByPointsBatch(market.index, market.broad, kTopK, ties, {.threads = 1});
    NOREN_CHECK(rankings.ok(), "a search without limits succeeds");
    benchmark::DoNotOptimize(rankings->data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(market.broad.size()));
}

BENCHMARK(SearchSelective)->ArgName("rows")->Arg(10'000)->Arg(1'000'000);
BENCHMARK(SearchBroad)->ArgName("rows")->Arg(10'000)->Arg(1'000'000);
BENCHMARK(SearchBroadWithoutBounds)->ArgName("rows")->Arg(10'000);
BENCHMARK(SearchBatch)->ArgName("rows")->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace noren::matching
