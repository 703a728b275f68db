// Learning relatedness from workload W1 and asking for related tokens.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <vector>

#include "crypto/base/check.h"
#include "datasets/generate/w1/w1_model.h"
#include "datasets/generate/w1/w1_seekers.h"
#include "datasets/generate/w1/w1_tokens.h"
#include "engine/matching/relatedness/expand.h"
#include "engine/matching/relatedness/person_vector.h"
#include "engine/matching/relatedness/train.h"

namespace noren::matching {
namespace {

TokenBaskets BasketsOfW1(std::size_t seekers_count) {
  const w1::PlainTokens tokens;
  const w1::Seekers seekers = w1::MakeSeekers(w1::Model(), seekers_count);
  TokenBaskets baskets;
  std::vector<Token> basket;
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    basket.clear();
    for (const std::uint16_t skill : seekers.skills.Of(i)) {
      basket.push_back(tokens.Of(w1::TokenKind::kSkill, skill));
    }
    baskets.Add(basket);
  }
  return baskets;
}

RelatednessModel ModelOf(const TokenBaskets& baskets, std::size_t dimension) {
  StatusOr<RelatednessModel> model = TrainRelatedness(baskets, {.dimension = dimension});
  NOREN_CHECK(model.ok(), "W1 can be learned");
  return *std::move(model);
}

void TrainRelatednessOnW1(benchmark::State& state) {
  const TokenBaskets baskets = BasketsOfW1(static_cast<std::size_t>(state.range(0)));
  std::size_t tokens = 0;
  for (auto _ : state) {
    tokens = ModelOf(baskets, static_cast<std::size_t>(state.range(1))).tokens_count();
  }
  state.counters["tokens"] = static_cast<double>(tokens);
}
BENCHMARK(TrainRelatednessOnW1)
    ->ArgNames({"rows", "dimension"})
    ->Args({10'000, 64})
    ->Args({100'000, 64})
    ->Args({1'000'000, 64})
    ->Args({1'000'000, 128})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

// One asked skill; a posting has about ten.
void RelatedTokens(benchmark::State& state) {
  const RelatednessModel model = ModelOf(BasketsOfW1(static_cast<std::size_t>(state.range(0))), 64);
  std::size_t at = 0;
  for (auto _ : state) {
    const Token token = model.tokens()[at++ % model.tokens_count()];
    benchmark::DoNotOptimize(model.Related(token, 15));
  }
  state.counters["tokens"] = static_cast<double>(model.tokens_count());
}
BENCHMARK(RelatedTokens)->ArgName("rows")->Arg(10'000)->Arg(1'000'000);

void VectorOfOnePerson(benchmark::State& state) {
  const RelatednessModel model = ModelOf(BasketsOfW1(10'000), 64);
  SeekerRow seeker;
  for (std::size_t i = 0; i < 12; ++i) seeker.skills.push_back({model.tokens()[i * 20], 3});
  for (auto _ : state) benchmark::DoNotOptimize(PersonVector(seeker, model));
}
BENCHMARK(VectorOfOnePerson)->Name("VectorOfOnePerson/rows:10000");

}  // namespace
}  // namespace noren::matching
