// The dense ranking over vectors of 128 dimensions around 430 centres: one query under a filter,
// many at once, an update; on each instruction set. Before anything is timed, answers are compared
// with the oracle's.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/matching/dense/dense_index.h"

namespace noren::matching {
namespace {

constexpr std::size_t kDimension = 128;
constexpr std::size_t kQueries = 256;
constexpr std::size_t kCentres = 430;

std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// SplitMix64: the same vectors on every machine.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() { return Mix(state_ += 0x9E3779B97F4A7C15u); }
  // About normal: four parts of 16 bits.
  float Normal() {
    const std::uint64_t bits = Next();
    double sum = -2;
    for (int i = 0; i < 4; ++i) sum += static_cast<double>(bits >> (16 * i) & 0xFFFF) * 0x1p-16;
    return static_cast<float>(sum * 1.7320508);
  }

 private:
  std::uint64_t state_;
};

class MixedRowTies final : public RowTies {
 public:
  std::uint64_t Of(std::uint64_t query_id, std::uint64_t row_id) const override {
    return Mix(query_id * 3 + Mix(row_id));
  }
};

struct Case {
  std::vector<float> vectors;
  std::vector<float> query_vectors;
  std::vector<std::uint64_t> filter;  // a tenth
  std::vector<DenseRow> rows;
  std::unique_ptr<DenseIndex> index = std::make_unique<DenseIndex>(kDimension);
};

void AddVectors(std::size_t count, std::span<const float> centres, Numbers& numbers,
                std::vector<float>& vectors) {
  for (std::size_t i = 0; i < count; ++i) {
    const float* centre = &centres[numbers.Next() % kCentres * kDimension];
    double square = 0;
    for (std::size_t d = 0; d < kDimension; ++d) {
      vectors.push_back(0.6f * centre[d] + numbers.Normal());
      square += static_cast<double>(vectors.back()) * vectors.back();
    }
    for (std::size_t d = vectors.size() - kDimension; d < vectors.size(); ++d) {
      vectors[d] = static_cast<float>(vectors[d] / std::sqrt(square));
    }
  }
}

const Case& CaseOf(std::size_t rows_count) {
  static Case kept;
  if (kept.rows.size() == rows_count) return kept;
  kept = Case();
  Numbers numbers(20260101);
  std::vector<float> centres(kCentres * kDimension);
  for (float& x : centres) x = numbers.Normal();
  AddVectors(rows_count, centres, numbers, kept.vectors);
  AddVectors(kQueries, centres, numbers, kept.query_vectors);
  kept.filter.assign((rows_count + 63) / 64, 0);
  for (std::size_t i = 0; i < rows_count; ++i) {
    if (numbers.Next() % 10 == 0) kept.filter[i / 64] |= std::uint64_t{1} << i % 64;
    kept.rows.push_back(
        {static_cast<std::uint32_t>(i), i + 1, {&kept.vectors[i * kDimension], kDimension}});
  }
  if (!kept.index->UpsertMany(kept.rows).ok()) kept.rows.clear();
  return kept;
}

DenseQuery QueryOf(const Case& data, std::size_t q) {
  return {q, {&data.query_vectors[q * kDimension], kDimension}, std::nullopt};
}

bool AnswersAreTheOracles(const Case& data, const DenseOptions& options) {
  for (std::size_t q = 0; q < 2; ++q) {
    DenseQuery query = QueryOf(data, q);
    query.filter = data.filter;
    const auto answer = data.index->Search(query, options, MixedRowTies());
    const std::vector<DenseQuery> many(8, QueryOf(data, q));
    const auto answers = data.index->SearchBatch(many, options, MixedRowTies());
    if (!answer.ok() || !answers.ok()) return false;
    if (answer->ranking != RankByInnerProduct(query, data.rows, options.k, MixedRowTies()) ||
        answers->back().ranking !=
            RankByInnerProduct(many.back(), data.rows, options.k, MixedRowTies())) {
      return false;
    }
  }
  return true;
}

// Ready when the set exists here and its answers are right.
bool Prepare(benchmark::State& state, const Case*& data, DenseOptions& options) {
  const auto set = static_cast<InstructionSet>(state.range(1));
  bool is_available = false;
  for (const InstructionSet known : AvailableInstructionSets()) is_available |= known == set;
  if (!is_available) {
    state.SkipWithError("the processor has no such instructions");
    return false;
  }
  data = &CaseOf(static_cast<std::size_t>(state.range(0)));
  options.instruction_set = set;
  state.SetLabel(NameOf(set));
  if (AnswersAreTheOracles(*data, options)) return true;
  state.SkipWithError("not the oracle's answer");
  return false;
}

void DenseFilteredSearch(benchmark::State& state) {
  const Case* data = nullptr;
  DenseOptions options;
  if (!Prepare(state, data, options)) return;
  std::size_t q = 0, refined = 0, exact = 0;
  for (auto _ : state) {
    DenseQuery query = QueryOf(*data, q++ % kQueries);
    query.filter = data->filter;
    const auto answer = data->index->Search(query, options, MixedRowTies());
    refined += answer->work.refined_count;
    exact += answer->work.exact_count;
    benchmark::DoNotOptimize(answer->ranking.best.data());
  }
  state.SetItemsProcessed(state.iterations());
  const auto queries = static_cast<double>(state.iterations());
  state.counters["refined"] = static_cast<double>(refined) / queries;
  state.counters["exact"] = static_cast<double>(exact) / queries;
  state.counters["row_bytes"] =
      static_cast<double>(data->index->memory_bytes()) / static_cast<double>(data->rows.size());
}

void DenseBatchSearch(benchmark::State& state) {
  const Case* data = nullptr;
  DenseOptions options;
  if (!Prepare(state, data, options)) return;
  std::vector<DenseQuery> queries;
  for (std::size_t q = 0; q < kQueries; ++q) queries.push_back(QueryOf(*data, q));
  for (auto _ : state) {
    const auto answers = data->index->SearchBatch(queries, options, MixedRowTies());
    benchmark::DoNotOptimize(answers->data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kQueries));
}

void DenseUpsert(benchmark::State& state) {
  const Case& data = CaseOf(static_cast<std::size_t>(state.range(0)));
  DenseIndex index(kDimension);
  if (!index.UpsertMany(data.rows).ok()) state.SkipWithError("refused");
  std::size_t at = 0;
  for (auto _ : state) {
    at = (at + 7919) % data.rows.size();
    benchmark::DoNotOptimize(index.Upsert(data.rows[at]).ok());
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(DenseFilteredSearch)
    ->ArgNames({"rows", "set"})
    ->ArgsProduct({{10000, 1000000}, {0, 1, 2, 3}});
BENCHMARK(DenseBatchSearch)->ArgNames({"rows", "set"})->ArgsProduct({{10000, 1000000}, {1, 2, 3}});
BENCHMARK(DenseUpsert)->ArgName("rows")->Arg(10000)->Arg(1000000);

}  // namespace
}  // namespace noren::matching
