// What the market does beside ranking, on the people of W1: writing and reading a snapshot of an
// index, and the cards of a posting by looking at every member of every class and by counts. The
// counts are checked against each other before anything is timed.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "crypto/base/check.h"
#include "datasets/generate/w1/w1_rows.h"
#include "engine/matching/cards/cards.h"
#include "engine/matching/cards/classes.h"
#include "engine/matching/index/snapshot.h"
#include "engine/matching/query/eligible.h"
#include "engine/matching/rows_from_model.h"
#include "engine/operations/card_roll.h"
#include "engine/operations/sealed_stream.h"

namespace noren {
namespace {

constexpr std::uint32_t kClassSize = 5;
constexpr std::size_t kPage = 50;

class BytesPlace final : public operations::SnapshotPlace::Writer,
                         public operations::SnapshotPlace::Reader {
 public:
  Status Append(ByteSpan bytes) override {
    content_.insert(content_.end(), bytes.begin(), bytes.end());
    return OkStatus();
  }
  Status Finish() override { return OkStatus(); }
  StatusOr<std::size_t> Read(MutableByteSpan out) override {
    const std::size_t size = std::min(out.size(), content_.size() - at_);
    std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
    at_ += size;
    return size;
  }
  void Clear() { content_.clear(); }
  void Rewind() { at_ = 0; }
  std::size_t size() const { return content_.size(); }

 private:
  Bytes content_;
  std::size_t at_ = 0;
};

struct Scene {
  explicit Scene(std::size_t people) {
    SystemRandom random;
    key = SecretBytes::Random(random, 32);
    rows = w1::W1SeekerRows(w1::MakeSeekers(w1::Model(), people), w1::KeyedTokens());
    index.Build(rows);
    matching::ClassRules rules;
    rules.k = kClassSize;
    auto built = matching::BuildClasses(rows, rules);
    NOREN_CHECK(built.ok(), "classes of W1");
    table = std::make_shared<const matching::ClassTable>(std::move(*built));
    for (const matching::SeekerRow& row : rows) by_id[row.id.value] = &row;
    roll = std::make_unique<operations::CardRoll>(table, operations::Audience(),
                                                  [](matching::SeekerRowId) { return true; });
  }
  SecretBytes key;
  std::vector<matching::SeekerRow> rows;
  matching::SeekerIndex index;
  std::shared_ptr<const matching::ClassTable> table;
  std::map<std::uint64_t, const matching::SeekerRow*> by_id;
  std::unique_ptr<operations::CardRoll> roll;
};

Scene& SceneOf(std::size_t people) {
  static std::map<std::size_t, std::unique_ptr<Scene>> scenes;
  std::unique_ptr<Scene>& scene = scenes[people];
  if (scene == nullptr) scene = std::make_unique<Scene>(people);
  return *scene;
}

// What a posting of the trade and place of somebody asks: a broad one, and one with conditions.
matching::PostingRow PostingLike(const matching::SeekerRow& row, bool conditions) {
  matching::PostingRow posting;
  posting.id = {1};
  posting.occupations = {row.occupations.front()};
  posting.regions = {row.regions.front()};
  posting.weights = matching::WeightRules::EngineDefaults();
  if (!conditions) return posting;
  posting.min_experience_months = 3;
  posting.min_education = 2;
  posting.required_skills = {{row.skills.front().token, 2}};
  return posting;
}

void SealIndex(benchmark::State& state) {
  Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  SystemRandom random;
  BytesPlace place;
  for (auto _ : state) {
    place.Clear();
    operations::SealingSink sink(place, {scene.key, 1}, random);
    const bool ok = matching::IndexImage(scene.index).WriteTo(sink).ok() && sink.End().ok();
    NOREN_CHECK(ok, "the image is written");
  }
  state.counters["bytes_per_person"] =
      static_cast<double>(place.size()) / static_cast<double>(scene.rows.size());
}

void OpenIndex(benchmark::State& state) {
  Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  SystemRandom random;
  BytesPlace place;
  operations::SealingSink sink(place, {scene.key, 1}, random);
  const bool written = matching::IndexImage(scene.index).WriteTo(sink).ok() && sink.End().ok();
  NOREN_CHECK(written, "the image is written");
  for (auto _ : state) {
    place.Rewind();
    auto source = operations::OpeningSource::Open(place, {scene.key, 1});
    auto index = std::make_unique<matching::SeekerIndex>();
    const bool ok = source.ok() && matching::IndexImage::Read(**source, *index).ok();
    NOREN_CHECK(ok && index->Read().people_count() == scene.rows.size(), "the image is read");
    state.PauseTiming();
    index.reset();
    state.ResumeTiming();
  }
}

void BuildIndex(benchmark::State& state) {
  Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    auto index = std::make_unique<matching::SeekerIndex>();
    index->Build(scene.rows);
    state.PauseTiming();
    index.reset();
    state.ResumeTiming();
  }
}

std::vector<matching::ClassCount> CountByIndex(const Scene& scene,
                                               const matching::PostingRow& posting) {
  std::vector<matching::SeekerRowId> eligible;
  matching::CollectEligible(scene.index, posting, eligible);
  return scene.roll->Count(eligible);
}

std::vector<matching::ClassCount> CountByMembers(const Scene& scene,
                                                 const matching::PostingRow& posting) {
  return matching::CountMembers(posting, *scene.table, [&](matching::SeekerRowId id) {
    const auto found = scene.by_id.find(id.value);
    return found == scene.by_id.end() ? nullptr : found->second;
  });
}

template <typename Count>
void MakeCardsBy(benchmark::State& state, Count count) {
  const Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  std::vector<matching::PostingRow> postings;
  for (std::size_t i = 0; i < 16; ++i)
    postings.push_back(PostingLike(scene.rows[i * 61], state.range(1) != 0));
  NOREN_CHECK(CountByIndex(scene, postings[0]) == CountByMembers(scene, postings[0]),
              "both ways count the same");
  std::size_t cards = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    const matching::PostingRow& posting = postings[next++ % postings.size()];
    const auto places = matching::PlaceCards(posting, *scene.table, count(scene, posting));
    cards = places.size();
    // A page of them, as a company sees it.
    for (std::size_t i = 0; i < std::min(cards, kPage); ++i)
      benchmark::DoNotOptimize(matching::MakeCard(posting, *scene.table, places[i]));
  }
  state.counters["cards"] = static_cast<double>(cards);
}

void CardsByMembers(benchmark::State& state) { MakeCardsBy(state, CountByMembers); }
void CardsByIndex(benchmark::State& state) { MakeCardsBy(state, CountByIndex); }
void CountsByIndex(benchmark::State& state) {
  const Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  const matching::PostingRow posting = PostingLike(scene.rows[61], state.range(1) != 0);
  for (auto _ : state) benchmark::DoNotOptimize(CountByIndex(scene, posting));
}

// A change of one person's wage until a reader has it, with the maintenance it causes.
void ChangeUntilVisible(benchmark::State& state) {
  Scene& scene = SceneOf(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  for (auto _ : state) {
    matching::SeekerRow& row = scene.rows[next++ * 7919 % scene.rows.size()];
    row.wage_floor = model::Wage{static_cast<std::int64_t>(1 + next % 60), model::Currency::kKrw};
    scene.index.Upsert(row);
    const matching::SeekerIndex::View view = scene.index.Read();
    const auto slot = view.Find(row.id);
    NOREN_CHECK(slot && view.RowAt(*slot).wage_floor == row.wage_floor, "visible");
    benchmark::DoNotOptimize(scene.index.MaintainStep());
  }
}

BENCHMARK(BuildIndex)->ArgName("rows")->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(SealIndex)->ArgName("rows")->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(OpenIndex)
    ->ArgName("rows")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Arg(10'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(ChangeUntilVisible)
    ->ArgName("rows")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(CardsByMembers)
    ->ArgNames({"rows", "conditions"})
    ->ArgsProduct({{100'000}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(CardsByIndex)
    ->ArgNames({"rows", "conditions"})
    ->ArgsProduct({{100'000}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(CountsByIndex)
    ->ArgNames({"rows", "conditions"})
    ->ArgsProduct({{100'000}, {0, 1}})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace noren
