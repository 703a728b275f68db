// SPDX-License-Identifier: Apache-2.0
#include "bench/baseline/roaring_engine.h"
#include "bench/macro/lineup.h"

namespace noren::bench {

void EnterRoaring(Lineup& lineup) {
  const std::string name = "Roaring C++";
  std::unique_ptr<RoaringEngine> built;
  AddFacts(
      lineup, name, [&] { built = std::make_unique<RoaringEngine>(lineup.data.seekers); },
      [&] { return built->memory_bytes(); });
  const RoaringEngine& engine = lineup.Keep(std::move(built));
  auto& workspaces = lineup.Keep(std::make_unique<std::vector<RoaringWorkspace>>());
  for (int i = 0; i < lineup.threads; ++i) workspaces.emplace_back(lineup.data.seekers.size());
  const auto enter = [&](Variant variant, int threads) {
    Enter(lineup, {variant, name, "", threads, lineup.data.postings.size(), 1,
                   [&lineup, &engine, &workspaces, variant](int thread, std::size_t i) {
                     const w1::Posting& posting = lineup.data.postings[i];
                     RoaringWorkspace& own = workspaces[static_cast<std::size_t>(thread)];
                     return variant == Variant::kSelective ? engine.W1a(posting, own)
                                                           : engine.W1b(posting, own);
                   }});
  };
  for (const Variant variant : {Variant::kSelective, Variant::kBroad}) {
    enter(variant, 1);
    if (lineup.threads > 1) enter(variant, lineup.threads);
  }
}

}  // namespace noren::bench
