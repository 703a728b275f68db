// Engines over dense vectors in a run: W1c posting by posting under a filter, W1d all at once.
// Threads:  one owner.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "bench/macro/lineup.h"

namespace noren::bench {

struct DenseTruths {
  const DenseTruth& filtered;   // W1c
  const DenseTruth& everybody;  // W1d
};

struct DenseEntry {
  std::string experiment;
  std::string engine;
  std::string note;
  int threads = 1;
  std::size_t postings_count = 0;  // the first so many; at least as many as the truth has
  const DenseTruth& truth;
};
// Posting by posting.
void EnterDense(Lineup& lineup, const DenseEntry& entry,
                std::function<DenseAnswer(std::size_t posting)> answer);
// All at once.
void EnterDenseBatch(Lineup& lineup, const DenseEntry& entry,
                     std::function<std::vector<DenseAnswer>()> answer_all);

void EnterFaiss(Lineup& lineup, const DenseTruths& truths);
void EnterDenseIndex(Lineup& lineup, const DenseTruths& truths);
std::string DenseKernels();  // which instruction set was chosen

}  // namespace noren::bench
