// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "bench/baseline/faiss_engine.h"
#include "bench/macro/lineup_dense.h"

namespace noren::bench {

void EnterFaiss(Lineup& lineup, const DenseTruths& truths) {
  constexpr std::size_t kFilteredPostings = 100;  // it is slow
  const std::string name = "FAISS 1.7.3";
  const W1Data& data = lineup.data;
  std::unique_ptr<FaissEngine> built;
  AddFacts(
      lineup, name, [&] { built = std::make_unique<FaissEngine>(data.seeker_vectors); },
      [&] { return built->memory_bytes(); });
  const FaissEngine& engine = lineup.Keep(std::move(built));
  EnterDense(lineup,
             {"w1c", name, "flat, bitmap", 1, std::min(kFilteredPostings, data.postings.size()),
              truths.filtered},
             [&](std::size_t i) { return engine.Best(data.VectorOf(i), data.FilterOf(i), kTopK); });
  EnterDenseBatch(lineup,
                  {"w1d dense", name, "flat, OpenBLAS", 1, data.postings.size(), truths.everybody},
                  [&] { return engine.BestOfEach(data.posting_vectors, kTopK); });
}

}  // namespace noren::bench
