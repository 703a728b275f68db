// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <vector>

#include "bench/macro/lineup.h"
#include "bench/macro/update_load.h"
#include "crypto/base/check.h"
#include "datasets/generate/w1/w1_rows.h"
#include "engine/matching/query/kernels/query_kernels.h"
#include "engine/matching/query/search.h"

namespace noren::bench {
namespace {

using matching::PointsQuery;
using matching::SeekerIndex;
using matching::SeekerSearch;

const std::string kName = "noren";
// A thousand selective queries take a moment; a round is long enough to be timed.
constexpr std::size_t kSelectivePasses = 10;
constexpr std::size_t kBroadPasses = 2;
// With updates a round lasts long enough for a few thousand of them.
constexpr std::size_t kSelectivePassesBesideUpdates = 60;
constexpr std::size_t kBroadPassesBesideUpdates = 6;

const w1::SmallerIdWins& Ties() {
  static const w1::SmallerIdWins kTies;
  return kTies;
}

// An index with what is asked of it: queries made beforehand, and what each thread keeps.
struct Asked {
  SeekerIndex index;
  std::vector<PointsQuery> selective;
  std::vector<PointsQuery> broad;
  std::vector<SeekerSearch> searches;  // by thread
  const std::vector<PointsQuery>& QueriesOf(Variant variant) const {
    return variant == Variant::kSelective ? selective : broad;
  }
};

Asked& Build(Lineup& lineup, const std::string& name, const w1::TokenMaker& tokens) {
  auto asked = std::make_unique<Asked>();
  {
    const auto rows = W1SeekerRows(lineup.data.seekers, tokens);
    AddFacts(
        lineup, name, [&] { asked->index.Build(rows); },
        [&] { return asked->index.Memory().total(); });
  }
  for (const w1::Posting& posting : lineup.data.postings) {
    asked->selective.push_back(W1aQuery(posting, tokens));
    asked->broad.push_back(W1bQuery(posting, tokens));
  }
  for (int i = 0; i < lineup.threads; ++i) asked->searches.emplace_back(asked->index);
  return lineup.Keep(std::move(asked));
}

PointsEntry EntryOf(const Lineup& lineup, Asked& asked, Variant variant) {
  PointsEntry entry;
  entry.variant = variant;
  entry.engine = kName;
  entry.postings_count = lineup.data.postings.size();
  entry.passes = variant == Variant::kSelective ? kSelectivePasses : kBroadPasses;
  entry.answer = [&asked, &queries = asked.QueriesOf(variant)](int thread, std::size_t posting) {
    auto ranking = asked.searches[static_cast<std::size_t>(thread)].RankByPoints(queries[posting],
                                                                                 kTopK, Ties());
    NOREN_CHECK(ranking.ok(), "a query of W1 is valid");
    return std::move(ranking->best);
  };
  return entry;
}

void EnterAlone(Lineup& lineup, Asked& asked, int threads, const std::string& note) {
  for (const Variant variant : {Variant::kSelective, Variant::kBroad}) {
    PointsEntry entry = EntryOf(lineup, asked, variant);
    entry.threads = threads;
    entry.note = note;
    Enter(lineup, entry);
  }
}

// The answers are checked once more when everybody has been put back.
void EnterBesideUpdates(Lineup& lineup, Asked& asked, UpdateLoad& load) {
  for (const Variant variant : {Variant::kSelective, Variant::kBroad}) {
    PointsEntry entry = EntryOf(lineup, asked, variant);
    entry.note = std::to_string(kUpdatesPerSecond) + " updates/s";
    entry.passes =
        variant == Variant::kSelective ? kSelectivePassesBesideUpdates : kBroadPassesBesideUpdates;
    Enter(lineup, entry);
    Contender& contender = lineup.contenders.back();
    contender.round = [&load, round = contender.round, check = contender.check] {
      load.Start();
      Round measured = round();
      load.Stop();
      NOREN_CHECK(check().exact, "answers after updates that were undone are those from before");
      return measured;
    };
  }
}

void EnterBatch(Lineup& lineup, Asked& asked, Variant variant, int threads) {
  const PointsTruth& truth = TruthOf(lineup, variant);
  const auto answer_all = [&queries = asked.QueriesOf(variant), &asked, threads] {
    matching::BatchOptions options;
    options.threads = static_cast<unsigned>(threads);
    auto rankings = RankByPointsBatch(asked.index, queries, kTopK, Ties(), options);
    NOREN_CHECK(rankings.ok(), "the queries of W1 are valid");
    std::vector<Answer> answers;
    for (auto& ranking : *rankings) answers.push_back(std::move(ranking.best));
    return answers;
  };
  Contender contender;
  contender.experiment = variant == Variant::kSelective ? "w1d points a" : "w1d points b";
  contender.engine = kName;
  contender.threads = threads;
  contender.postings_count = lineup.data.postings.size();
  contender.check = [&truth, answer_all] { return CompareAnswers(truth, answer_all()); };
  contender.round = [count = lineup.data.postings.size(), threads, answer_all] {
    return RunTogether(count, threads, [&answer_all] { answer_all(); });
  };
  lineup.contenders.push_back(std::move(contender));
}

}  // namespace

void EnterIndex(Lineup& lineup) {
  // Keyed tokens are what production has.
  static const w1::KeyedTokens kKeyed;
  static const w1::PlainTokens kPlain;
  Asked& keyed = Build(lineup, kName, kKeyed);
  EnterAlone(lineup, keyed, 1, "");
  EnterAlone(lineup, keyed, lineup.threads, "");
  for (const Variant variant : {Variant::kSelective, Variant::kBroad}) {
    EnterBatch(lineup, keyed, variant, 1);
    EnterBatch(lineup, keyed, variant, lineup.threads);
  }
  Asked& plain = Build(lineup, kName + " (plain tokens)", kPlain);
  EnterAlone(lineup, plain, 1, "plain tokens");
  // An index of its own: what updates leave behind does not slow what is measured without.
  Asked& updated = Build(lineup, kName + " (updated)", kKeyed);
  UpdateLoad& load = lineup.Keep(std::make_unique<UpdateLoad>(updated.index, lineup.data, kKeyed));
  EnterBesideUpdates(lineup, updated, load);
  lineup.numbers.push_back([&load] { return NamedNumber{"updates/s", load.UpdatesPerSecond()}; });
  lineup.numbers.push_back([&load] {
    return NamedNumber{"update until visible, p50 us", load.UpdateMicroseconds(0.5)};
  });
  lineup.numbers.push_back([&load] {
    return NamedNumber{"update until visible, p99 us", load.UpdateMicroseconds(0.99)};
  });
}

void EnterIndexAlone(Lineup& lineup) {
  static const w1::KeyedTokens kKeyed;
  EnterAlone(lineup, Build(lineup, kName, kKeyed), 1, "");
}

std::string IndexKernels() {
  return "query " + std::string(matching::KernelSetName(
                        matching::KernelsFor(matching::KernelSet::kBest)->set));
}

}  // namespace noren::bench
