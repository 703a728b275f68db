// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <span>
#include <vector>

#include "bench/macro/lineup_dense.h"
#include "crypto/base/check.h"
#include "datasets/generate/w1/w1_rows.h"
#include "engine/matching/dense/dense_index.h"

namespace noren::bench {
namespace {

using matching::DenseIndex;

DenseAnswer AnswerOf(const matching::DenseRanking& ranking) {
  DenseAnswer answer;
  answer.reserve(ranking.best.size());
  for (const matching::DenseRanked& row : ranking.best) {
    answer.push_back({row.slot, static_cast<float>(row.score)});
  }
  return answer;
}

std::unique_ptr<DenseIndex> Build(const W1Data& data) {
  auto index = std::make_unique<DenseIndex>(w1::kDimensions);
  std::vector<matching::DenseRow> rows;
  rows.reserve(data.seekers.size());
  for (std::size_t i = 0; i < data.seekers.size(); ++i) {
    rows.push_back({static_cast<std::uint32_t>(i), w1::RowIdOf(i).value,
                    std::span(data.seeker_vectors).subspan(i * w1::kDimensions, w1::kDimensions)});
  }
  NOREN_CHECK(index->UpsertMany(rows).ok(), "the vectors of W1 are valid");
  return index;
}

matching::DenseOptions TopOptions() {
  matching::DenseOptions options;
  options.k = kTopK;
  return options;
}

// Filtered queries, and unfiltered ones, of all postings.
struct Queries {
  std::vector<matching::DenseQuery> filtered;
  std::vector<matching::DenseQuery> everybody;
};
Queries QueriesOf(const W1Data& data) {
  Queries queries;
  for (std::size_t i = 0; i < data.postings.size(); ++i) {
    queries.filtered.push_back({i + 1, data.VectorOf(i), data.FilterOf(i)});
    queries.everybody.push_back({i + 1, data.VectorOf(i), std::nullopt});
  }
  return queries;
}

}  // namespace

void EnterDenseIndex(Lineup& lineup, const DenseTruths& truths) {
  const std::string name = "noren dense";
  const W1Data& data = lineup.data;
  std::unique_ptr<DenseIndex> built;
  AddFacts(lineup, name, [&] { built = Build(data); }, [&] { return built->memory_bytes(); });
  const DenseIndex& index = lineup.Keep(std::move(built));
  const Queries& queries = lineup.Keep(std::make_unique<Queries>(QueriesOf(data)));
  static const w1::SmallerIdWins kTies;
  static const matching::SeekerRowTies kRowTies(kTies);
  const std::size_t count = data.postings.size();
  const auto search = [&index, &queries](std::size_t i) {
    const auto answer = index.Search(queries.filtered[i], TopOptions(), kRowTies);
    NOREN_CHECK(answer.ok(), "a query of W1 is valid");
    return AnswerOf(answer->ranking);
  };
  EnterDense(lineup, {"w1c", name, "", 1, count, truths.filtered}, search);
  EnterDense(lineup, {"w1c", name, "", lineup.threads, count, truths.filtered}, search);
  EnterDenseBatch(lineup, {"w1d dense", name, "", 1, count, truths.everybody}, [&index, &queries] {
    const auto all = index.SearchBatch(queries.everybody, TopOptions(), kRowTies);
    NOREN_CHECK(all.ok(), "the queries of W1 are valid");
    std::vector<DenseAnswer> answers;
    for (const auto& one : *all) answers.push_back(AnswerOf(one.ranking));
    return answers;
  });
}

std::string DenseKernels() {
  return std::string("dense ") + matching::NameOf(matching::BestInstructionSet());
}

}  // namespace noren::bench
