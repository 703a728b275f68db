// Blind enrolment through the whole operation of a service on disk (quota counted durably, log,
// anchor, proof) beside the bare multiplication of libsodium, both on all processors, in one run.
// `of_bare` is the share of the bare rate, from the fastest passes of both, taken in turn, in
// processor time of all threads together; `wall_ms` and `processors` are of the operation.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <string>

#include "crypto/base/check.h"
#include "crypto/oprf/blinded_input.h"
#include "engine/operations/enrolment_keys.h"
#include "engine/operations/evaluate_elements.h"
#include "server/daemon/commands.h"
#include "server/daemon/runtime.h"

namespace noren::operations {
namespace {

namespace fs = std::filesystem;

double ProcessorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "noren-bench-XXXXXX").string();
    NOREN_CHECK(mkdtemp(pattern.data()) != nullptr, "a temporary folder");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  std::string At(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// The example policy with a quota that no benchmark uses up.
void WritePolicy(const std::string& path) {
  std::ifstream in(NOREN_SOURCE_DIR "/datasets/policies/example.toml");
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const std::string quota = "elements_per_day = 20000";
  const std::size_t at = text.find(quota);
  NOREN_CHECK(at != std::string::npos, "the example has a quota");
  text.replace(at, quota.size(), "elements_per_day = 10000000");
  std::ofstream(path) << text;
}

// A service on disk with one enrolment key, and a portal's batch.
class Scene {
 public:
  Scene() {
    WritePolicy(folder_.At("policy.toml"));
    server::InitOptions init;
    init.directory = folder_.At("service");
    init.operator_name = "bench";
    init.policy_file = folder_.At("policy.toml");
    init.datasets = NOREN_SOURCE_DIR "/datasets";
    NOREN_CHECK(server::RunInit(init) == 0, "a service");
    auto config = server::LoadConfig(folder_.At("service/noren.toml"), {});
    NOREN_CHECK(config.ok(), "a configuration");
    auto runtime = server::Runtime::Open(*config, server::Runtime::Use::kServe);
    NOREN_CHECK(runtime.ok(), "the service opens");
    runtime_ = std::move(*runtime);
    context().time.Trust();
    NOREN_CHECK(RotateEnrolmentKey(context(), officer_, "rotate").ok(), "a key");
  }
  ServiceContext& context() { return runtime_->context(); }
  const Bytes& Batch(std::size_t count) {
    for (; batch_.size() < count * 32; ++blinded_) {
      const std::string text = "noren/v1/phone:+8190" + std::to_string(10'000'000 + blinded_);
      const auto input = oprf::Blind(oprf::Mode::kVerifiable, AsBytes(text), random_);
      batch_.insert(batch_.end(), input->element().begin(), input->element().end());
    }
    batch_.resize(count * 32);
    blinded_ = count;
    return batch_;
  }
  bool Evaluate(const Bytes& batch) {
    const std::string key = "batch-" + std::to_string(++calls_);
    const auto answer = EvaluateElements(context(), portal_, {key, batch});
    return answer.ok() && answer->evaluations.at(0).proven.elements.size() * 32 == batch.size();
  }

 private:
  Folder folder_;
  SystemRandom random_;
  Call portal_{{model::Role::kPortal, "bench-portal"}, "request"};
  Call officer_{{model::Role::kOfficer, "bench-officer"}, "request"};
  std::unique_ptr<server::Runtime> runtime_;
  Bytes batch_;
  std::size_t blinded_ = 0;
  int calls_ = 0;
};

void BareMultiplications(const Bytes& batch) {
  std::array<std::uint8_t, 32> scalar{};
  crypto_core_ristretto255_scalar_random(scalar.data());
  OnAllProcessors()(batch.size() / 32, [&](std::size_t begin, std::size_t end) {
    std::array<std::uint8_t, 32> product{};
    for (std::size_t i = begin; i < end; ++i) {
      const int failed =
          crypto_scalarmult_ristretto255(product.data(), scalar.data(), batch.data() + i * 32);
      NOREN_CHECK(failed == 0, "an element");
      benchmark::DoNotOptimize(product);
    }
  });
}

void EvaluateThroughTheService(benchmark::State& state) {
  static Scene scene;
  const Bytes& batch = scene.Batch(static_cast<std::size_t>(state.range(0)));
  double least_bare = std::numeric_limits<double>::max();
  double least = least_bare;
  double least_wall = least_bare;
  double busy = 0;
  double wall = 0;
  for (auto _ : state) {
    const double begin = ProcessorSeconds();
    BareMultiplications(batch);
    const double middle = ProcessorSeconds();
    const double wall_middle = WallSeconds();
    NOREN_CHECK(scene.Evaluate(batch), "the batch is evaluated");
    const double wall_seconds = WallSeconds() - wall_middle;
    const double seconds = ProcessorSeconds() - middle;
    least_bare = std::min(least_bare, middle - begin);
    least = std::min(least, seconds);
    least_wall = std::min(least_wall, wall_seconds);
    busy += seconds;
    wall += wall_seconds;
    state.SetIterationTime(wall_seconds);
  }
  const double count = static_cast<double>(state.range(0));
  state.counters["us_each"] = least / count * 1e6;
  state.counters["bare_us_each"] = least_bare / count * 1e6;
  state.counters["of_bare"] = least_bare / least;
  state.counters["wall_ms"] = least_wall * 1e3;
  state.counters["processors"] = busy / wall;
}
BENCHMARK(EvaluateThroughTheService)
    ->ArgName("elements")
    ->Arg(100)
    ->Arg(10'000)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace noren::operations
