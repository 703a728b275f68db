// As many runs as the time allows; a run that fails says its number, and how few operations it
// takes.
//
// What it found so far is listed in docs/design/0015-the-simulator.md.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "tests/simulation/simulator.h"
#include "tests/support/folders.h"
#include "tests/support/run_length.h"

namespace noren::simulation {
namespace {

constexpr std::uint64_t kOperations = 200;
constexpr std::uint64_t kFirstSeed = 1;
constexpr std::uint64_t kSeconds = 90;
constexpr std::uint64_t kSaidEvery = 10000;  // operations of a long run

std::string RunOne(std::uint64_t seed, std::uint64_t operations, Counts& counts,
                   std::string& story) {
  Simulator simulator(seed);
  std::string failure = simulator.Run(operations);
  counts.Add(simulator.counts());
  story = simulator.story();
  return failure;
}

// The fewest operations after which this run fails: a prefix of a run is a run, and what is wrong
// after some operations is wrong after more.
std::uint64_t ShortestPrefix(std::uint64_t seed, std::uint64_t failed_after) {
  Counts counts;
  std::string story;
  std::uint64_t good = 0, bad = failed_after;
  while (good + 1 < bad) {
    const std::uint64_t middle = good + (bad - good) / 2;
    (RunOne(seed, middle, counts, story).empty() ? good : bad) = middle;
  }
  return bad;
}

void Report(std::uint64_t seed, std::uint64_t failed_after, const std::string& first) {
  std::printf("run %llu fails after %llu operations: %s\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(failed_after), first.c_str());
  std::fflush(stdout);
  const std::uint64_t operations = ShortestPrefix(seed, failed_after);
  Counts counts;
  std::string story;
  const std::string failure = RunOne(seed, operations, counts, story);
  ADD_FAILURE() << story << "run " << seed << " fails: " << failure
                << "\nrepeat it with: NOREN_SIMULATION_SEED=" << seed
                << " NOREN_SIMULATION_OPERATIONS=" << operations << " " << BinaryFolder()
                << "/tests/simulation/noren_simulation_test --gtest_filter='Simulation.*'";
}

void SayHowFar(std::uint64_t done, std::uint64_t before, std::uint64_t total) {
  if (total == 0 || done / kSaidEvery == before / kSaidEvery) return;
  std::printf("%llu of %llu operations\n", static_cast<unsigned long long>(done),
              static_cast<unsigned long long>(total));
  std::fflush(stdout);
}

// One run of the environment's, or runs from number 1 on until the time, or the number of
// operations that was asked for, is over. Processes side by side take every STEPth number each.
TEST(Simulation, NothingAcknowledgedIsLostNothingNarrowedComesBack) {
  const std::uint64_t operations = RunLength("NOREN_SIMULATION_OPERATIONS", kOperations);
  const std::uint64_t only = RunLength("NOREN_SIMULATION_SEED", 0);
  const std::uint64_t total = RunLength("NOREN_SIMULATION_TOTAL", 0);
  const std::uint64_t first = RunLength("NOREN_SIMULATION_FIRST", kFirstSeed);
  const std::uint64_t step = RunLength("NOREN_SIMULATION_STEP", 1);
  const auto until = std::chrono::steady_clock::now() +
                     std::chrono::seconds(RunLength("NOREN_SIMULATION_SECONDS", kSeconds));
  Counts counts;
  std::uint64_t runs = 0;
  const auto goes_on = [&] {
    if (only != 0) return runs == 0;
    if (total != 0) return counts.operations < total;
    return runs < 2 || std::chrono::steady_clock::now() < until;
  };
  for (std::uint64_t seed = only != 0 ? only : first; goes_on(); seed += step, ++runs) {
    Counts own;
    std::string story;
    const std::string failure = RunOne(seed, operations, own, story);
    if (!failure.empty() && only != 0) {
      ADD_FAILURE() << failure << "\n" << story;  // the number was given: nothing to look for
      return;
    }
    if (!failure.empty()) return Report(seed, own.operations, failure);
    counts.Add(own);
    SayHowFar(counts.operations, counts.operations - own.operations, total);
  }
  std::printf(
      "%llu runs (seeds %llu on), %llu operations, %llu power failures, %llu restores (%llu of a "
      "lost disk), "
      "%llu older images refused, %llu grants, %llu releases, %llu refused, %llu withdrawals, "
      "%llu destructions on request, %llu by plan, %llu holds, %llu blocks, %llu replays refused\n",
      static_cast<unsigned long long>(runs),
      static_cast<unsigned long long>(only != 0 ? only : first),
      static_cast<unsigned long long>(counts.operations),
      static_cast<unsigned long long>(counts.crashes),
      static_cast<unsigned long long>(counts.restores),
      static_cast<unsigned long long>(counts.lost_disks),
      static_cast<unsigned long long>(counts.images_refused),
      static_cast<unsigned long long>(counts.grants),
      static_cast<unsigned long long>(counts.releases),
      static_cast<unsigned long long>(counts.refused_releases),
      static_cast<unsigned long long>(counts.withdrawals),
      static_cast<unsigned long long>(counts.destructions),
      static_cast<unsigned long long>(counts.plans), static_cast<unsigned long long>(counts.holds),
      static_cast<unsigned long long>(counts.blocks),
      static_cast<unsigned long long>(counts.replays_refused));
}

// The control: with a disk that forgets the syncs of one file, runs fail.
class SimulationControl : public ::testing::TestWithParam<const char*> {};

TEST_P(SimulationControl, AForgottenSyncIsNoticed) {
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + 12; ++seed) {
    Simulator simulator(seed);
    simulator.PlantForgottenSyncs(GetParam());
    if (!simulator.Run(kOperations).empty()) return;
  }
  ADD_FAILURE() << "nobody noticed that " << GetParam() << " is not synced";
}

INSTANTIATE_TEST_SUITE_P(EachFile, SimulationControl,
                         ::testing::Values("/anchor/anchor", "/anchor/journal", "/data/store/",
                                           "/data/keytree/", "/data/blobs/"),
                         [](const auto& which) {
                           std::string name;
                           for (const char c : std::string(which.param)) {
                             if (c != '/') name.push_back(c);
                           }
                           return name;
                         });

}  // namespace
}  // namespace noren::simulation
