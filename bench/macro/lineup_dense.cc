// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/lineup_dense.h"

#include <utility>

namespace noren::bench {

void EnterDense(Lineup& lineup, const DenseEntry& entry,
                std::function<DenseAnswer(std::size_t posting)> answer) {
  Contender contender{entry.experiment,     entry.engine, entry.note, entry.threads,
                      entry.postings_count, {},           {}};
  const std::size_t count = entry.postings_count;
  contender.check = [&truth = entry.truth, count, answer] {
    std::vector<DenseAnswer> answers;
    for (std::size_t i = 0; i < count; ++i) answers.push_back(answer(i));
    return truth.Compare(answers);
  };
  contender.round = [count, threads = entry.threads, answer = std::move(answer)] {
    return RunQueries(count, threads, [&answer](int, std::size_t i) { answer(i); });
  };
  lineup.contenders.push_back(std::move(contender));
}

void EnterDenseBatch(Lineup& lineup, const DenseEntry& entry,
                     std::function<std::vector<DenseAnswer>()> answer_all) {
  Contender contender{entry.experiment,     entry.engine, entry.note, entry.threads,
                      entry.postings_count, {},           {}};
  contender.check = [&truth = entry.truth, answer_all] { return truth.Compare(answer_all()); };
  contender.round = [count = entry.postings_count, threads = entry.threads,
                     answer_all = std::move(answer_all)] {
    return RunTogether(count, threads, [&answer_all] { answer_all(); });
  };
  lineup.contenders.push_back(std::move(contender));
}

}  // namespace noren::bench
