// Blind enrolment beside the bare multiplication of libsodium, in one run: batches of 10,000 with
// and without proof, on one thread and on all processors, and the portal's side. Before anything is
// timed, outputs are compared with the server's own. `of_bare` is the share of the bare rate, from
// the fastest passes of both, taken in turn, in processor time of all threads together;
// `processors` is how many of them were busy on average.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "crypto/base/check.h"
#include "crypto/oprf/blind_evaluator.h"
#include "crypto/oprf/blinded_input.h"
#include "crypto/oprf/hash_to_group.h"

namespace noren::oprf {
namespace {

double ProcessorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Equal ranges, one per thread.
RangeRunner OnThreads(std::size_t threads_count) {
  if (threads_count == 1) return OnThisThread();
  return [threads_count](std::size_t count, const RangeWork& work) {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < threads_count; ++i) {
      threads.emplace_back([&work, count, i, threads_count] {
        work(count * i / threads_count, count * (i + 1) / threads_count);
      });
    }
  };
}

// A batch on its way, and what must come of it.
struct Scene {
  explicit Scene(std::size_t count) : server(ServerKey::Generate(Mode::kVerifiable, random)) {
    for (std::size_t i = 0; i < count; ++i) {
      texts.push_back("noren/v1/phone:+8190" + std::to_string(10'000'000 + i));
      auto input = Blind(Mode::kVerifiable, AsBytes(texts.back()), random);
      NOREN_CHECK(input.ok(), "an input is blinded");
      blinded.push_back(input->element());
      inputs.push_back(std::move(*input));
    }
    answer = server.BlindEvaluateWithProof(blinded, random).value();
    const auto outputs = FinalizeProven(server.key().public_key(), inputs, answer);
    NOREN_CHECK(outputs.ok(), "an honest proof holds");
    for (std::size_t i = 0; i < count; i += std::max<std::size_t>(count / 100, 1)) {
      const auto expected = server.Evaluate(AsBytes(texts[i]));
      NOREN_CHECK(expected.ok() && *expected == (*outputs)[i], "both sides have one output");
    }
    NOREN_CHECK(server.BlindEvaluate(blinded).value() == answer.elements, "with or without proof");
  }
  SystemRandom random;
  BlindEvaluator server;
  std::vector<std::string> texts;
  std::vector<BlindedInput> inputs;
  std::vector<Element> blinded;
  ProvenEvaluation answer;
};

const Scene& SceneOf(std::size_t count) {
  static std::vector<std::pair<std::size_t, Scene>> scenes;
  for (const auto& [size, scene] : scenes) {
    if (size == count) return scene;
  }
  scenes.reserve(8);
  return scenes
      .emplace_back(std::piecewise_construct, std::forward_as_tuple(count),
                    std::forward_as_tuple(count))
      .second;
}

void BareMultiplications(const Scene& scene, const RangeRunner& run) {
  Scalar scalar;
  crypto_core_ristretto255_scalar_random(scalar.data());
  run(scene.blinded.size(), [&](std::size_t begin, std::size_t end) {
    Element product;
    for (std::size_t i = begin; i < end; ++i) {
      const int failed =
          crypto_scalarmult_ristretto255(product.data(), scalar.data(), scene.blinded[i].data());
      NOREN_CHECK(failed == 0, "an element");
      benchmark::DoNotOptimize(product);
    }
  });
}

// Times `work` and the bare multiplications in turn.
void BesideBare(benchmark::State& state, const std::function<bool(const RangeRunner&)>& work) {
  const Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  const auto threads = static_cast<std::size_t>(state.range(1));
  const RangeRunner run = OnThreads(threads);
  double least_bare = std::numeric_limits<double>::max();
  double least = std::numeric_limits<double>::max();
  double busy = 0;
  double wall = 0;
  for (auto _ : state) {
    const double begin = ProcessorSeconds();
    BareMultiplications(scene, run);
    const double middle = ProcessorSeconds();
    const double wall_middle = WallSeconds();
    NOREN_CHECK(work(run), "the work succeeds");
    const double wall_seconds = WallSeconds() - wall_middle;
    const double seconds = ProcessorSeconds() - middle;
    least_bare = std::min(least_bare, middle - begin);
    least = std::min(least, seconds);
    busy += seconds;
    wall += wall_seconds;
    state.SetIterationTime(wall_seconds);
  }
  const auto count = static_cast<double>(scene.blinded.size());
  state.counters["us_each"] = least / count * 1e6;
  state.counters["bare_us_each"] = least_bare / count * 1e6;
  state.counters["of_bare"] = least_bare / least;
  state.counters["processors"] = busy / wall;
}

void BlindEvaluateBatch(benchmark::State& state) {
  const Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  BesideBare(state, [&](const RangeRunner& run) {
    return scene.server.BlindEvaluate(scene.blinded, run).ok();
  });
}

void BlindEvaluateBatchWithProof(benchmark::State& state) {
  const Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  SystemRandom random;
  BesideBare(state, [&](const RangeRunner& run) {
    return scene.server.BlindEvaluateWithProof(scene.blinded, random, run).ok();
  });
}

void VerifyBatch(benchmark::State& state) {
  const Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  BesideBare(state, [&](const RangeRunner& run) {
    return VerifyProof(scene.server.key().public_key(), {scene.blinded, scene.answer.elements},
                       scene.answer.proof, run)
        .ok();
  });
}

void FinalizeBatchWithProof(benchmark::State& state) {
  const Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  BesideBare(state, [&](const RangeRunner& run) {
    return FinalizeProven(scene.server.key().public_key(), scene.inputs, scene.answer, run).ok();
  });
}

void BlindBatch(benchmark::State& state) {
  const Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  SystemRandom random;
  BesideBare(state, [&](const RangeRunner&) {
    return std::all_of(scene.texts.begin(), scene.texts.end(), [&](const std::string& text) {
      return Blind(Mode::kVerifiable, AsBytes(text), random).ok();
    });
  });
}

void HashBatchToGroup(benchmark::State& state) {
  const Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  BesideBare(state, [&](const RangeRunner&) {
    return std::all_of(scene.texts.begin(), scene.texts.end(), [&](const std::string& text) {
      return HashToGroup(Mode::kVerifiable, AsBytes(text)).ok();
    });
  });
}

// One thread, and all processors where the work can be spread.
void OnOneThread(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"elements", "threads"})->UseManualTime()->Unit(benchmark::kMillisecond);
  for (const int elements : {100, 10'000}) bench->Args({elements, 1});
}
void OnOneAndAllThreads(benchmark::internal::Benchmark* bench) {
  OnOneThread(bench);
  const int processors = static_cast<int>(std::max(2u, std::thread::hardware_concurrency()));
  bench->Args({10'000, processors});
}

BENCHMARK(BlindEvaluateBatch)->Apply(OnOneAndAllThreads);
BENCHMARK(BlindEvaluateBatchWithProof)->Apply(OnOneAndAllThreads);
BENCHMARK(VerifyBatch)->Apply(OnOneAndAllThreads);
BENCHMARK(FinalizeBatchWithProof)->Apply(OnOneAndAllThreads);
BENCHMARK(BlindBatch)->Apply(OnOneThread);
BENCHMARK(HashBatchToGroup)->Apply(OnOneThread);

}  // namespace
}  // namespace noren::oprf
