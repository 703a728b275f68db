// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/lineup.h"

#include <algorithm>

#include "bench/baseline/column_scan.h"
#include "bench/macro/clocks.h"
#include "crypto/base/check.h"

namespace noren::bench {

void Enter(Lineup& lineup, PointsEntry entry) {
  const PointsTruth& truth = TruthOf(lineup, entry.variant);
  Contender contender{NameOf(entry.variant), entry.engine, entry.note, entry.threads,
                      entry.postings_count,  {},           {}};
  contender.check = [&truth, count = entry.postings_count, answer = entry.answer] {
    std::vector<Answer> answers;
    for (std::size_t i = 0; i < count; ++i) answers.push_back(answer(0, i));
    return CompareAnswers(truth, answers);
  };
  contender.round = [entry] {
    return RunQueries(entry.postings_count * entry.passes, entry.threads,
                      [&entry](int thread, std::size_t query) {
                        entry.answer(thread, query % entry.postings_count);
                      });
  };
  lineup.contenders.push_back(std::move(contender));
}

void AddFacts(Lineup& lineup, const std::string& engine, const std::function<void()>& build,
              const std::function<std::size_t()>& memory_bytes) {
  const double before = ThreadCpuSeconds();
  build();
  EngineFacts facts;
  facts.engine = engine;
  facts.build_seconds = ThreadCpuSeconds() - before;
  facts.memory_bytes = memory_bytes();
  facts.bytes_per_person =
      static_cast<double>(facts.memory_bytes) / static_cast<double>(lineup.data.seekers.size());
  lineup.facts.push_back(std::move(facts));
}

void EnterColumnScan(Lineup& lineup) {
  constexpr std::size_t kPostings = 25;  // it is slow
  const ColumnScan& scan = lineup.Keep(std::make_unique<ColumnScan>(lineup.data.seekers));
  const std::size_t count = std::min(kPostings, lineup.data.postings.size());
  for (const Variant variant : {Variant::kSelective, Variant::kBroad}) {
    Enter(lineup, {variant, "column scan", "", 1, count, 1, [&lineup, &scan, variant](int, auto i) {
                     const w1::Posting& posting = lineup.data.postings[i];
                     return variant == Variant::kSelective ? scan.W1a(posting).best
                                                           : scan.W1b(posting).best;
                   }});
  }
}

namespace {

void EnterLuceneForm(Lineup& lineup, LuceneProcess& lucene, Variant variant,
                     const std::string& form) {
  const PointsTruth& truth = TruthOf(lineup, variant);
  Contender contender{NameOf(variant), "Lucene 8.7", form, 1, lineup.data.postings.size(), {}, {}};
  contender.check = [&lucene, &truth, form] {
    const auto answers = lucene.Answers(form);
    NOREN_CHECK(answers.ok(), "Lucene answers");
    return CompareAnswers(truth, *answers);
  };
  contender.round = [&lucene, form] {
    auto round = lucene.Run(form, 1);
    NOREN_CHECK(round.ok(), "Lucene runs");
    return *std::move(round);
  };
  lineup.contenders.push_back(std::move(contender));
}

}  // namespace

Status EnterLucene(Lineup& lineup, const LuceneOptions& options) {
  NOREN_RETURN_IF_ERROR(WriteW1Files(lineup.data, options.data_folder));
  NOREN_ASSIGN_OR_RETURN(std::unique_ptr<LuceneProcess> process, LuceneProcess::Start(options));
  LuceneProcess& lucene = lineup.Keep(std::move(process));
  NOREN_ASSIGN_OR_RETURN(const LuceneProcess::Built built, lucene.Build());
  lineup.facts.push_back(
      {"Lucene 8.7", built.seconds, built.index_bytes,
       static_cast<double>(built.index_bytes) / static_cast<double>(lineup.data.seekers.size())});
  EnterLuceneForm(lineup, lucene, Variant::kSelective, "exhaustive");
  EnterLuceneForm(lineup, lucene, Variant::kSelective, "wand");
  EnterLuceneForm(lineup, lucene, Variant::kBroad, "expert");
  return OkStatus();
}

}  // namespace noren::bench
